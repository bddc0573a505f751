"""What must be true of respites, pauses and disputes, and of their events, as queries.

A report that held a case has its hold on every case that it names, and every hold its report; what
a person ended has the report that ended it. One that was refused has a report alone.
"""

from fordran.storage.audit_query import AuditQuery


def _told(kind: str, columns: str) -> str:
    """Return the query for the events of a kind, and when the one before each was."""
    return f"""
        SELECT event.account_id, event.case_id, event.occurred_at,
            earlier.occurred_at AS earlier_at, {columns}
        FROM case_events AS event LEFT JOIN case_events AS earlier
            ON earlier.account_id = event.account_id AND earlier.case_id = event.case_id
            AND earlier.event_number = event.event_number - 1
        WHERE event.kind = '{kind}'
    """  # noqa: S608 - our constants


# Every report that was to hold a case, each with what its hold says. Units: öre.
_REPORTS = """
        SELECT account_id, case_respite_id AS hold_id, 'respite' AS kind, case_id, creditor_id,
            origin, status, status_reason, created_at, '' AS reason, respite_to_on AS to_on,
            NULL::bigint AS amount_minor, NULL::date AS creditor_by_on, NULL::date AS by_on
        FROM case_respites
        UNION ALL SELECT account_id, case_pause_id, 'pause', case_id, creditor_id, origin, status,
            status_reason, created_at, reason, NULL, NULL, NULL, NULL FROM case_pauses
        UNION ALL SELECT account_id, case_dispute_id, 'dispute', case_id, creditor_id, origin,
            status, status_reason, created_at, kind, NULL, amount_minor, creditor_answer_by_on,
            answer_by_on FROM case_disputes
    """

# Every report that was to end a hold.
_ENDINGS = """
        SELECT account_id, case_resumption_id AS ending_id, case_pause_id AS hold_id, case_id,
            creditor_id, origin, status, status_reason, created_at, 'resumed' AS outcome,
            'pause' AS kind FROM case_resumptions
        UNION ALL SELECT account_id, dispute_outcome_id, case_dispute_id, case_id, creditor_id,
            origin, status, status_reason, created_at, outcome, 'dispute' FROM dispute_outcomes
    """

_REPORTS_COUNTED = (
    "SELECT (SELECT count(*) FROM case_respites) + (SELECT count(*) FROM case_pauses) "
    "+ (SELECT count(*) FROM case_disputes)"
)

_ENDINGS_COUNTED = (
    "SELECT (SELECT count(*) FROM case_resumptions) + (SELECT count(*) FROM dispute_outcomes)"
)

_HOLDS = AuditQuery(
    "I12 a hold is what its report says, on every case that the report names",
    _REPORTS_COUNTED,
    f"""
    WITH reports AS ({_REPORTS}), expected AS (
        SELECT *, NULL::text AS of_case_id FROM reports
        UNION ALL SELECT reports.account_id, hold_id, reports.kind, beside.case_id,
            reports.creditor_id, reports.origin, reports.status, reports.status_reason,
            reports.created_at, reason, NULL, NULL, NULL, NULL, reports.case_id
        FROM reports JOIN case_disputes AS dispute ON dispute.account_id = reports.account_id
            AND dispute.case_dispute_id = reports.hold_id,
            unnest(dispute.other_case_ids) AS beside (case_id)
    ), told AS ({_told("hold_began", "event.body -> 'hold' AS hold")})
    SELECT format('case %s %s %s', coalesce(stored.case_id, told.case_id), stored.kind,
        coalesce(stored.hold_id, hold ->> 'id'))
    FROM expected AS stored FULL JOIN told ON told.account_id = stored.account_id
        AND told.case_id = stored.case_id AND hold ->> 'id' = stored.hold_id
        LEFT JOIN cases ON cases.account_id = stored.account_id AND cases.case_id = stored.case_id
    WHERE (stored.creditor_id, stored.origin) IS DISTINCT FROM
        (cases.creditor_id, 'creditor_system')
    OR CASE WHEN stored.status = 'error' THEN hold IS NOT NULL OR stored.of_case_id IS NOT NULL
        OR stored.creditor_by_on IS NOT NULL OR stored.by_on IS NOT NULL
    ELSE (stored.kind, stored.reason, stored.to_on, stored.amount_minor, stored.creditor_by_on,
          stored.by_on, stored.of_case_id, stored.status, stored.status_reason, told.occurred_at)
        IS DISTINCT FROM
        (hold ->> 'kind', coalesce(hold ->> 'reason', ''), (hold ->> 'to_on')::date,
         (hold -> 'amount' ->> 0)::bigint, (hold ->> 'creditor_answer_by_on')::date,
         (hold ->> 'answer_by_on')::date, hold ->> 'of_case_id', 'completed', NULL,
         greatest(stored.created_at, told.earlier_at))
    END
    UNION ALL
    SELECT format('case %s dispute %s: holds cases it was not asked to', case_id, case_dispute_id)
    FROM case_disputes WHERE cardinality(other_case_ids) > 0 AND NOT hold_other_cases
    """,  # noqa: S608 - our constants
)

