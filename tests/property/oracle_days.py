"""The oracle's calendar, its own table of rates, and its walk over the days of a claim.

Nothing here knows the product: days are walked one at a time with plain dicts and whole numbers,
and the rates are written down from the Riksbank's table.
"""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)

REFERENCE = {
    (2020, 1): "0", (2020, 7): "0", (2021, 1): "0", (2021, 7): "0",
    (2022, 1): "0", (2022, 7): "0.5", (2023, 1): "2.5", (2023, 7): "3.5",
    (2024, 1): "4", (2024, 7): "4", (2025, 1): "3", (2025, 7): "2",
    (2026, 1): "2", (2026, 7): "2",
}  # fmt: skip
"""The reference rate of each half-year, in percent."""

STATUTORY_POINTS = 8

RATE_PARTS = 10_000
"""A rate is counted in ten-thousandths of a percent, so that it is a whole number."""

PARTS_PER_ORE = 100 * 365 * RATE_PARTS

RANK = {"crediting": 0, "creditor": 1, "authority": 2, "agency": 3}

ORDER = {
    "crediting": ("capital", "costs", "interest"),
    "creditor": ("capital", "costs", "interest"),
    "authority": ("costs", "interest", "capital"),
    "agency": ("costs", "interest", "capital"),
}


def civil(instant: datetime) -> date:
    """Return the Swedish date of an instant."""
    return instant.astimezone(ZoneInfo("Europe/Stockholm")).date()


def midnight(on: date) -> datetime:
    """Return a date as an instant."""
    return datetime(on.year, on.month, on.day, tzinfo=UTC)


def full_hour_after(instant: datetime) -> datetime:
    """Return the first full hour strictly after an instant."""
    return instant.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def easter(year: int) -> date:
    """Return Easter Day by Butcher's table."""
    a, b, c = year % 19, year // 100, year % 100
    d, e, f = b // 4, b % 4, (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def is_open_bank(on: date) -> bool:
    """Tell whether Swedish banks are open on a day."""
    sunday = easter(on.year)
    moving = {sunday - 2 * DAY, sunday + DAY, sunday + 39 * DAY}
    fixed = {(1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31)}
    is_midsummer = on.month == 6 and 19 <= on.day <= 25 and on.weekday() == 4
    return (
        on.weekday() < 5
        and on not in moving
        and (on.month, on.day) not in fixed
        and not is_midsummer
    )


def deadline_of(sent_on: date) -> date:
    """Return the last day that a demand gives: ten days, and four bank days after arrival."""
    arrived_on, open_days = sent_on, 0
    while open_days < 6:
        arrived_on += DAY
        open_days += is_open_bank(arrived_on)
    last_on = max(sent_on + 10 * DAY, arrived_on)
    while not is_open_bank(last_on):
        last_on += DAY
    return last_on


def rate_parts(terms: dict[str, Any], reductions: list[dict[str, Any]], on: date) -> int:
    """Return the rate of a day in ten-thousandths of a percent."""
    half_year = (on.year, 7 if on.month >= 7 else 1)
    parts = _agreed_parts(terms["basis"], terms["margin"], terms["fixed"], half_year)
    for one in reductions:
        if one["first_on"] <= on and (one["last_on"] is None or on <= one["last_on"]):
            parts = min(parts, _whole_parts(Fraction(one["percent"])))
    return parts


@cache
def _agreed_parts(basis: str, margin: str, fixed: str, half_year: tuple[int, int]) -> int:
    reference = Fraction(REFERENCE[half_year])
    percent = {
        "reference": reference + Fraction(margin),
        "fixed": Fraction(fixed),
        "floor": max(Fraction(fixed), reference + STATUTORY_POINTS),
        "none": Fraction(0),
    }[basis]
    return _whole_parts(percent)


def _whole_parts(percent: Fraction) -> int:
    parts = percent * RATE_PARTS
    assert parts.denominator == 1
    return int(parts)


def cut(parts: int, rounding: str) -> int:
    """Return öre of an exact sum: whole kronor downwards, or the nearest öre, halves up."""
    if rounding == "krona":
        return parts // (PARTS_PER_ORE * 100) * 100
    return (2 * parts + PARTS_PER_ORE) // (2 * PARTS_PER_ORE)


