"""What must be true of the documents of creditors and debtors, and of their events, as queries.

A document that had an effect has its event, and every such event its document (I12). One that had
none, because the case was closed or the same payment was there already, has a document alone.
"""

from fordran.storage.audit_query import AuditQuery


def _told(kind: str, field: str) -> str:
    """Return the query for what the events of a kind tell of money, and when the one before was."""
    return f"""
        SELECT event.account_id, event.case_id, event.occurred_at,
            event.body -> '{field}' AS money,
            event.body -> '{field}' ->> 'payment_id' AS document_id,
            earlier.occurred_at AS earlier_at
        FROM case_events AS event LEFT JOIN case_events AS earlier
            ON earlier.account_id = event.account_id AND earlier.case_id = event.case_id
            AND earlier.event_number = event.event_number - 1
        WHERE event.kind = '{kind}'
    """  # noqa: S608 - our constants


# The first settlements named their payment otherwise.
_LEDGER = """
        SELECT account_id, case_id,
            coalesce(body -> 'fact' ->> 'id', body ->> 'creditor_payment_id') AS document_id,
            -sum((body -> 'amount' ->> 0)::bigint) AS minor
        FROM entries WHERE kind = 'settlement' GROUP BY 1, 2, 3
    """

_CREDITOR_PAYMENTS = AuditQuery(
    "I12 a creditor payment is what its event says, and settled what the ledger says",
    "SELECT count(*) FROM creditor_payments",
    f"""
    WITH told AS ({_told("creditor_payment_reported", "payment")}), ledger AS ({_LEDGER})
    SELECT format('case %s creditor payment %s', coalesce(stored.case_id, told.case_id),
        coalesce(stored.creditor_payment_id, told.document_id))
    FROM creditor_payments AS stored FULL JOIN told ON told.account_id = stored.account_id
        AND told.document_id = stored.creditor_payment_id
        LEFT JOIN ledger ON ledger.account_id = stored.account_id
        AND ledger.case_id = stored.case_id AND ledger.document_id = stored.creditor_payment_id
        LEFT JOIN cases ON cases.account_id = stored.account_id AND cases.case_id = stored.case_id
    WHERE (stored.creditor_id, stored.currency, stored.origin) IS DISTINCT FROM
        (cases.creditor_id, cases.document ->> 'currency', 'creditor_system')
    OR CASE WHEN stored.status = 'error' THEN
        told.document_id IS NOT NULL OR stored.settled_minor <> 0
        OR stored.status_reason IS DISTINCT FROM 'creditor_payment.case_closed'
    WHEN stored.status_reason = 'creditor_payment.duplicate' THEN
        told.document_id IS NOT NULL OR stored.settled_minor <> 0 OR stored.status <> 'warning'
    ELSE (stored.case_id, stored.amount_minor, stored.currency, stored.bank_transaction_at,
          stored.creditor_payment_reference, told.money ->> 'source', told.occurred_at,
          stored.settled_minor,
          stored.status, stored.status_reason)
        IS DISTINCT FROM
        (told.case_id, (told.money -> 'amount' ->> 0)::bigint, told.money -> 'amount' ->> 1,
         (told.money ->> 'value_at')::timestamptz, told.money ->> 'reference', NULL,
         greatest(stored.created_at, told.earlier_at),
         least(greatest(coalesce(ledger.minor, 0), 0), stored.amount_minor),
         CASE WHEN stored.settled_minor < stored.amount_minor THEN 'warning' ELSE 'completed' END,
         CASE WHEN stored.settled_minor < stored.amount_minor
            THEN 'creditor_payment.overpaid' END)
    END
    """,  # noqa: S608 - our constants
)

