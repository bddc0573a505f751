"""Every route that a server in sandbox mode has besides."""

from litestar.handlers import HTTPRouteHandler

from fordran.sandbox.clock_routes import CLOCK_ROUTES
from fordran.sandbox.payment_routes import PAYMENT_ROUTES
from fordran.sandbox.reversal_routes import REVERSAL_ROUTES

SANDBOX_ROUTES: tuple[HTTPRouteHandler, ...] = (
    *CLOCK_ROUTES,
    *PAYMENT_ROUTES,
    *REVERSAL_ROUTES,
)
