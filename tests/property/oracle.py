"""An oracle of the ledger: what the written decisions give, in plain dicts and whole numbers.

It shares no code with the product. A case is a dict of its facts; what it amounts to is walked
out anew, day by day, whenever something happens. A case that has ended keeps the figures it ended
with, because closing is itself a fact. The numbers in the comments are decisions.
"""

from datetime import date, datetime, timedelta
from typing import Any

from tests.property.oracle_days import (
    DAY,
    civil,
    deadline_of,
    full_hour_after,
    midnight,
    rate_parts,
    walked,
)

COMPONENTS = ("capital", "costs", "interest")

STATUTORY = {
    "reminder": 60_00,
    "debt_collection": 180_00,
    "payment_plan": 170_00,
    "late_payment_fee": 450_00,
    "payment_order_application": 300_00,
    "payment_order_work": 380_00,
    "enforcement": 600_00,
}

SMALL_REST = 100_00
VAT_PERCENT = 25

PAID_REASONS = ("fully_paid", "fully_paid_depreciation", "credited")

COMPLETED = ("completed", None)

Told = tuple[str, int, str | None]
"""How a command went: its status, what it settled in öre, and the reason."""


class Oracle:
    """One debtor's cases with one creditor, by their ids.

    `terms`: `rounding` (krona or ore), `late_fee` (450 chosen), `reminder_fee` (60 agreed).
    """

    def __init__(self, terms: dict[str, Any]) -> None:
        self.terms = terms
        self.cases: dict[str, dict[str, Any]] = {}

    # -- what happens ---------------------------------------------------------------------

    def register(self, case_id: str, debt: dict[str, Any], at: datetime) -> None:
        """Begin a case: `debt` has capital, invoice_on, due_on, interest_from, fees, terms..."""
        case = {
            **debt,
            "id": case_id,
            "registered_on": civil(at),
            "money": [],
            "costs": [
                {"kind": fee["kind"], "act": None, "amount": fee["amount"], "on": fee["on"],
                 "is_creditors": True}
                for fee in debt["fees"]
            ],
            "reductions": [],
            "counted_on": None,
            "letter": None,
            "group": None,
            "status": ["initializing"],
            "next": ("initialize", full_hour_after(at)),
            "next_on_close": None,
            "closed": None,
            "figures": None,
            "named": {},
        }  # fmt: skip
        self.cases[case_id] = case
        case["figures"] = self._figures(case)

    def advance(self, until: datetime) -> None:
        """Carry out the flow's items, each at its own instant."""
        while True:
            waiting = [case for case in self.cases.values() if case["next"] is not None]
            due = min((case["next"][1] for case in waiting), default=None)
            if due is None or due > until:
                return
            items = {case["next"][0] for case in waiting if case["next"][1] == due}
            item = min(items)
            self._carry_out(item, due, [c for c in waiting if c["next"] == (item, due)])

    def creditor_payment(self, case_id: str, money: dict[str, Any]) -> Told:
        """46 before 45; then settled with everything it changes (40-44, 47)."""
        case = self.cases[case_id]
        if money["reference"] is not None and any(
            known["source"] == "creditor"
            and known["reversed_by"] is None
            and (known["reference"], known["amount"], known["on"])
            == (money["reference"], money["amount"], money["on"])
            for known in case["money"]
        ):
            return ("warning", 0, "creditor_payment.duplicate")
        if case["closed"]:
            return ("error", 0, "creditor_payment.case_closed")
        settled = self._take_money(case, money, through=money["on"])
        return _told(money["amount"], settled, "creditor_payment.overpaid")

    def crediting(self, case_id: str, money: dict[str, Any], reported_on: date) -> Told:
        """48: the capital from before any interest; the rest from the day it is reported."""
        case = self.cases[case_id]
        if case["closed"]:
            return ("error", 0, "creditor_crediting.case_closed")
        on = min(case["due_on"], case["interest_from"] - DAY)
        is_more = money["amount"] > _remaining(case["figures"], "capital")
        through = max(reported_on, on) if is_more else on
        fact = {**money, "on": on, "reported_on": reported_on}
        settled = self._take_money(case, fact, through=through)
        return _told(money["amount"], settled, "creditor_crediting.overcredited")

    def agency_payment(self, case_id: str, money: dict[str, Any]) -> Told:
        """The OCR's case first, then the others of its demand, by invoice day; 44, 45."""
        named = self.cases[case_id]
        others = [case for case in self._group(named) if case is not named]
        others.sort(key=lambda case: (case["invoice_on"], case["id"]))
        members = [case for case in (named, *others) if not case["closed"]]
        if not members:
            named["money"].append({**money, "is_after_close": True})
            named["figures"]["shares"][money["id"]] = {
                "bank": money["amount"], "debtor": -money["amount"],
            }  # fmt: skip
            return ("warning", 0, "payment.case_closed")
        left, settled, first = money["amount"], 0, members[0]
        for member in members:
            if left:
                part, own = self._pay_from(member, {**money, "amount": left})
                left -= part
                settled += own
        if left:
            self._give_rest(first, money, left)
        return _told(money["amount"], settled, "payment.overpaid")

    def cancel(self, case_id: str) -> Told:
        """49: everything is written off."""
        case = self.cases[case_id]
        if case["closed"]:
            return ("warning", 0, "creditor_cancellation.case_closed")
        self._close(case, "cancelled")
        return ("completed", 0, None)

    def reverse(self, payment_id: str, fact_id: str, at: datetime) -> Told:
        """50: on every case it was settled on; a case that it closed opens again.

        45: the money of a closed case was the debtor's; its reversal takes nothing of a claim.
        """
        paid = [case for case in self.cases.values() if _money(case, payment_id)]
        if not paid:
            return ("warning", 0, "payment_reversal.nothing_settled")
        if any(_money(case, payment_id)["reversed_by"] for case in paid):
            return ("warning", 0, "payment_reversal.already_reversed")
        was_credit = all(_money(case, payment_id)["is_after_close"] for case in paid)
        taken_back = 0
        for case in paid:
            taken_back += sum(case["named"].get(payment_id, {}).values())
            _money(case, payment_id)["reversed_by"] = fact_id
        for case in paid:
            self._reverse_on(case, payment_id, fact_id, at)
        return ("completed", taken_back, "payment_reversal.debtors_credit" if was_credit else None)

    def reduce_interest(self, case_id: str, reduction: dict[str, Any]) -> Told:
        """8 §: of the facts from the first; a closed case is left as it is."""
        case = self.cases[case_id]
        if case["closed"]:
            return ("error", 0, "interest_reduction.case_closed")
        case["reductions"].append(reduction)
        if case["counted_on"] is not None:
            self._settle(case, case["counted_on"], reduction["id"])
        return ("completed", 0, None)

    def charge_cost(self, case_id: str, kind: str, act: str, on: date) -> tuple[int, str | None]:
        """24-28: the amount charged, or why none is; keyed by case, kind and act."""
        case = self.cases[case_id]
        refusal = self._cost_refusal(case, kind, act)
        if refusal is not None:
            return (0, refusal)
        self._add_cost(case, kind, act, on)
        if case["counted_on"] is not None:
            self._settle(case, case["counted_on"], act)
        else:
            case["figures"] = self._figures(case)
        return (STATUTORY[kind], None)

    # -- the flow -------------------------------------------------------------------------

    def _carry_out(self, item: str, due: datetime, cases: list[dict[str, Any]]) -> None:
        """60: initialise, enter, letter ten minutes later, statement after the deadline."""
        today = civil(due)
        for case in cases if item != "enter" else []:
            self._count(case, today)
        if item == "initialize":
            for case in cases:
                self._claim_between_businesses(case, today)
                case["status"].append("initialized")
                case["next"] = ("enter", full_hour_after(due))
        elif item == "enter":
            group = f"{due.isoformat()} {cases[0]['id']}"
            for case in cases:
                case["group"] = group
                case["status"].append("debt_collection")
                case["next"] = ("letter", due + timedelta(minutes=10))
        elif item == "letter":
            self._send(cases, today)
        else:
            self._state(cases)

    def _state(self, cases: list[dict[str, Any]]) -> None:
        """24 b: the demand's time is over with capital unpaid."""
        for case in cases:
            if _remaining(case["figures"], "capital"):
                case["letter"]["stated"].add(case["id"])
            case["status"].append("debt_collection_active")
            case["next"] = None
        for case in cases:
            self._settle(case, case["counted_on"], None)

    def _claim_between_businesses(self, case: dict[str, Any], today: date) -> None:
        """27: the 450 arises with the right to default interest."""
        has_begun = case["interest_from"] <= today
        if has_begun and self._cost_refusal(case, "late_payment_fee", "default") is None:
            self._add_cost(case, "late_payment_fee", "default", case["interest_from"])
            case["costs"][-1]["is_creditors"] = True
            self._settle(case, case["counted_on"], None)

    def _send(self, cases: list[dict[str, Any]], today: date) -> None:
        """24, 25: one demand for the cases, which states its cost once."""
        may_carry = [
            case
            for case in cases
            if _remaining(case["figures"], "capital") and not _has(case, "late_payment_fee")
        ]
        letter = {
            "sent_on": today,
            "deadline": deadline_of(today),
            "cost": STATUTORY["debt_collection"] if may_carry else 0,
            "carrier": None,
            "stated": set(),
            "cases": cases,
        }
        due = max(today + 16 * DAY, letter["deadline"] + 4 * DAY)
        for case in cases:
            case["letter"] = letter
            case["next"] = ("statement", midnight(due))
            self._count(case, today)

    def _count(self, case: dict[str, Any], on: date) -> None:
        case["counted_on"] = max(case["counted_on"] or on, on)
        case["figures"] = self._figures(case)

    # -- costs ----------------------------------------------------------------------------

    def _cost_refusal(  # noqa: PLR0911 - one for each rule
        self, case: dict[str, Any], kind: str, act: str
    ) -> str | None:
        if case["closed"]:
            return "case_closed"
        if any((cost["kind"], cost["act"]) == (kind, act) for cost in case["costs"]):
            return "already_charged"
        if kind in {"reminder", "late_payment_fee"} and _has(case, kind):
            return "once_per_claim"
        if kind == "reminder" and not self.terms["reminder_fee"]:
            return "not_agreed"
        instead = ("reminder", "debt_collection", "payment_plan")
        if kind == "late_payment_fee":
            if not self.terms["late_fee"]:
                return "not_chosen"
            if case["is_consumer"]:
                return "consumer"
            has_other = any(_has(case, other) for other in instead) or self._carries(case)
            return "instead_of" if has_other else None
        return "instead_of" if kind in instead and _has(case, "late_payment_fee") else None

    def _add_cost(self, case: dict[str, Any], kind: str, act: str, on: date) -> None:
        case["costs"].append(
            {
                "kind": kind,
                "act": act,
                "amount": STATUTORY[kind],
                "on": on,
                "is_creditors": kind == "late_payment_fee",
            }
        )

    def _carries(self, case: dict[str, Any]) -> bool:
        return case["letter"] is not None and case["letter"]["carrier"] == case["id"]

    def _choose_carrier(self, letter: dict[str, Any]) -> None:
        """24, 25, 0016: owed after a later payment or the statement; by whom, the facts say."""
        by_id = {case["id"]: case for case in letter["cases"]}
        if letter["carrier"] is not None and by_id[letter["carrier"]]["closed"]:
            return
        is_owed = bool(letter["stated"]) or any(
            one["source"] != "crediting" and one["on"] > letter["sent_on"]
            for case in letter["cases"]
            for one in _counting(case)
        )
        unpaid = [
            (case["invoice_on"], case["id"])
            for case in letter["cases"]
            if not case["closed"]
            and not _has(case, "late_payment_fee")
            and self._was_unpaid(case, letter["sent_on"])
        ]
        letter["carrier"] = min(unpaid)[1] if is_owed and unpaid and letter["cost"] else None

    def _was_unpaid(self, case: dict[str, Any], sent_on: date) -> bool:
        """Tell whether capital was unpaid, by value, when the day of dispatch ended."""
        money = [one for one in _counting(case) if one["on"] <= sent_on]
        walk = walked(self._claim(case), case["costs"], money, sent_on)
        return walk.settled["capital"] < case["capital"]

    # -- money ----------------------------------------------------------------------------

    def _take_money(self, case: dict[str, Any], money: dict[str, Any], *, through: date) -> int:
        case["money"].append({"reversed_by": None, "is_after_close": False, **money})
        return self._settle(case, through, money["id"])

    def _pay_from(self, case: dict[str, Any], money: dict[str, Any]) -> tuple[int, int]:
        """Pay a case as much as it can settle; return that part and what it settled."""
        unplaced = self._unplaced(case, money)
        part = money["amount"] - unplaced
        if not part:
            return (0, 0)
        return (part, self._take_money(case, {**money, "amount": part}, through=money["on"]))

    def _unplaced(self, case: dict[str, Any], money: dict[str, Any]) -> int:
        """Return what a payment would find nothing to settle for on a case."""
        letter = case["letter"]
        before = letter["carrier"] if letter else None
        case["money"].append({"reversed_by": None, "is_after_close": False, **money})
        if letter:
            self._choose_carrier(letter)
        through = max(money["on"], case["counted_on"] or money["on"])
        walk = walked(self._claim(case), self._costs(case), _counting(case), through)
        case["money"].pop()
        if letter:
            letter["carrier"] = before
        return walk.left[money["id"]]

    def _give_rest(self, case: dict[str, Any], money: dict[str, Any], rest: int) -> None:
        """44: what is left is the debtor's; it stands on the first case that was open."""
        known = _money(case, money["id"])
        if known:
            known["amount"] += rest
        else:
            self._take_money(case, {**money, "amount": rest}, through=money["on"])
            return
        if case["closed"]:
            shares = case["figures"]["shares"].setdefault(money["id"], {})
            shares["bank"] = shares.get("bank", 0) + rest
            shares["debtor"] = shares.get("debtor", 0) - rest
        else:
            case["figures"] = self._figures(case)

    def _settle(self, case: dict[str, Any], through: date, fact_id: str | None) -> int:
        """Take the facts of a case and of its demand anew; close what is paid.

        Returns how much more is settled on the case than before.
        """
        before = case["figures"]["by_source"]
        letter = case["letter"]
        if letter is not None:
            self._choose_carrier(letter)
        counted_on = max(through, case["counted_on"] or through)
        walk = walked(self._claim(case), self._costs(case), _counting(case), counted_on)
        case["counted_on"] = max(counted_on, walk.last_on)
        group = self._group(case)
        for member in group:
            if not member["closed"]:
                old = member["figures"]["by_source"]
                member["figures"] = self._figures(member)
                _name(member, fact_id, old)
        for member in group:
            self._close_if_paid(member)
        after = case["figures"]["by_source"]
        return sum(after.values()) - sum(before.values())

    def _close_if_paid(self, case: dict[str, Any]) -> None:
        """43: the capital is settled and the rest is small; 48: or all of it was credited."""
        figures = case["figures"]
        rest = sum(_remaining(figures, name) for name in COMPONENTS)
        if case["closed"] or _remaining(figures, "capital") or rest > SMALL_REST:
            return
        if figures["by_source"].get(("crediting", "capital"), 0) == case["capital"]:
            self._close(case, "credited")
        else:
            self._close(case, "fully_paid_depreciation" if rest else "fully_paid")

    def _close(self, case: dict[str, Any], reason: str) -> None:
        figures = case["figures"]
        for name in COMPONENTS:
            figures["written_off"][name] += _remaining(figures, name)
        case["closed"] = reason
        case["next_on_close"], case["next"] = case["next"], None
        case["status"].append("closed")

    def _reverse_on(
        self, case: dict[str, Any], payment_id: str, fact_id: str, at: datetime
    ) -> None:
        money = _money(case, payment_id)
        if money["is_after_close"]:
            case["figures"]["shares"].pop(payment_id, None)
            return
        if case["closed"] and case["closed"] not in PAID_REASONS:
            held = {
                one["id"]: case["figures"]["shares"].get(one["id"])
                for one in case["money"]
                if one["is_after_close"] and one["reversed_by"] is None
            }
            case["figures"] = self._figures(case)
            case["figures"]["shares"].update(held)
            for name in COMPONENTS:
                case["figures"]["written_off"][name] = _remaining(case["figures"], name)
            return
        if case["closed"]:
            case["closed"] = None
            item = case["next_on_close"]
            case["next"] = (item[0], max(item[1], at)) if item else None
            case["next_on_close"] = None
            case["status"].append(next(s for s in reversed(case["status"]) if s != "closed"))
            for one in case["money"]:
                one["is_after_close"] = False
        self._settle(case, money["on"], fact_id)

    # -- what it amounts to ---------------------------------------------------------------

    def _group(self, case: dict[str, Any]) -> list[dict[str, Any]]:
        if case["group"] is None:
            return [case]
        return [other for other in self.cases.values() if other["group"] == case["group"]]

    def _claim(self, case: dict[str, Any]) -> dict[str, Any]:
        letter = case["letter"]
        return {
            "capital": case["capital"],
            "interest_from": case["interest_from"],
            "rounding": self.terms["rounding"],
            "rate": lambda on: rate_parts(case["terms"], case["reductions"], on),
            "letter": (letter["sent_on"], letter["deadline"]) if letter else None,
        }

    def _costs(self, case: dict[str, Any]) -> list[dict[str, Any]]:
        costs = list(case["costs"])
        if self._carries(case):
            letter = case["letter"]
            costs.append(
                {"kind": "debt_collection", "act": "letter", "amount": letter["cost"],
                 "on": letter["sent_on"], "is_creditors": False}
            )  # fmt: skip
        return costs

    def _figures(self, case: dict[str, Any]) -> dict[str, Any]:
        """Return what an open case amounts to by its facts."""
        costs, money = self._costs(case), _counting(case)
        added = {"capital": case["capital"], "costs": sum(c["amount"] for c in costs)}
        if case["counted_on"] is None:
            assert not money
            walk_added, settled, by_source, shares = 0, dict.fromkeys(COMPONENTS, 0), {}, {}
        else:
            walk = walked(self._claim(case), costs, money, case["counted_on"])
            walk_added, settled = walk.added, dict(walk.settled)
            by_source = _by_source(walk)
            shares = {one["id"]: _shares(walk, one) for one in money}
        return {
            "added": {**added, "interest": walk_added},
            "settled": settled,
            "written_off": dict.fromkeys(COMPONENTS, 0),
            "by_source": by_source,
            "shares": {payment: shares for payment, shares in shares.items() if shares},
        }

    def amounts(self, case_id: str) -> dict[str, Any]:
        """Return everything the product must say of a case."""
        case = self.cases[case_id]
        figures = case["figures"]
        held: dict[str, int] = {}
        for shares in figures["shares"].values():
            for holder, amount in shares.items():
                held[holder] = held.get(holder, 0) + amount
        return {
            "added": dict(figures["added"]),
            "settled": dict(figures["settled"]),
            "written_off": dict(figures["written_off"]),
            "by_source": {key: value for key, value in figures["by_source"].items() if value},
            "held": {holder: amount for holder, amount in held.items() if amount},
            "demand_cost": case["letter"]["cost"] if self._carries(case) else 0,
            "status": case["status"][-1],
            "closed": case["closed"],
            "next_due": case["next"][1] if case["next"] else None,
        }


