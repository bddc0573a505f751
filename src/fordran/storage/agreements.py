"""Agreement versions and flow configs: data that never changes once it is saved."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from fordran.domain.agreement import AgreementTerms, AgreementVersion
from fordran.domain.flow import FlowConfig
from fordran.storage.unit_of_work import UnitOfWork

_encode = msgspec.json.Encoder().encode
_decode_terms = msgspec.json.Decoder(AgreementTerms).decode
_decode_flow = msgspec.json.Decoder(FlowConfig).decode


def insert_agreement_version(
    uow: UnitOfWork, version: AgreementVersion, valid_from: datetime
) -> None:
    """Insert a version of the account's agreement, valid from an instant.

    The clock tells whole seconds. A version of the same second as the one before it, or of an
    earlier one because the clock was set back, is valid from a microsecond after that, so that
    the version inserted last is the latest. The unit must have locked the account.
    """
    uow.execute(
        "INSERT INTO agreement_versions (account_id, agreement_version_id, valid_from, terms) "
        "SELECT %s, %s, greatest(%s, max(valid_from) + interval '1 microsecond'), %s::json "
        "FROM agreement_versions WHERE account_id = %s",
        (
            uow.account_id,
            version.id,
            valid_from,
            _encode(version.terms).decode(),
            uow.account_id,
        ),
    )


def current_agreement(uow: UnitOfWork) -> AgreementVersion | None:
    """Return the account's latest agreement version, or None if it has none."""
    row = uow.row(
        "SELECT agreement_version_id, account_id, terms FROM agreement_versions "
        "WHERE account_id = %s ORDER BY valid_from DESC, agreement_version_id DESC LIMIT 1",
        (uow.account_id,),
    )
    return AgreementVersion(row[0], row[1], _decode_terms(row[2])) if row else None


class TermsInForce(msgspec.Struct, frozen=True):
    """The terms of an agreement version, and which law is in force besides."""

    terms: AgreementTerms
    law_version: int
    law_digest: bytes


def agreement_terms(uow: UnitOfWork, agreement_version_id: str) -> TermsInForce:
    """Return the terms of a version of the account's agreement with the law that is in force.

    One statement, so that asking for the law costs nothing more. Before the first start has
    written a version of the law its digest is empty.

    Raises: LookupError, because a case never names a version that does not exist.
    """
    row = uow.row(
        "SELECT agreement.terms, coalesce(law.version, 0), coalesce(law.digest, ''::bytea) "
        "FROM agreement_versions AS agreement LEFT JOIN (SELECT version, digest FROM law_versions "
        "ORDER BY version DESC LIMIT 1) AS law ON true "
        "WHERE agreement.account_id = %s AND agreement.agreement_version_id = %s",
        (uow.account_id, agreement_version_id),
    )
    if row is None:
        raise LookupError(agreement_version_id)
    return TermsInForce(_decode_terms(row[0]), row[1], row[2])


def save_flow_config(uow: UnitOfWork, config: FlowConfig, saved_at: datetime) -> FlowConfig:
    """Save a flow config as the next version of its flow; return it with its version.

    One that says what the newest version says is not saved again. Units: `saved_at` is real time.
    """
    while True:
        newest = newest_flow_config(uow, config.id)
        if newest is not None and replace(newest, version=config.version) == config:
            return newest
        saved = replace(config, version=newest.version + 1 if newest else 1)
        # Another process that saves the same version waits here, and then looks again.
        uow.execute(
            "INSERT INTO flow_configs (flow_config_id, version, saved_at, config) "
            "VALUES (%s, %s, %s, %s::json) ON CONFLICT DO NOTHING",
            (saved.id, saved.version, saved_at, _encode(saved).decode()),
        )


def flow_config(uow: UnitOfWork, flow_config_id: str, version: int) -> FlowConfig:
    """Return a version of a flow.

    Raises: LookupError, because a case never names a version that does not exist.
    """
    row = uow.row(
        "SELECT config FROM flow_configs WHERE flow_config_id = %s AND version = %s",
        (flow_config_id, version),
    )
    if row is None:
        raise LookupError(flow_config_id, version)
    return _decode_flow(row[0])


def newest_flow_config(uow: UnitOfWork, flow_config_id: str) -> FlowConfig | None:
    """Return the newest version of a flow, or None if there is no such flow."""
    return newest_flow_configs(uow, [flow_config_id]).get(flow_config_id)


def newest_flow_configs(uow: UnitOfWork, flow_config_ids: Sequence[str]) -> dict[str, FlowConfig]:
    """Return the newest version of each flow by its id; one that does not exist is left out."""
    rows = uow.rows(
        "SELECT DISTINCT ON (flow_config_id) flow_config_id, config FROM flow_configs "
        "WHERE flow_config_id = ANY(%s) ORDER BY flow_config_id, version DESC",
        (list(flow_config_ids),),
    )
    return {flow_config_id: _decode_flow(config) for flow_config_id, config in rows}


def flow_configs(uow: UnitOfWork) -> list[FlowConfig]:
    """Return every version of every flow, by name and version."""
    rows = uow.rows("SELECT config FROM flow_configs ORDER BY flow_config_id, version")
    return [_decode_flow(config) for (config,) in rows]