_NO_EFFECT = AuditQuery(
    "I12 a document was refused because its case was closed, or the same payment was there",
    "SELECT (SELECT count(*) FROM creditor_payments) + (SELECT count(*) FROM creditor_creditings) "
    "+ (SELECT count(*) FROM creditor_cancellations) + (SELECT count(*) FROM interest_reductions)",
    """
    WITH refused AS (
        SELECT account_id, case_id, creditor_payment_id AS document_id, created_at
        FROM creditor_payments WHERE status = 'error'
        UNION ALL SELECT account_id, case_id, creditor_crediting_id, created_at
        FROM creditor_creditings WHERE status = 'error'
        UNION ALL SELECT account_id, case_id, creditor_cancellation_id, created_at
        FROM creditor_cancellations WHERE status = 'warning'
        UNION ALL SELECT account_id, case_id, interest_reduction_id, created_at
        FROM interest_reductions WHERE status = 'error'
    )
    SELECT format('case %s document %s: its case was open', case_id, document_id)
    FROM refused WHERE NOT EXISTS (
        SELECT FROM case_events AS event WHERE event.account_id = refused.account_id
            AND event.case_id = refused.case_id AND event.kind = 'case_closed'
            AND event.occurred_at <= refused.created_at)
    UNION ALL
    SELECT format('case %s creditor payment %s: the same is not there', case_id,
        creditor_payment_id)
    FROM creditor_payments AS refused
    WHERE status_reason = 'creditor_payment.duplicate' AND NOT EXISTS (
        SELECT FROM creditor_payments AS known WHERE known.account_id = refused.account_id
            AND known.case_id = refused.case_id AND known.amount_minor = refused.amount_minor
            AND known.creditor_payment_id <> refused.creditor_payment_id
            AND known.creditor_payment_reference = refused.creditor_payment_reference
            AND (known.bank_transaction_at AT TIME ZONE 'Europe/Stockholm')::date
                = (refused.bank_transaction_at AT TIME ZONE 'Europe/Stockholm')::date)
    """,
)

_CREDITINGS = AuditQuery(
    "I12 a crediting is what its event says, and credited what the ledger says",
    "SELECT count(*) FROM creditor_creditings",
    f"""
    WITH told AS ({_told("crediting_reported", "crediting")}), ledger AS ({_LEDGER})
    SELECT format('case %s crediting %s', coalesce(stored.case_id, told.case_id),
        coalesce(stored.creditor_crediting_id, told.document_id))
    FROM creditor_creditings AS stored FULL JOIN told ON told.account_id = stored.account_id
        AND told.document_id = stored.creditor_crediting_id
        LEFT JOIN ledger ON ledger.account_id = stored.account_id
        AND ledger.case_id = stored.case_id AND ledger.document_id = stored.creditor_crediting_id
        LEFT JOIN cases ON cases.account_id = stored.account_id AND cases.case_id = stored.case_id
    WHERE (stored.creditor_id, stored.currency, stored.origin) IS DISTINCT FROM
        (cases.creditor_id, cases.document ->> 'currency', 'creditor_system')
    OR CASE WHEN stored.status = 'error' THEN
        told.document_id IS NOT NULL OR stored.settled_minor <> 0
        OR stored.status_reason IS DISTINCT FROM 'creditor_crediting.case_closed'
    ELSE (stored.case_id, stored.amount_minor, stored.currency, told.money ->> 'source',
          (told.money ->> 'value_at')::timestamptz, told.occurred_at, stored.settled_minor,
          stored.status, stored.status_reason)
        IS DISTINCT FROM
        (told.case_id, (told.money -> 'amount' ->> 0)::bigint, told.money -> 'amount' ->> 1,
         'crediting', stored.client_registration_at, greatest(stored.created_at, told.earlier_at),
         least(greatest(coalesce(ledger.minor, 0), 0), stored.amount_minor),
         CASE WHEN stored.settled_minor < stored.amount_minor THEN 'warning' ELSE 'completed' END,
         CASE WHEN stored.settled_minor < stored.amount_minor
            THEN 'creditor_crediting.overcredited' END)
    END
    """,  # noqa: S608 - our constants
)

_PAYMENTS = AuditQuery(
    "I12 a payment to the agency is what its events say",
    "SELECT count(*) FROM payments",
    f"""
    WITH told AS ({_told("payment_received", "payment")}), allocated AS (
        SELECT payment.*, part ->> 'case_id' AS part_case_id,
            (part ->> 'amount')::bigint AS part_minor
        FROM payments AS payment, json_array_elements(allocations) AS part
    )
    SELECT format('case %s payment %s', coalesce(stored.part_case_id, told.case_id),
        coalesce(stored.payment_id, told.document_id))
    FROM allocated AS stored FULL JOIN told ON told.account_id = stored.account_id
        AND told.document_id = stored.payment_id AND told.case_id = stored.part_case_id
    WHERE (stored.part_minor, stored.currency, stored.source, stored.bank_transaction_at,
           stored.booked_at, told.occurred_at,
           coalesce(told.money ->> 'is_after_close', 'false'))
        IS DISTINCT FROM
        ((told.money -> 'amount' ->> 0)::bigint, told.money -> 'amount' ->> 1,
         told.money ->> 'source',
         (told.money ->> 'value_at')::timestamptz, (told.money ->> 'booked_at')::timestamptz,
         greatest(stored.created_at, told.earlier_at),
         CASE WHEN stored.status_reason = 'payment.case_closed' THEN 'true' ELSE 'false' END)
    """,  # noqa: S608 - our constants
)