_ENDED = AuditQuery(
    "I12 what a person ended of a hold has its report, on every case that was held",
    _ENDINGS_COUNTED,
    f"""
    WITH endings AS ({_ENDINGS}), told AS ({
        _told("hold_ended", "event.body ->> 'hold_id' AS hold_id, event.body ->> 'outcome' AS word")
    }), by_persons AS (
        SELECT * FROM told WHERE word NOT IN ('time_is_up', 'replaced')
    ), expected AS (
        SELECT * FROM endings WHERE status <> 'error'
        UNION ALL SELECT endings.account_id, ending_id, hold_id, beside.case_id,
            endings.creditor_id, endings.origin, endings.status, endings.status_reason,
            endings.created_at, outcome, endings.kind
        FROM endings JOIN case_disputes AS dispute ON dispute.account_id = endings.account_id
            AND dispute.case_dispute_id = endings.hold_id,
            unnest(dispute.other_case_ids) AS beside (case_id)
        WHERE endings.status <> 'error'
    )
    SELECT format('case %s hold %s', coalesce(stored.case_id, told.case_id),
        coalesce(stored.hold_id, told.hold_id))
    FROM expected AS stored FULL JOIN by_persons AS told ON told.account_id = stored.account_id
        AND told.case_id = stored.case_id AND told.hold_id = stored.hold_id
    WHERE stored.outcome IS DISTINCT FROM told.word
        OR told.occurred_at IS DISTINCT FROM greatest(stored.created_at, told.earlier_at)
    UNION ALL
    SELECT format('case %s ending %s', stored.case_id, ending_id)
    FROM endings AS stored LEFT JOIN ({_REPORTS}) AS report
        ON report.account_id = stored.account_id AND report.hold_id = stored.hold_id
        AND report.kind = stored.kind
        LEFT JOIN cases ON cases.account_id = stored.account_id AND cases.case_id = stored.case_id
    WHERE (stored.case_id, stored.creditor_id, stored.origin) IS DISTINCT FROM
        (report.case_id, cases.creditor_id, 'creditor_system')
        OR (stored.status = 'error') <> (left(coalesce(stored.status_reason, ''), 5) = 'case_')
        OR (stored.kind = 'pause' AND stored.status NOT IN ('completed', 'error'))
    """,  # noqa: S608 - our constants
)

_CREDITED = AuditQuery(
    "I12 what was right of a dispute was credited, and nothing of another",
    "SELECT count(*) FROM dispute_outcomes",
    """
    SELECT format('case %s outcome %s', stored.case_id, dispute_outcome_id)
    FROM dispute_outcomes AS stored
        LEFT JOIN case_disputes AS dispute USING (account_id, case_dispute_id)
        LEFT JOIN creditor_creditings AS crediting USING (account_id, creditor_crediting_id)
    WHERE CASE WHEN stored.status = 'error' OR stored.outcome IN ('rejected', 'withdrawn')
        THEN stored.amount_minor IS NOT NULL OR stored.creditor_crediting_id IS NOT NULL
            OR stored.status NOT IN ('completed', 'error') OR stored.outcome NOT IN
            ('upheld', 'partly_upheld', 'rejected', 'withdrawn')
            OR (stored.status = 'completed' AND stored.status_reason IS NOT NULL)
        ELSE stored.outcome NOT IN ('upheld', 'partly_upheld')
            OR (stored.case_id, stored.amount_minor, stored.status, stored.status_reason,
                stored.created_at)
            IS DISTINCT FROM
            (crediting.case_id, crediting.amount_minor, crediting.status,
             crediting.status_reason, crediting.created_at)
            OR CASE stored.outcome WHEN 'upheld' THEN stored.amount_minor <> dispute.amount_minor
                ELSE stored.amount_minor > dispute.amount_minor END
        END
    """,
)

_REFUSED = AuditQuery(
    "I12 a hold or its end was refused because of what the journal says was so then",
    f"SELECT ({_REPORTS_COUNTED}) + ({_ENDINGS_COUNTED})",
    f"""
    WITH refused AS (
        SELECT account_id, case_id, kind, hold_id AS document_id, NULL AS ended_id, status_reason,
            created_at FROM ({_REPORTS}) AS reports WHERE status = 'error'
        UNION ALL SELECT account_id, case_id, kind, ending_id, hold_id, status_reason, created_at
        FROM ({_ENDINGS}) AS endings WHERE status = 'error'
    ), judged AS (
        SELECT *, substr(status_reason, 7 + length(kind)) AS why,
            EXISTS (SELECT FROM case_events AS event WHERE event.account_id = refused.account_id
                AND event.case_id = refused.case_id AND event.kind = 'case_closed'
                AND event.occurred_at <= refused.created_at) AS was_closed,
            EXISTS (SELECT FROM case_events AS event WHERE event.account_id = refused.account_id
                AND event.case_id = refused.case_id AND event.kind = 'hold_began'
                AND event.body -> 'hold' ->> 'kind' = refused.kind
                AND event.occurred_at <= refused.created_at) AS was_held,
            EXISTS (SELECT FROM case_events AS event WHERE event.account_id = refused.account_id
                AND event.case_id = refused.case_id AND event.kind = 'hold_began'
                AND event.body -> 'hold' ->> 'id' = refused.ended_id) AS began,
            EXISTS (SELECT FROM case_events AS event WHERE event.account_id = refused.account_id
                AND event.case_id = refused.case_id AND event.kind = 'hold_ended'
                AND event.body ->> 'hold_id' = refused.ended_id
                AND event.occurred_at <= refused.created_at) AS had_ended
        FROM refused
    )
    SELECT format('case %s document %s was refused for no reason', case_id, document_id)
    FROM judged
    WHERE coalesce(left(status_reason, 6 + length(kind)), '') <> 'case_' || kind || '.'
        OR NOT CASE why WHEN 'case_closed' THEN was_closed
            WHEN 'held_already' THEN was_held AND ended_id IS NULL
            WHEN 'not_held' THEN ended_id IS NOT NULL AND (had_ended OR NOT began)
            WHEN 'not_open' THEN ended_id IS NOT NULL AND (had_ended OR NOT began)
            ELSE false END
    """,  # noqa: S608 - our constants
)

HOLD_QUERIES = (_HOLDS, _ENDED, _CREDITED, _REFUSED)
"""In the order a hold lives."""
