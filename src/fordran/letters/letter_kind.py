"""The kinds of letters the server writes, and the languages it writes them in."""

from enum import StrEnum


class LetterKind(StrEnum):
    """The letters the server writes; the values are the wire's."""

    REMINDER = "reminder"
    """A reminder before debt collection, which is no act of collection (inkassolagen 1 §)."""

    DEBT_COLLECTION = "debt_collection"
    """The demand (inkassokrav) that inkassolagen asks for before any legal step."""

    REST_CLAIM = "rest_claim"
    """What is left after a demand has been paid in part (restkrav)."""

    PLAN_OFFER = "plan_offer"
    """A payment plan with every date and cost, to be accepted or not."""

    PLAN_CONFIRMATION = "plan_confirmation"
    """The plan that was agreed, and what to pay first."""

    INSTALMENT = "instalment"
    """Notice of one instalment of a plan."""

    DISPUTE_ANSWER = "dispute_answer"
    """What became of the debtor's objection, and why."""

    ENFORCEMENT_NOTICE = "enforcement_notice"
    """Notice that the authority will be applied to, when and at what cost."""

    SURVEILLANCE = "surveillance"
    """The letter that keeps a claim under long-term surveillance from becoming barred."""

    RECEIPT = "receipt"
    """What has been received, how it was settled, and what is left."""

    TRANSFER = "transfer"
    """Who owns the claim since a transfer, before anything is collected."""


class Locale(StrEnum):
    """The languages of the letters."""

    SV = "sv"
    """Swedish."""

    EN = "en"
    """English, for a debtor who reads no Swedish."""
