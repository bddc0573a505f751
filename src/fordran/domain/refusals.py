"""Refusals: the request is understood and not allowed.

    Refusal
    ├── ReferenceRateMissing      a half-year has no published reference rate
    ├── StatutoryCostMissing      no statutory amount is known for a day
    ├── LimitationPeriodMissing   no limitation period is known for a day
    ├── LawNotImported            rows of law cannot be imported
    ├── InvalidIdNumber           an identity number cannot be read
    ├── LetterIncomplete          a letter lacks a required content
    ├── TemplateIncomplete        a template lacks a required content
    ├── TemplateBroken            a template cannot be typeset
    ├── NotRegistered             a registration has issues
    ├── NotReported               a report about a case or a payment has issues
    ├── PaymentNotReceived        a payment to the agency has issues
    ├── NotKnownThen              a case was not known yet at an earlier instant
    ├── InstantInTheFuture        a case is asked for as it will be
    ├── IdempotencyKeyReused      a key came with another request before
    ├── DocumentNotFound          an upload names no case of the account
    ├── Unauthorized              the credentials are missing, wrong or expired
    ├── UnsuitableKey             a key may not be used to sign in
    ├── PayoutDayNotCome          a payout run is asked for a later day
    ├── PayoutFileNotWritable     a file of a payout run cannot be written
    ├── PayeeNotUsable            a bank would not take a payee
    ├── RefundNotFound            no refund with this id is open
    ├── AccountNotFound           set-up names no account
    ├── CreditorNotFound          a statement names no creditor
    ├── StatementFileUnusable     a statement cannot be written to a file
    ├── FlowConfigNotFound        set-up names no flow config
    ├── FlowConfigUnusable        a flow config cannot be saved
    ├── CreditorIncomplete        an active creditor lacks something
    ├── ClockMissing              the account runs on real time
    ├── ClockInUse                the account has cases
    └── ClockRunsForward          a clock was told to go back

A refusal carries data, never HTTP: the class name in snake case is its stable code, the class
docstring its default message. `api/app.py` says which status each becomes.
"""

import re
from datetime import date


class Refusal(Exception):  # noqa: N818 - the field's word is refusal, and its subclasses say what is wrong
    """The request was refused."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").splitlines()[0])

    @classmethod
    def reason(cls) -> str:
        """Return the stable machine code: the class name in snake case.

        >>> ReferenceRateMissing.reason()
        'reference_rate_missing'
        """
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


class ReferenceRateMissing(Refusal):
    """No reference rate has been published for the half-year."""

    def __init__(self, on: date) -> None:
        self.on = on
        super().__init__(
            f"No reference rate is known for {on.isoformat()}; "
            "import the Riksbank's decision for that half-year with 'fordran law import'."
        )
