-- Endings that a person at the agency decides on (decision 49, docs/decisions/0040).

-- A decision to end a case without payment, with its result.
CREATE TABLE case_endings (
    account_id text NOT NULL,
    case_ending_id text NOT NULL,
    -- None: the agency decides.
    creditor_id text,
    case_id text NOT NULL,
    reason text NOT NULL,
    explanation text NOT NULL,
    decided_by text NOT NULL,
    duplicate_of_case_id text,
    origin text NOT NULL,
    status text NOT NULL,
    status_reason text,
    etag text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT case_endings_pk PRIMARY KEY (account_id, case_ending_id),
    CONSTRAINT case_endings_case_fk FOREIGN KEY (account_id, case_id) REFERENCES cases,
    CONSTRAINT case_endings_duplicate_fk FOREIGN KEY (account_id, duplicate_of_case_id)
        REFERENCES cases,
    CONSTRAINT case_endings_duplicate
        CHECK ((reason = 'duplicate') = (duplicate_of_case_id IS NOT NULL)),
    CONSTRAINT case_endings_explained CHECK (explanation <> '' AND decided_by <> '')
);
-- A case that a decision ended never opens again.
CREATE UNIQUE INDEX case_endings_once ON case_endings (account_id, case_id)
    WHERE status = 'completed';
CREATE TRIGGER case_endings_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON case_endings
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE case_endings ENABLE ROW LEVEL SECURITY;
CREATE POLICY account_isolation ON case_endings USING (account_id = ANY
    (string_to_array(current_setting('fordran.accounts', true), ',')));

GRANT SELECT, INSERT ON case_endings TO fordran_app;
