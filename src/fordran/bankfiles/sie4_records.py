"""The records of a bookkeeping file: a company, and the vouchers that its books are to take in."""

from datetime import date

import msgspec

from fordran.domain.money import Money


class BookkeepingYear(msgspec.Struct, frozen=True):
    """A financial year of the company.

    Units: civil dates, both inclusive.
    """

    number: int
    """0 for the current year, -1 for the one before."""

    first_on: date
    last_on: date


class ChartAccount(msgspec.Struct, frozen=True):
    """An account of the company's chart of accounts."""

    number: str
    name: str


class CountedObject(msgspec.Struct, frozen=True):
    """What a row is also counted under, such as a cost centre (dimension 1) or project (6)."""

    dimension: str
    object_id: str


class VoucherRow(msgspec.Struct, frozen=True):
    """One row of a voucher.

    Units: `amount` in öre, debit positive, credit negative.
    """

    account_number: str
    amount: Money
    text: str = ""

    on: date | None = None
    """The row's own civil date, where it is not the voucher's."""

    objects: tuple[CountedObject, ...] = ()


class Voucher(msgspec.Struct, frozen=True):
    """One event in the books.

    Units: civil dates.
    Invariants: its rows sum to zero; who writes or reads it refuses it otherwise.
    """

    on: date
    text: str
    rows: tuple[VoucherRow, ...]

    series: str = ""
    number: str = ""
    """Empty: the receiving program numbers it."""

    registered_on: date | None = None


class BookkeepingFile(msgspec.Struct, frozen=True):
    """A file of vouchers for another program to take in, in kronor.

    Units: `generated_on` is a civil date.
    """

    company_name: str
    generated_on: date
    vouchers: tuple[Voucher, ...]

    organisation_number: str = ""
    """10 digits, hyphen allowed; left out of the file when empty."""

    program: str = "Fordran"
    program_version: str = "1.0"

    signature: str = ""
    """Who made the file."""

    chart_type: str = ""
    """Such as BAS2014 or EUBAS97."""

    years: tuple[BookkeepingYear, ...] = ()
    accounts: tuple[ChartAccount, ...] = ()
