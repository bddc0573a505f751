"""Agreement versions and flow configs: data that never changes once it is saved."""

from datetime import datetime

import msgspec

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


def save_flow_config(uow: UnitOfWork, config: FlowConfig) -> None:
    """Save a flow config; one that is saved already stays as it is."""
    uow.execute(
        "INSERT INTO flow_configs (flow_config_id, config) VALUES (%s, %s::json) "
        "ON CONFLICT (flow_config_id) DO NOTHING",
        (config.id, _encode(config).decode()),
    )


def flow_config(uow: UnitOfWork, flow_config_id: str) -> FlowConfig:
    """Return a saved flow config.

    Raises: LookupError, because an agreement never names a config that does not exist.
    """
    row = uow.row("SELECT config FROM flow_configs WHERE flow_config_id = %s", (flow_config_id,))
    if row is None:
        raise LookupError(flow_config_id)
    return _decode_flow(row[0])


def flow_config_exists(uow: UnitOfWork, flow_config_id: str) -> bool:
    """Tell whether a flow config is saved."""
    return (
        uow.row("SELECT 1 FROM flow_configs WHERE flow_config_id = %s", (flow_config_id,))
        is not None
    )
