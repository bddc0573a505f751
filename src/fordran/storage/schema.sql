-- The whole schema as of today. A reader opens this file; a database is made by the numbered
-- migrations, and a test proves that both lead to the same.
--
-- Every table of a tenant begins its key with account_id and has row-level security: a row is seen
-- only while its account stands in the setting fordran.accounts. The tables without an account:
--   schema_migrations  made by the migration runner
--   partners           visible to nobody but the operator
--   api_codes          looked up before the tenant is known
--   access_tokens      looked up before the tenant is known
--   debtors            one person or company in the installation, never shown on the wire
--   ocr_numbers        unique in the installation
--   flow_configs       shipped data, the same for everyone
--
-- Times come from the caller; no default and no statement reads the database's clock.

-- Refuses every change of a row that has been written once.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only; a correction is a new row', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

-- Refuses legs that do not sum to zero per entry and currency. All legs of an entry arrive in
-- one statement; the trigger guards, it never writes.
CREATE FUNCTION refuse_unbalanced_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_legs
        GROUP BY account_id, case_id, entry_number, currency
        HAVING sum(amount_minor) <> 0
    ) THEN
        RAISE EXCEPTION 'the legs of an entry must sum to zero'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'postings_balanced';
    END IF;
    RETURN NULL;
END $$;

CREATE TABLE partners (
    partner_id text NOT NULL,
    document json NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT partners_pk PRIMARY KEY (partner_id)
);

CREATE TABLE flow_configs (
    flow_config_id text NOT NULL,
    config json NOT NULL,
    CONSTRAINT flow_configs_pk PRIMARY KEY (flow_config_id)
);

CREATE TABLE accounts (
    account_id text NOT NULL,
    partner_id text,
    document json NOT NULL,
    created_at timestamptz NOT NULL,
    -- The counter of the account's human case numbers; its lock also serialises registrations
    -- with the making of a virtual clock.
    next_reference_number bigint NOT NULL,
    CONSTRAINT accounts_pk PRIMARY KEY (account_id),
    CONSTRAINT accounts_partner_fk FOREIGN KEY (partner_id) REFERENCES partners
);

CREATE TABLE virtual_clocks (
    account_id text NOT NULL,
    now_at timestamptz NOT NULL,
    CONSTRAINT virtual_clocks_pk PRIMARY KEY (account_id),
    CONSTRAINT virtual_clocks_account_fk FOREIGN KEY (account_id) REFERENCES accounts
);

CREATE TABLE agreement_versions (
    account_id text NOT NULL,
    agreement_version_id text NOT NULL,
    valid_from timestamptz NOT NULL,
    terms json NOT NULL,
    CONSTRAINT agreement_versions_pk PRIMARY KEY (account_id, agreement_version_id),
    CONSTRAINT agreement_versions_account_fk FOREIGN KEY (account_id) REFERENCES accounts
);

CREATE TABLE creditors (
    account_id text NOT NULL,
    creditor_id text NOT NULL,
    name text NOT NULL,
    is_active boolean NOT NULL,
    document json NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT creditors_pk PRIMARY KEY (account_id, creditor_id),
    CONSTRAINT creditors_id_unique UNIQUE (creditor_id),
    CONSTRAINT creditors_account_fk FOREIGN KEY (account_id) REFERENCES accounts
);

CREATE TABLE api_codes (
    api_code text NOT NULL,
    account_id text NOT NULL,
    public_key text NOT NULL,
    algorithms text[] NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT api_codes_pk PRIMARY KEY (api_code),
    CONSTRAINT api_codes_account_fk FOREIGN KEY (account_id) REFERENCES accounts
);

-- A token is stored as its SHA-256: a dump of the database holds no usable credential.
CREATE TABLE access_tokens (
    token_sha256 bytea NOT NULL,
    account_id text NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT access_tokens_pk PRIMARY KEY (token_sha256),
    CONSTRAINT access_tokens_account_fk FOREIGN KEY (account_id) REFERENCES accounts
);
CREATE INDEX access_tokens_expiry ON access_tokens (expires_at);

CREATE TABLE debtors (
    debtor_id text NOT NULL,
    id_number text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT debtors_pk PRIMARY KEY (debtor_id),
    CONSTRAINT debtors_id_number_unique UNIQUE (id_number)
);

