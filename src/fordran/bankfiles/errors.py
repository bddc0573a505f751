"""What can be wrong with a record or a file.

    BankFileError (a ValueError)
    ├── RecordNotWritable      a record does not fit the format it is to be written in
    │   └── VoucherOutOfBalance    a voucher's rows do not sum to zero
    └── FileNotReadable        bytes are no file of the format, or hold what cannot be read

Each names the field it is about and says what helps.
"""


class BankFileError(ValueError):
    """A record or a file does not fit its format."""

    def __init__(self, field: str, problem: str, remedy: str) -> None:
        self.field = field
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{field}: {problem}; {remedy}")


class RecordNotWritable(BankFileError):  # noqa: N818 - the name says what is wrong
    """A record does not fit the format it is to be written in."""


class VoucherOutOfBalance(RecordNotWritable):
    """A voucher's rows do not sum to zero.

    Units: `difference_minor` in öre, debit positive.
    """

    def __init__(self, voucher: str, difference_minor: int) -> None:
        self.voucher = voucher
        self.difference_minor = difference_minor
        super().__init__(
            voucher,
            f"the rows sum to {difference_minor} öre, not to zero",
            "give every debit its credit",
        )


class FileNotReadable(BankFileError):  # noqa: N818 - the name says what is wrong
    """Bytes are no file of the format, or hold what cannot be read."""
