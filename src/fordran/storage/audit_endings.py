"""What must be true of the decisions that end cases, and of their events and rows, as queries."""

from fordran.domain.case_status import BY_DECISION
from fordran.domain.ending import CASE_CLOSED, NOT_BARRED
from fordran.storage.audit_query import AuditQuery

_REASONS = ", ".join(f"'{reason.value}'" for reason in sorted(BY_DECISION))

_ENDINGS = AuditQuery(
    "I12 a decision ended its case for its reason, and a case that ended so has its decision",
    "SELECT count(*) FROM case_endings",
    f"""
    WITH told AS (
        SELECT event.account_id, event.case_id, event.occurred_at,
            event.body -> 'because_of' ->> 'id' AS document_id,
            event.body -> 'because_of' ->> 'kind' AS document_kind,
            event.body ->> 'reason' AS reason, earlier.occurred_at AS earlier_at
        FROM case_events AS event LEFT JOIN case_events AS earlier
            ON earlier.account_id = event.account_id AND earlier.case_id = event.case_id
            AND earlier.event_number = event.event_number - 1
        WHERE event.kind = 'case_closed' AND (event.body ->> 'reason' IN ({_REASONS})
            OR event.body -> 'because_of' ->> 'kind' = 'case_ending')
    )
    SELECT format('case %s ending %s', coalesce(stored.case_id, told.case_id),
        coalesce(stored.case_ending_id, told.document_id))
    FROM case_endings AS stored FULL JOIN told ON told.account_id = stored.account_id
        AND told.document_id = stored.case_ending_id
    WHERE (stored.creditor_id, stored.origin) IS DISTINCT FROM (NULL, 'solicitor_system')
    OR CASE WHEN stored.status = 'error' THEN
        told.document_id IS NOT NULL OR stored.reason NOT IN ({_REASONS})
        OR (stored.status_reason IS DISTINCT FROM '{CASE_CLOSED}'
            AND (stored.status_reason, stored.reason)
            IS DISTINCT FROM ('{NOT_BARRED}', 'limitation'))
    ELSE (stored.case_id, stored.status, stored.status_reason, stored.reason, 'case_ending',
          greatest(stored.created_at, told.earlier_at))
        IS DISTINCT FROM
        (told.case_id, 'completed', NULL, told.reason, told.document_kind, told.occurred_at)
    END
    """,  # noqa: S608 - our constants
)

_REFUSED = AuditQuery(
    "I12 a decision to end a case was refused because the case had ended, or could be demanded",
    "SELECT count(*) FROM case_endings",
    """
    WITH refused AS (
        SELECT *, EXISTS (SELECT FROM case_events AS event
            WHERE event.account_id = stored.account_id AND event.case_id = stored.case_id
                AND event.kind = 'case_closed' AND event.occurred_at <= stored.created_at
        ) AS may_be_closed, (SELECT event.kind FROM case_events AS event
            WHERE event.account_id = stored.account_id AND event.case_id = stored.case_id
                AND event.kind IN ('case_closed', 'case_reopened')
                AND event.occurred_at < stored.created_at
            ORDER BY event.event_number DESC LIMIT 1
        ) AS last_move, EXISTS (SELECT FROM case_events AS event
            WHERE event.account_id = stored.account_id AND event.case_id = stored.case_id
                AND event.kind = 'case_reopened' AND event.occurred_at = stored.created_at
        ) AS opened_then
        FROM case_endings AS stored WHERE status = 'error'
    )
    SELECT format('case %s ending %s was refused for no reason', case_id, case_ending_id)
    FROM refused WHERE NOT CASE status_reason
        WHEN 'case_ended.case_closed' THEN may_be_closed
        ELSE opened_then OR last_move IS DISTINCT FROM 'case_closed' END
    """,
)

_DUPLICATES = AuditQuery(
    "I12 a duplicate names another case of its creditor, which goes on instead",
    "SELECT count(*) FROM case_endings WHERE duplicate_of_case_id IS NOT NULL",
    """
    SELECT format('case %s ending %s', stored.case_id, stored.case_ending_id)
    FROM case_endings AS stored
        LEFT JOIN cases ON cases.account_id = stored.account_id AND cases.case_id = stored.case_id
        LEFT JOIN cases AS other ON other.account_id = stored.account_id
        AND other.case_id = stored.duplicate_of_case_id
    WHERE (stored.reason = 'duplicate') <> (stored.duplicate_of_case_id IS NOT NULL)
        OR stored.duplicate_of_case_id = stored.case_id
        OR (stored.duplicate_of_case_id IS NOT NULL
            AND other.creditor_id IS DISTINCT FROM cases.creditor_id)
    UNION ALL
    SELECT format('case %s ending %s: by nobody or for nothing', case_id, case_ending_id)
    FROM case_endings WHERE btrim(explanation) = '' OR btrim(decided_by) = ''
    """,
)

ENDING_QUERIES = (_ENDINGS, _REFUSED, _DUPLICATES)
"""Of every decision, of those that were refused, and of duplicates."""