class Walk:
    """One walk over the days of a claim.

    `claim` has capital, interest_from, rounding, rate (a function of the day) and letter, which
    is None or the pair of its calculation day and its deadline. `costs` are dicts with amount and
    on; `money` are dicts with id, amount, source, on, and for creditings `reported_on`.
    """

    def __init__(
        self,
        claim: dict[str, Any],
        costs: list[dict[str, Any]],
        money: list[dict[str, Any]],
        *,
        kept: bool,
    ) -> None:
        self.claim = claim
        self.costs = sorted(costs, key=lambda cost: cost["on"])
        self.money = money
        self.kept = kept
        self.settled = {"capital": 0, "costs": 0, "interest": 0}
        self.parts: dict[str, dict[str, int]] = {one["id"]: {} for one in money}
        self.left = {one["id"]: one["amount"] for one in money}
        self.paid_costs: dict[str, list[tuple[dict[str, Any], int]]] = {
            one["id"]: [] for one in money
        }
        self.cost_left = [cost["amount"] for cost in self.costs]
        self.exact = 0
        self.exact_at_letter = 0
        self.last_on = date.min
        self.added = 0

    def through(self, through_on: date) -> "Walk":
        """Walk to a day, or to the last day that has money to place."""
        turns: dict[date, list[tuple[int, bool, int, dict[str, Any]]]] = {}
        for number, one in enumerate(self.money):
            turn = (RANK[one["source"]], False, number, one)
            turns.setdefault(one["on"], []).append(turn)
            if one["source"] == "crediting":
                rest_on = max(one["reported_on"], one["on"])
                turns.setdefault(rest_on, []).append((RANK["crediting"], True, number, one))
        from_on = self.claim["interest_from"]
        costs_on = [cost["on"] for cost in self.costs]
        on = min([from_on, *turns, *costs_on])
        last_turn_on = max(turns, default=through_on)
        while on <= max(through_on, last_turn_on):
            if on > through_on and not self._is_waited_for(turns, on):
                break
            if on >= from_on:
                unpaid = self.claim["capital"] - self.settled["capital"]
                self.exact += unpaid * self.claim["rate"](on)
            letter = self.claim["letter"]
            if letter is not None and on <= letter[0]:
                self.exact_at_letter = self.exact
            for _, is_rest, _, one in sorted(turns.get(on, []), key=lambda turn: turn[:3]):
                if not is_rest or self.left[one["id"]]:
                    self._place(one, on, capital_only=one["source"] == "crediting" and not is_rest)
            self.last_on = on
            on += DAY
        self.last_on = max(self.last_on, through_on)
        self.added = max(self._claimed(self.last_on), self.settled["interest"])
        return self

    def _is_waited_for(self, turns: dict[date, list[Any]], on: date) -> bool:
        """Tell whether some money is still to be placed on a day or later."""
        return any(
            not is_rest or self.left[one["id"]]
            for turn_on, of_day in turns.items()
            if turn_on >= on
            for _, is_rest, _, one in of_day
        )

    def _claimed(self, on: date) -> int:
        letter = self.claim["letter"]
        waits = letter is not None and letter[0] < on and (self.kept or on <= letter[1])
        exact = self.exact_at_letter if waits else self.exact
        return cut(exact, self.claim["rounding"])

    def _place(self, one: dict[str, Any], on: date, *, capital_only: bool) -> None:
        owed = {
            "capital": self.claim["capital"] - self.settled["capital"],
            "costs": sum(
                left
                for cost, left in zip(self.costs, self.cost_left, strict=True)
                if cost["on"] <= on
            ),
            "interest": max(self._claimed(on) - self.settled["interest"], 0),
        }
        for name in ("capital",) if capital_only else ORDER[one["source"]]:
            part = min(self.left[one["id"]], owed[name])
            if not part:
                continue
            self.left[one["id"]] -= part
            self.settled[name] += part
            parts = self.parts[one["id"]]
            parts[name] = parts.get(name, 0) + part
            if name == "costs":
                self._pay_costs(one, on, part)

    def _pay_costs(self, one: dict[str, Any], on: date, part: int) -> None:
        for number, cost in enumerate(self.costs):
            own = min(part, self.cost_left[number]) if cost["on"] <= on else 0
            if own:
                self.cost_left[number] -= own
                self.paid_costs[one["id"]].append((cost, own))
                part -= own


def walked(
    claim: dict[str, Any], costs: list[dict[str, Any]], money: list[dict[str, Any]], through: date
) -> Walk:
    """Walk a claim, with the letter's promise kept or not as the money has it.

    The promise is kept if all that the letter asked of the claim was paid by its deadline.
    """
    kept = False
    if claim["letter"] is not None:
        counted_to, deadline = claim["letter"]
        asked_costs = [cost for cost in costs if cost["on"] <= counted_to]
        in_time = [one for one in money if one["on"] <= deadline]
        asked = Walk(claim, asked_costs, in_time, kept=True).through(counted_to)
        total = claim["capital"] + sum(cost["amount"] for cost in asked_costs) + asked.added
        kept = sum(asked.settled.values()) == total
    return Walk(claim, costs, money, kept=kept).through(through)
