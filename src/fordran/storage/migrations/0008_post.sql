-- Letters leave the server: which batch for the post each is in, and when a batch was handed over
-- (docs/decisions/0039).

ALTER TABLE letters ADD COLUMN locale text NOT NULL DEFAULT 'sv';
ALTER TABLE letters ALTER COLUMN locale DROP DEFAULT;
CREATE INDEX letters_dispatched ON letters (account_id, dispatched_at, letter_id);

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

DO $$
DECLARE tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['letter_hand_overs', 'post_batches'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format(
            'CREATE POLICY account_isolation ON %I USING (account_id = ANY '
            '(string_to_array(current_setting(''fordran.accounts'', true), '','')))',
            tenant_table
        );
    END LOOP;
END $$;

GRANT SELECT, INSERT ON letter_hand_overs, post_batches TO fordran_app;
GRANT SELECT ON accounts_with_letters_to_hand_over TO fordran_worker;
