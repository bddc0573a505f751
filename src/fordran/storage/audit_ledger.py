"""What must be true of entries, postings, balances and client money, as queries."""

from fordran.storage.audit_query import AuditQuery

_ENTRY_COLUMNS = AuditQuery(
    "I8 an entry's columns are what its body says",
    "SELECT count(*) FROM entries",
    """
    SELECT format('case %s entry %s', case_id, entry_number) FROM entries
    WHERE (entry_number::text, kind, component, value_at, booked_at) IS DISTINCT FROM
        (body ->> 'number', body ->> 'kind', body ->> 'component',
         (body ->> 'value_at')::timestamptz, (body ->> 'booked_at')::timestamptz)
    """,
)

_LEGS = AuditQuery(
    "I4 every entry has two legs, and they are what the entry says",
    "SELECT count(*) FROM postings",
    """
    WITH expected AS (
        SELECT account_id, case_id, entry_number, leg.leg, leg.ledger_account,
            body ->> 'component' AS component,
            leg.sign * (body -> 'amount' ->> 0)::bigint AS amount_minor,
            body -> 'amount' ->> 1 AS currency
        FROM entries, LATERAL (VALUES
            (1, 'receivable', 1),
            (2, CASE body ->> 'kind' WHEN 'claim' THEN 'claimed' WHEN 'write_off' THEN 'written_off'
                ELSE CASE body ->> 'source' WHEN 'crediting' THEN 'credited'
                    WHEN 'agency' THEN 'settled_at_agency'
                    WHEN 'authority' THEN 'settled_at_agency'
                    ELSE 'settled_at_creditor' END END, -1)
        ) AS leg (leg, ledger_account, sign)
    )
    SELECT format('case %s entry %s leg %s', case_id, entry_number, leg)
    FROM expected FULL JOIN postings USING (account_id, case_id, entry_number, leg)
    WHERE (expected.ledger_account, expected.component, expected.amount_minor, expected.currency)
        IS DISTINCT FROM
        (postings.ledger_account, postings.component, postings.amount_minor, postings.currency)
    """,
)

_ZERO_SUMS = AuditQuery(
    "I4 every entry sums to zero per currency, and so do all of an account",
    "SELECT count(*) FROM postings",
    """
    SELECT format('case %s entry %s: %s', case_id, entry_number, sum(amount_minor))
    FROM postings GROUP BY account_id, case_id, entry_number, currency
    HAVING sum(amount_minor) <> 0
    UNION ALL
    SELECT format('account %s: %s %s', account_id, sum(amount_minor), currency)
    FROM postings GROUP BY account_id, currency HAVING sum(amount_minor) <> 0
    """,
)

_FOLD = AuditQuery(
    "I1 every balance is the fold of its postings, and what is left is their sum",
    "SELECT count(*) FROM postings",
    """
    WITH folded AS (
        SELECT account_id, case_id, component,
            -coalesce(sum(amount_minor) FILTER (WHERE ledger_account = 'claimed'), 0) AS added,
            coalesce(sum(amount_minor) FILTER (WHERE ledger_account IN
                ('settled_at_creditor', 'settled_at_agency', 'credited')), 0) AS settled,
            coalesce(sum(amount_minor) FILTER (WHERE ledger_account = 'written_off'), 0)
                AS given_up,
            coalesce(sum(amount_minor) FILTER (WHERE ledger_account = 'receivable'), 0)
                AS remaining
        FROM postings GROUP BY account_id, case_id, component
    ), stored AS (
        SELECT balance.account_id, balance.case_id, part.*
        FROM case_balances AS balance, LATERAL (VALUES
            ('capital', capital_added_minor, capital_settled_minor, capital_written_off_minor),
            ('interest', interest_added_minor, interest_settled_minor, interest_written_off_minor),
            ('costs', costs_added_minor, costs_settled_minor, costs_written_off_minor)
        ) AS part (component, added, settled, given_up)
    )
    SELECT format('case %s %s', case_id, component)
    FROM stored FULL JOIN folded USING (account_id, case_id, component)
    WHERE (coalesce(stored.added, 0), coalesce(stored.settled, 0), coalesce(stored.given_up, 0),
           coalesce(stored.added, 0) - coalesce(stored.settled, 0) - coalesce(stored.given_up, 0))
        IS DISTINCT FROM
        (coalesce(folded.added, 0), coalesce(folded.settled, 0), coalesce(folded.given_up, 0),
         coalesce(folded.remaining, 0))
    """,
)

