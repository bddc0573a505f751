"""Issues that need more than the request: put beside the request's own, so all show at once."""

import asyncio
import json
from typing import Any

from fordran.api.decode import BadInput
from fordran.api.gateway import Gateway
from fordran.api.ids import document_id
from fordran.operations.references import wrong_account
from fordran.operations.register_cases import creditor_issue


async def with_reference_issues(
    gateway: Gateway, account_id: str, body: bytes, bad: BadInput
) -> BadInput:
    """Add what is wrong with the account and creditor that a malformed request names."""
    given = _fields(body)
    if bad.status != 422 or given is None:  # noqa: PLR2004 - only issues per field are added to
        return bad
    found: dict[str, Any] = {}
    account = given.get("account")
    if isinstance(account, str) and document_id(account):
        found |= wrong_account(document_id(account), account_id)
    creditor = given.get("creditor")
    if isinstance(creditor, str) and (creditor_id := document_id(creditor)):
        wrong = await asyncio.get_running_loop().run_in_executor(
            gateway.executor, creditor_issue, gateway.context, account_id, creditor_id
        )
        if wrong:
            found["creditor"] = wrong
    return BadInput(bad.reason, issues=found | bad.issues)


def _fields(body: bytes) -> dict[str, Any] | None:
    """Return the top level of a body that has been read once already."""
    try:
        given = json.loads(body, parse_int=str)
    except (ValueError, RecursionError):
        return None
    return given if isinstance(given, dict) else None
