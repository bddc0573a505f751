"""What a payout file may hold: each record checked, and brought to the one form it is written in.

The checks are those that a schema cannot make, or makes without saying what helps.
"""

import re
from datetime import UTC, datetime
from typing import assert_never

import msgspec

from fordran.bankfiles.errors import RecordNotWritable
from fordran.bankfiles.pain001_records import (
    Bankgiro,
    ClearingAccount,
    FreeText,
    Iban,
    Initiator,
    OcrReference,
    Pain001Version,
    PayeeAccount,
    Payer,
    PaymentFile,
    Plusgiro,
    Remittance,
    Transfer,
)
from fordran.bankfiles.texts import cut, latin_text
from fordran.domain.money import SEK
from fordran.domain.ocr import is_luhn_valid

ID_LENGTH_MAX = 35
TEXT_LENGTH_MAX = 140
AMOUNT_DIGITS_MAX = 18
"""Of an amount and of the sum, öre included: the schemas' `totalDigits`."""

NAME_LENGTH_MAX = {Pain001Version.V03: 70, Pain001Version.V09: 140}
"""Both schemas take 140; many banks take no more than 70 in version .03."""

CURRENCIES = frozenset({SEK, "EUR"})
"""Bankgiro and account transfers within Sweden are in these two."""

CLEARING_DIGITS = 4

BANKGIRO_MEMBER = "9900"
PLUSGIRO_MEMBER = "9960"
"""What Swedish banks name in place of a clearing number to reach the two giro systems."""

_ID = re.compile(r"(?!/)(?!.*//)[A-Za-z0-9/?:().,'+ -]+(?<!/)")
_BIC = re.compile(r"[A-Z]{6}[A-Z2-9][A-NP-Z0-9](?:[A-Z0-9]{3})?")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_IBAN_IN_SWEDEN = re.compile(r"SE[0-9]{22}")
_SEPARATORS = re.compile(r"[- ]")


def canonical(file: PaymentFile) -> PaymentFile:
    """Return a payout file as it is written: numbers bare, texts cleaned and cut, or refuse it.

    Units: amounts in öre or cents. Rounding: none; a part of a second is dropped.
    Invariants: canonical(canonical(file)) == canonical(file).
    Raises: RecordNotWritable, naming the field, by the first of: message id, created instant,
    initiator's name and organisation number, payer's name, account, BIC and currency, no
    transfers, then for each transfer its id, that it is new in the file, amount, currency,
    payee's name, account and remittance, then more than one currency, then the sum.
    Source: ISO 20022 pain.001.001.03 and pain.001.001.09; ids in the character set
    of the European Payments Council's guidelines for SEPA credit transfers (EPC132-08).
    """
    length_max = NAME_LENGTH_MAX[file.version]
    checked = PaymentFile(
        message_id=_identification(file.message_id, "message_id"),
        created_at=_instant(file.created_at),
        initiator=_initiator(file.initiator, length_max),
        requested_on=file.requested_on,
        payer=_payer(file.payer, length_max),
        transfers=_transfers(file, length_max),
        version=file.version,
    )
    _check_totals(checked.transfers)
    return checked


