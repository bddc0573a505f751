-- Respites, pauses and disputes: what holds the flow of a case (docs/decisions/0038).

-- Time that a creditor gives a debtor: the flow waits through a day (decision 65).
CREATE TABLE case_respites (
    account_id text NOT NULL,
    case_respite_id text NOT NULL,
    creditor_id text NOT NULL,
    case_id text NOT NULL,
    respite_to_on date NOT NULL,
    origin text NOT NULL,
    status text NOT NULL,
    status_reason text,
    etag text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT case_respites_pk PRIMARY KEY (account_id, case_respite_id),
    CONSTRAINT case_respites_case_fk FOREIGN KEY (account_id, case_id) REFERENCES cases
);
CREATE INDEX case_respites_created ON case_respites (account_id, created_at);
CREATE TRIGGER case_respites_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON case_respites
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A flow that stands still until somebody resumes it.
CREATE TABLE case_pauses (
    account_id text NOT NULL,
    case_pause_id text NOT NULL,
    creditor_id text NOT NULL,
    case_id text NOT NULL,
    reason text NOT NULL,
    origin text NOT NULL,
    status text NOT NULL,
    status_reason text,
    etag text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT case_pauses_pk PRIMARY KEY (account_id, case_pause_id),
    CONSTRAINT case_pauses_case_fk FOREIGN KEY (account_id, case_id) REFERENCES cases
);
CREATE INDEX case_pauses_created ON case_pauses (account_id, created_at);
CREATE TRIGGER case_pauses_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON case_pauses
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The end of a pause. At most one of a pause was carried out; the others say why not.
CREATE TABLE case_resumptions (
    account_id text NOT NULL,
    case_resumption_id text NOT NULL,
    creditor_id text NOT NULL,
    case_id text NOT NULL,
    case_pause_id text NOT NULL,
    reason text NOT NULL,
    origin text NOT NULL,
    status text NOT NULL,
    status_reason text,
    etag text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT case_resumptions_pk PRIMARY KEY (account_id, case_resumption_id),
    CONSTRAINT case_resumptions_case_fk FOREIGN KEY (account_id, case_id) REFERENCES cases,
    CONSTRAINT case_resumptions_pause_fk FOREIGN KEY (account_id, case_pause_id)
        REFERENCES case_pauses
);
CREATE UNIQUE INDEX case_resumptions_once ON case_resumptions (account_id, case_pause_id)
    WHERE status = 'completed';
CREATE TRIGGER case_resumptions_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON case_resumptions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A debtor's objection. Units: öre; no amount means the whole claim.
CREATE TABLE case_disputes (
    account_id text NOT NULL,
    case_dispute_id text NOT NULL,
    creditor_id text NOT NULL,
    case_id text NOT NULL,
    kind text NOT NULL,
    amount_minor bigint,
    text text NOT NULL,
    hold_other_cases boolean NOT NULL,
    -- The debtor's other cases that it holds too.
    other_case_ids text[] NOT NULL,
    creditor_answer_by_on date,
    answer_by_on date,
    origin text NOT NULL,
    status text NOT NULL,
    status_reason text,
    etag text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT case_disputes_pk PRIMARY KEY (account_id, case_dispute_id),
    CONSTRAINT case_disputes_case_fk FOREIGN KEY (account_id, case_id) REFERENCES cases,
    CONSTRAINT case_disputes_amount CHECK (amount_minor > 0)
);
CREATE INDEX case_disputes_created ON case_disputes (account_id, created_at);
CREATE TRIGGER case_disputes_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON case_disputes
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- How a dispute was decided. At most one of a dispute was carried out; the others say why not.
-- Units: öre, of a dispute that is right in part.
CREATE TABLE dispute_outcomes (
    account_id text NOT NULL,
    dispute_outcome_id text NOT NULL,
    creditor_id text NOT NULL,
    case_id text NOT NULL,
    case_dispute_id text NOT NULL,
    outcome text NOT NULL,
    amount_minor bigint,
    explanation text NOT NULL,
    creditor_crediting_id text,
    origin text NOT NULL,
    status text NOT NULL,
    status_reason text,
    etag text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT dispute_outcomes_pk PRIMARY KEY (account_id, dispute_outcome_id),
    CONSTRAINT dispute_outcomes_case_fk FOREIGN KEY (account_id, case_id) REFERENCES cases,
    CONSTRAINT dispute_outcomes_dispute_fk FOREIGN KEY (account_id, case_dispute_id)
        REFERENCES case_disputes,
    CONSTRAINT dispute_outcomes_crediting_fk FOREIGN KEY (account_id, creditor_crediting_id)
        REFERENCES creditor_creditings
);
CREATE UNIQUE INDEX dispute_outcomes_once ON dispute_outcomes (account_id, case_dispute_id)
    WHERE status <> 'error';
CREATE TRIGGER dispute_outcomes_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON dispute_outcomes
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

DO $$
DECLARE tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY[
        'case_respites', 'case_pauses', 'case_resumptions', 'case_disputes', 'dispute_outcomes'
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
    case_respites, case_pauses, case_resumptions, case_disputes, dispute_outcomes
    TO fordran_app;
