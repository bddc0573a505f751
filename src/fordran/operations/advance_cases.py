"""Advance cases: carry out the flow items of one account that have fallen due."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from fordran.domain.agenda import CLOCKS, next_due
from fordran.domain.case import Case
from fordran.domain.draft import Draft
from fordran.domain.events import FlowItemFailed
from fordran.domain.flow import FlowAction, FlowConfig, NextFlowItem, retry_after
from fordran.domain.flow_step import SENDS, StepIds, carry_out, dispatch_instant
from fordran.domain.holding import carry_out_clock
from fordran.domain.refusals import Refusal
from fordran.domain.rules import Rules
from fordran.operations.context import Context
from fordran.operations.demand_costs import record_posted_costs
from fordran.operations.randomness import object_id
from fordran.operations.rules import RulesInForce
from fordran.operations.send_letters import Post, SentLetter
from fordran.storage import agreements, cases, demands
from fordran.storage.demands import NewDebtCollection
from fordran.storage.due import ClaimedCase, claim
from fordran.storage.unit_of_work import UnitOfWork

BATCH_SIZE = 500
"""Due cases claimed at a time; whole demand groups, so a few more may come along."""


class Advanced(msgspec.Struct, frozen=True):
    """What a batch did. `executed` items were carried out, `failed` were set aside."""

    executed: int
    failed: int


def advance_cases(
    context: Context, account_id: str, until: datetime, *, batch_size: int = BATCH_SIZE
) -> Advanced:
    """Carry out the account's items that are due by an instant, one batch, on real time.

    Each item acts at its own due instant, however late it is carried out; a case that is two
    items behind goes one item further per call. A case that cannot be advanced is set aside
    with its reason and stops no other.
    """
    real_now = context.clock.now()

    def operation(uow: UnitOfWork) -> Advanced:
        return advance_in(context, uow, until, real_now, now=until, batch_size=batch_size)

    return context.database.run(account_id, operation)


def set_aside_first_due(
    context: Context, account_id: str, until: datetime, reason: str
) -> Advanced:
    """Set aside the account's first due group of cases, whose step fails for no named reason."""
    real_now = context.clock.now()

    def operation(uow: UnitOfWork) -> Advanced:
        claimed = claim(uow, until, 1)
        loaded = cases.load(uow, [case.case_id for case in claimed])
        drafts = [Draft(loaded[case.case_id], case.due_at, known_at=until) for case in claimed]
        for draft in drafts:
            set_aside(draft, reason)
        cases.save(uow, drafts, real_now)
        return Advanced(0, len(drafts))

    return context.database.run(account_id, operation)


def set_aside(draft: Draft, reason: str) -> None:
    """Set a case's item aside until it is tried again; an item that waits stops no other."""
    item = draft.case.next_item
    assert item is not None
    draft.happen(FlowItemFailed(reason, draft.known_at + retry_after(item)))


def advance_in(
    context: Context,
    uow: UnitOfWork,
    until: datetime,
    real_now: datetime,
    *,
    now: datetime,
    batch_size: int = BATCH_SIZE,
) -> Advanced:
    """Carry out a batch within a unit of work that the caller owns.

    Units: `until` is the last due instant to act on, `now` the account's instant, `real_now` the
    machine's.
    """
    claimed = claim(uow, until, batch_size)
    if not claimed:
        return Advanced(0, 0)
    return _Advancing(context, uow, claimed, now, real_now).advance()


class _Group(msgspec.Struct):
    """Cases of one creditor and customer that fall due for one item at one instant."""

    due: tuple[ClaimedCase, ...]
    drafts: list[Draft]
    """The due cases; for the debt statement every case of the demand."""
    flow: FlowConfig
    rules: Rules
    action: FlowAction
    ids: StepIds


