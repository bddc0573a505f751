"""The application: the routes, what guards them, and how every error looks."""

import logging
import traceback
from collections.abc import Sequence
from typing import Any

from litestar import Litestar, Request, Response, Router
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.types import ControllerRouterHandler

from fordran.api import (
    authenticates,
    case_disputes,
    case_letters,
    case_pauses,
    case_registrations,
    case_respites,
    cases,
    creditor_cancellations,
    creditor_creditings,
    creditor_payment_reversals,
    creditor_payments,
    docs,
    finance_payout_specifications,
    finance_payouts,
    finance_refunds,
    health,
    interest_explanations,
    interest_reductions,
    media_upload,
)
from fordran.api.decode import BadInput
from fordran.api.gateway import Gateway, require_token
from fordran.api.idempotency import BadIdempotencyKey
from fordran.api.multipart_upload import BadUpload
from fordran.api.queries import BadQuery
from fordran.api.responses import failure_response, refusal_response
from fordran.api.signed_urls import BadSignature
from fordran.domain.refusals import Refusal
from fordran.operations.creditor_actions import NotReported
from fordran.operations.idempotency import IdempotencyKeyReused
from fordran.operations.issue_token import Unauthorized
from fordran.operations.receive_payments import PaymentNotReceived
from fordran.operations.register_cases import NotRegistered
from fordran.operations.upload_media import DocumentNotFound
from fordran.operations.view_case_then import InstantInTheFuture, NotKnownThen
from fordran.storage.blobs import BlobMissing
from fordran.storage.database import DatabaseUnavailable

logger = logging.getLogger("fordran.api")

PUBLIC_ROUTES: tuple[HTTPRouteHandler, ...] = (
    authenticates.authenticate,
    media_upload.get_media,
    health.get_health,
    docs.get_openapi,
    docs.get_docs,
    docs.get_docs_asset,
)
"""Open to everyone: they check their own credentials, or have nothing to hide."""

TOKEN_ROUTES: tuple[HTTPRouteHandler, ...] = (
    case_registrations.post_registration,
    case_registrations.list_registrations,
    case_registrations.get_registration,
    media_upload.post_media,
    cases.list_cases,
    cases.get_case,
    interest_explanations.get_interest_explanation,
    case_letters.list_letters,
    case_letters.get_letter,
    *creditor_payments.ROUTES,
    *creditor_creditings.ROUTES,
    *creditor_cancellations.ROUTES,
    *creditor_payment_reversals.ROUTES,
    *interest_reductions.ROUTES,
    *case_respites.ROUTES,
    *case_pauses.ROUTES,
    *case_disputes.ROUTES,
    finance_payout_specifications.list_payout_specifications,
    finance_payout_specifications.get_payout_specification,
    finance_payouts.list_payouts,
    finance_payouts.get_payout,
    finance_refunds.list_refunds,
    finance_refunds.get_refund,
)
"""Need an access token."""

REFUSAL_REASONS: dict[type[Exception], str] = {
    Unauthorized: "unauthorized",
    DocumentNotFound: "document_not_found",
    NotKnownThen: "not_known_then",
    BadSignature: "forbidden",
    DatabaseUnavailable: "unavailable",
    BlobMissing: "unavailable",
    IdempotencyKeyReused: "idempotency_key_reused",
    BadIdempotencyKey: "invalid_idempotency_key",
}
"""What each refusal is on the wire; one that is not here is a conflict with its own reason."""

_HTTP_REASONS = {
    400: "malformed_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
}


def create_app(
    gateway: Gateway, extra_token_routes: Sequence[ControllerRouterHandler] = ()
) -> Litestar:
    """Return the application over a gateway; the sandbox adds routes of its own."""
    protected = Router(
        "/", route_handlers=[*TOKEN_ROUTES, *extra_token_routes], before_request=require_token
    )
    return Litestar(
        route_handlers=[*PUBLIC_ROUTES, protected],
        state=State({"gateway": gateway}),
        openapi_config=None,
        request_max_body_size=gateway.settings.body_size_max,
        exception_handlers={Exception: _answer_error},
        logging_config=None,
        debug=False,
    )


def _answer_error(  # noqa: PLR0911 - one arm for each kind of error
    request: Request[Any, Any, Any], error: Exception
) -> Response[bytes]:
    match error:
        case BadInput() | BadUpload():
            return failure_response(error.reason, error.message, getattr(error, "issues", None))
        case BadQuery():
            return failure_response("invalid_query", issues=error.issues)
        case NotRegistered() | NotReported() | PaymentNotReceived():
            return failure_response("validation_failed", issues=error.issues)
        case InstantInTheFuture():
            return failure_response("invalid_query", issues=error.issues)
        case HTTPException():
            return failure_response(_HTTP_REASONS.get(error.status_code, "malformed_request"))
        case _ if type(error) in REFUSAL_REASONS:
            return failure_response(REFUSAL_REASONS[type(error)])
        case Refusal():
            return refusal_response(error.reason(), str(error))
        case _:
            _log_bug(request, error)
            return failure_response("internal")


def _log_bug(request: Request[Any, Any, Any], error: Exception) -> None:
    # The text of an exception may hold personal data (a driver quotes rows); its place does not.
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error(
        "%s at %s %s\n%s", type(error).__name__, request.method, request.scope["path"], frames
    )
