"""Who a letter is from, who is owed, and who it is to."""

import msgspec


class Creditor(msgspec.Struct, frozen=True, kw_only=True):
    """A party that is or was owed."""

    name: str
    organisation_number: str


class Agency(msgspec.Struct, frozen=True, kw_only=True):
    """The debt-collection agency that sends the letter; `phone` or `email` may be blank, not both.

    Source: supervision, inkassolagen (1974:182) 13 §.
    """

    name: str
    organisation_number: str
    address_lines: tuple[str, ...]
    phone: str = ""
    email: str = ""
    website: str = ""
    supervisor: str = "Finansinspektionen"
    swish_number: str = ""
    """Where Swish payments go, ten digits from 123; blank when the agency takes none."""


class LetterDebtor(msgspec.Struct, frozen=True, kw_only=True):
    """The person or company written to; blank address lines are left out of the window."""

    name: str
    id_number: str
    is_person: bool
    address_lines: tuple[str, ...]
    is_address_protected: bool = False
    """The address is secret: none is printed, and the tax agency forwards the letter."""


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """How to reach a party other than the agency; `phone` or `email` may be blank, not both."""

    address_lines: tuple[str, ...]
    phone: str = ""
    email: str = ""
