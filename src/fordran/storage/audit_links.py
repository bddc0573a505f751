"""What must be true of how documents belong together, as queries.

Every id that a row names exists, and what two rows say of one thing is the same.
"""

from fordran.storage.audit_query import AuditQuery

_ORPHANS = AuditQuery(
    "I12 every row of a case belongs to a case, and every case has its rows",
    "SELECT (SELECT count(*) FROM cases) + (SELECT count(*) FROM case_balances) "
    "+ (SELECT count(*) FROM case_events) + (SELECT count(*) FROM entries)",
    """
    WITH named AS (
        SELECT account_id, case_id FROM case_balances
        UNION SELECT account_id, case_id FROM case_events
        UNION SELECT account_id, case_id FROM entries
        UNION SELECT account_id, case_id FROM postings
        UNION SELECT account_id, case_id FROM client_transfers
        UNION SELECT account_id, case_id FROM creditor_payments
        UNION SELECT account_id, case_id FROM creditor_creditings
        UNION SELECT account_id, case_id FROM creditor_cancellations
        UNION SELECT account_id, case_id FROM payments
        UNION SELECT account_id, case_id FROM payment_reversals
        UNION SELECT account_id, case_id FROM interest_reductions
        UNION SELECT account_id, case_id FROM case_respites
        UNION SELECT account_id, case_id FROM case_pauses
        UNION SELECT account_id, case_id FROM case_resumptions
        UNION SELECT account_id, case_id FROM case_disputes
        UNION SELECT account_id, case_id FROM dispute_outcomes
        UNION SELECT account_id, case_id FROM case_endings
        UNION SELECT account_id, case_id FROM media
        UNION SELECT account_id, unnest(case_ids) FROM letters
        UNION SELECT account_id, unnest(case_ids) FROM debt_collections
    )
    SELECT format('case %s does not exist', named.case_id)
    FROM named LEFT JOIN cases USING (account_id, case_id) WHERE cases.case_id IS NULL
    UNION ALL
    SELECT format('case %s has no amounts', cases.case_id)
    FROM cases LEFT JOIN case_balances AS balance USING (account_id, case_id)
    WHERE balance.case_id IS NULL
    UNION ALL
    SELECT format('case %s has no journal', cases.case_id) FROM cases WHERE NOT EXISTS (
        SELECT FROM case_events AS event WHERE event.account_id = cases.account_id
        AND event.case_id = cases.case_id AND event.event_number = 1
        AND event.kind = 'case_registered')
    """,
)

_REGISTRATIONS = AuditQuery(
    "I12 a registration has the cases that it made, and a case its registration",
    "SELECT count(*) FROM case_registrations",
    """
    WITH listed AS (
        SELECT registration.account_id, registration.registration_id, registration.creditor_id,
            registration.created_at, listed.case_id, listed.ocr_id, listed.ocr_number
        FROM case_registrations AS registration,
            unnest(case_ids, ocr_ids, ocr_numbers) AS listed (case_id, ocr_id, ocr_number)
    )
    SELECT format('case %s registration %s', coalesce(listed.case_id, cases.case_id),
        coalesce(listed.registration_id, cases.registration_id))
    FROM listed FULL JOIN cases USING (account_id, case_id)
        LEFT JOIN ocr_numbers AS ocr ON ocr.account_id = listed.account_id
        AND ocr.ocr_id = listed.ocr_id
    WHERE (listed.registration_id, listed.creditor_id, listed.created_at, listed.ocr_number,
           listed.ocr_number, listed.case_id)
        IS DISTINCT FROM
        (cases.registration_id, cases.creditor_id, cases.created_at,
         cases.document ->> 'ocr_number', ocr.ocr_number, ocr.case_id)
    UNION ALL
    SELECT format('registration %s lists no case', registration_id) FROM case_registrations
    WHERE cardinality(case_ids) = 0 OR cardinality(case_ids) <> cardinality(ocr_ids)
        OR cardinality(case_ids) <> cardinality(ocr_numbers)
    UNION ALL
    SELECT format('registration %s: its entity tag', registration_id)
    FROM case_registrations WHERE etag !~ '^[0-9a-f]{40}$'
    """,
)