_ALLOCATED_ONCE = AuditQuery(
    "I3 a payment to the agency is allocated once, and settled what its parts did",
    "SELECT count(*) FROM payments",
    f"""
    WITH ledger AS ({_LEDGER}), allocated AS (
        SELECT account_id, payment_id, sum((part ->> 'amount')::bigint) AS minor,
            sum((part ->> 'settled')::bigint) AS settled, count(*) AS parts,
            count(DISTINCT part ->> 'case_id') AS cases
        FROM payments, json_array_elements(allocations) AS part GROUP BY 1, 2
    )
    SELECT format('case %s payment %s', stored.case_id, stored.payment_id)
    FROM payments AS stored LEFT JOIN allocated USING (account_id, payment_id)
        LEFT JOIN ledger ON ledger.account_id = stored.account_id
        AND ledger.case_id = stored.case_id AND ledger.document_id = stored.payment_id
        LEFT JOIN ocr_numbers ON ocr_numbers.account_id = stored.account_id
        AND ocr_numbers.ocr_number = stored.ocr_number
    WHERE (stored.case_id, stored.amount_minor, stored.settled_minor, allocated.cases,
           stored.status, stored.status_reason)
        IS DISTINCT FROM
        (ocr_numbers.case_id, allocated.minor,
         least(greatest(allocated.settled, 0), stored.amount_minor), allocated.parts,
         CASE WHEN stored.settled_minor < stored.amount_minor THEN 'warning' ELSE 'completed' END,
         CASE WHEN stored.settled_minor = stored.amount_minor THEN NULL
            WHEN stored.status_reason = 'payment.case_closed' AND stored.settled_minor = 0
            THEN 'payment.case_closed' ELSE 'payment.overpaid' END)
    OR (allocated.parts = 1 AND stored.allocations -> 0 ->> 'case_id' = stored.case_id
        AND allocated.settled <> coalesce(ledger.minor, 0))
    """,  # noqa: S608 - our constants
)

_AT_THE_BANK = AuditQuery(
    "I3 what came to the bank with a payment is its amount, and nothing of one reversed",
    "SELECT count(*) FROM client_transfers",
    """
    WITH moved AS (
        SELECT account_id, payment_id, sum(CASE WHEN debit = 'bank' THEN amount_minor
            WHEN credit = 'bank' THEN -amount_minor ELSE 0 END) AS minor
        FROM client_transfers WHERE category <> 'refund' GROUP BY 1, 2
    ), known AS (
        SELECT account_id, payment_id, amount_minor FROM payments
        UNION ALL SELECT account_id, creditor_payment_id, 0 FROM creditor_payments
    ), undone AS (
        SELECT account_id, payment_id FROM payment_reversals WHERE status = 'completed'
    )
    SELECT format('payment %s: %s at the bank, %s paid', payment_id, moved.minor,
        known.amount_minor)
    FROM known FULL JOIN moved USING (account_id, payment_id)
        LEFT JOIN undone USING (account_id, payment_id)
    WHERE CASE WHEN known.payment_id IS NULL THEN true
        WHEN undone.payment_id IS NOT NULL THEN coalesce(moved.minor, 0) <> 0
        ELSE coalesce(moved.minor, 0) <> known.amount_minor END
    """,
)

