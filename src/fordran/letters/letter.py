"""Every letter, and the kind that each is."""

from collections.abc import Mapping
from types import MappingProxyType

from fordran.letters.debt_collection_letter import DebtCollectionLetter
from fordran.letters.dispute_answer_letter import DisputeAnswerLetter
from fordran.letters.enforcement_notice_letter import EnforcementNoticeLetter
from fordran.letters.letter_kind import LetterKind
from fordran.letters.plan_letters import (
    InstalmentLetter,
    PlanConfirmationLetter,
    PlanOfferLetter,
)
from fordran.letters.receipt_letter import ReceiptLetter
from fordran.letters.reminder_letter import ReminderLetter
from fordran.letters.rest_claim_letter import RestClaimLetter
from fordran.letters.surveillance_letter import SurveillanceLetter
from fordran.letters.transfer_letter import TransferLetter

Letter = (
    ReminderLetter
    | DebtCollectionLetter
    | RestClaimLetter
    | PlanOfferLetter
    | PlanConfirmationLetter
    | InstalmentLetter
    | DisputeAnswerLetter
    | EnforcementNoticeLetter
    | SurveillanceLetter
    | ReceiptLetter
    | TransferLetter
)

KIND_BY_TYPE: Mapping[type[Letter], LetterKind] = MappingProxyType(
    {
        ReminderLetter: LetterKind.REMINDER,
        DebtCollectionLetter: LetterKind.DEBT_COLLECTION,
        RestClaimLetter: LetterKind.REST_CLAIM,
        PlanOfferLetter: LetterKind.PLAN_OFFER,
        PlanConfirmationLetter: LetterKind.PLAN_CONFIRMATION,
        InstalmentLetter: LetterKind.INSTALMENT,
        DisputeAnswerLetter: LetterKind.DISPUTE_ANSWER,
        EnforcementNoticeLetter: LetterKind.ENFORCEMENT_NOTICE,
        SurveillanceLetter: LetterKind.SURVEILLANCE,
        ReceiptLetter: LetterKind.RECEIPT,
        TransferLetter: LetterKind.TRANSFER,
    }
)
"""Which kind each struct is."""

TYPE_BY_KIND: Mapping[LetterKind, type[Letter]] = MappingProxyType(
    {kind: facts for facts, kind in KIND_BY_TYPE.items()}
)
"""Which struct each kind is read back as."""


def kind_of(letter: Letter) -> LetterKind:
    """Return the kind of a letter."""
    return KIND_BY_TYPE[type(letter)]
