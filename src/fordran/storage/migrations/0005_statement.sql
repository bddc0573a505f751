-- What the narrow row needs so that a set of cases can be valued as of a day in one statement
-- (docs/decisions/0034).

ALTER TABLE case_balances
    -- Which terms and rounding the interest goes by: the agreement version, and after a colon the
    -- case's own terms where it has any.
    ADD COLUMN rate_rule text,
    -- The version of the law that the units were counted by.
    ADD COLUMN law_version integer,
    ADD COLUMN closed_on date,
    -- The first day from which the row alone says what the case amounts to; null where only its
    -- facts can: it is closed, has rules of its own, or was written before this was kept.
    ADD COLUMN valued_from_on date,
    -- The exact interest, 365 000 000 units an öre, and the last day it is counted for.
    ADD COLUMN interest_units bigint,
    ADD COLUMN interest_through_on date,
    -- The deadline of the demand: until then no interest is added.
    ADD COLUMN interest_waits_to_on date;

-- The exact interest was not kept before this; such a case is valued from its facts until its
-- interest is counted again.
UPDATE case_balances AS balance SET
    rate_rule = cases.document ->> 'agreement_version_id',
    law_version = coalesce((cases.document ->> 'law_version')::integer, 0),
    closed_on = ((cases.document #>> '{closed,at}')::timestamptz
        AT TIME ZONE 'Europe/Stockholm')::date
FROM cases WHERE cases.account_id = balance.account_id AND cases.case_id = balance.case_id;

ALTER TABLE case_balances
    ALTER COLUMN rate_rule SET NOT NULL,
    ALTER COLUMN law_version SET NOT NULL,
    ADD CONSTRAINT case_balances_valued CHECK (valued_from_on IS NULL OR (
        closed_on IS NULL AND interest_units IS NOT NULL AND interest_through_on IS NOT NULL
    ));
CREATE INDEX case_balances_own_terms ON case_balances (rate_rule) WHERE length(rate_rule) > 24;

-- What the document of a case shows of its entries, so that reading it does not render them.
ALTER TABLE cases ADD COLUMN transactions text;
UPDATE cases SET transactions = coalesce((
    SELECT '[' || string_agg(
        '{"bank_transaction_date":"' || to_char(value_at AT TIME ZONE 'UTC', day_form) || '"'
        || ',"registration_date":"' || to_char(booked_at AT TIME ZONE 'UTC', day_form) || '"'
        || ',"origin":' || (body -> 'origin')
        || ',"type":' || (body -> 'component')
        || ',"description_locale_tag":' || (body -> 'description')
        || ',"amount":' || trim_scale((body #>> '{amount,0}')::numeric / 100)
        || CASE WHEN fact_id IS NOT NULL AND kind = 'settlement'
            THEN ',"payment_method":"' || fact_kind || '"' ELSE '' END
        || CASE WHEN fact_id IS NOT NULL
            THEN ',"' || fact_kind || '":"' || fact_id || '"' ELSE '' END
        || CASE WHEN body ->> 'reverses' IS NOT NULL
            THEN ',"reverses":' || (body ->> 'reverses') ELSE '' END
        || '}', ',' ORDER BY entry_number) || ']'
    FROM entries, LATERAL (SELECT
        'Dy, DD Mon YYYY HH24:MI:SS "GMT"' AS day_form,
        coalesce(body #>> '{fact,kind}', 'creditor_payment') AS fact_kind,
        coalesce(body #>> '{fact,id}', body ->> 'creditor_payment_id') AS fact_id) AS named
    WHERE entries.account_id = cases.account_id AND entries.case_id = cases.case_id
), '[]');
ALTER TABLE cases ALTER COLUMN transactions SET NOT NULL;