_OCR_NUMBERS = AuditQuery(
    "I10 an OCR number stands for one case",
    "SELECT count(*) FROM ocr_numbers",
    """
    SELECT format('case %s OCR number %s', ocr.case_id, ocr.ocr_number)
    FROM ocr_numbers AS ocr JOIN accounts USING (account_id)
        LEFT JOIN cases USING (account_id, case_id)
    WHERE cases.document ->> 'ocr_number' IS DISTINCT FROM ocr.ocr_number
    UNION ALL
    SELECT format('OCR id %s stands for %s numbers', ocr_id, count(*)) FROM ocr_numbers
    GROUP BY ocr_id HAVING count(*) > 1
    UNION ALL
    SELECT format('case %s has %s OCR numbers', case_id, count(*)) FROM ocr_numbers
    GROUP BY account_id, case_id HAVING count(*) > 1
    """,
)

_PARTIES = AuditQuery(
    "I12 a case names a creditor, a customer and an agreement of its account",
    "SELECT count(*) FROM cases",
    """
    SELECT format('case %s', cases.case_id) FROM cases
        LEFT JOIN creditors USING (account_id, creditor_id)
        LEFT JOIN customers USING (account_id, customer_id)
        LEFT JOIN debtors ON debtors.debtor_id = customers.debtor_id
        LEFT JOIN agreement_versions AS agreement ON agreement.account_id = cases.account_id
        AND agreement.agreement_version_id = cases.document ->> 'agreement_version_id'
    WHERE creditors.creditor_id IS NULL OR agreement.agreement_version_id IS NULL
        OR customers.id_number IS DISTINCT FROM debtors.id_number
        OR debtors.id_number LIKE CASE cases.document ->> 'is_consumer'
            WHEN 'true' THEN 'company:%%' ELSE 'person:%%' END
    """,
)

_NAMED_FACTS = AuditQuery(
    "I12 a fact that an entry, a transfer or a closing names exists",
    "SELECT count(*) FROM case_events WHERE kind IN "
    "('entry_posted', 'money_transferred', 'case_closed')",
    """
    WITH facts AS (
        SELECT account_id, 'creditor_payment' AS kind, creditor_payment_id AS id
        FROM creditor_payments
        UNION ALL SELECT account_id, 'creditor_crediting', creditor_crediting_id
        FROM creditor_creditings
        UNION ALL SELECT account_id, 'creditor_cancellation', creditor_cancellation_id
        FROM creditor_cancellations
        UNION ALL SELECT account_id, 'payment', payment_id FROM payments
        UNION ALL SELECT account_id, CASE payment_kind WHEN 'payment' THEN 'payment_reversal'
            ELSE 'creditor_payment_reversal' END, payment_reversal_id FROM payment_reversals
        UNION ALL SELECT account_id, 'interest_reduction', interest_reduction_id
        FROM interest_reductions
        UNION ALL SELECT account_id, 'case_ending', case_ending_id FROM case_endings
        UNION ALL SELECT account_id, 'refund', refund_payment_id FROM refund_payments
        UNION ALL SELECT account_id, 'law', version::text FROM law_versions CROSS JOIN accounts
    ), named AS (
        SELECT account_id, case_id, event_number, coalesce(body -> 'because_of',
            body -> 'entry' -> 'fact', body -> 'transfer' -> 'fact') AS fact
        FROM case_events WHERE kind IN ('entry_posted', 'money_transferred', 'case_closed')
    )
    SELECT format('case %s event %s', case_id, event_number)
    FROM named LEFT JOIN facts ON facts.account_id = named.account_id
        AND facts.kind = fact ->> 'kind' AND facts.id = fact ->> 'id'
    WHERE fact IS NOT NULL AND facts.id IS NULL
    """,
)

