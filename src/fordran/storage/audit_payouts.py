"""What must be true of money on its way out, as queries: lines, payouts, refunds and runs."""

from fordran.storage.audit_query import AuditQuery

_LINES = AuditQuery(
    "I3 every transfer of a creditor's money is on one line, with its tax",
    "SELECT count(*) FROM payout_specifications",
    """
    WITH on_lines AS (
        SELECT account_id, case_id, transfer_number, payout_specification_id, false AS is_tax
        FROM payout_specifications WHERE transfer_number IS NOT NULL
        UNION ALL
        SELECT account_id, case_id, tax_transfer_number, payout_specification_id, true
        FROM payout_specifications WHERE tax_transfer_number IS NOT NULL
    ), due AS (
        SELECT account_id, case_id, transfer_number, 'vat' IN (debit, credit) AS is_tax
        FROM client_transfers WHERE 'creditor' IN (debit, credit)
    )
    SELECT format('case %s transfer %s line %s', case_id, transfer_number,
        payout_specification_id)
    FROM due FULL JOIN on_lines USING (account_id, case_id, transfer_number, is_tax)
    WHERE on_lines.payout_specification_id IS NULL OR due.account_id IS NULL
    UNION ALL
    SELECT format('case %s line %s', line.case_id, line.payout_specification_id)
    FROM payout_specifications AS line
        LEFT JOIN client_transfers AS transfer ON transfer.account_id = line.account_id
        AND transfer.case_id = line.case_id AND transfer.transfer_number = line.transfer_number
        LEFT JOIN client_transfers AS tax ON tax.account_id = line.account_id
        AND tax.case_id = line.case_id AND tax.transfer_number = line.tax_transfer_number
        LEFT JOIN cases ON cases.account_id = line.account_id AND cases.case_id = line.case_id
    WHERE (line.payout_specification_id, line.state) IS DISTINCT FROM (
        lpad(to_hex(extract(epoch FROM coalesce(transfer.booked_at, tax.booked_at))::bigint), 8,
            '0') || left(encode(sha256(format('%s:%s', line.case_id,
            coalesce(line.transfer_number, line.tax_transfer_number))::bytea), 'hex'), 16),
        (SELECT entered ->> 'state'
            FROM json_array_elements(cases.document -> 'state_history') WITH ORDINALITY
                AS history (entered, place)
            WHERE place = 1 + (
                SELECT count(*) FROM case_events AS moved JOIN case_events AS transferred
                    USING (account_id, case_id)
                WHERE moved.account_id = line.account_id AND moved.case_id = line.case_id
                    AND moved.kind IN ('reminder_entered', 'debt_collection_entered')
                    AND transferred.kind = 'money_transferred'
                    AND (transferred.body -> 'transfer' ->> 'number')::integer
                        = coalesce(line.transfer_number, line.tax_transfer_number)
                    AND moved.event_number < transferred.event_number)))
        OR (transfer.payment_id, 'vat_' || transfer.article, transfer.category,
            transfer.booked_at) <> (tax.payment_id, tax.article, tax.category, tax.booked_at)
    """,
)

_PAYOUTS = AuditQuery(
    "I3 a payout is the sum of its lines, each taken once",
    "SELECT (SELECT count(*) FROM payouts) + (SELECT count(*) FROM payout_lines)",
    """
    WITH line AS (
        SELECT taken.account_id, taken.payout_id, one.case_id,
            coalesce(CASE transfer.credit WHEN 'creditor' THEN 1 ELSE -1 END
                * transfer.amount_minor, 0)
            + coalesce(CASE tax.credit WHEN 'creditor' THEN 1 ELSE -1 END
                * tax.amount_minor, 0) AS minor,
            coalesce(transfer.creditor_id, tax.creditor_id) AS creditor_id,
            coalesce(transfer.currency, tax.currency) AS currency,
            coalesce(transfer.booked_at, tax.booked_at) AS booked_at
        FROM payout_lines AS taken
            LEFT JOIN payout_specifications AS one USING (account_id, payout_specification_id)
            LEFT JOIN client_transfers AS transfer ON transfer.account_id = one.account_id
            AND transfer.case_id = one.case_id AND transfer.transfer_number = one.transfer_number
            LEFT JOIN client_transfers AS tax ON tax.account_id = one.account_id
            AND tax.case_id = one.case_id AND tax.transfer_number = one.tax_transfer_number
    ), summed AS (
        SELECT account_id, payout_id, sum(minor) AS minor, min(creditor_id) AS first_creditor,
            max(creditor_id) AS last_creditor, min(currency) AS first_currency,
            max(currency) AS last_currency, bool_and(case_id IS NOT NULL) AS has_lines,
            max(booked_at) AS booked_at
        FROM line GROUP BY 1, 2
    )
    SELECT format('payout %s: %s paid, its lines sum to %s', payout_id, paid.total_minor,
        summed.minor)
    FROM payouts AS paid FULL JOIN summed USING (account_id, payout_id)
        LEFT JOIN payout_runs AS run ON run.account_id = paid.account_id
        AND run.payout_run_id = paid.payout_run_id
        LEFT JOIN creditors ON creditors.account_id = paid.account_id
        AND creditors.creditor_id = paid.creditor_id
    WHERE (paid.total_minor, paid.creditor_id, paid.creditor_id, paid.currency, paid.currency,
           paid.created_at, left(paid.payout_id, 8), left(paid.payout_reference, 10))
        IS DISTINCT FROM
        (summed.minor, summed.first_creditor, summed.last_creditor, summed.first_currency,
         summed.last_currency, run.ran_at,
         lpad(to_hex(extract(epoch FROM run.ran_at)::bigint), 8, '0'),
         format('P%s-', to_char(run.run_on, 'YYYYMMDD')))
        OR summed.has_lines IS NOT true OR summed.booked_at > paid.created_at
        OR paid.payout_reference !~ '-[0-9]{5}$'
        OR NOT EXISTS (SELECT FROM agreement_versions AS agreement
            WHERE agreement.account_id = paid.account_id AND paid.finance_interval
                = coalesce(agreement.terms -> 'payout' ->> 'interval', 'weekly'))
    """,
)

