"""Data that breaks layouts: long words, other scripts, many rows, nothing at all, no address."""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from fordran.domain.money import ZERO
from fordran.letters.claims import CostLine, LetterCost
from fordran.letters.example_parts import NO_FEES, PLAIN, ExampleParts, example_claim
from fordran.letters.parties import Creditor

ROWS = 60
LONG_WORD = "Abcdefghij" * 4
ARABIC = "محمد علي الأحمد"
HEBREW = "דוד כהן"

replaced = msgspec.structs.replace

NASTY: Mapping[str, ExampleParts] = MappingProxyType(
    {
        "long-names": replaced(
            PLAIN,
            creditor=Creditor(name=LONG_WORD, organisation_number="556000-0001"),
            agency=replaced(PLAIN.agency, name=LONG_WORD, address_lines=(LONG_WORD, LONG_WORD)),
            debtor=replaced(
                PLAIN.debtor, name=LONG_WORD, address_lines=(LONG_WORD, LONG_WORD, LONG_WORD)
            ),
            claims=(
                example_claim(
                    reference_number=LONG_WORD,
                    invoice_number=LONG_WORD,
                    ground=LONG_WORD,
                    original_creditor=LONG_WORD,
                ),
            ),
            words=LONG_WORD,
            former_creditor=LONG_WORD,
            authority=LONG_WORD,
        ),
        "right-to-left": replaced(
            PLAIN,
            creditor=Creditor(name=HEBREW, organisation_number="556000-0001"),
            debtor=replaced(PLAIN.debtor, name=ARABIC, address_lines=(ARABIC, "702 11 Örebro")),
            claims=(example_claim(ground=f"{HEBREW} {ARABIC} (7)"),),
            words=f"{ARABIC} 123 {HEBREW}",
            former_creditor=ARABIC,
            authority=HEBREW,
        ),
        "sixty-rows": replaced(
            PLAIN,
            claims=tuple(example_claim(number) for number in range(1, ROWS + 1)),
            rows=ROWS,
        ),
        "zero-amounts": replaced(
            PLAIN,
            claims=(
                example_claim(
                    capital=ZERO,
                    interest=ZERO,
                    interest_periods=(),
                    costs=(CostLine(kind=LetterCost.REMINDER, amount=ZERO),),
                ),
            ),
            fees=NO_FEES,
            payment=ZERO,
        ),
        "protected-identity": replaced(
            PLAIN,
            debtor=replaced(PLAIN.debtor, address_lines=(), is_address_protected=True),
        ),
    }
)
"""By name; every letter of every kind can be written from each."""
