"""Payees: where money may be sent, read from what creditors and operators say."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from fordran.bankfiles.errors import RecordNotWritable
from fordran.bankfiles.pain001_checks import canonical
from fordran.bankfiles.pain001_records import (
    Bankgiro,
    ClearingAccount,
    Iban,
    Initiator,
    PayeeAccount,
    Payer,
    PaymentFile,
    Plusgiro,
    Transfer,
)
from fordran.domain.money import Money

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(PayeeAccount).decode

NO_ACCOUNT = "has no account in payout_details.sek; create the creditor with a bankgiro number"


def stored_account(account: PayeeAccount) -> str:
    """Return an account as it is stored: JSON with its kind."""
    return _encode(account).decode()


def account_of(stored: str) -> PayeeAccount:
    """Return a stored account."""
    account: PayeeAccount = _decode(stored)
    return account


def account_text(account: PayeeAccount) -> str:
    """Return an account as people read it.

    >>> account_text(Bankgiro("991-2346")), account_text(ClearingAccount("8327", "1234567"))
    ('bankgiro 991-2346', 'account 8327 1234567')
    """
    match account:
        case Bankgiro(number):
            return f"bankgiro {number}"
        case Plusgiro(number):
            return f"plusgiro {number}"
        case Iban(number):
            return f"IBAN {number}"
        case ClearingAccount(clearing, number):
            return f"account {clearing} {number}"


def creditor_account(document: Mapping[str, Any]) -> PayeeAccount | None:
    """Return the account of a creditor's payout details in kronor, or None if it names none.

    The first of bankgiro, plusgiro, IBAN, and clearing with account number counts.
    """
    details = (document.get("payout_details") or {}).get("sek") or {}
    return account_from(
        bankgiro=details.get("bankgiro"),
        plusgiro=details.get("plusgiro"),
        iban=details.get("iban"),
        clearing=details.get("clearing_number"),
        account=details.get("account_number"),
    )


def account_from(
    *,
    bankgiro: str | None = None,
    plusgiro: str | None = None,
    iban: str | None = None,
    clearing: str | None = None,
    account: str | None = None,
) -> PayeeAccount | None:
    """Return the first account that is named, or None."""
    if bankgiro:
        return Bankgiro(bankgiro)
    if plusgiro:
        return Plusgiro(plusgiro)
    if iban:
        return Iban(iban)
    if clearing and account:
        return ClearingAccount(clearing, account)
    return None


def problem_with(name: str, account: PayeeAccount) -> str | None:
    """Say why a bank would not take a payee, with the remedy; None if it would."""
    trial = Transfer("TRIAL", Money(1), name, account)
    payer = Payer("Payer", Bankgiro("9912346"))
    day = datetime(2000, 1, 1, tzinfo=UTC)
    try:
        canonical(PaymentFile("TRIAL", day, Initiator("Payer"), date(2000, 1, 1), payer, (trial,)))
    except RecordNotWritable as error:
        return f"{error.field.removeprefix('transfers[0].')} {error.problem}; {error.remedy}"
    return None