def _told(amount: int, settled: int, reason: str) -> Told:
    """44: a warning if not all of it was settled."""
    settled = min(max(settled, 0), amount)
    return ("completed", settled, None) if settled == amount else ("warning", settled, reason)


def _remaining(figures: dict[str, Any], name: str) -> int:
    return figures["added"][name] - figures["settled"][name] - figures["written_off"][name]


def _money(case: dict[str, Any], payment_id: str) -> dict[str, Any]:
    return next((one for one in case["money"] if one["id"] == payment_id), {})


def _counting(case: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        one for one in case["money"] if one["reversed_by"] is None and not one["is_after_close"]
    ]


def _has(case: dict[str, Any], kind: str) -> bool:
    return any(cost["kind"] == kind for cost in case["costs"])


def _by_source(walk: Any) -> dict[tuple[str, str], int]:
    sums: dict[tuple[str, str], int] = {}
    for one in walk.money:
        for name, part in walk.parts[one["id"]].items():
            key = (one["source"], name)
            sums[key] = sums.get(key, 0) + part
    return sums


def _name(case: dict[str, Any], fact_id: str | None, old: dict[tuple[str, str], int]) -> None:
    """Remember what a fact changed in what is settled: its rows name it."""
    new = case["figures"]["by_source"]
    named = case["named"].setdefault(fact_id, {})
    for key in {*old, *new}:
        named[key] = named.get(key, 0) + new.get(key, 0) - old.get(key, 0)


def _shares(walk: Any, one: dict[str, Any]) -> dict[str, int]:
    """29: whose the money is; what the bank has is positive, a right to it is negative."""
    held: dict[str, int] = {}

    def give(holder: str, amount: int) -> None:
        held[holder] = held.get(holder, 0) + amount

    if one["source"] == "agency":
        parts = walk.parts[one["id"]]
        give("bank", one["amount"])
        give("debtor", -walk.left[one["id"]])
        give("creditor", -parts.get("capital", 0) - parts.get("interest", 0))
        for cost, amount in walk.paid_costs[one["id"]]:
            give("creditor" if cost["is_creditors"] else "agency", -amount)
    elif one["source"] == "creditor":
        for cost, amount in walk.paid_costs[one["id"]]:
            if not cost["is_creditors"]:
                tax = (amount * VAT_PERCENT * 2 + 100) // 200
                give("creditor", amount + tax)
                give("agency", -amount)
                give("vat", -tax)
    return held
