"""The facts of a surveillance letter, which breaks the limitation of the claims it names."""

from datetime import date

import msgspec

from fordran.letters.letter_frame import LetterOfClaims


class EnforceableTitle(msgspec.Struct, frozen=True, kw_only=True):
    """A decision by which a claim can be enforced: who made it, its number and its day."""

    authority: str
    number: str
    decided_on: date
    invoice_number: str
    """The claim that it is about."""


class SurveillanceLetter(LetterOfClaims, frozen=True, kw_only=True):
    """A written demand of an old claim: it names the claim exactly and begins its time anew.

    Units: `limitation_years` are the years of the new period.
    Source: preskriptionslagen (1981:130) 2, 5, 6 §§.
    """

    limitation_years: int
    titles: tuple[EnforceableTitle, ...] = ()
