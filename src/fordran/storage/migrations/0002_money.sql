-- Money from every side: payments at the agency, creditings, cancellations, reversals, reductions
-- of interest, and whose the money is. Every event is dated a third time: when it became known.

-- An event that was written before this was kept was known at once, by its account's clock.
ALTER TABLE case_events ADD COLUMN known_at timestamptz;
ALTER TABLE case_events DISABLE TRIGGER case_events_append_only;
UPDATE case_events SET known_at = occurred_at;
ALTER TABLE case_events ENABLE TRIGGER case_events_append_only;
ALTER TABLE case_events ALTER COLUMN known_at SET NOT NULL;

-- A payment that the agency received: from the debtor, or from the authority. Units: öre.
CREATE TABLE payments (
    account_id text NOT NULL,
    payment_id text NOT NULL,
    -- The case whose OCR number it came with.
    case_id text NOT NULL,
    ocr_number text NOT NULL,
    source text NOT NULL,
    currency text NOT NULL,
    amount_minor bigint NOT NULL,
    -- The bank's value date and booking date; created_at is when it became known.
    bank_transaction_at timestamptz NOT NULL,
    booked_at timestamptz NOT NULL,
    status text NOT NULL,
    status_reason text,
    settled_minor bigint NOT NULL,
    -- Where it went: case, amount and settled amount of each case it was split over.
    allocations json NOT NULL,
    etag text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT payments_pk PRIMARY KEY (account_id, payment_id),
    CONSTRAINT payments_case_fk FOREIGN KEY (account_id, case_id) REFERENCES cases,
    CONSTRAINT payments_positive CHECK (amount_minor > 0),
    CONSTRAINT payments_settled CHECK (settled_minor BETWEEN 0 AND amount_minor)
);
CREATE INDEX payments_case ON payments (account_id, case_id);
CREATE INDEX payments_created ON payments (account_id, created_at);
CREATE TRIGGER payments_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payments
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE creditor_creditings (
    account_id text NOT NULL,
    creditor_crediting_id text NOT NULL,
    creditor_id text NOT NULL,
    case_id text NOT NULL,
    currency text NOT NULL,
    amount_minor bigint NOT NULL,
    client_registration_at timestamptz NOT NULL,
    credit_invoice text,
    creditor_reference text,
    origin text NOT NULL,
    status text NOT NULL,
    status_reason text,
    settled_minor bigint NOT NULL,
    etag text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT creditor_creditings_pk PRIMARY KEY (account_id, creditor_crediting_id),
    CONSTRAINT creditor_creditings_case_fk FOREIGN KEY (account_id, case_id) REFERENCES cases,
    CONSTRAINT creditor_creditings_positive CHECK (amount_minor > 0),
    CONSTRAINT creditor_creditings_settled CHECK (settled_minor BETWEEN 0 AND amount_minor)
);
CREATE INDEX creditor_creditings_case ON creditor_creditings (account_id, case_id);
CREATE INDEX creditor_creditings_created ON creditor_creditings (account_id, created_at);
CREATE TRIGGER creditor_creditings_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON creditor_creditings
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE creditor_cancellations (
    account_id text NOT NULL,
    creditor_cancellation_id text NOT NULL,
    creditor_id text NOT NULL,
    case_id text NOT NULL,
    origin text NOT NULL,
    status text NOT NULL,
    status_reason text,
    etag text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT creditor_cancellations_pk PRIMARY KEY (account_id, creditor_cancellation_id),
    CONSTRAINT creditor_cancellations_case_fk FOREIGN KEY (account_id, case_id) REFERENCES cases
);
CREATE INDEX creditor_cancellations_case ON creditor_cancellations (account_id, case_id);
CREATE INDEX creditor_cancellations_created ON creditor_cancellations (account_id, created_at);
CREATE TRIGGER creditor_cancellations_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON creditor_cancellations
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A payment that was taken back: one the creditor reported, or one the agency received.
CREATE TABLE payment_reversals (
    account_id text NOT NULL,
    payment_reversal_id text NOT NULL,
    -- creditor_payment or payment, and its id.
    payment_kind text NOT NULL,
    payment_id text NOT NULL,
    case_id text NOT NULL,
    creditor_id text,
    origin text NOT NULL,
    status text NOT NULL,
    status_reason text,
    -- What had been settled by it.
    reversed_minor bigint NOT NULL,
    etag text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT payment_reversals_pk PRIMARY KEY (account_id, payment_reversal_id),
    CONSTRAINT payment_reversals_case_fk FOREIGN KEY (account_id, case_id) REFERENCES cases
);
CREATE INDEX payment_reversals_payment ON payment_reversals (account_id, payment_id);
CREATE INDEX payment_reversals_created ON payment_reversals (account_id, created_at);
CREATE TRIGGER payment_reversals_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_reversals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A person's decision that a claim bears less interest (räntelagen 8 §).
CREATE TABLE interest_reductions (
    account_id text NOT NULL,
    interest_reduction_id text NOT NULL,
    creditor_id text NOT NULL,
    case_id text NOT NULL,
    first_on date NOT NULL,
    last_on date,
    annual_rate_percent numeric NOT NULL,
    reason text NOT NULL,
    decided_by text NOT NULL,
    origin text NOT NULL,
    status text NOT NULL,
    status_reason text,
    etag text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT interest_reductions_pk PRIMARY KEY (account_id, interest_reduction_id),
    CONSTRAINT interest_reductions_case_fk FOREIGN KEY (account_id, case_id) REFERENCES cases
);
CREATE INDEX interest_reductions_created ON interest_reductions (account_id, created_at);
CREATE TRIGGER interest_reductions_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON interest_reductions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Client money: an amount that moved between two holders because of one payment; the debit and
-- the credit of each row are its two legs, so every row sums to zero by its form. Units: öre.
CREATE TABLE client_transfers (
    account_id text NOT NULL,
    case_id text NOT NULL,
    transfer_number integer NOT NULL,
    creditor_id text NOT NULL,
    payment_id text NOT NULL,
    debit text NOT NULL,
    credit text NOT NULL,
    category text NOT NULL,
    article text NOT NULL,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    value_at timestamptz NOT NULL,
    booked_at timestamptz NOT NULL,
    CONSTRAINT client_transfers_pk PRIMARY KEY (account_id, case_id, transfer_number),
    CONSTRAINT client_transfers_case_fk FOREIGN KEY (account_id, case_id) REFERENCES cases,
    CONSTRAINT client_transfers_not_zero CHECK (amount_minor <> 0),
    CONSTRAINT client_transfers_two_legs CHECK (debit <> credit)
);
CREATE INDEX client_transfers_payment ON client_transfers (account_id, payment_id);
CREATE TRIGGER client_transfers_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON client_transfers
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

DO $$
DECLARE tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY[
        'payments', 'creditor_creditings', 'creditor_cancellations', 'payment_reversals',
        'interest_reductions', 'client_transfers'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format(
            'CREATE POLICY account_isolation ON %I USING (account_id = ANY '
            '(string_to_array(current_setting(''fordran.accounts'', true), '','')))',
            tenant_table
        );
    END LOOP;
END $$;

GRANT SELECT, INSERT ON
    payments, creditor_creditings, creditor_cancellations, payment_reversals, interest_reductions,
    client_transfers
    TO fordran_app;