_DEMANDS = AuditQuery(
    "I12 a debt collection has its cases, its letter, and the cost that its carrier bears",
    "SELECT count(*) FROM debt_collections",
    """
    WITH members AS (
        SELECT balance.account_id, balance.debt_collection_id,
            array_agg(balance.case_id ORDER BY balance.case_id) AS case_ids,
            min(cases.creditor_id) AS first_creditor, max(cases.creditor_id) AS last_creditor,
            min(cases.customer_id) AS first_customer, max(cases.customer_id) AS last_customer,
            min(cases.document -> 'demand' ->> 'letter_id') AS letter_id,
            max((cases.document -> 'demand' -> 'stated_cost' ->> 0)::bigint) AS stated_cost_minor
        FROM case_balances AS balance JOIN cases USING (account_id, case_id)
        WHERE balance.debt_collection_id IS NOT NULL GROUP BY 1, 2
    ), entered AS (
        SELECT account_id, body ->> 'debt_collection_id' AS debt_collection_id,
            min(occurred_at) AS first_at, max(occurred_at) AS last_at
        FROM case_events WHERE kind = 'debt_collection_entered' GROUP BY 1, 2
    ), rows_of_cost AS (
        SELECT entry.account_id, entry.case_id, balance.debt_collection_id,
            sum((entry.body -> 'amount' ->> 0)::bigint) AS minor
        FROM entries AS entry JOIN case_balances AS balance USING (account_id, case_id)
        WHERE entry.kind = 'claim' AND entry.component = 'costs'
            AND entry.body ->> 'cost_kind' = 'debt_collection' GROUP BY 1, 2, 3
    ), posted AS (
        SELECT account_id, debt_collection_id, sum(minor) AS minor,
            min(case_id) FILTER (WHERE minor <> 0) AS carrier_case_id,
            array_agg(case_id) AS carriers
        FROM rows_of_cost GROUP BY 1, 2
    )
    SELECT format('debt collection %s of case %s', demand.debt_collection_id,
        coalesce(demand.carrier_case_id, demand.case_ids[1]))
    FROM debt_collections AS demand
        LEFT JOIN members USING (account_id, debt_collection_id)
        LEFT JOIN entered USING (account_id, debt_collection_id)
        LEFT JOIN posted USING (account_id, debt_collection_id)
        LEFT JOIN letters ON letters.account_id = demand.account_id
        AND letters.letter_id = demand.letter_id
        LEFT JOIN case_balances AS carrier ON carrier.account_id = demand.account_id
        AND carrier.case_id = demand.carrier_case_id
    WHERE (ARRAY(SELECT unnest(demand.case_ids) ORDER BY 1), demand.creditor_id,
           demand.creditor_id, demand.customer_id, demand.customer_id, demand.created_at,
           demand.created_at, demand.letter_id, demand.dispatched_at, demand.stated_cost_minor,
           demand.cost_added_minor, demand.cost_remaining_minor)
        IS DISTINCT FROM
        (members.case_ids, members.first_creditor, members.last_creditor, members.first_customer,
         members.last_customer, entered.first_at, entered.last_at, members.letter_id,
         letters.dispatched_at, coalesce(members.stated_cost_minor, 0), coalesce(posted.minor, 0),
         CASE WHEN demand.carrier_case_id IS NULL THEN 0 ELSE least(demand.cost_added_minor,
            carrier.costs_added_minor - carrier.costs_settled_minor
            - carrier.costs_written_off_minor) END)
        OR demand.cost_added_minor NOT IN (0, demand.stated_cost_minor)
        OR CASE WHEN posted.carriers IS NULL THEN demand.carrier_case_id IS NOT NULL
            WHEN posted.carrier_case_id IS NULL THEN
                coalesce(NOT demand.carrier_case_id = ANY(posted.carriers), true)
            ELSE demand.carrier_case_id IS DISTINCT FROM posted.carrier_case_id END
    UNION ALL
    SELECT format('case %s names debt collection %s', case_id, debt_collection_id)
    FROM case_balances LEFT JOIN debt_collections AS demand USING (account_id, debt_collection_id)
    WHERE debt_collection_id IS NOT NULL AND demand.created_at IS NULL
    """,
)

