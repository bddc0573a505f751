"""The checks of the audit that need the domain: a case against its journal and its facts."""

from collections.abc import Callable, Iterator, Mapping

import msgspec

from fordran.domain.case import Case
from fordran.domain.case_facts import facts_of
from fordran.domain.client_money import Category, Share, shares_of
from fordran.domain.events import CaseClosed, CaseReopened, InterestCounted, Recorded
from fordran.domain.facts import Valuation
from fordran.domain.flow import FlowConfig
from fordran.domain.history import apply, begin
from fordran.domain.ledger import Balances, Component, EntryKind, MoneySource
from fordran.domain.money import ZERO, Money
from fordran.domain.ocr import is_ocr_number
from fordran.domain.rules import Rules
from fordran.domain.shares import credit_of, shares_due
from fordran.domain.valuation import value
from fordran.operations.verify_journal import FlowKey, closing_violations, journal_violations
from fordran.storage.audit import AuditedCase
from fordran.storage.cases import rows_of


class Books(msgspec.Struct, frozen=True):
    """What every case refers to: the flows, and the rules by agreement and version of the law."""

    flows: Mapping[FlowKey, FlowConfig]
    rules_of: Callable[[str, int], Rules]


class Followed(msgspec.Struct, frozen=True):
    """A case as stored, and as it was after each event of its journal."""

    audited: AuditedCase
    states: tuple[Case, ...]
    books: Books

    def rules(self, case: Case) -> Rules:
        """Return the rules that a state of the case was counted by."""
        return self.books.rules_of(case.agreement_version_id, case.law_version)

    def steps(self) -> Iterator[tuple[Case, Recorded, Case]]:
        """Return each event after the first, with the case before and after it."""
        journal = self.audited.journal[1:]
        yield from zip(self.states, journal, self.states[1:], strict=False)


class CaseCheck(msgspec.Struct, frozen=True):
    """A rule about one case: what breaks it, and how many rows were looked at."""

    rule: str
    violations: Callable[[Followed], Iterator[str]]
    rows: Callable[[AuditedCase], int]


def follow(audited: AuditedCase, books: Books) -> Followed:
    """Return a case with every state that its journal leads through.

    Raises: whatever `apply` raises, if the journal cannot be applied.
    """
    states = [begin(audited.journal[0])]
    for recorded in audited.journal[1:]:
        states.append(apply(states[-1], recorded))
    return Followed(audited, tuple(states), books)


def _is_fold_of_its_journal(followed: Followed) -> Iterator[str]:
    audited = followed.audited
    kinds = tuple(recorded.event.__struct_config__.tag for recorded in audited.journal)
    if kinds != audited.kinds:
        yield "an event's column is not what its body says"
    if followed.states[-1] != audited.case:
        yield "the stored case differs from its journal"
    document = audited.document
    if (document.balances, document.entries) != (Balances(), ()):
        yield "its document holds money, which only its entries say"
    if document.payments or document.transfers:
        yield "its document holds money, which only its journal says"


def _columns_agree(followed: Followed) -> Iterator[str]:
    wide, narrow = rows_of(followed.audited.case)
    if followed.audited.wide_row != wide:
        yield "its columns differ from its document"
    if followed.audited.narrow_row != narrow:
        yield "its amounts and dates differ from its document and entries"


def _interest_is_what_the_facts_gave(followed: Followed) -> Iterator[str]:
    """Value the case again at every counting of interest, from what was known then."""
    counted_before = followed.audited.counted_without_units
    for number, (_, recorded, case) in enumerate(_countings(followed)):
        event = recorded.event
        assert isinstance(event, InterestCounted)
        valued = value(facts_of(case, followed.rules(case)), event.through_on)
        if valued.interest_added != case.balances.interest.added:
            yield (
                f"{case.balances.interest.added} posted by event {recorded.number}, "
                f"{valued.interest_added} by its facts"
            )
        is_exact = number < counted_before or valued.interest.units == event.units
        if not is_exact or valued.through_on != event.through_on:
            yield f"event {recorded.number} says other days or units than its facts give"
    last = followed.states[-1]
    if last.interest_counted_through_on is None and last.balances.interest.added:
        yield "interest without a day it is counted to"


def _countings(followed: Followed) -> Iterator[tuple[Case, Recorded, Case]]:
    for step in followed.steps():
        if isinstance(step[1].event, InterestCounted):
            yield step