class _Advancing:
    """One unit of work that carries out a batch of due items."""

    def __init__(
        self,
        context: Context,
        uow: UnitOfWork,
        claimed: Sequence[ClaimedCase],
        now: datetime,
        real_now: datetime,
    ) -> None:
        self.context = context
        self.uow = uow
        self.claimed, self.clocks = _next_in_order(claimed)
        self.now = now
        self.real_now = real_now
        claimed_ids = [case.case_id for case in (*self.claimed, *self.clocks)]
        self.cases = cases.load(uow, cases.lock_with_demand_groups(uow, claimed_ids))
        self.flows: dict[tuple[str, int], FlowConfig] = {}
        self.rules = RulesInForce(uow)

    def advance(self) -> Advanced:
        """Carry out every group; write what happened, the letters and their costs."""
        drafts: list[Draft] = [self._clock(claimed) for claimed in self.clocks]
        entered: list[NewDebtCollection] = []
        post = Post(self.context, self.uow, self._cases_to_write_to())
        failed = 0
        for group in self._groups():
            try:
                closed = self._bring_up_to_law(group)
                carry_out(group.action, group.drafts, group.flow, group.rules, group.ids)
                self._prepare_letters(post, group)
            except Refusal as refusal:
                failed += len(group.due)
                drafts += self._set_aside(group, refusal)
                continue
            drafts += [*closed, *group.drafts]
            if group.drafts and group.action is FlowAction.ENTER_DEBT_COLLECTION:
                entered.append(self._debt_collection(group))
        demands.insert_debt_collections(self.uow, entered)
        cases.save(self.uow, drafts, self.real_now)
        post.send()
        record_posted_costs(self.uow, [draft.case for draft in drafts])
        return Advanced(len(self.claimed) + len(self.clocks) - failed, failed)

    def _clock(self, claimed: ClaimedCase) -> Draft:
        """Carry out a clock of a hold that has run out."""
        case = self.cases[claimed.case_id]
        due = next_due(case)
        assert due is not None
        draft = Draft(case, claimed.due_at, known_at=self.now)
        carry_out_clock(draft, due)
        return draft

    def _prepare_letters(self, post: Post, group: _Group) -> None:
        """Render what the step has sent: one demand for the group, a reminder for each case."""
        sent = [
            draft.case
            for draft in group.drafts
            if draft.case.letter is not None and draft.case.letter.letter_id == group.ids.letter_id
        ]
        if not sent:
            return
        if group.action is FlowAction.SEND_DEMAND:
            post.prepare_demand(SentLetter(tuple(sent), group.rules))
        elif group.action is FlowAction.SEND_REMINDER:
            post.prepare_reminder(SentLetter(tuple(sent), group.rules))

    def _bring_up_to_law(self, group: _Group) -> list[Draft]:
        """Count anew what a corrected rate touches; return the cases that this closes.

        A case that is demanded already is counted with every case of its demand, which only the
        debt statement has at hand.
        """
        is_whole = group.action is FlowAction.DEBT_STATEMENT
        self.rules.bring_up_to_law(
            draft for draft in group.drafts if is_whole or draft.case.demand is None
        )
        if is_whole:
            return []
        closed = [draft for draft in group.drafts if draft.case.closed is not None]
        group.drafts = [draft for draft in group.drafts if draft.case.closed is None]
        return closed

    def _groups(self) -> Iterable[_Group]:
        by_group: dict[tuple[object, ...], list[ClaimedCase]] = defaultdict(list)
        for case in sorted(self.claimed, key=lambda claimed: (claimed.due_at, claimed.case_id)):
            by_group[self._group_key(case)].append(case)
        for members in by_group.values():
            yield self._group(tuple(members))

    def _group_key(self, claimed: ClaimedCase) -> tuple[object, ...]:
        """Return what cases have in common that are carried out together (decision 25).

        A reminder is a letter for one claim; a demand may be for several.
        """
        case = self.cases[claimed.case_id]
        item = _scheduled(case)
        is_alone = self._action(case) is FlowAction.SEND_REMINDER
        return (
            claimed.creditor_id,
            claimed.customer_id,
            (item.flow_config_id, item.flow_config_version, item.item),
            (claimed.due_at, item.due_at),
            case.debt_collection_id,
            case.id if is_alone else None,
        )

    def _group(self, due: tuple[ClaimedCase, ...]) -> _Group:
        first = self.cases[due[0].case_id]
        flow = self._flow(first)
        rules = self.rules.of(first.agreement_version_id)
        action = self._action(first)
        # An item that is tried again acts at its own due instant, not when it is tried.
        at = due_at = _scheduled(first).due_at
        if action in SENDS:
            at = dispatch_instant(due_at, self.now, rules.terms)
        members = {case.case_id for case in due}
        if action is FlowAction.DEBT_STATEMENT:
            members |= {
                case.id
                for case in self.cases.values()
                if case.debt_collection_id == first.debt_collection_id
            }
        drafts = [Draft(self.cases[case_id], at, known_at=self.now) for case_id in sorted(members)]
        new_id = self.context.randomness
        ids = StepIds(object_id(new_id, at), object_id(new_id, at))
        return _Group(due, drafts, flow, rules, action, ids)

    def _set_aside(self, group: _Group, refusal: Refusal) -> list[Draft]:
        """Begin the due cases anew and set them aside: nothing of the failed step is kept."""
        drafts = [
            Draft(case, _scheduled(case).due_at, known_at=self.now)
            for case in (self.cases[claimed.case_id] for claimed in group.due)
        ]
        for draft in drafts:
            set_aside(draft, f"{refusal.reason()}: {refusal}")
        return drafts

    def _debt_collection(self, group: _Group) -> NewDebtCollection:
        first = group.drafts[0]
        return NewDebtCollection(
            id=group.ids.debt_collection_id,
            creditor_id=first.case.creditor_id,
            customer_id=first.case.customer_id,
            case_ids=tuple(draft.case.id for draft in group.drafts),
            created_at=first.at,
        )

    def _cases_to_write_to(self) -> list[Case]:
        cases_claimed = (self.cases[claimed.case_id] for claimed in self.claimed)
        return [case for case in cases_claimed if self._action(case) in SENDS]

    def _action(self, case: Case) -> FlowAction:
        return self._flow(case).item(_scheduled(case).item).action

    def _flow(self, case: Case) -> FlowConfig:
        item = _scheduled(case)
        key = (item.flow_config_id, item.flow_config_version)
        if key not in self.flows:
            self.flows[key] = agreements.flow_config(self.uow, *key)
        return self.flows[key]


def _next_in_order(
    claimed: Sequence[ClaimedCase],
) -> tuple[list[ClaimedCase], list[ClaimedCase]]:
    """Return what of a batch comes first: items of the flow, or clocks of holds.

    A clock changes whether a case goes on with others of its demand, so neither overtakes the
    other; of one instant the clocks come first. What is left is claimed again.
    """
    items = [case for case in claimed if case.item not in CLOCKS]
    clocks = [case for case in claimed if case.item in CLOCKS]
    if not clocks:
        return items, []
    first_clock = min(case.due_at for case in clocks)
    earlier = [case for case in items if case.due_at < first_clock]
    if earlier:
        return earlier, []
    first_item = min((case.due_at for case in items), default=None)
    return [], [case for case in clocks if first_item is None or case.due_at <= first_item]


def _scheduled(case: Case) -> NextFlowItem:
    assert case.next_item is not None, "a case that is due has an item"
    return case.next_item