_LETTERS = AuditQuery(
    "I12 a letter states what its cases' reminder or demand says",
    "SELECT count(*) FROM letters",
    """
    WITH stated AS (
        SELECT letter.account_id, letter.letter_id, count(*) AS cases,
            count(sent ->> 'letter_id') FILTER (WHERE sent ->> 'letter_id' = letter.letter_id)
                AS dispatched,
            sum((sent -> 'stated' ->> 0)::bigint) AS minor,
            bool_and((sent ->> 'dispatched_at')::timestamptz = letter.dispatched_at
                AND sent ->> 'deadline_on' = contents ->> 'deadline_on'
                AND (listed.case_id <> letter.case_ids[1]
                    OR sent ->> 'counted_to_on' = contents ->> 'counted_to_on')
                AND sent -> 'stated_cost' ->> 0 = coalesce(
                    contents -> 'debt_collection_cost', contents -> 'reminder_cost') ->> 0)
                AS is_equal
        FROM letters AS letter CROSS JOIN unnest(letter.case_ids) AS listed (case_id)
            JOIN cases ON cases.account_id = letter.account_id AND cases.case_id = listed.case_id
            CROSS JOIN LATERAL (SELECT cases.document -> CASE letter.kind
                WHEN 'reminder' THEN 'reminder' ELSE 'demand' END AS sent) AS of_case
        GROUP BY 1, 2
    ), claims AS (
        SELECT letter.account_id, letter.letter_id, claim.place,
            (claim.body -> 'capital' ->> 0)::bigint + (claim.body -> 'interest' ->> 0)::bigint
            + coalesce((SELECT sum((cost -> 'amount' ->> 0)::bigint)
                FROM json_array_elements(claim.body -> 'costs') AS cost), 0) AS minor,
            claim.body ->> 'reference_number' = cases.reference_number
            AND claim.body ->> 'invoice_number' = cases.invoice_number
            AND claim.body ->> 'invoiced_on' = cases.document -> 'debt' ->> 'invoice_on'
            AS is_the_cases
        FROM letters AS letter CROSS JOIN LATERAL
            json_array_elements(contents -> 'claims') WITH ORDINALITY AS claim (body, place)
            JOIN cases ON cases.account_id = letter.account_id
            AND cases.case_id = (letter.case_ids)[claim.place::integer]
    ), summed AS (
        SELECT account_id, letter_id, sum(minor) AS minor, count(*) AS claims,
            bool_and(is_the_cases) AS is_the_cases
        FROM claims GROUP BY 1, 2
    )
    SELECT format('case %s letter %s', letter.case_ids[1], letter.letter_id)
    FROM letters AS letter LEFT JOIN stated USING (account_id, letter_id)
        LEFT JOIN summed USING (account_id, letter_id)
        LEFT JOIN debt_collections AS demand ON demand.account_id = letter.account_id
        AND demand.letter_id = letter.letter_id
        LEFT JOIN cases AS named ON named.account_id = letter.account_id
        AND named.case_id = letter.case_ids[1]
    WHERE (CASE WHEN letter.kind = 'reminder' THEN demand.letter_id IS NULL
               ELSE letter.kind = 'debt_collection' AND demand.letter_id = letter.letter_id END,
           cardinality(letter.case_ids),
           (letter.contents ->> 'dispatched_at')::timestamptz, stated.dispatched, summed.claims,
           (letter.contents -> 'total' ->> 0)::bigint, stated.minor,
           letter.contents ->> 'ocr_number', letter.blob_key)
        IS DISTINCT FROM
        (true, stated.cases, letter.dispatched_at,
         stated.cases, stated.cases, stated.minor,
         summed.minor + (coalesce(letter.contents -> 'debt_collection_cost',
            letter.contents -> 'reminder_cost') ->> 0)::bigint,
         named.document ->> 'ocr_number',
         format('letters/%s/%s.pdf', letter.account_id, letter.letter_id))
        OR stated.is_equal IS NOT true OR summed.is_the_cases IS NOT true
    UNION ALL
    SELECT format('case %s is not named by letter %s', cases.case_id, letter.letter_id)
    FROM cases CROSS JOIN LATERAL (VALUES ('reminder'), ('demand')) AS sent (kind)
        LEFT JOIN letters AS letter ON letter.account_id = cases.account_id
        AND letter.letter_id = cases.document -> sent.kind ->> 'letter_id'
    WHERE cases.document -> sent.kind ->> 'letter_id' IS NOT NULL
        AND coalesce(NOT cases.case_id = ANY(letter.case_ids), true)
    """,
)

_MEDIA = AuditQuery(
    "I12 an uploaded invoice is what its event says",
    "SELECT count(*) FROM media",
    """
    WITH told AS (
        SELECT account_id, case_id, occurred_at, body -> 'original_invoice' AS invoice,
            body -> 'original_invoice' ->> 'media_id' AS media_id
        FROM case_events WHERE kind = 'original_invoice_attached'
    )
    SELECT format('case %s file %s', coalesce(stored.case_id, told.case_id), media_id)
    FROM media AS stored FULL JOIN told USING (account_id, media_id)
    WHERE CASE WHEN stored.dotted_path = 'original_invoice' OR told.case_id IS NOT NULL THEN
        (stored.case_id, stored.dotted_path, stored.filename, stored.content_type, stored.size,
         stored.created_at)
        IS DISTINCT FROM
        (told.case_id, 'original_invoice', invoice ->> 'filename', invoice ->> 'content_type',
         (invoice ->> 'size')::bigint, told.occurred_at)
    ELSE stored.blob_key <> format('media/%s/%s', account_id, media_id) END
    UNION ALL
    SELECT format('case %s file %s: its place', case_id, media_id) FROM media
    WHERE blob_key <> format('media/%s/%s', account_id, media_id)
    """,
)

