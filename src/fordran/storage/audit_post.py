"""What must be true of letters on their way to the post, as queries."""

from fordran.storage.audit_query import AuditQuery

_HAND_OVERS = AuditQuery(
    "I12 a letter on its way to the post is its account's, of an account on real time",
    "SELECT count(*) FROM letter_hand_overs",
    """
    SELECT format('letter %s in batch %s', hand_over.letter_id, hand_over.post_batch_id)
    FROM letter_hand_overs AS hand_over
        LEFT JOIN letters AS letter USING (account_id, letter_id)
        LEFT JOIN virtual_clocks AS virtual USING (account_id)
    WHERE letter.kind IS NULL OR virtual.now_at IS NOT NULL
        OR hand_over.post_batch_id !~ '^[0-9a-f]{24}$'
        OR left(hand_over.post_batch_id, 8)
            <> lpad(to_hex(extract(epoch FROM hand_over.batched_at)::bigint), 8, '0')
    UNION ALL
    SELECT format('letter %s is in %s batches', letter_id, count(*)) FROM letter_hand_overs
    GROUP BY letter_id HAVING count(*) > 1
    """,
)

_BATCHES = AuditQuery(
    "I12 a batch that was handed over has its letters, all of one account",
    "SELECT count(*) FROM post_batches",
    """
    WITH batched AS (
        SELECT account_id, post_batch_id, count(*) AS letters FROM letter_hand_overs GROUP BY 1, 2
    )
    SELECT format('batch %s: %s letters handed over, %s in it', post_batch_id,
        batch.letter_count, coalesce(batched.letters, 0))
    FROM post_batches AS batch LEFT JOIN batched USING (account_id, post_batch_id)
    WHERE batch.letter_count IS DISTINCT FROM batched.letters
    UNION ALL
    SELECT format('batch %s has letters of %s accounts', post_batch_id, count(*)) FROM batched
    GROUP BY post_batch_id HAVING count(*) > 1
    """,
)

POST_QUERIES = (_HAND_OVERS, _BATCHES)
"""In the order of a letter's way."""
