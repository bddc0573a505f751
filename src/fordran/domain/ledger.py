"""The ledger of a case: balanced entries, and the balances folded from them.

An entry moves one component of the claim between two ledger accounts. The API's single-line
`transaction` is the projection of an entry: its amount is the leg on `RECEIVABLE`.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import msgspec

from fordran.domain.money import ZERO, Money


class Component(StrEnum):
    """What a claim is made of."""

    CAPITAL = "capital"
    """The debt itself, with the fees the creditor included in it."""

    INTEREST = "interest"
    """Default interest on the capital (räntelagen 1975:635)."""

    COSTS = "costs"
    """Statutory costs of collection (1981:739) and what the creditor charged before."""


class Origin(StrEnum):
    """Who caused an entry."""

    CREDITOR_SYSTEM = "creditor_system"
    """The creditor, over the API."""

    SOLICITOR_SYSTEM = "solicitor_system"
    """The agency: this server."""


class MoneySource(StrEnum):
    """Where the money of a settlement came from; it decides the order of settlement.

    In this order the money of one day is placed, whatever order it became known in.
    """

    CREDITING = "crediting"
    """The creditor credits a part of the claim: it never existed (decision 48)."""

    CREDITOR = "creditor"
    """The debtor paid to the creditor, who reported it."""

    AUTHORITY = "authority"
    """The enforcement authority collected it and paid it to the agency."""

    AGENCY = "agency"
    """The debtor paid to the agency."""


class FactKind(StrEnum):
    """What kind of fact an entry names as its cause; the wire's word for the document."""

    CREDITOR_PAYMENT = "creditor_payment"
    CREDITOR_CREDITING = "creditor_crediting"
    CREDITOR_CANCELLATION = "creditor_cancellation"
    PAYMENT = "payment"
    """Money received by the agency."""
    PAYMENT_REVERSAL = "payment_reversal"
    CREDITOR_PAYMENT_REVERSAL = "creditor_payment_reversal"
    INTEREST_REDUCTION = "interest_reduction"
    CASE_ENDING = "case_ending"
    """A person's decision that a case ends without payment."""
    REFUND = "refund"
    """Money paid back to the debtor."""
    LAW = "law"
    """An imported version of the law."""


class FactName(msgspec.Struct, frozen=True):
    """Which fact made an entry necessary."""

    kind: FactKind
    id: str


class LedgerAccount(StrEnum):
    """A place where the money of a case is counted."""

    RECEIVABLE = "receivable"
    """What the debtor owes; its balance per component is what remains."""

    CLAIMED = "claimed"
    """Where claims come from; its negated balance is what has been added."""

    SETTLED_AT_CREDITOR = "settled_at_creditor"
    """Paid by the debtor directly to the creditor."""

    SETTLED_AT_AGENCY = "settled_at_agency"
    """Paid to the agency, by the debtor or by the authority."""

    CREDITED = "credited"
    """Credited by the creditor."""

    WRITTEN_OFF = "written_off"
    """Given up; on the wire `depreciated`."""


class EntryKind(StrEnum):
    """What an entry does to the claim; it names the account opposite to `RECEIVABLE`."""

    CLAIM = "claim"
    """Creates or corrects a claim; counted in `added` (decision 23)."""

    SETTLEMENT = "settlement"
    """Settles a part of the claim with money paid, or credits it."""

    WRITE_OFF = "write_off"
    """Gives up a part of the claim."""


_SETTLED_AT = {
    MoneySource.CREDITING: LedgerAccount.CREDITED,
    MoneySource.CREDITOR: LedgerAccount.SETTLED_AT_CREDITOR,
    MoneySource.AUTHORITY: LedgerAccount.SETTLED_AT_AGENCY,
    MoneySource.AGENCY: LedgerAccount.SETTLED_AT_AGENCY,
}


