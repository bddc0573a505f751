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
--   law_versions       the law is the same for everyone, as are its rows in
--   reference_rates    and
--   statutory_costs
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

-- Every version of every flow; a case keeps the version that it began with.
CREATE TABLE flow_configs (
    flow_config_id text NOT NULL,
    config json NOT NULL,
    version integer NOT NULL,
    saved_at timestamptz,
    CONSTRAINT flow_configs_pk PRIMARY KEY (flow_config_id, version)
);

-- A version adds rows to the ones before it; version 0 is the law as shipped.
CREATE TABLE law_versions (
    version integer NOT NULL,
    imported_at timestamptz NOT NULL,
    -- Where its rows came from: the program, or the name of a file.
    source text NOT NULL,
    note text,
    -- Of every row up to this version: equal digests are equal laws.
    digest bytea NOT NULL,
    CONSTRAINT law_versions_pk PRIMARY KEY (version),
    CONSTRAINT law_versions_counted CHECK (version >= 0)
);
CREATE TRIGGER law_versions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON law_versions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The rate of a half-year. Of several rows for one half-year the last, by version and row, is in
-- force; the ones before it are superseded. Units: percent a year.
CREATE TABLE reference_rates (
    version integer NOT NULL,
    row_number integer NOT NULL,
    valid_from date NOT NULL,
    percent numeric NOT NULL,
    published_on date,
    source text NOT NULL,
    read_on date NOT NULL,
    -- The source of the row that this one supersedes.
    supersedes text,
    CONSTRAINT reference_rates_pk PRIMARY KEY (version, row_number),
    CONSTRAINT reference_rates_version_fk FOREIGN KEY (version) REFERENCES law_versions,
    CONSTRAINT reference_rates_half_year CHECK (
        extract(day FROM valid_from) = 1 AND extract(month FROM valid_from) IN (1, 7)
    )
);
CREATE TRIGGER reference_rates_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON reference_rates
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The amount of a kind of cost from a day on; rows supersede each other as reference rates do.
-- Units: öre.
CREATE TABLE statutory_costs (
    version integer NOT NULL,
    row_number integer NOT NULL,
    kind text NOT NULL,
    valid_from date NOT NULL,
    amount_minor bigint NOT NULL,
    paragraph text NOT NULL,
    published_on date,
    source text NOT NULL,
    read_on date NOT NULL,
    supersedes text,
    CONSTRAINT statutory_costs_pk PRIMARY KEY (version, row_number),
    CONSTRAINT statutory_costs_version_fk FOREIGN KEY (version) REFERENCES law_versions,
    CONSTRAINT statutory_costs_positive CHECK (amount_minor > 0)
);
CREATE TRIGGER statutory_costs_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON statutory_costs
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

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
    -- What the document on the wire shows of the entries, as JSON, so that reading the case does
    -- not render them.
    transactions text NOT NULL,
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
    -- From here on: what a set of cases is valued by as of a day (docs/decisions/0034).
    -- Which terms and rounding the interest goes by: the agreement version, and after a colon the
    -- case's own terms where it has any.
    rate_rule text NOT NULL,
    -- The version of the law that the units were counted by.
    law_version integer NOT NULL,
    closed_on date,
    -- The first day from which the row alone says what the case amounts to; null where only its
    -- facts can: it is closed, has rules of its own, or was written before this was kept.
    valued_from_on date,
    -- The exact interest, 365 000 000 units an öre, and the last day it is counted for.
    interest_units bigint,
    interest_through_on date,
    -- The deadline of the demand: until then no interest is added.
    interest_waits_to_on date,
    CONSTRAINT case_balances_pk PRIMARY KEY (account_id, case_id),
    CONSTRAINT case_balances_case_fk FOREIGN KEY (account_id, case_id) REFERENCES cases,
    CONSTRAINT case_balances_due_with_item CHECK ((next_item IS NULL) = (next_due_at IS NULL)),
    CONSTRAINT case_balances_not_negative CHECK (
        capital_added_minor - capital_settled_minor - capital_written_off_minor >= 0
        AND interest_added_minor - interest_settled_minor - interest_written_off_minor >= 0
        AND costs_added_minor - costs_settled_minor - costs_written_off_minor >= 0
    ),
    CONSTRAINT case_balances_valued CHECK (valued_from_on IS NULL OR (
        closed_on IS NULL AND interest_units IS NOT NULL AND interest_through_on IS NOT NULL
    ))
) WITH (fillfactor = 70);
CREATE INDEX case_balances_due ON case_balances (next_due_at, account_id, case_id)
    WHERE next_due_at IS NOT NULL AND NOT is_failed;
CREATE INDEX case_balances_account_due ON case_balances (account_id, next_due_at)
    WHERE next_due_at IS NOT NULL AND NOT is_failed;
CREATE INDEX case_balances_debt_collection ON case_balances (account_id, debt_collection_id)
    WHERE debt_collection_id IS NOT NULL;