_NOT_MORE_SETTLED = AuditQuery(
    "I3 no more is settled on a case than was paid or credited",
    "SELECT (SELECT count(*) FROM creditor_payments) + (SELECT count(*) FROM payments) "
    "+ (SELECT count(*) FROM creditor_creditings)",
    """
    WITH ledger AS (
        SELECT account_id, case_id, ledger_account, sum(amount_minor) AS minor FROM postings
        WHERE ledger_account IN ('settled_at_creditor', 'settled_at_agency', 'credited')
        GROUP BY 1, 2, 3
    ), undone AS (
        SELECT account_id, payment_id FROM payment_reversals WHERE status = 'completed'
    ), money AS (
        SELECT account_id, case_id, 'settled_at_creditor' AS ledger_account,
            creditor_payment_id AS payment_id, amount_minor AS minor
        FROM creditor_payments WHERE status <> 'error'
        UNION ALL SELECT account_id, case_id, 'credited', creditor_crediting_id, amount_minor
        FROM creditor_creditings WHERE status <> 'error'
        UNION ALL SELECT account_id, part ->> 'case_id', 'settled_at_agency', payment_id,
            (part ->> 'amount')::bigint
        FROM payments, json_array_elements(allocations) AS part
    ), paid AS (
        SELECT account_id, case_id, ledger_account, sum(money.minor) AS minor
        FROM money LEFT JOIN undone USING (account_id, payment_id)
        WHERE undone.payment_id IS NULL GROUP BY 1, 2, 3
    )
    SELECT format('case %s: %s', case_id, ledger_account)
    FROM ledger LEFT JOIN paid USING (account_id, case_id, ledger_account)
    WHERE ledger.minor > coalesce(paid.minor, 0) OR ledger.minor < 0
    """,
)

_CANCELLATIONS = AuditQuery(
    "I12 a cancellation closed its case, and a case closed so has its cancellation",
    "SELECT count(*) FROM creditor_cancellations",
    """
    WITH told AS (
        SELECT event.account_id, event.case_id, event.occurred_at,
            event.body -> 'because_of' ->> 'id' AS document_id,
            event.body ->> 'reason' AS reason
        FROM case_events AS event
        WHERE event.kind = 'case_closed' AND (event.body ->> 'reason' = 'cancelled'
            OR event.body -> 'because_of' ->> 'kind' = 'creditor_cancellation')
    )
    SELECT format('case %s cancellation %s', coalesce(stored.case_id, told.case_id),
        coalesce(stored.creditor_cancellation_id, told.document_id))
    FROM creditor_cancellations AS stored FULL JOIN told ON told.account_id = stored.account_id
        AND told.document_id = stored.creditor_cancellation_id
        LEFT JOIN cases ON cases.account_id = stored.account_id AND cases.case_id = stored.case_id
    WHERE (stored.creditor_id, stored.origin) IS DISTINCT FROM
        (cases.creditor_id, 'creditor_system')
    OR CASE WHEN stored.status = 'warning' THEN
        told.document_id IS NOT NULL
        OR stored.status_reason IS DISTINCT FROM 'creditor_cancellation.case_closed'
    ELSE (stored.case_id, stored.status, stored.status_reason, told.reason)
        IS DISTINCT FROM (told.case_id, 'completed', NULL, 'cancelled')
        OR told.occurred_at < stored.created_at
    END
    """,
)

