"""Which versions of flows there are, and how many cases and accounts use each."""

import msgspec

from fordran.domain.agreement import AgreementTerms
from fordran.domain.flow import FlowConfig
from fordran.storage.audit import audit_connection


class FlowVersion(msgspec.Struct, frozen=True):
    """A version of a flow; `open_cases` are those whose next item is one of it."""

    config: FlowConfig
    open_cases: int


class Chosen(msgspec.Struct, frozen=True):
    """How many accounts begin a flow now, by what a registration asks to be done first."""

    debt_collection: int = 0
    reminder: int = 0


class FlowUse(msgspec.Struct, frozen=True):
    """The versions of flows by flow and version, and who chose which flow by its id."""

    versions: tuple[FlowVersion, ...]
    chosen: dict[str, Chosen]
    open_without_item: int
    """Open cases that have gone through their whole flow."""


_decode = msgspec.json.Decoder(FlowUse).decode


def flow_use(conninfo: str) -> FlowUse:
    """Return every version of every flow and how it is used, over all accounts.

    `conninfo` is of the tables' owner. Reads only, in one statement that looks at every open case.
    """
    default = AgreementTerms()
    with audit_connection(conninfo) as connection:
        row = connection.execute(
            _FLOW_USE.encode(),
            {
                "debt_collection": default.flow_config_id,
                "reminder": default.reminder_flow_config_id,
            },
        ).fetchone()
    assert row is not None, "an object is a row"
    return _decode(row[0])


# What is left out of a document has its default: version 1, and the flows of the default terms.
_FLOW_USE = """
WITH used AS MATERIALIZED (
    SELECT document -> 'next_item' ->> 'flow_config_id' AS flow_config_id,
        coalesce((document -> 'next_item' ->> 'flow_config_version')::integer, 1) AS version,
        count(*) AS cases
    FROM cases WHERE status <> 'closed' GROUP BY 1, 2
), agreed AS (
    SELECT DISTINCT ON (account_id) terms FROM agreement_versions
    ORDER BY account_id, valid_from DESC, agreement_version_id DESC
), chosen AS (
    SELECT flow_config_id, sum(debt_collection) AS debt_collection, sum(reminder) AS reminder
    FROM (
        SELECT coalesce(terms ->> 'flow_config_id', %(debt_collection)s) AS flow_config_id,
            1 AS debt_collection, 0 AS reminder FROM agreed
        UNION ALL
        SELECT coalesce(terms ->> 'reminder_flow_config_id', %(reminder)s), 0, 1 FROM agreed
    ) AS choice GROUP BY flow_config_id
)
SELECT json_build_object(
    'versions', (
        SELECT coalesce(json_agg(json_build_object(
            'config', flow.config, 'open_cases', coalesce(used.cases, 0)
        ) ORDER BY flow.config ->> 'name_locale', flow.flow_config_id, flow.version), '[]')
        FROM flow_configs AS flow LEFT JOIN used USING (flow_config_id, version)
    ),
    'chosen', (
        SELECT coalesce(json_object_agg(flow_config_id, json_build_object(
            'debt_collection', debt_collection, 'reminder', reminder)), '{}')
        FROM chosen
    ),
    'open_without_item', (
        SELECT coalesce(sum(cases), 0) FROM used WHERE flow_config_id IS NULL
    )
)
"""
