"""GET /authenticates/api-code: a signed JWT in, an access token out."""

from typing import Any

from litestar import Request, Response, get

from fordran.api.gateway import gateway_of
from fordran.api.responses import json_response
from fordran.api.scalars import format_instant
from fordran.operations.issue_token import TOKEN_SECONDS, Unauthorized, issue_token


@get("/authenticates/api-code", sync_to_thread=True)
def authenticate(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Exchange a JWT signed with an API code's key for an access token (decision 8)."""
    signed = request.headers.get("x-api-key")
    if not signed:
        raise Unauthorized
    issued = issue_token(gateway_of(request).context, signed)
    return json_response(
        {
            "_status": "OK",
            "token": issued.token,
            "expires": format_instant(issued.expires_at),
            "expires_in": TOKEN_SECONDS,
        }
    )