class Posting(msgspec.Struct, frozen=True):
    """One leg of an entry; the legs of an entry sum to zero."""

    ledger_account: LedgerAccount
    amount: Money


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """A balanced movement of one component of a case.

    Units: `amount` in öre, as it changes what the debtor owes (a payment is negative).
    `value_at` is when it counts (the wire's `bank_transaction_date`), `booked_at` when it was
    written (the wire's `registration_date`).
    Invariants: `amount` is never zero; `number` is 1..n within the case.
    """

    number: int
    kind: EntryKind
    component: Component
    amount: Money
    value_at: datetime
    booked_at: datetime
    origin: Origin
    description: str
    """A locale key, the wire's `description_locale_tag`."""
    creditor_payment_id: str | None = None
    """As `fact`, in entries written before there were other facts."""
    policy: str | None = None
    """The version of the settlement order that placed the money (decision 41)."""
    cost_kind: str | None = None
    """For costs: which cost of the statutory table, or of the creditor's own."""
    act: str | None = None
    """For costs: the act that the cost is for; a cost is claimed once per kind and act."""
    source: MoneySource = MoneySource.CREDITOR
    """For settlements: where the money came from."""
    fact: FactName | None = None
    """The fact that an entry settles or that made it necessary."""
    reverses: int | None = None
    """The number of the entry that this one takes back (decision 50)."""

    @property
    def caused_by(self) -> FactName | None:
        """The fact that an entry settles or that made it necessary."""
        if self.fact is None and self.creditor_payment_id is not None:
            return FactName(FactKind.CREDITOR_PAYMENT, self.creditor_payment_id)
        return self.fact

    @property
    def counter_account(self) -> LedgerAccount:
        """The account opposite to `RECEIVABLE`."""
        if self.kind is EntryKind.CLAIM:
            return LedgerAccount.CLAIMED
        if self.kind is EntryKind.WRITE_OFF:
            return LedgerAccount.WRITTEN_OFF
        return _SETTLED_AT[self.source]

    def postings(self) -> tuple[Posting, Posting]:
        """Return the two legs; they sum to zero.

        >>> from datetime import UTC
        >>> at = datetime(2025, 9, 3, tzinfo=UTC)
        >>> entry = Entry(1, EntryKind.CLAIM, Component.CAPITAL, Money(200000), at, at,
        ...               Origin.CREDITOR_SYSTEM, "api.transaction.case_registration")
        >>> [str(p.amount) for p in entry.postings()]
        ['2000.00 SEK', '-2000.00 SEK']
        """
        return (
            Posting(LedgerAccount.RECEIVABLE, self.amount),
            Posting(self.counter_account, -self.amount),
        )


class Balance(msgspec.Struct, frozen=True):
    """The money of one component.

    Invariants: added - settled - written off = remaining (decision 23).
    """

    added: Money = ZERO
    settled: Money = ZERO
    written_off: Money = ZERO

    @property
    def remaining(self) -> Money:
        """What the debtor still owes of this component."""
        return self.added - self.settled - self.written_off

    def after(self, entry: Entry) -> "Balance":
        """Return the balance with one more entry of this component."""
        added, settled, written_off = self.added, self.settled, self.written_off
        if entry.kind is EntryKind.CLAIM:
            return Balance(added + entry.amount, settled, written_off)
        if entry.kind is EntryKind.SETTLEMENT:
            return Balance(added, settled - entry.amount, written_off)
        return Balance(added, settled, written_off - entry.amount)


class Balances(msgspec.Struct, frozen=True):
    """The money of a case, per component."""

    capital: Balance = Balance()
    interest: Balance = Balance()
    costs: Balance = Balance()

    def of(self, component: Component) -> Balance:
        """Return the balance of one component."""
        if component is Component.CAPITAL:
            return self.capital
        return self.interest if component is Component.INTEREST else self.costs

    def after(self, entry: Entry) -> "Balances":
        """Return the balances with one more entry."""
        changed = self.of(entry.component).after(entry)
        return msgspec.structs.replace(self, **{entry.component.value: changed})

    @property
    def added(self) -> Money:
        """Everything ever claimed."""
        return self.capital.added + self.interest.added + self.costs.added

    @property
    def remaining(self) -> Money:
        """Everything still owed: capital + costs + interest (decision 23)."""
        return self.capital.remaining + self.interest.remaining + self.costs.remaining


def fold(entries: Iterable[Entry]) -> Balances:
    """Return the balances that a sequence of entries leads to.

    >>> fold([]).remaining
    Money(minor=0, currency='SEK')
    """
    balances = Balances()
    for entry in entries:
        balances = balances.after(entry)
    return balances