CREATE TABLE customers (
    account_id text NOT NULL,
    customer_id text NOT NULL,
    -- The canonical number with its kind; a customer is one per account and number.
    id_number text NOT NULL,
    -- The installation's debtor behind the customer; never on the wire.
    debtor_id text NOT NULL,
    -- The wire's debtor: an alias of this account's own.
    debtor_alias text NOT NULL,
    -- As the creditor last registered it.
    document json NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT customers_pk PRIMARY KEY (account_id, customer_id),
    CONSTRAINT customers_id_number_unique UNIQUE (account_id, id_number),
    CONSTRAINT customers_account_fk FOREIGN KEY (account_id) REFERENCES accounts,
    CONSTRAINT customers_debtor_fk FOREIGN KEY (debtor_id) REFERENCES debtors
);

CREATE TABLE case_registrations (
    account_id text NOT NULL,
    registration_id text NOT NULL,
    creditor_id text NOT NULL,
    case_ids text[] NOT NULL,
    ocr_ids text[] NOT NULL,
    ocr_numbers text[] NOT NULL,
    request json NOT NULL,
    etag text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT case_registrations_pk PRIMARY KEY (account_id, registration_id),
    CONSTRAINT case_registrations_creditor_fk
        FOREIGN KEY (account_id, creditor_id) REFERENCES creditors
);
CREATE INDEX case_registrations_created ON case_registrations (account_id, created_at);

-- The wide row of a case: the fold of its events without its money.
CREATE TABLE cases (
    account_id text NOT NULL,
    case_id text NOT NULL,
    creditor_id text NOT NULL,
    customer_id text NOT NULL,
    registration_id text NOT NULL,
    invoice_number text NOT NULL,
    reference_number text NOT NULL,
    state text NOT NULL,
    status text NOT NULL,
    close_reason text,
    created_at timestamptz NOT NULL,
    document json NOT NULL,
    CONSTRAINT cases_pk PRIMARY KEY (account_id, case_id),
    CONSTRAINT cases_creditor_fk FOREIGN KEY (account_id, creditor_id) REFERENCES creditors,
    CONSTRAINT cases_customer_fk FOREIGN KEY (account_id, customer_id) REFERENCES customers,
    CONSTRAINT cases_registration_fk
        FOREIGN KEY (account_id, registration_id) REFERENCES case_registrations,
    CONSTRAINT cases_reference_unique UNIQUE (account_id, reference_number)
);
-- The same invoice is open once (decision 11).
CREATE UNIQUE INDEX cases_open_invoice_unique
    ON cases (account_id, creditor_id, customer_id, invoice_number) WHERE status <> 'closed';
CREATE INDEX cases_created ON cases (account_id, created_at);
CREATE INDEX cases_invoice ON cases (account_id, creditor_id, invoice_number);
CREATE INDEX cases_customer ON cases (account_id, customer_id);

-- The narrow, hot row of a case: its money and what is due. Units: öre.
CREATE TABLE case_balances (
    account_id text NOT NULL,
    case_id text NOT NULL,
    creditor_id text NOT NULL,
    customer_id text NOT NULL,
    debt_collection_id text,
    version integer NOT NULL,
    updated_at timestamptz NOT NULL,
    capital_added_minor bigint NOT NULL,
    capital_settled_minor bigint NOT NULL,
    capital_written_off_minor bigint NOT NULL,
    interest_added_minor bigint NOT NULL,
    interest_settled_minor bigint NOT NULL,
    interest_written_off_minor bigint NOT NULL,
    costs_added_minor bigint NOT NULL,
    costs_settled_minor bigint NOT NULL,
    costs_written_off_minor bigint NOT NULL,
    next_item text,
    next_due_at timestamptz,
    is_failed boolean NOT NULL,
    CONSTRAINT case_balances_pk PRIMARY KEY (account_id, case_id),
    CONSTRAINT case_balances_case_fk FOREIGN KEY (account_id, case_id) REFERENCES cases,
    CONSTRAINT case_balances_due_with_item CHECK ((next_item IS NULL) = (next_due_at IS NULL)),
    CONSTRAINT case_balances_not_negative CHECK (
        capital_added_minor - capital_settled_minor - capital_written_off_minor >= 0
        AND interest_added_minor - interest_settled_minor - interest_written_off_minor >= 0
        AND costs_added_minor - costs_settled_minor - costs_written_off_minor >= 0
    )
) WITH (fillfactor = 70);
CREATE INDEX case_balances_due ON case_balances (next_due_at, account_id, case_id)
    WHERE next_due_at IS NOT NULL AND NOT is_failed;
