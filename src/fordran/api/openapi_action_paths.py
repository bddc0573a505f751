"""The operations of creditors' reports about their cases, path by path."""

from typing import Any

import msgspec

from fordran.api import openapi_action_examples as examples
from fordran.api import openapi_examples
from fordran.api.openapi_operations import POST_FAILURES, get_operation, list_operation, operation
from fordran.api.openapi_parts import Part, body, created, failures, path_id
from fordran.api.openapi_scalars import reference
from fordran.storage.creditor_cancellations import CANCELLATIONS
from fordran.storage.creditor_creditings import CREDITINGS
from fordran.storage.creditor_payments import PAYMENTS
from fordran.storage.interest_reductions import REDUCTIONS
from fordran.storage.listings import Listing
from fordran.storage.payment_reversals import CREDITOR_PAYMENT_REVERSALS

_Examples = dict[str, Any]


class _Action(msgspec.Struct, frozen=True):
    """What is said of one kind of report."""

    path: str
    handler: str
    """How the handlers of the kind are named, after `post_`."""
    tag: str
    noun: str
    schema: str
    listing: Listing[Any]
    summary: str
    description: str
    requests: _Examples
    answers: _Examples
    document: _Examples
    parameter: str

    def items(self) -> dict[str, Part]:
        """Return the path items of the kind."""
        return {
            self.path: {"post": self._post(), "get": self._list()},
            f"{self.path}/{{{self.parameter}}}": {"get": self._get()},
        }

    def _post(self) -> Part:
        return operation(
            f"post_{self.handler}",
            self.tag,
            self.summary,
            description=self.description,
            parameters=[{"$ref": "#/components/parameters/IdempotencyKey"}],
            requestBody=body(reference(_request_schema(self.schema)), self.requests),
            responses={
                "201": created(
                    "The report has been stored; the answer says how it went.",
                    reference(f"{self.schema}Answer"),
                    self.answers,
                ),
                **failures(*POST_FAILURES),
            },
        )

    def _list(self) -> Part:
        return list_operation(
            f"list_{self.handler}s",
            self.tag,
            f"List {self.noun}s, a page at a time",
            self.schema,
            fields=tuple(self.listing.fields),
            example=self.document,
        )

    def _get(self) -> Part:
        return get_operation(
            f"get_{self.handler}",
            self.tag,
            f"Show one {self.noun}",
            self.schema,
            parameter=path_id(self.parameter, f"The {self.noun}'s `_id`.", self.document["_id"]),
            shown={"Carried out": self.document},
        )


def _request_schema(schema: str) -> str:
    return "CreditorPaymentReversalRequest" if schema == "PaymentReversal" else f"{schema}Request"


def action_paths() -> dict[str, Part]:
    """Return the path items of every kind of report."""
    return {path: item for action in _ACTIONS for path, item in action.items().items()}


_ACTIONS = (
    _Action(
        path="/creditor--payments",
        handler="payment",
        tag="Creditor payments",
        noun="reported payment",
        schema="CreditorPayment",
        listing=PAYMENTS.listing,
        summary="Report a payment to the creditor",
        description=(
            "The payment is settled at once: capital first, then costs, then interest. When the "
            "capital is paid and only a small rest remains, the rest is written off and the case "
            "closes."
        ),
        requests={
            "By case": openapi_examples.PAYMENT_REQUEST,
            "By invoice number": openapi_examples.PAYMENT_REQUEST_BY_INVOICE,
        },
        answers={
            "Settled": openapi_examples.PAYMENT_ANSWER,
            "Reported before": openapi_examples.PAYMENT_ANSWER_WARNING,
        },
        document=openapi_examples.PAYMENT,
        parameter="payment_id",
    ),
    _Action(
        path="/creditor--creditings",
        handler="crediting",
        tag="Creditor creditings",
        noun="crediting",
        schema="CreditorCrediting",
        listing=CREDITINGS.listing,
        summary="Credit a claim or a part of it",
        description=(
            "What is credited of the capital counts from the due date, so the interest on it "
            "falls away. What is more than the capital is credited of costs and interest, and "
            "what is more than everything is not settled."
        ),
        requests={
            "A part, by case": examples.CREDITING_REQUEST,
            "All, by invoice number": examples.CREDITING_REQUEST_BY_INVOICE,
        },
        answers={
            "Settled": examples.CREDITING_ANSWER,
            "More than is owed": examples.CREDITING_ANSWER_WARNING,
        },
        document=examples.CREDITING,
        parameter="crediting_id",
    ),
    _Action(
        path="/creditor--cancellations",
        handler="cancellation",
        tag="Creditor cancellations",
        noun="cancellation",
        schema="CreditorCancellation",
        listing=CANCELLATIONS.listing,
        summary="Stop the handling of a case",
        description=(
            "Everything that is left is written off, and the case closes as `cancelled`. A case "
            "that has ended already stays as it is, with a `warning`."
        ),
        requests={
            "By case": examples.CANCELLATION_REQUEST,
            "By invoice number": examples.CANCELLATION_REQUEST_BY_INVOICE,
        },
        answers={
            "Cancelled": examples.CANCELLATION_ANSWER,
            "Ended already": examples.CANCELLATION_ANSWER_WARNING,
        },
        document=examples.CANCELLATION,
        parameter="cancellation_id",
    ),
    _Action(
        path="/creditor--payment-reversals",
        handler="payment_reversal",
        tag="Creditor payments",
        noun="reversal",
        schema="PaymentReversal",
        listing=CREDITOR_PAYMENT_REVERSALS.listing,
        summary="Take back a reported payment",
        description=(
            "For a payment that bounced or belonged to another case. The case is then as it would "
            "be without it, and opens again if the payment had closed it."
        ),
        requests={"A payment that bounced": examples.PAYMENT_REVERSAL_REQUEST},
        answers={
            "Taken back": examples.PAYMENT_REVERSAL_ANSWER,
            "Taken back before": examples.PAYMENT_REVERSAL_ANSWER_WARNING,
        },
        document=examples.PAYMENT_REVERSAL,
        parameter="reversal_id",
    ),
    _Action(
        path="/case--interest-reductions",
        handler="interest_reduction",
        tag="Interest reductions",
        noun="reduction of interest",
        schema="InterestReduction",
        listing=REDUCTIONS.listing,
        summary="Reduce the interest of a claim",
        description=(
            "A person's decision under 8 § of the Interest Act. On its days the claim bears at "
            "most the given rate; what has been claimed above it is taken back."
        ),
        requests={"Ten days": examples.INTEREST_REDUCTION_REQUEST},
        answers={
            "Reduced": examples.INTEREST_REDUCTION_ANSWER,
            "Case closed": examples.INTEREST_REDUCTION_ANSWER_ERROR,
        },
        document=examples.INTEREST_REDUCTION,
        parameter="reduction_id",
    ),
)