_REVERSALS = AuditQuery(
    "I12 a reversal is what its events say, and took back what the ledger says",
    "SELECT count(*) FROM payment_reversals",
    """
    WITH told AS (
        SELECT account_id, case_id, body ->> 'payment_id' AS payment_id,
            body ->> 'reversal_id' AS reversal_id, occurred_at
        FROM case_events WHERE kind = 'payment_reversed'
    ), paid AS (
        SELECT account_id, case_id, body -> 'payment' ->> 'payment_id' AS payment_id,
            CASE kind WHEN 'payment_received' THEN 'payment' ELSE 'creditor_payment' END AS kind
        FROM case_events WHERE kind IN ('creditor_payment_reported', 'payment_received')
    ), expected AS (
        SELECT stored.account_id, paid.case_id, stored.payment_id,
            stored.payment_reversal_id AS reversal_id, stored.created_at
        FROM payment_reversals AS stored LEFT JOIN paid ON paid.account_id = stored.account_id
            AND paid.payment_id = stored.payment_id AND paid.kind = stored.payment_kind
        WHERE stored.status = 'completed'
    ), taken_back AS (
        SELECT account_id, body -> 'fact' ->> 'id' AS reversal_id,
            sum((body -> 'amount' ->> 0)::bigint) AS minor
        FROM entries WHERE kind = 'settlement' AND body ->> 'reverses' IS NOT NULL GROUP BY 1, 2
    ), documents AS (
        SELECT account_id, creditor_payment_id AS payment_id, 'creditor_payment' AS payment_kind,
            creditor_id, case_id, false AS is_credit FROM creditor_payments
        UNION ALL SELECT account_id, payment_id, 'payment', NULL, case_id,
            status_reason IS NOT DISTINCT FROM 'payment.case_closed' FROM payments
    )
    SELECT format('case %s reversal %s', case_id, reversal_id)
    FROM expected FULL JOIN told USING (account_id, case_id, payment_id, reversal_id)
    WHERE expected.reversal_id IS NULL OR told.reversal_id IS NULL
        OR told.occurred_at < expected.created_at
    UNION ALL
    SELECT format('case %s reversal %s', stored.case_id, stored.payment_reversal_id)
    FROM payment_reversals AS stored
        LEFT JOIN documents USING (account_id, payment_id, payment_kind)
        LEFT JOIN taken_back ON taken_back.account_id = stored.account_id
        AND taken_back.reversal_id = stored.payment_reversal_id
    WHERE documents.payment_id IS NULL OR stored.case_id <> documents.case_id
        OR stored.creditor_id IS DISTINCT FROM documents.creditor_id
        OR stored.origin <> CASE WHEN stored.creditor_id IS NULL THEN 'solicitor_system'
            ELSE 'creditor_system' END
        OR CASE WHEN stored.status = 'completed' THEN
            stored.reversed_minor <> coalesce(taken_back.minor, 0)
            OR stored.status_reason <> 'payment_reversal.debtors_credit'
            OR stored.status_reason IS NOT NULL
                AND (taken_back.minor IS NOT NULL OR NOT documents.is_credit)
        ELSE stored.status <> 'warning' OR stored.reversed_minor <> 0
            OR stored.status_reason IS NULL OR stored.status_reason NOT IN
            ('payment_reversal.already_reversed', 'payment_reversal.nothing_settled')
        END
    """,
)

_REDUCTIONS = AuditQuery(
    "I12 a reduction of interest is what its event says",
    "SELECT count(*) FROM interest_reductions",
    """
    WITH told AS (
        SELECT account_id, case_id, occurred_at, body -> 'reduction' AS act,
            body -> 'reduction' ->> 'reduction_id' AS document_id
        FROM case_events WHERE kind = 'interest_reduced'
    )
    SELECT format('case %s reduction %s', coalesce(stored.case_id, told.case_id),
        coalesce(stored.interest_reduction_id, told.document_id))
    FROM interest_reductions AS stored FULL JOIN told ON told.account_id = stored.account_id
        AND told.document_id = stored.interest_reduction_id
        LEFT JOIN cases ON cases.account_id = stored.account_id AND cases.case_id = stored.case_id
    WHERE stored.creditor_id <> cases.creditor_id OR cases.case_id IS NULL
        OR stored.origin <> CASE WHEN stored.creditor_id IS NULL THEN 'solicitor_system'
            ELSE 'creditor_system' END
    OR CASE WHEN stored.status = 'error' THEN told.document_id IS NOT NULL
        OR stored.status_reason IS DISTINCT FROM 'interest_reduction.case_closed'
    ELSE (stored.case_id, stored.first_on, stored.last_on, stored.annual_rate_percent,
          stored.reason, stored.decided_by, stored.status, stored.status_reason)
        IS DISTINCT FROM
        (told.case_id, (act ->> 'first_on')::date, (act ->> 'last_on')::date,
         (act ->> 'annual_rate_percent')::numeric, act ->> 'reason', act ->> 'decided_by',
         'completed', NULL)
        OR told.occurred_at < stored.created_at
    END
    """,
)

DOCUMENT_QUERIES = (
    _ALLOCATED_ONCE,
    _AT_THE_BANK,
    _NOT_MORE_SETTLED,
    _CREDITOR_PAYMENTS,
    _NO_EFFECT,
    _CREDITINGS,
    _CANCELLATIONS,
    _PAYMENTS,
    _REVERSALS,
    _REDUCTIONS,
)
"""In the order of the invariants they belong to."""
