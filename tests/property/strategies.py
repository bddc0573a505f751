"""Strategies: debts, payments, and whole stories of cases lived through in memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from fordran.domain.agreement import AgreementTerms
from fordran.domain.case import Case, CaseMoney, Debt, FeeAlreadyClaimed
from fordran.domain.creditor_payment import report
from fordran.domain.draft import Draft
from fordran.domain.events import CaseRegistered, Recorded
from fordran.domain.flow import FlowAction
from fordran.domain.flow_step import StepIds, carry_out
from fordran.domain.ledger import Component
from fordran.domain.money import Money
from fordran.domain.outcome import Outcome
from fordran.domain.registration import register
from fordran.domain.rules import Rules
from fordran.domain.settlement import SettlementOrder
from fordran.domain.shipped_flows import DEFAULT_FLOW

ONE_DAY = timedelta(days=1)
RULES = Rules(AgreementTerms())
ENDS_ON = date(2026, 12, 30)
"""The last day of every story; the table of rates goes a day further."""

PERCENTS = st.integers(1, 40) | st.sampled_from([100, 130])
"""How much of its capital a payment is: a part, and now and then all of it or more."""

amounts = st.integers(0, 5_000_00).map(Money)
orders = st.permutations(list(Component)).map(
    lambda components: SettlementOrder("drawn.1", tuple(components))
)


def at(on: date, hour: int = 0, minute: int = 0) -> datetime:
    """Return an instant of a day."""
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=UTC)


@dataclass(frozen=True)
class Paid:
    """A payment as a fact, and how long after it the creditor reports it."""

    case: int
    minor: int
    value_on: date
    delay_days: int


@dataclass(frozen=True)
class Story:
    """Debts of one debtor, registered together, and what is paid of them."""

    debts: tuple[Debt, ...]
    is_consumer: bool
    registered_on: date
    payments: tuple[Paid, ...]


class Book:
    """An agency in memory: the cases of a story, on one clock, through the domain alone."""

    def __init__(self, story: Story) -> None:
        self.journals: dict[str, list[Recorded]] = {}
        self.cases: dict[str, Case] = {}
        self.outcomes: list[Outcome] = []
        registered_at = at(story.registered_on, 7, 30)
        for position, debt in enumerate(story.debts):
            event = CaseRegistered(
                case_id=case_id(position),
                account_id="a" * 24,
                creditor_id="b" * 24,
                customer_id="c" * 24,
                registration_id="d" * 24,
                agreement_version_id="e" * 24,
                reference_number=str(position),
                ocr_number="0",
                currency="SEK",
                is_consumer=story.is_consumer,
                has_reference_rate=True,
                debt=debt,
            )
            self._keep([register(event, DEFAULT_FLOW, registered_at)])

    def advance(self, until: datetime) -> None:
        """Carry out what falls due, each step at its own instant."""
        while due := self._due(until):
            item = due[0].next_item
            assert item is not None
            action = DEFAULT_FLOW.item(item.item).action
            members = list(self.cases.values()) if action is FlowAction.DEBT_STATEMENT else due
            group = [Draft(case, item.due_at) for case in members]
            carry_out(action, group, DEFAULT_FLOW, RULES, StepIds("f" * 24, "0" * 24))
            self._keep(group)

    def pay(self, paid: Paid, payment_id: str, reported_at: datetime) -> None:
        """Report a payment, after what fell due before it."""
        self.advance(reported_at)
        case = self.cases[case_id(paid.case)]
        group = [
            Draft(member, reported_at)
            for member in self.cases.values()
            if member is case or (member.demand is not None and case.demand is not None)
        ]
        payment = CaseMoney(payment_id, Money(paid.minor), at(paid.value_on))
        self.outcomes.append(report(group, case.id, payment, RULES))
        self._keep(group)

    def _due(self, until: datetime) -> list[Case]:
        open_cases = [case for case in self.cases.values() if case.next_item is not None]
        instants = [case.next_item.due_at for case in open_cases if case.next_item is not None]
        first = min(instants, default=None)
        if first is None or first > until:
            return []
        return [case for case in open_cases if case.next_item and case.next_item.due_at == first]

    def _keep(self, drafts: Sequence[Draft]) -> None:
        for draft in drafts:
            self.journals.setdefault(draft.case.id, []).extend(draft.recorded)
            self.cases[draft.case.id] = draft.case


def case_id(position: int) -> str:
    """Return the id of a story's case."""
    return f"{position:024x}"


def lived(story: Story, *, in_time: bool, until: date = ENDS_ON) -> Book:
    """Live a story through, its payments reported on their value dates or as late as they were."""
    book = Book(story)
    reports = []
    for number, paid in enumerate(story.payments):
        delay = ONE_DAY * (0 if in_time else paid.delay_days)
        reported_on = max(paid.value_on, story.registered_on) + delay
        # In time, what was paid before the registration is reported in order of value.
        reports.append((at(min(reported_on, until), 12), paid.value_on, number, paid))
    order = sorted(reports, key=lambda one: one[:3] if in_time else (one[0], one[2]))
    for reported_at, _, number, paid in order:
        book.pay(paid, f"{number:024x}", reported_at)
    book.advance(at(until, 23))
    return book


@st.composite
def debts(draw: st.DrawFn, registered_on: date, number: int) -> Debt:
    """Draw a debt that fell due before a day."""
    due_days = draw(st.integers(0, 60))
    overdue_days = draw(st.integers(1, 500))
    invoice_on = registered_on - ONE_DAY * (due_days + overdue_days)
    fees = draw(st.lists(st.integers(1, 300_00), max_size=1))
    fee_on = invoice_on + ONE_DAY * draw(st.integers(0, due_days + overdue_days))
    return Debt(
        invoice_number=f"INV-{number}",
        invoice_on=invoice_on,
        due_days=due_days,
        interest_days=due_days + draw(st.sampled_from([0, 0, 10])),
        capital_to_claim=Money(draw(st.integers(100_00, 100_000_00))),
        payout_reference="",
        fees_already_claimed=tuple(
            FeeAlreadyClaimed("reminder", Money(fee), fee_on) for fee in fees
        ),
    )


@st.composite
def stories(
    draw: st.DrawFn,
    *,
    cases_max: int = 3,
    payments_min: int = 0,
    payments_max: int = 5,
    percents: st.SearchStrategy[int] = PERCENTS,
    delays_days: Sequence[int] = (0, 1, 10, 40, 90),
) -> Story:
    """Draw a story; each payment is so many percent of its case's capital.

    Small parts keep the cases open.
    """
    registered_on = draw(st.dates(date(2024, 3, 1), date(2026, 9, 1)))
    count = draw(st.integers(1, cases_max))
    drawn = tuple(draw(debts(registered_on, number)) for number in range(count))
    payments = []
    for _ in range(draw(st.integers(payments_min, payments_max))):
        case = draw(st.integers(0, count - 1))
        debt = drawn[case]
        near = draw(st.sampled_from([debt.invoice_on, registered_on, registered_on]))
        value_on = max(near + ONE_DAY * draw(st.integers(-5, 60)), debt.invoice_on)
        payments.append(
            Paid(
                case=case,
                minor=max(debt.capital_to_claim.minor * draw(percents) // 100, 1),
                value_on=min(value_on, ENDS_ON),
                delay_days=draw(st.sampled_from(delays_days)),
            )
        )
    return Story(drawn, draw(st.booleans()), registered_on, tuple(payments))
