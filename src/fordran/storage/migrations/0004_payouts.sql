-- Money on its way out: what each creditor is due line by line, the runs that pay it out, and what
-- is paid back to debtors. Nothing of it is ever changed: what belongs to a payout says so in a row
-- of its own.

-- A line of what a creditor is due or owes: one transfer, with the transfer of its tax. Amount,
-- category, article and booking instant are the transfers'. The id is the first 8 hex digits of the
-- booking second, then a digest of case and number.
CREATE TABLE payout_specifications (
    account_id text NOT NULL,
    payout_specification_id text NOT NULL,
    case_id text NOT NULL,
    -- One of the two may be missing: a correction can be of the amount or of the tax alone.
    transfer_number integer,
    tax_transfer_number integer,
    -- The case's state when the money was settled.
    state text NOT NULL,
    CONSTRAINT payout_specifications_pk PRIMARY KEY (account_id, payout_specification_id),
    CONSTRAINT payout_specifications_transfer_fk FOREIGN KEY (account_id, case_id, transfer_number)
        REFERENCES client_transfers,
    CONSTRAINT payout_specifications_tax_fk FOREIGN KEY (account_id, case_id, tax_transfer_number)
        REFERENCES client_transfers,
    CONSTRAINT payout_specifications_transfer_once
        UNIQUE (account_id, case_id, transfer_number),
    CONSTRAINT payout_specifications_tax_once
        UNIQUE (account_id, case_id, tax_transfer_number),
    CONSTRAINT payout_specifications_not_empty
        CHECK (transfer_number IS NOT NULL OR tax_transfer_number IS NOT NULL)
);
CREATE TRIGGER payout_specifications_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON payout_specifications
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A run that paid something out, once for an account and a day.
CREATE TABLE payout_runs (
    account_id text NOT NULL,
    payout_run_id text NOT NULL,
    -- The civil date the run is for; it takes what was booked until the end of that day.
    run_on date NOT NULL,
    -- The bank day on which the bank is asked to pay.
    executed_on date NOT NULL,
    -- The account's instant; the files carry it.
    ran_at timestamptz NOT NULL,
    -- Who pays, from which account, and which accounts of the books the vouchers name.
    payer json NOT NULL,
    CONSTRAINT payout_runs_pk PRIMARY KEY (account_id, payout_run_id),
    CONSTRAINT payout_runs_account_fk FOREIGN KEY (account_id) REFERENCES accounts,
    CONSTRAINT payout_runs_once UNIQUE (account_id, run_on)
);
CREATE TRIGGER payout_runs_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payout_runs
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What one creditor is paid by a run. Units: öre.
CREATE TABLE payouts (
    account_id text NOT NULL,
    payout_id text NOT NULL,
    payout_run_id text NOT NULL,
    creditor_id text NOT NULL,
    -- As it was named in the bank's file.
    creditor_name text NOT NULL,
    payout_reference text NOT NULL,
    finance_interval text NOT NULL,
    currency text NOT NULL,
    -- What leaves the bank account: the sum of the payout's lines, tax included.
    total_minor bigint NOT NULL,
    bank_account json NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT payouts_pk PRIMARY KEY (account_id, payout_id),
    CONSTRAINT payouts_run_fk FOREIGN KEY (account_id, payout_run_id) REFERENCES payout_runs,
    CONSTRAINT payouts_creditor_fk FOREIGN KEY (account_id, creditor_id) REFERENCES creditors,
    CONSTRAINT payouts_once UNIQUE (account_id, payout_run_id, creditor_id, currency),
    CONSTRAINT payouts_positive CHECK (total_minor > 0)
);
CREATE INDEX payouts_created ON payouts (account_id, created_at);
CREATE TRIGGER payouts_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payouts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Which payout took a line; a line is taken once.
CREATE TABLE payout_lines (
    account_id text NOT NULL,
    payout_specification_id text NOT NULL,
    payout_id text NOT NULL,
    CONSTRAINT payout_lines_pk PRIMARY KEY (account_id, payout_specification_id),
    CONSTRAINT payout_lines_specification_fk FOREIGN KEY (account_id, payout_specification_id)
        REFERENCES payout_specifications,
    CONSTRAINT payout_lines_payout_fk FOREIGN KEY (account_id, payout_id) REFERENCES payouts
);
CREATE INDEX payout_lines_payout ON payout_lines (account_id, payout_id);
CREATE TRIGGER payout_lines_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payout_lines
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Where a debtor's money is to be paid back to; the last row counts.
CREATE TABLE refund_accounts (
    account_id text NOT NULL,
    -- A refund is what one payment had too much on one case: its id is a digest of the two.
    refund_id text NOT NULL,
    account_number integer NOT NULL,
    bank_account json NOT NULL,
    set_at timestamptz NOT NULL,
    CONSTRAINT refund_accounts_pk PRIMARY KEY (account_id, refund_id, account_number),
    CONSTRAINT refund_accounts_account_fk FOREIGN KEY (account_id) REFERENCES accounts
);
CREATE TRIGGER refund_accounts_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON refund_accounts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What a run paid back to a debtor: the transfer from the debtor to the bank. Units: öre.
CREATE TABLE refund_payments (
    account_id text NOT NULL,
    refund_payment_id text NOT NULL,
    payout_run_id text NOT NULL,
    refund_id text NOT NULL,
    case_id text NOT NULL,
    transfer_number integer NOT NULL,
    payee_name text NOT NULL,
    payout_reference text NOT NULL,
    currency text NOT NULL,
    amount_minor bigint NOT NULL,
    bank_account json NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT refund_payments_pk PRIMARY KEY (account_id, refund_payment_id),
    CONSTRAINT refund_payments_run_fk FOREIGN KEY (account_id, payout_run_id)
        REFERENCES payout_runs,
    CONSTRAINT refund_payments_transfer_fk FOREIGN KEY (account_id, case_id, transfer_number)
        REFERENCES client_transfers,
    CONSTRAINT refund_payments_transfer_once UNIQUE (account_id, case_id, transfer_number),
    CONSTRAINT refund_payments_positive CHECK (amount_minor > 0)
);
CREATE INDEX refund_payments_run ON refund_payments (account_id, payout_run_id);
CREATE TRIGGER refund_payments_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON refund_payments
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The files of a run: one for the bank, one for the books.
CREATE TABLE payout_files (
    account_id text NOT NULL,
    payout_run_id text NOT NULL,
    kind text NOT NULL,
    filename text NOT NULL,
    blob_key text NOT NULL,
    sha256 bytea NOT NULL,
    CONSTRAINT payout_files_pk PRIMARY KEY (account_id, payout_run_id, kind),
    CONSTRAINT payout_files_run_fk FOREIGN KEY (account_id, payout_run_id) REFERENCES payout_runs
);
CREATE TRIGGER payout_files_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payout_files
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Refunds are read from the few transfers that are about the debtor's own money.
CREATE INDEX client_transfers_debtor ON client_transfers (account_id, case_id, payment_id)
    WHERE category IN ('overpayment', 'refund');

-- Which accounts a run is for: the only other thing that the worker's role sees.
CREATE VIEW accounts_with_client_money AS
    SELECT account.account_id FROM accounts AS account
    WHERE EXISTS (
        SELECT FROM client_transfers AS transfer WHERE transfer.account_id = account.account_id
    );

DO $$
DECLARE tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY[
        'payout_specifications', 'payout_runs', 'payouts', 'payout_lines', 'refund_accounts',
        'refund_payments', 'payout_files'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format(
            'CREATE POLICY account_isolation ON %I USING (account_id = ANY ('
            'string_to_array(current_setting(''fordran.accounts'', true), '','')))',
            tenant_table
        );
    END LOOP;
END $$;

GRANT SELECT, INSERT ON
    payout_specifications, payout_runs, payouts, payout_lines, refund_accounts, refund_payments,
    payout_files
    TO fordran_app;
GRANT SELECT ON accounts_with_client_money TO fordran_worker;