_NOT_NEGATIVE = AuditQuery(
    "I2 no component is below zero",
    "SELECT count(*) FROM case_balances",
    """
    SELECT format('case %s', case_id) FROM case_balances WHERE least(
        capital_added_minor - capital_settled_minor - capital_written_off_minor,
        interest_added_minor - interest_settled_minor - interest_written_off_minor,
        costs_added_minor - costs_settled_minor - costs_written_off_minor) < 0
    """,
)

_CLOSED = AuditQuery(
    "I6 a closed case has nothing left and nothing scheduled",
    "SELECT count(*) FROM cases WHERE status = 'closed'",
    """
    SELECT format('case %s', case_id)
    FROM cases JOIN case_balances AS balance USING (account_id, case_id)
    WHERE status = 'closed' AND (next_due_at IS NOT NULL OR close_reason IS NULL
        OR capital_added_minor + interest_added_minor + costs_added_minor
        <> capital_settled_minor + interest_settled_minor + costs_settled_minor
        + capital_written_off_minor + interest_written_off_minor + costs_written_off_minor)
    """,
)

_NUMBERS = AuditQuery(
    "I8 events, entries and transfers are numbered 1..n",
    "SELECT (SELECT count(*) FROM case_events) + (SELECT count(*) FROM entries) "
    "+ (SELECT count(*) FROM client_transfers)",
    """
    SELECT format('case %s: its events', case_id) FROM case_events
    GROUP BY account_id, case_id HAVING max(event_number) <> count(*) OR min(event_number) <> 1
    UNION ALL SELECT format('case %s: its entries', case_id) FROM entries
    GROUP BY account_id, case_id HAVING max(entry_number) <> count(*) OR min(entry_number) <> 1
    UNION ALL SELECT format('case %s: its transfers', case_id) FROM client_transfers
    GROUP BY account_id, case_id
    HAVING max(transfer_number) <> count(*) OR min(transfer_number) <> 1
    """,
)

_TRANSFERS = AuditQuery(
    "I4 a transfer of client money is what its event says",
    "SELECT count(*) FROM client_transfers",
    """
    WITH told AS (
        SELECT account_id, case_id, event_number, occurred_at, body -> 'transfer' AS transfer,
            (body -> 'transfer' ->> 'number')::integer AS transfer_number
        FROM case_events WHERE kind = 'money_transferred'
    )
    SELECT format('case %s transfer %s', case_id, transfer_number)
    FROM client_transfers AS stored FULL JOIN told USING (account_id, case_id, transfer_number)
        LEFT JOIN cases USING (account_id, case_id)
    WHERE (stored.creditor_id, stored.payment_id, stored.debit, stored.credit, stored.category,
           stored.article, stored.amount_minor, stored.currency, stored.value_at,
           stored.booked_at, stored.booked_at)
        IS DISTINCT FROM
        (cases.creditor_id, transfer ->> 'payment_id', transfer ->> 'debit',
         transfer ->> 'credit', transfer ->> 'category', transfer ->> 'article',
         (transfer -> 'amount' ->> 0)::bigint, transfer -> 'amount' ->> 1,
         (transfer ->> 'value_at')::timestamptz, (transfer ->> 'booked_at')::timestamptz,
         told.occurred_at)
    """,
)

_CLIENT_MONEY = AuditQuery(
    "I4 the money in the bank is what creditor, debtor, agency and state have a right to",
    "SELECT count(*) FROM client_transfers",
    """
    WITH legs AS (
        SELECT account_id, currency, debit AS holder, amount_minor FROM client_transfers
        UNION ALL SELECT account_id, currency, credit, -amount_minor FROM client_transfers
    )
    SELECT format('account %s: %s öre too much in the bank', account_id, sum(amount_minor))
    FROM legs WHERE holder IN ('bank', 'creditor', 'debtor', 'agency', 'vat')
    GROUP BY account_id, currency HAVING sum(amount_minor) <> 0
    """,
)

LEDGER_QUERIES = (
    _FOLD,
    _NOT_NEGATIVE,
    _ZERO_SUMS,
    _LEGS,
    _TRANSFERS,
    _CLIENT_MONEY,
    _CLOSED,
    _NUMBERS,
    _ENTRY_COLUMNS,
)
"""In the order of the invariants they belong to."""