_KEYS = AuditQuery(
    "I7 a key made one document, and that exists",
    "SELECT count(*) FROM idempotency_keys",
    """
    WITH made AS (
        SELECT account_id, registration_id AS document_id FROM case_registrations
        UNION ALL SELECT account_id, creditor_payment_id FROM creditor_payments
        UNION ALL SELECT account_id, creditor_crediting_id FROM creditor_creditings
        UNION ALL SELECT account_id, creditor_cancellation_id FROM creditor_cancellations
        UNION ALL SELECT account_id, payment_id FROM payments
        UNION ALL SELECT account_id, payment_reversal_id FROM payment_reversals
        UNION ALL SELECT account_id, interest_reduction_id FROM interest_reductions
        UNION ALL SELECT account_id, case_respite_id FROM case_respites
        UNION ALL SELECT account_id, case_pause_id FROM case_pauses
        UNION ALL SELECT account_id, case_resumption_id FROM case_resumptions
        UNION ALL SELECT account_id, case_dispute_id FROM case_disputes
        UNION ALL SELECT account_id, dispute_outcome_id FROM dispute_outcomes
        UNION ALL SELECT account_id, case_ending_id FROM case_endings
    )
    SELECT format('key %s of document %s', idempotency_key, document_id)
    FROM idempotency_keys LEFT JOIN made USING (account_id, document_id)
    WHERE made.document_id IS NULL OR octet_length(request_sha256) <> 32
    UNION ALL
    SELECT format('document %s has %s keys', document_id, count(*)) FROM idempotency_keys
    GROUP BY account_id, document_id HAVING count(*) > 1
    """,
)

_ETAGS = AuditQuery(
    "I13 every document has an entity tag of its own, and the second it was made in its id",
    "SELECT (SELECT count(*) FROM case_registrations) + (SELECT count(*) FROM creditor_payments) "
    "+ (SELECT count(*) FROM creditor_creditings) + (SELECT count(*) FROM payments) "
    "+ (SELECT count(*) FROM creditor_cancellations) + (SELECT count(*) FROM payment_reversals) "
    "+ (SELECT count(*) FROM interest_reductions) + (SELECT count(*) FROM case_respites) "
    "+ (SELECT count(*) FROM case_pauses) + (SELECT count(*) FROM case_resumptions) "
    "+ (SELECT count(*) FROM case_disputes) + (SELECT count(*) FROM dispute_outcomes) "
    "+ (SELECT count(*) FROM case_endings)",
    """
    WITH documents AS (
        SELECT registration_id AS document_id, case_ids[1] AS case_id, etag, created_at
        FROM case_registrations
        UNION ALL SELECT creditor_payment_id, case_id, etag, created_at FROM creditor_payments
        UNION ALL SELECT creditor_crediting_id, case_id, etag, created_at FROM creditor_creditings
        UNION ALL SELECT creditor_cancellation_id, case_id, etag, created_at
        FROM creditor_cancellations
        UNION ALL SELECT payment_id, case_id, etag, created_at FROM payments
        UNION ALL SELECT payment_reversal_id, case_id, etag, created_at FROM payment_reversals
        UNION ALL SELECT interest_reduction_id, case_id, etag, created_at FROM interest_reductions
        UNION ALL SELECT case_respite_id, case_id, etag, created_at FROM case_respites
        UNION ALL SELECT case_pause_id, case_id, etag, created_at FROM case_pauses
        UNION ALL SELECT case_resumption_id, case_id, etag, created_at FROM case_resumptions
        UNION ALL SELECT case_dispute_id, case_id, etag, created_at FROM case_disputes
        UNION ALL SELECT dispute_outcome_id, case_id, etag, created_at FROM dispute_outcomes
        UNION ALL SELECT case_ending_id, case_id, etag, created_at FROM case_endings
    )
    SELECT format('case %s document %s', case_id, document_id) FROM documents
    WHERE etag !~ '^[0-9a-f]{40}$' OR document_id !~ '^[0-9a-f]{24}$'
        OR ('x' || left(document_id, 8))::bit(32)::bigint
            <> floor(extract(epoch FROM created_at))::bigint
    UNION ALL
    SELECT format('case %s document %s: another has its entity tag', min(case_id),
        min(document_id))
    FROM documents GROUP BY etag HAVING count(*) > 1
    """,
)

LINK_QUERIES = (
    _KEYS,
    _OCR_NUMBERS,
    _ORPHANS,
    _REGISTRATIONS,
    _PARTIES,
    _NAMED_FACTS,
    _DEMANDS,
    _LETTERS,
    _MEDIA,
    _ETAGS,
)
"""In the order of the invariants they belong to."""
