"""When interest begins where no due date was agreed, as dated rows."""

from datetime import date

import msgspec


class DemandRespite(msgspec.Struct, frozen=True):
    """How many days after a demand for a certain amount interest begins.

    Units: days; in force from a day until the next row's.
    """

    valid_from: date
    days: int
    paragraph: str
    source: str
    read_on: date


DEMAND_RESPITES = (
    DemandRespite(
        valid_from=date(2002, 7, 1),
        days=30,
        paragraph="räntelagen (1975:635) 4 §",
        source="SFS 1975:635, as amended through 2013:55",
        read_on=date(2026, 11, 22),
    ),
)
"""In order of `valid_from`; the last row is in force."""
