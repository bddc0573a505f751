"""A letter's facts as the plain data that the catalogue checks and a template typesets.

Only here is a text from outside made fit for print, and a person's number and secret address kept
out. A template gets the result as data, never as markup.
"""

import re

from fordran.letters.claim_contents import claim_contents
from fordran.letters.completeness import Contents
from fordran.letters.letter import Letter
from fordran.letters.letter_frame import LetterOfClaims
from fordran.letters.parties import LetterDebtor
from fordran.letters.payment_part import payment_part
from fordran.letters.plain_data import PrintableText, cleaned, plain_data

HIDDEN_DIGITS = 4


def contents_of(letter: Letter, fit: PrintableText) -> Contents:
    """Return what a template may state of a letter.

    Units: amounts in öre, rates in percent per year as text, dates as ISO text, days inclusive.
    """

    def plain(text: str) -> str:
        return fit(cleaned(text))

    stated: dict[str, object] = {
        name: plain_data(getattr(letter, name), plain)
        for name in type(letter).__struct_fields__
        if name not in {"dispatched_at", "debtor", "claims"}
    }
    stated["debtor"] = _debtor(letter.debtor, plain)
    stated.update({name: amount.minor for name, amount in letter.derived().items()})
    if isinstance(letter, LetterOfClaims):
        stated.update(claim_contents(letter, plain))
    stated["payment"] = payment_part(letter)
    return stated


def shown_id_number(debtor: LetterDebtor) -> str:
    """Return a company's number whole, and a person's without its last four digits.

    The letter lies in a letter box and is opened by others; the date part is enough to tell two
    people of one name apart.

    >>> shown_id_number(LetterDebtor(name="", id_number="19900101-2385", is_person=True,
    ...                              address_lines=()))
    '19900101-XXXX'
    """
    number = debtor.id_number.strip()
    if not debtor.is_person or not number:
        return number
    return re.sub(rf"[-+ ]?.{{{HIDDEN_DIGITS}}}$", "", number) + "-" + "X" * HIDDEN_DIGITS


def _debtor(debtor: LetterDebtor, plain: PrintableText) -> Contents:
    """Return the debtor; a protected address is left out even where somebody has given one."""
    lines = () if debtor.is_address_protected else debtor.address_lines
    return {
        "name": plain(debtor.name),
        "id_number": plain(shown_id_number(debtor)),
        "is_person": debtor.is_person,
        "is_address_protected": debtor.is_address_protected,
        "address_lines": plain_data(lines, plain),
    }