def is_iban_valid(number: str) -> bool:
    """Say whether a bare IBAN has its country's form, as far as we know it, and check digits.

    Source: ISO 13616 and its modulus 97; more is known of Sweden's only: 20 digits follow.

    >>> is_iban_valid("SE4550000000058398257466"), is_iban_valid("SE4550000000058398257467")
    (True, False)
    """
    if not _IBAN.fullmatch(number):
        return False
    if number.startswith("SE") and not _IBAN_IN_SWEDEN.fullmatch(number):
        return False
    turned = number[4:] + number[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def _identification(text: str, field: str) -> str:
    if not 0 < len(text) <= ID_LENGTH_MAX:
        raise RecordNotWritable(
            field,
            f"has {len(text)} characters",
            f"give an id of 1 to {ID_LENGTH_MAX} characters",
        )
    if text != " ".join(text.split()) or not _ID.fullmatch(text):
        raise RecordNotWritable(
            field,
            f"{text!r} has a character or a place for it that banks refuse",
            "use letters A-Z, digits, single blanks and /-?:().,'+ "
            "without a slash at either end or two in a row",
        )
    return text


def _instant(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise RecordNotWritable("created_at", "is naive", "give an instant with its time zone")
    return at.astimezone(UTC).replace(microsecond=0)


def _initiator(initiator: Initiator, length_max: int) -> Initiator:
    name = _name(initiator.name, "initiator.name", length_max)
    number = initiator.organisation_number
    if number:
        number = _digits(number, "initiator.organisation_number", (10, 10))
    return Initiator(name=name, organisation_number=number)


def _payer(payer: Payer, length_max: int) -> Payer:
    name = _name(payer.name, "payer.name", length_max)
    account = _account(payer.account, "payer.account")
    if isinstance(account, Plusgiro):
        raise RecordNotWritable(
            "payer.account", "is a plusgiro number", "give the account's IBAN instead"
        )
    if payer.bic and not _BIC.fullmatch(payer.bic):
        raise RecordNotWritable(
            "payer.bic",
            f"{payer.bic[:40]!r} is no BIC",
            "give its 8 or 11 capitals and digits, or leave it out",
        )
    _check_currency(payer.account_currency, "payer.account_currency")
    return Payer(name, account, payer.bic, payer.account_currency)


def _transfers(file: PaymentFile, length_max: int) -> tuple[Transfer, ...]:
    if not file.transfers:
        raise RecordNotWritable("transfers", "there are none", "write no file without a payment")
    known_ids: set[str] = set()
    checked = []
    for place, transfer in enumerate(file.transfers):
        field = f"transfers[{place}]"
        end_to_end_id = _identification(transfer.end_to_end_id, f"{field}.end_to_end_id")
        if end_to_end_id in known_ids:
            raise RecordNotWritable(
                f"{field}.end_to_end_id",
                f"{end_to_end_id!r} is another transfer's too",
                "give each transfer an id of its own",
            )
        known_ids.add(end_to_end_id)
        checked.append(_transfer(transfer, field, length_max))
    return tuple(checked)


def _transfer(transfer: Transfer, field: str, length_max: int) -> Transfer:
    if transfer.amount.minor <= 0:
        raise RecordNotWritable(
            f"{field}.amount", f"is {transfer.amount}", "pay more than zero, or leave it out"
        )
    if len(str(transfer.amount.minor)) > AMOUNT_DIGITS_MAX:
        raise RecordNotWritable(
            f"{field}.amount",
            f"has more than {AMOUNT_DIGITS_MAX} digits",
            "split it into several transfers",
        )
    _check_currency(transfer.amount.currency, f"{field}.amount")
    return msgspec.structs.replace(
        transfer,
        payee_name=_name(transfer.payee_name, f"{field}.payee_name", length_max),
        account=_account(transfer.account, f"{field}.account"),
        remittance=_remittance(transfer.remittance, f"{field}.remittance"),
    )


def _check_currency(currency: str, field: str) -> None:
    if currency not in CURRENCIES:
        raise RecordNotWritable(
            field, f"the currency is {currency[:10]!r}", "pay in SEK or EUR only"
        )


def _check_totals(transfers: tuple[Transfer, ...]) -> None:
    if len({transfer.amount.currency for transfer in transfers}) > 1:
        raise RecordNotWritable(
            "transfers", "pay in more than one currency", "write one file for each currency"
        )
    if len(str(sum(transfer.amount.minor for transfer in transfers))) > AMOUNT_DIGITS_MAX:
        raise RecordNotWritable(
            "transfers", f"sum to more than {AMOUNT_DIGITS_MAX} digits", "write several files"
        )


def _name(text: str, field: str, length_max: int) -> str:
    name = cut(latin_text(text), length_max)
    if not any(char.isalnum() for char in name):
        raise RecordNotWritable(
            field, "has no letter or digit that a bank can read", "give the name in Latin letters"
        )
    return name


def _account(account: PayeeAccount, field: str) -> PayeeAccount:
    match account:
        case Bankgiro(number):
            return Bankgiro(_digits(number, field, (7, 8)))
        case Plusgiro(number):
            return Plusgiro(_checked_digits(number, field, (2, 8)))
        case Iban(number):
            bare = _SEPARATORS.sub("", number).upper()
            if not is_iban_valid(bare):
                raise RecordNotWritable(
                    field, f"{number[:40]!r} is no IBAN", "correct its form or its check digits"
                )
            return Iban(bare)
        case ClearingAccount():
            return _clearing_account(account, field)
        case _:
            assert_never(account)


def _clearing_account(account: ClearingAccount, field: str) -> ClearingAccount:
    most = CLEARING_DIGITS + 1 if account.clearing.startswith("8") else CLEARING_DIGITS
    digits = _digits(account.clearing, f"{field}.clearing", (CLEARING_DIGITS, most))
    clearing = digits[:CLEARING_DIGITS]
    if clearing in {BANKGIRO_MEMBER, PLUSGIRO_MEMBER}:
        raise RecordNotWritable(
            f"{field}.clearing",
            f"{clearing} stands for a giro system",
            "give the bankgiro or plusgiro number as such",
        )
    return ClearingAccount(clearing, _digits(account.number, f"{field}.number", (1, 12)))


def _remittance(remittance: Remittance | None, field: str) -> Remittance | None:
    match remittance:
        case None:
            return None
        case OcrReference(number):
            return OcrReference(_checked_digits(number, field, (2, 25)))
        case FreeText(text):
            cleaned = cut(latin_text(text), TEXT_LENGTH_MAX)
            if not cleaned:
                raise RecordNotWritable(field, "is an empty text", "leave it out instead")
            return FreeText(cleaned)
        case _:
            assert_never(remittance)


def _digits(text: str, field: str, lengths: tuple[int, int]) -> str:
    """Return the digits of a number as people write it, if there are as many as allowed."""
    digits = _SEPARATORS.sub("", text)
    least, most = lengths
    is_number = digits.isascii() and digits.isdigit()
    if not is_number or not least <= len(digits) <= most:
        count = str(most) if least == most else f"{least} to {most}"
        raise RecordNotWritable(
            field, f"{text[:40]!r} is no such number", f"give its {count} digits"
        )
    return digits


def _checked_digits(text: str, field: str, lengths: tuple[int, int]) -> str:
    digits = _digits(text, field, lengths)
    if not is_luhn_valid(digits):
        raise RecordNotWritable(
            field, f"{text[:40]!r} has a wrong check digit", "correct it; the bank would refuse it"
        )
    return digits