_REFUNDS = AuditQuery(
    "I3 what a run paid back is a transfer from the debtor, no more than was the debtor's",
    "SELECT count(*) FROM refund_payments",
    """
    WITH told AS (
        SELECT account_id, case_id, (body -> 'transfer' ->> 'number')::integer AS transfer_number,
            body -> 'transfer' -> 'fact' ->> 'id' AS refund_payment_id
        FROM case_events WHERE kind = 'money_transferred'
            AND body -> 'transfer' ->> 'category' = 'refund'
    )
    SELECT format('case %s refund %s', coalesce(paid.case_id, moved.case_id),
        paid.refund_payment_id)
    FROM refund_payments AS paid
        FULL JOIN (SELECT * FROM client_transfers WHERE category = 'refund') AS moved
        USING (account_id, case_id, transfer_number)
        LEFT JOIN told USING (account_id, case_id, transfer_number)
        LEFT JOIN payout_runs AS run ON run.account_id = paid.account_id
        AND run.payout_run_id = paid.payout_run_id
    WHERE (paid.amount_minor, paid.currency, paid.refund_payment_id, moved.debit, moved.credit,
           paid.created_at, moved.booked_at, right(paid.refund_id, 16),
           left(paid.payout_reference, 10))
        IS DISTINCT FROM
        (moved.amount_minor, moved.currency, told.refund_payment_id, 'debtor', 'bank',
         run.ran_at, run.ran_at, left(md5(case_id || ':' || moved.payment_id), 16),
         format('R%s-', to_char(run.run_on, 'YYYYMMDD')))
        OR paid.payout_reference !~ '-[0-9]{5}$'
        OR (left(paid.refund_id, 8)) IS DISTINCT FROM (
            SELECT lpad(to_hex(extract(epoch FROM min(first.booked_at))::bigint), 8, '0')
            FROM client_transfers AS first WHERE first.account_id = paid.account_id
                AND first.case_id = paid.case_id AND first.payment_id = moved.payment_id
                AND first.category IN ('overpayment', 'refund'))
    """,
)

_RUNS = AuditQuery(
    "I12 a payout run paid something and has its two files",
    "SELECT count(*) FROM payout_runs",
    """
    WITH paid AS (
        SELECT account_id, payout_run_id FROM payouts
        UNION SELECT account_id, payout_run_id FROM refund_payments
    ), files AS (
        SELECT account_id, payout_run_id, count(*) AS files FROM payout_files GROUP BY 1, 2
    )
    SELECT format('payout run %s', payout_run_id)
    FROM payout_runs AS run FULL JOIN paid USING (account_id, payout_run_id)
        FULL JOIN files USING (account_id, payout_run_id)
    WHERE run.ran_at IS NULL OR paid.account_id IS NULL OR files.files IS DISTINCT FROM 2
        OR left(payout_run_id, 8) <> lpad(to_hex(extract(epoch FROM run.ran_at)::bigint), 8, '0')
        OR run.run_on > (run.ran_at AT TIME ZONE 'Europe/Stockholm')::date
        OR run.executed_on < run.run_on
    """,
)

_MONEY_IN_THE_BANK = AuditQuery(
    "I4 after payouts and refunds the bank holds what creditors, debtors, agency and tax are due",
    "SELECT (SELECT count(*) FROM client_transfers) + (SELECT count(*) FROM payouts) "
    "+ (SELECT count(*) FROM refund_payments)",
    # The bank's side is what came in less the sums the bank was asked to pay; the other side is
    # what moved between holders, less the lines that payouts took.
    """
    WITH bank AS (
        SELECT account_id, currency, CASE WHEN debit = 'bank' THEN amount_minor
            ELSE -amount_minor END AS minor
        FROM client_transfers WHERE 'bank' IN (debit, credit) AND category <> 'refund'
        UNION ALL SELECT account_id, currency, -total_minor FROM payouts
        UNION ALL SELECT account_id, currency, -amount_minor FROM refund_payments
    ), rights AS (
        SELECT account_id, currency, amount_minor AS minor
        FROM client_transfers WHERE credit <> 'bank'
        UNION ALL SELECT account_id, currency, -amount_minor
        FROM client_transfers WHERE debit <> 'bank'
        UNION ALL SELECT transfer.account_id, transfer.currency,
            CASE WHEN transfer.credit = 'creditor' THEN -transfer.amount_minor
            ELSE transfer.amount_minor END
        FROM payout_lines AS taken JOIN payout_specifications AS line
            USING (account_id, payout_specification_id)
        JOIN client_transfers AS transfer ON transfer.account_id = line.account_id
            AND transfer.case_id = line.case_id
            AND transfer.transfer_number IN (line.transfer_number, line.tax_transfer_number)
    ), sums AS (
        SELECT account_id, currency, minor AS held, 0 AS owed FROM bank
        UNION ALL SELECT account_id, currency, 0, minor FROM rights
    )
    SELECT format('account %s: %s öre in the bank, %s owed', account_id, sum(held), sum(owed))
    FROM sums GROUP BY account_id, currency HAVING sum(held) <> sum(owed)
    """,
)

PAYOUT_QUERIES = (_LINES, _PAYOUTS, _REFUNDS, _MONEY_IN_THE_BANK, _RUNS)
"""In the order of the invariants they belong to."""
