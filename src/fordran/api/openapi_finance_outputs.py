"""The schemas of payouts, their lines and refunds."""

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
    truth,
    whole_number,
)
from fordran.domain.client_money import Category
from fordran.domain.payout import PayoutInterval

_CATEGORIES = tuple(
    category.value
    for category in (
        Category.CAPITAL,
        Category.INTEREST,
        Category.CREDITOR_OUTLAY,
        Category.CREDITOR_COMMISSION,
    )
)
_INTERVALS = tuple(interval.value for interval in PayoutInterval)


def finance_schemas() -> dict[str, Schema]:
    """Return the schemas of the answers, by name."""
    return {
        "PayoutSpecification": _specification(),
        "Payout": _payout(),
        "ArticleSum": record("What a payout's lines of one article sum to.", _article_sum()),
        "Refund": _refund(),
    }


def _written() -> dict[str, Schema]:
    return {
        "_created": date("When the document was made."),
        "_updated": date("When the document last changed."),
        "_id": document_id("The document's id."),
        "_etag": text("Changes whenever the document changes.", pattern="^[0-9a-f]{32}$"),
        "account": document_id("The account."),
        "creditor": document_id("The creditor."),
        "currency": choice("The currency of every amount.", "SEK"),
    }


def _amounts() -> dict[str, Schema]:
    return {
        "amount": amount("Without value added tax; below zero is set off.", 60),
        "vat_amount": amount("The value added tax.", 15),
        "total_amount": amount("Both together.", 75),
    }


def _article_sum() -> dict[str, Schema]:
    return {
        "finance_category": choice("What the money is.", *_CATEGORIES),
        "article": text("What it is for.", "reminder"),
        "count": whole_number("How many lines.", 1),
        **_amounts(),
    }


def _specification() -> Schema:
    taken = {
        "payout": document_id("The payout that took the line. Absent until then."),
        "payout_date": date("When the bank is asked to pay it."),
        "payout_interval": choice("How often the creditor is paid.", *_INTERVALS),
    }
    return record(
        "A line of what a creditor is due, made when a payment is settled. Below zero: what the "
        "creditor owes, set off against the next payout.",
        {
            **_written(),
            "creditor_name": text("The creditor's name now.", "Exempelbolaget AB"),
            **_amounts(),
            "article": text("What it is for.", "reminder"),
            "state": text("The case's state when the money was settled.", "debt_collection"),
            "booking_date": date("When it was booked."),
            "finance_category": choice("What the money is.", *_CATEGORIES),
            "invoice_number": text("The invoice number of the case.", "INV-2025-020"),
            "reference_number": text("The reference number of the case.", "25020"),
            "payout_reference": text("The debt's, or `Creditor Commission`.", "INV-2025-020"),
            "case": document_id("The case."),
            "payment": document_id("The payment it is of."),
            **taken,
        },
        optional=tuple(taken),
    )


def _payout() -> Schema:
    return record(
        "What a creditor was paid by one run; it never changes.",
        {
            **_written(),
            "creditor_name": text("The creditor's name in the bank's file.", "Exempelbolaget AB"),
            **_amounts(),
            "payout_date": date("When the bank is asked to pay it."),
            "payout_reference": text("What the bank tells the creditor.", "P20250613-00001"),
            "finance_interval": choice("How often the creditor is paid.", *_INTERVALS),
            "status": choice("`scheduled`: the bank has been asked to pay it.", "scheduled"),
            "summary": array(reference("ArticleSum"), "What its lines sum to, per article."),
            "bank_file": text("The file that asks the bank.", "payouts-2025-06-13.xml"),
        },
    )


def _refund() -> Schema:
    return record(
        "What a debtor paid too much on a case, from one payment.",
        {
            **_written(),
            "debtor": document_id("The person or company behind the customer."),
            "debtor_name": text("Their name, as your account knows them.", "ACME Inc."),
            "case": document_id("The case."),
            "reference_number": text("The reference number of the case.", "25020"),
            "payment": document_id("The payment."),
            "amount": amount("What is the debtor's of it.", 100),
            "paid_amount": amount("What was paid back.", 0),
            "remaining_amount": amount("What is still to be paid back.", 100),
            "due_date": date("The last day to pay it back in time."),
            "age_days": whole_number("Days since it became known, or until it was paid.", 2),
            "status": choice("Whether something is still to be paid back.", "open", "paid"),
            "has_bank_account": truth("Whether it is known where to pay it."),
        },
    )
