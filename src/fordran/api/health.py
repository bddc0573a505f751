"""GET /health: whether this process answers and reaches its database."""

from typing import Any

from litestar import Request, Response, get

from fordran.api.gateway import gateway_of
from fordran.api.responses import json_response


@get("/health", sync_to_thread=True)
def get_health(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Answer when the database answers."""
    gateway_of(request).context.database.ping()
    return json_response({"_status": "OK"})
