"""PUT, GET /sandbox--clocks/{account} and POST /sandbox--clocks/{account}/advance."""

import asyncio
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from fordran.api.decode import BadInput, InputModel, decode
from fordran.api.gateway import account_of, gateway_of
from fordran.api.ids import document_id
from fordran.api.responses import failure_response, json_response
from fordran.api.scalars import YEAR_MAX, Instant, format_instant
from fordran.sandbox.clocks import (
    ClockMissing,
    advance_clock,
    parse_duration,
    put_clock,
    read_clock,
)

PATH = "/sandbox--clocks/{account_id:str}"

_ADVANCE_ISSUE = "exactly one of to and by must be sent"


class ClockRequest(InputModel, frozen=True, kw_only=True):
    """Where to set a clock."""

    now: Instant


class AdvanceRequest(InputModel, frozen=True, kw_only=True):
    """How far to advance a clock: to an instant, or by an ISO 8601 duration."""

    to: Instant | None = None
    by: str | None = None

    def issues(self) -> dict[str, Any]:
        """Refuse both ways at once, neither, and a duration that cannot be read."""
        if (self.to is None) == (self.by is None):
            return {"to": _ADVANCE_ISSUE, "by": _ADVANCE_ISSUE}
        try:
            parse_duration("PT0S" if self.by is None else self.by)
        except ValueError as error:
            return {"by": str(error)}
        return {}


@put(PATH)
async def put_account_clock(
    request: Request[Any, Any, Any], account_id: FromPath[str]
) -> Response[bytes]:
    """Set the account's virtual clock; only while it has no case."""
    asked = decode(ClockRequest, await request.body())
    if document_id(account_id) != account_of(request):
        return failure_response("not_found")
    now = await _in_thread(request, put_clock, account_of(request), asked.now)
    return json_response({"now": format_instant(now)})


@get(PATH, sync_to_thread=True)
def get_account_clock(
    request: Request[Any, Any, Any], account_id: FromPath[str]
) -> Response[bytes]:
    """Show where the account's virtual clock stands."""
    if document_id(account_id) != account_of(request):
        return failure_response("not_found")
    try:
        now = read_clock(gateway_of(request).context, account_of(request))
    except ClockMissing as missing:
        return failure_response("not_found", str(missing))
    return json_response({"now": format_instant(now)})


@post(PATH + "/advance", status_code=200)
async def advance_account_clock(
    request: Request[Any, Any, Any], account_id: FromPath[str]
) -> Response[bytes]:
    """Advance the clock and carry out what falls due on the way."""
    asked = decode(AdvanceRequest, await request.body())
    if document_id(account_id) != account_of(request):
        return failure_response("not_found")
    to = asked.to or await _in_thread(request, _later, account_of(request), asked.by or "")
    advanced = await _in_thread(request, advance_clock, account_of(request), to)
    return json_response({"now": format_instant(advanced.now), "executed": advanced.executed})


CLOCK_ROUTES: tuple[HTTPRouteHandler, ...] = (
    put_account_clock,
    get_account_clock,
    advance_account_clock,
)


def _later(context: Any, account_id: str, by: str) -> datetime:
    try:
        later = read_clock(context, account_id) + parse_duration(by)
    except OverflowError:
        later = None
    if later is None or later.year > YEAR_MAX:
        raise BadInput("validation_failed", issues={"by": f"goes beyond the year {YEAR_MAX}"})
    return later


async def _in_thread(request: Request[Any, Any, Any], work: Any, *arguments: Any) -> Any:
    gateway = gateway_of(request)
    return await asyncio.get_running_loop().run_in_executor(
        gateway.executor, work, gateway.context, *arguments
    )