CREATE INDEX case_balances_account_due ON case_balances (account_id, next_due_at)
    WHERE next_due_at IS NOT NULL AND NOT is_failed;
CREATE INDEX case_balances_debt_collection ON case_balances (account_id, debt_collection_id)
    WHERE debt_collection_id IS NOT NULL;

-- The journal: a case is the fold of its rows.
CREATE TABLE case_events (
    account_id text NOT NULL,
    case_id text NOT NULL,
    event_number integer NOT NULL,
    kind text NOT NULL,
    -- The case's own instant: its account's clock.
    occurred_at timestamptz NOT NULL,
    -- Real time: when the installation came to know it.
    recorded_at timestamptz NOT NULL,
    body json NOT NULL,
    CONSTRAINT case_events_pk PRIMARY KEY (account_id, case_id, event_number),
    CONSTRAINT case_events_case_fk FOREIGN KEY (account_id, case_id) REFERENCES cases
);
CREATE TRIGGER case_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON case_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- An entry is one transaction of the API; its legs stand in postings.
CREATE TABLE entries (
    account_id text NOT NULL,
    case_id text NOT NULL,
    entry_number integer NOT NULL,
    kind text NOT NULL,
    component text NOT NULL,
    value_at timestamptz NOT NULL,
    booked_at timestamptz NOT NULL,
    -- The entry as the domain's struct, in full.
    body json NOT NULL,
    CONSTRAINT entries_pk PRIMARY KEY (account_id, case_id, entry_number),
    CONSTRAINT entries_case_fk FOREIGN KEY (account_id, case_id) REFERENCES cases
);
CREATE TRIGGER entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE postings (
    account_id text NOT NULL,
    case_id text NOT NULL,
    entry_number integer NOT NULL,
    leg smallint NOT NULL,
    ledger_account text NOT NULL,
    component text NOT NULL,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    CONSTRAINT postings_pk PRIMARY KEY (account_id, case_id, entry_number, leg),
    CONSTRAINT postings_entry_fk
        FOREIGN KEY (account_id, case_id, entry_number) REFERENCES entries,
    CONSTRAINT postings_not_zero CHECK (amount_minor <> 0)
);
CREATE TRIGGER postings_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON postings
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER postings_balanced AFTER INSERT ON postings REFERENCING NEW TABLE AS new_legs
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_unbalanced_entry();

CREATE TABLE ocr_numbers (
    ocr_number text NOT NULL,
    ocr_id text NOT NULL,
    account_id text NOT NULL,
    case_id text NOT NULL,
    CONSTRAINT ocr_numbers_pk PRIMARY KEY (ocr_number),
    CONSTRAINT ocr_numbers_case_fk FOREIGN KEY (account_id, case_id) REFERENCES cases
);

-- One demand to one debtor, for one case or several (decision 25). Units: öre.
CREATE TABLE debt_collections (
    account_id text NOT NULL,
    debt_collection_id text NOT NULL,
    creditor_id text NOT NULL,
    customer_id text NOT NULL,
    case_ids text[] NOT NULL,
    created_at timestamptz NOT NULL,
    letter_id text,
    dispatched_at timestamptz,
    -- What the demand states as its cost; posted only by decision 24.
    stated_cost_minor bigint NOT NULL,
    -- The cost as posted on the case that carries it, with corrections.
    carrier_case_id text,
    cost_added_minor bigint NOT NULL,
    cost_remaining_minor bigint NOT NULL,
    CONSTRAINT debt_collections_pk PRIMARY KEY (account_id, debt_collection_id),
    CONSTRAINT debt_collections_creditor_fk
        FOREIGN KEY (account_id, creditor_id) REFERENCES creditors,
    CONSTRAINT debt_collections_customer_fk
        FOREIGN KEY (account_id, customer_id) REFERENCES customers
);