CREATE INDEX case_balances_own_terms ON case_balances (rate_rule) WHERE length(rate_rule) > 24;

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
    -- When the account came to know it, by the same clock: later than occurred_at for an item
    -- that was caught up.
    known_at timestamptz NOT NULL,
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
    locale text NOT NULL,
    CONSTRAINT letters_pk PRIMARY KEY (account_id, letter_id),
    CONSTRAINT letters_account_fk FOREIGN KEY (account_id) REFERENCES accounts
);
CREATE INDEX letters_dispatched ON letters (account_id, dispatched_at, letter_id);
CREATE TRIGGER letters_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON letters
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Which batch a letter is in; a letter is put into one batch, once.
CREATE TABLE letter_hand_overs (
    account_id text NOT NULL,
    letter_id text NOT NULL,
    post_batch_id text NOT NULL,
    -- When the batch was made up, in real time; the same for all its letters.
    batched_at timestamptz NOT NULL,
    CONSTRAINT letter_hand_overs_pk PRIMARY KEY (account_id, letter_id),
    CONSTRAINT letter_hand_overs_letter_fk FOREIGN KEY (account_id, letter_id) REFERENCES letters
);
CREATE INDEX letter_hand_overs_batch ON letter_hand_overs (account_id, post_batch_id);
CREATE TRIGGER letter_hand_overs_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON letter_hand_overs
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A batch that the post has got. One without a row here is handed over again by its id.
CREATE TABLE post_batches (
    account_id text NOT NULL,
    post_batch_id text NOT NULL,
    letter_count integer NOT NULL,
    handed_over_at timestamptz NOT NULL,
    CONSTRAINT post_batches_pk PRIMARY KEY (account_id, post_batch_id),
    CONSTRAINT post_batches_account_fk FOREIGN KEY (account_id) REFERENCES accounts,
    CONSTRAINT post_batches_not_empty CHECK (letter_count > 0)
);
CREATE TRIGGER post_batches_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON post_batches
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
-- Refunds are read from the few transfers that are about the debtor's own money.
CREATE INDEX client_transfers_debtor ON client_transfers (account_id, case_id, payment_id)
    WHERE category IN ('overpayment', 'refund');
CREATE TRIGGER client_transfers_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON client_transfers
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

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

-- Which accounts a run is for.
CREATE VIEW accounts_with_client_money AS
    SELECT account.account_id FROM accounts AS account
    WHERE EXISTS (
        SELECT FROM client_transfers AS transfer WHERE transfer.account_id = account.account_id
    );

-- Which accounts on real time have letters that the post has not got.
CREATE VIEW accounts_with_letters_to_hand_over AS
    SELECT account.account_id FROM accounts AS account
    WHERE NOT EXISTS (
        SELECT FROM virtual_clocks AS clock WHERE clock.account_id = account.account_id
    ) AND EXISTS (
        SELECT FROM letters AS letter
        WHERE letter.account_id = account.account_id AND NOT EXISTS (
            SELECT FROM letter_hand_overs AS hand_over
                JOIN post_batches AS batch USING (account_id, post_batch_id)
            WHERE hand_over.account_id = letter.account_id
                AND hand_over.letter_id = letter.letter_id
        )
    );

-- Row-level security: one policy for every table of a tenant.
DO $$
DECLARE tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY[
        'accounts', 'virtual_clocks', 'agreement_versions', 'creditors', 'customers',
        'case_registrations', 'cases', 'case_balances', 'case_events', 'entries', 'postings',
        'debt_collections', 'letters', 'creditor_payments', 'media', 'idempotency_keys',
        'payments', 'creditor_creditings', 'creditor_cancellations', 'payment_reversals',
        'interest_reductions', 'client_transfers', 'payout_specifications', 'payout_runs',
        'payouts', 'payout_lines', 'refund_accounts', 'refund_payments', 'payout_files',
        'case_respites', 'case_pauses', 'case_resumptions', 'case_disputes', 'dispute_outcomes',
        'letter_hand_overs', 'post_batches', 'case_endings'
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
    idempotency_keys, payments, creditor_creditings, creditor_cancellations, payment_reversals,
    interest_reductions, client_transfers, payout_specifications, payout_runs, payouts,
    payout_lines, refund_accounts, refund_payments, payout_files, law_versions,
    reference_rates, statutory_costs, case_respites, case_pauses, case_resumptions, case_disputes,
    dispute_outcomes, letter_hand_overs, post_batches, case_endings
    TO fordran_app;
GRANT UPDATE ON accounts, virtual_clocks, customers, debtors, cases, case_balances,
    debt_collections
    TO fordran_app;
GRANT DELETE ON access_tokens, idempotency_keys TO fordran_app;
GRANT SELECT ON due_cases, accounts_with_client_money, accounts_with_letters_to_hand_over
    TO fordran_worker;
