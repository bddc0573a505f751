"""The schemas of letters."""

from fordran.api.openapi_scalars import (
    Schema,
    amount,
    array,
    choice,
    date,
    document_id,
    record,
    reference,
    text,
    written,
)
from fordran.letters.claims import LetterCost
from fordran.letters.letter_kind import LetterKind, Locale
from fordran.storage.letters import STATUSES

_ETAG_DIGITS = 32


def letter_schemas() -> dict[str, Schema]:
    """Return the schemas of the answers, by name."""
    return {
        "Letter": _letter(),
        "LetterClaim": _claim(),
        "LetterCost": record(
            "A cost of a claim, as the letter states it.",
            {
                "kind": choice("What the cost is for.", *(kind.value for kind in LetterCost)),
                "amount": amount("What is left of it.", 60),
            },
        ),
        "LetterPayment": _payment(),
        "LetterInstalment": record(
            "A payment of a plan, with all that it contains.",
            {"due_date": date("When it is due."), "amount": amount("What is to be paid.", 250)},
        ),
    }


def _letter() -> Schema:
    case = {
        "case": document_id("The case, if the letter is about one."),
        "cases": array(document_id("A case."), "The cases, if the letter is about several."),
    }
    some = {
        "handed_over_date": date("When the post got it. Absent until then."),
        "deadline_date": date("The last day to pay what it asks for, where it sets one."),
        "total_amount": amount("The total that it states, where it states one.", 2206),
    }
    return record(
        "A letter that was sent, and every amount that it states.",
        {
            **written(_ETAG_DIGITS),
            "account": document_id("The account."),
            "creditor": document_id("The creditor."),
            **case,
            "kind": choice("What it is.", *(kind.value for kind in LetterKind)),
            "locale": choice("Its language.", *(locale.value for locale in Locale)),
            "template_version": text("Which version of the template it was made by."),
            "status": choice("How far it has come on its way.", *STATUSES),
            "dispatch_date": date("When it was dispatched, which its dates count from."),
            **some,
            "currency": choice("The currency of every amount.", "SEK"),
            "claims": array(reference("LetterClaim"), "What it claims, case by case."),
            "cost_amount": amount("The cost that the letter itself adds, once.", 180),
            "to_pay_amount": amount("What it asks for; 0 if it asks for nothing.", 2206),
            "amounts": {
                "type": "object",
                "description": "Every amount it states beside its claims, payments and "
                "instalments, by name.",
                "additionalProperties": amount("The amount."),
            },
            "payments": array(reference("LetterPayment"), "The payments that it states."),
            "instalments": array(reference("LetterInstalment"), "The instalments of its plan."),
            "url": text("A signed link to the PDF, valid for an hour."),
        },
        optional=(*case, *some),
    )


def _claim() -> Schema:
    some = {
        "case": document_id("The case."),
        "original_capital_amount": amount("The invoice's, if part of it was paid.", 2500),
    }
    return record(
        "One claim of a letter: what was left of it then, without the letter's own cost.",
        {
            "reference_number": text("The reference number of the case.", "25020"),
            "invoice_number": text("The invoice number of the case.", "INV-2025-020"),
            "capital_amount": amount("Capital.", 2000),
            "interest_amount": amount("Interest.", 26),
            "costs": array(reference("LetterCost"), "Costs of earlier acts, each on its line."),
            "total_amount": amount("All of it.", 2026),
            **some,
        },
        optional=tuple(some),
    )


def _payment() -> Schema:
    return record(
        "A payment, and what it settled.",
        {
            "received_date": date("The day that it counts from."),
            "amount": amount("What was paid.", 500),
            "capital_amount": amount("What settled capital.", 500),
            "interest_amount": amount("What settled interest.", 0),
            "costs_amount": amount("What settled costs.", 0),
            "overpaid_amount": amount("What settled nothing.", 0),
        },
    )
