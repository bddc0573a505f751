"""The payment part of a letter: the slip's reading line and the codes for banks and Swish.

Everything here states the one amount that the letter asks for, in exact öre.
"""

from datetime import date

import msgspec

from fordran.domain.money import MINOR_PER_MAJOR, Money
from fordran.domain.ocr import luhn_check_digit
from fordran.letters.completeness import Contents
from fordran.letters.letter_frame import LetterFrame
from fordran.letters.payment_codes import code_image
from fordran.letters.plain_data import cleaned, day_text

FORM_CODE = "41"
"""The slip's kind of form: bankgiro with a reference number and an amount."""

LOCKED = 0
"""Swish: the payer may change neither number nor amount nor message."""

INVOICE = 1
"""UsingQR: the code stands for an invoice."""

UQR_VERSION = 1


def payment_part(letter: LetterFrame) -> Contents | None:
    """Return the payment part of a letter; None when it asks for no money.

    Units: öre; the codes are PNG images as lists of bytes.
    Source: docs/decisions/0036.
    """
    asked = letter.to_pay
    if not asked:
        return None
    swish = letter.agency.swish_number
    return {
        "amount": asked.minor,
        "pay_by_on": day_text(letter.pay_by_on),
        "ocr_line": ocr_line(letter.ocr_number, asked, letter.bankgiro),
        "invoice_code": code_image(invoice_text(letter)),
        "swish_code": code_image(swish_text(swish, asked, letter.ocr_number)) if swish else [],
    }


def ocr_line(ocr_number: str, amount: Money, bankgiro: str) -> str:
    """Return the line at the foot of a payment slip that machines read.

    The digit after the amount checks it by modulus 10, öre included.

    Source: the Swedish payment slip (inbetalningskort); Bankgirot's manual has not been read, see
    docs/decisions/0036.

    >>> ocr_line("2026112200137", Money(225500), "991-2346")
    '# 2026112200137 # 2255 00 8 > 9912346#41#'
    """
    kronor, ore = divmod(amount.minor, MINOR_PER_MAJOR)
    check = luhn_check_digit(f"{kronor}{ore:02d}")
    account = "".join(char for char in bankgiro if char.isascii() and char.isdigit())
    return f"# {ocr_number} # {kronor} {ore:02d} {check} > {account}#{FORM_CODE}#"


def invoice_text(letter: LetterFrame) -> str:
    """Return the text of the code that bank apps read as an invoice.

    Source: UsingQR, revision of 2 June 2014, as its public descriptions have it.
    """
    fields: dict[str, object] = {
        "uqr": UQR_VERSION,
        "tp": INVOICE,
        "nme": cleaned(letter.agency.name),
        "cid": letter.agency.organisation_number,
        "iref": letter.ocr_number,
        "idt": _compact(letter.dispatched_on),
    }
    if letter.pay_by_on is not None:
        fields["ddt"] = _compact(letter.pay_by_on)
    fields["due"] = msgspec.Raw(decimal_text(letter.to_pay).encode("ascii"))
    return msgspec.json.encode({**fields, "pt": "BG", "acc": letter.bankgiro}).decode("utf-8")


def swish_text(number: str, amount: Money, message: str) -> str:
    """Return the text of the code that the Swish app reads, with nothing to change.

    Source: the Swish code's form `C<number>;<amount>;<message>;<mask>`, as public programs have it.

    >>> swish_text("123 118 11 89", Money(25500), "2026112200137")
    'C1231181189;255.00;2026112200137;0'
    """
    return f"C{number.replace(' ', '')};{decimal_text(amount)};{message};{LOCKED}"


def decimal_text(amount: Money) -> str:
    """Return kronor and öre with a point, always two decimals.

    >>> decimal_text(Money(225505))
    '2255.05'
    """
    kronor, ore = divmod(amount.minor, MINOR_PER_MAJOR)
    return f"{kronor}.{ore:02d}"


def _compact(day: date) -> str:
    return day.isoformat().replace("-", "")