def _settlement_is_what_the_facts_give(followed: Followed) -> Iterator[str]:
    """Compare what is settled, and whose the money is, with the facts.

    Of a closed case too: what came after its closing is in no valuation, and a payment that is
    reversed while the case stays closed is settled anew by the payments that are left.
    """
    case = followed.states[-1]
    counted_on = case.interest_counted_through_on
    due: dict[Share, Money] = {}
    if counted_on is not None:
        rules = followed.rules(case)
        valued = value(facts_of(case, rules), counted_on)
        if valued.interest_added != case.balances.interest.added:
            yield f"{case.balances.interest.added} interest, {valued.interest_added} by its facts"
        yield from _settled_otherwise(case, valued)
        due = shares_due(valued, rules.terms.shares)
    elif any(money.counts for money in case.payments):
        yield "settled without a day interest is counted to"
    expected = _shares_expected(case, due)
    moved = shares_of(
        transfer for transfer in case.transfers if transfer.category is not Category.REFUND
    )
    for share in sorted({*expected, *moved}, key=str):
        if expected.get(share, ZERO) != moved.get(share, ZERO):
            yield (
                f"{moved.get(share, ZERO)} of {share.article} moved for {share.payment_id}, "
                f"{expected.get(share, ZERO)} by its facts"
            )


def _settled_otherwise(case: Case, valued: Valuation) -> Iterator[str]:
    posted: dict[tuple[MoneySource, Component], Money] = {}
    for entry in case.entries:
        if entry.kind is EntryKind.SETTLEMENT:
            key = (entry.source, entry.component)
            posted[key] = posted.get(key, ZERO) - entry.amount
    wanted = valued.settled_by_source()
    for key in sorted({*posted, *wanted}):
        if posted.get(key, ZERO) != wanted.get(key, ZERO):
            source, component = key
            yield (
                f"{posted.get(key, ZERO)} of {component.value} settled by {source.value}, "
                f"{wanted.get(key, ZERO)} by its facts"
            )


def _shares_expected(case: Case, due: dict[Share, Money]) -> dict[Share, Money]:
    """Return who has a right to what: by the facts, and by what came after the case was closed."""
    expected = dict(due)
    for money in case.payments:
        if money.is_after_close and money.reversed_by is None:
            expected[credit_of(money.payment_id)] = money.amount
    return expected


def _journal_follows_the_rules(followed: Followed) -> Iterator[str]:
    yield from journal_violations(followed.audited.journal, followed.states, followed.books.flows)


def _closings_have_their_reasons(followed: Followed) -> Iterator[str]:
    events = [recorded.event for recorded in followed.audited.journal]
    closed = sum(isinstance(event, CaseClosed) for event in events)
    reopened = sum(isinstance(event, CaseReopened) for event in events)
    is_closed = followed.states[-1].closed is not None
    if closed != reopened + is_closed:
        yield f"closed {closed} times and opened again {reopened} times"
    if is_closed and followed.states[-1].balances.remaining:
        yield f"closed with {followed.states[-1].balances.remaining} left"
    yield from closing_violations(followed.audited.journal, followed.states)


def _ocr_number_is_valid(followed: Followed) -> Iterator[str]:
    if not is_ocr_number(followed.audited.case.ocr_number):
        yield "its OCR number is wrong"


def _events(audited: AuditedCase) -> int:
    return len(audited.journal)


def _countings_stored(audited: AuditedCase) -> int:
    return audited.kinds.count("interest_counted")


def _money_rows(audited: AuditedCase) -> int:
    return len(audited.case.entries) + len(audited.case.transfers)


def _closings_stored(audited: AuditedCase) -> int:
    return audited.kinds.count("case_closed")


def _one(_: AuditedCase) -> int:
    return 1


CASE_CHECKS = (
    CaseCheck(
        "I5 a case is the fold of its journal, by allowed moves", _is_fold_of_its_journal, _events
    ),
    CaseCheck(
        "I5 every event follows from what was there before it", _journal_follows_the_rules, _events
    ),
    CaseCheck("I5 a case's columns agree with its document", _columns_agree, lambda _: 2),
    CaseCheck(
        "I6 a closed case has one closing more than it was opened again, for its reason",
        _closings_have_their_reasons,
        _closings_stored,
    ),
    CaseCheck("I10 OCR numbers have the right check digit", _ocr_number_is_valid, _one),
    CaseCheck(
        "I11 interest recomputed from zero equals what is posted, at every counting",
        _interest_is_what_the_facts_gave,
        _countings_stored,
    ),
    CaseCheck(
        "I11 settlement and client money replayed from the facts equal what is posted",
        _settlement_is_what_the_facts_give,
        _money_rows,
    ),
)
"""In the order of the invariants they belong to."""
