"""The records of a payout file: who pays whom how much, from which account to which."""

from datetime import date, datetime
from enum import StrEnum

import msgspec

from fordran.domain.money import SEK, Money


class Pain001Version(StrEnum):
    """The version of the message that a file is written in."""

    V03 = "pain.001.001.03"
    """Of 2009; what the Swedish banks took first."""

    V09 = "pain.001.001.09"
    """Of 2019; what they ask for now."""


class Bankgiro(msgspec.Struct, frozen=True, tag="bankgiro"):
    """An account behind a bankgiro number."""

    number: str
    """7 or 8 digits, hyphen allowed; the check digit is not asked for."""


class Plusgiro(msgspec.Struct, frozen=True, tag="plusgiro"):
    """An account behind a plusgiro number."""

    number: str
    """2 to 8 digits, hyphen and blanks allowed, the last one the Luhn check digit."""


class Iban(msgspec.Struct, frozen=True, tag="iban"):
    """An account by its international number."""

    number: str
    """In capitals or not, blanks allowed; the check digits (modulus 97) must be right."""


class ClearingAccount(msgspec.Struct, frozen=True, tag="clearing_account"):
    """A Swedish bank account by clearing and account number."""

    clearing: str
    """4 digits; the fifth digit that follows a clearing number in the 8000s is dropped."""

    number: str
    """1 to 12 digits without the clearing number, hyphen and blanks allowed."""


PayeeAccount = Bankgiro | Plusgiro | Iban | ClearingAccount

PayerAccount = Bankgiro | Iban | ClearingAccount
"""A plusgiro account pays by its IBAN."""


class OcrReference(msgspec.Struct, frozen=True, tag="ocr"):
    """A reference that the payee's bank reads by machine."""

    number: str
    """2 to 25 digits, the last one the Luhn check digit."""


class FreeText(msgspec.Struct, frozen=True, tag="text"):
    """A message to the payee."""

    text: str
    """Cleaned, and cut to 140 characters."""


Remittance = OcrReference | FreeText


class Transfer(msgspec.Struct, frozen=True):
    """One payment to one payee.

    Units: `amount` in öre (SEK) or cents (EUR), more than zero.
    """

    end_to_end_id: str
    """Ours; comes back in the bank's answers. At most 35 characters, once in a file."""

    amount: Money

    payee_name: str
    """Mandatory; cleaned, and cut to 70 characters in version .03 and to 140 in .09."""

    account: PayeeAccount
    remittance: Remittance | None = None


class Payer(msgspec.Struct, frozen=True):
    """The agency, whose account is debited."""

    name: str
    account: PayerAccount

    bic: str = ""
    """Of the payer's bank, 8 or 11 characters; without it the file says NOTPROVIDED."""

    account_currency: str = SEK


class Initiator(msgspec.Struct, frozen=True):
    """Who sends the file."""

    name: str

    organisation_number: str = ""
    """10 digits, hyphen allowed; left out of the file when empty."""


class PaymentFile(msgspec.Struct, frozen=True):
    """A file of payments from one account on one day, in one currency.

    How many transfers there are and what they sum to is derived by whoever writes the file.

    Units: `created_at` an aware instant, written in UTC to the second; `requested_on` the civil
    date on which the bank is to debit, a bank day by the caller's care.
    """

    message_id: str
    """Ours, new for each file. At most 35 characters; names the file and its one batch."""

    created_at: datetime
    initiator: Initiator
    requested_on: date
    payer: Payer
    transfers: tuple[Transfer, ...]
    version: Pain001Version = Pain001Version.V03