CREATE TABLE letters (
    account_id text NOT NULL,
    letter_id text NOT NULL,
    kind text NOT NULL,
    case_ids text[] NOT NULL,
    dispatched_at timestamptz NOT NULL,
    template_version text NOT NULL,
    -- The data the letter was made from, every stated amount included.
    contents json NOT NULL,
    blob_key text NOT NULL,
    sha256 bytea NOT NULL,
    size bigint NOT NULL,
    CONSTRAINT letters_pk PRIMARY KEY (account_id, letter_id),
    CONSTRAINT letters_account_fk FOREIGN KEY (account_id) REFERENCES accounts
);
CREATE TRIGGER letters_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON letters
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE creditor_payments (
    account_id text NOT NULL,
    creditor_payment_id text NOT NULL,
    creditor_id text NOT NULL,
    case_id text NOT NULL,
    currency text NOT NULL,
    amount_minor bigint NOT NULL,
    bank_transaction_at timestamptz NOT NULL,
    client_registration_at timestamptz NOT NULL,
    creditor_payment_reference text,
    origin text NOT NULL,
    status text NOT NULL,
    status_reason text,
    settled_minor bigint NOT NULL,
    etag text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT creditor_payments_pk PRIMARY KEY (account_id, creditor_payment_id),
    CONSTRAINT creditor_payments_case_fk FOREIGN KEY (account_id, case_id) REFERENCES cases,
    CONSTRAINT creditor_payments_positive CHECK (amount_minor > 0),
    CONSTRAINT creditor_payments_settled CHECK (settled_minor BETWEEN 0 AND amount_minor)
);
CREATE INDEX creditor_payments_case ON creditor_payments (account_id, case_id);
CREATE INDEX creditor_payments_created ON creditor_payments (account_id, created_at);
CREATE TRIGGER creditor_payments_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON creditor_payments
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE media (
    account_id text NOT NULL,
    media_id text NOT NULL,
    case_id text NOT NULL,
    dotted_path text,
    filename text NOT NULL,
    content_type text NOT NULL,
    size bigint NOT NULL,
    sha256 bytea NOT NULL,
    blob_key text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT media_pk PRIMARY KEY (account_id, media_id),
    CONSTRAINT media_case_fk FOREIGN KEY (account_id, case_id) REFERENCES cases
);

-- What a write with a key made, kept in the transaction that wrote.
CREATE TABLE idempotency_keys (
    account_id text NOT NULL,
    idempotency_key text NOT NULL,
    request_sha256 bytea NOT NULL,
    -- What the write made; its answer is rendered from it again.
    document_id text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT idempotency_keys_pk PRIMARY KEY (account_id, idempotency_key),
    CONSTRAINT idempotency_keys_account_fk FOREIGN KEY (account_id) REFERENCES accounts
);

-- What is due, across accounts: the only thing the worker's role sees. Accounts with a virtual
-- clock are left out, because their time stands still between advances.
CREATE VIEW due_cases AS
    SELECT balance.account_id, balance.case_id, balance.next_due_at
    FROM case_balances AS balance
    WHERE balance.next_due_at IS NOT NULL AND NOT balance.is_failed
      AND NOT EXISTS (
          SELECT FROM virtual_clocks AS clock WHERE clock.account_id = balance.account_id
      );

-- Row-level security: one policy for every table of a tenant.
DO $$
DECLARE tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY[
        'accounts', 'virtual_clocks', 'agreement_versions', 'creditors', 'customers',
        'case_registrations', 'cases', 'case_balances', 'case_events', 'entries', 'postings',
        'debt_collections', 'letters', 'creditor_payments', 'media', 'idempotency_keys'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format(
            'CREATE POLICY account_isolation ON %I USING '
            '(account_id = ANY (string_to_array(current_setting(''fordran.accounts'', true), '','')))',
            tenant_table
        );
    END LOOP;
END $$;

-- The application may add rows everywhere, change only what is not money, and delete only what
-- has expired.
GRANT SELECT, INSERT ON
    partners, flow_configs, accounts, virtual_clocks, agreement_versions, creditors, api_codes,
    access_tokens, debtors, customers, case_registrations, cases, case_balances, case_events,
    entries, postings, ocr_numbers, debt_collections, letters, creditor_payments, media,
    idempotency_keys
    TO fordran_app;
GRANT UPDATE ON accounts, virtual_clocks, customers, debtors, cases, case_balances,
    debt_collections
    TO fordran_app;
GRANT DELETE ON access_tokens, idempotency_keys TO fordran_app;
GRANT SELECT ON due_cases TO fordran_worker;
