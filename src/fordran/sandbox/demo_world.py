"""The demo world: the seed's account and creditor, with a partner, an agreement and a key."""

import os
from pathlib import Path

import msgspec
from joserfc.jwk import ECKey

from fordran.operations.context import Context
from fordran.operations.set_up_parties import (
    create_account,
    create_api_code,
    create_creditor,
    create_partner,
)
from fordran.storage.parties import account_exists
from fordran.storage.tokens import has_api_codes

ACCOUNT_ID = "674dbeaf08847b9501cc9132"
CREDITOR_ID = "674dbeb208847b9501cc9138"

PARTNER = {
    "name": "Exempelprogram",
    "integration_id": "Exempelprogram",
    "organization_no": "5560000001",
    "case_settings": {"interest_rate": {"reference_rate": True}},
}
ADDRESS = {
    "address_line_1": "Exempelvägen 2",
    "zip_code": "11122",
    "city": "Stockholm",
    "country": "SE",
}
ACCOUNT = {
    "_id": ACCOUNT_ID,
    "name": "Exempelbolaget AB",
    "organization_no": "5560000001",
    "standard_debt_description": "Varor och tjänster",
    "agreement_address": ADDRESS,
    "case_settings": {"interest_rate": {"reference_rate": True}},
}
CREDITOR = {
    "_id": CREDITOR_ID,
    "name": "Exempelbolaget AB",
    "organization_no": "5560000001",
    "is_active": True,
    "standard_debt_description": "Varor och tjänster",
    "sender_address": ADDRESS,
    "invoice_address": ADDRESS,
    "payout_details": {"sek": {"bankgiro": "9912346"}},
}

DEMO_FILE = "demo/demo.json"
PRIVATE_KEY_FILE = "demo/private-key.pem"


class DemoWorld(msgspec.Struct, frozen=True):
    """What a client needs to talk to the demo world; written as `demo/demo.json`."""

    base_url: str
    api_code: str
    private_key: str
    """The key's path, relative to the file."""
    account: str
    creditor: str


def ensure_demo_world(context: Context, data_dir: Path, base_url: str) -> DemoWorld | None:
    """Make the demo world in an empty data directory, or find the one that is there.

    The file is written last and carries the address that the server has now. An installation
    that somebody else has set up gets no demo account: None is returned.
    """
    path = data_dir / DEMO_FILE
    known = _read(path)
    if not context.database.read(ACCOUNT_ID, account_exists):
        if context.database.read(None, has_api_codes):
            return None
        _make_parties(context)
    if known is None:
        known = DemoWorld("", _new_api_code(context, data_dir), "", ACCOUNT_ID, CREDITOR_ID)
    world = DemoWorld(base_url, known.api_code, "private-key.pem", ACCOUNT_ID, CREDITOR_ID)
    _write(path, msgspec.json.format(msgspec.json.encode(world)))
    return world


def read_demo_world(data_dir: Path) -> DemoWorld | None:
    """Return the demo world of a data directory, or None."""
    return _read(data_dir / DEMO_FILE)


def _make_parties(context: Context) -> None:
    partner_id = create_partner(context, PARTNER)
    create_account(context, ACCOUNT, partner_id=partner_id)
    create_creditor(context, ACCOUNT_ID, CREDITOR)


def _new_api_code(context: Context, data_dir: Path) -> str:
    key = ECKey.generate_key("P-256")
    _write(data_dir / PRIVATE_KEY_FILE, key.as_pem(private=True))
    return create_api_code(context, ACCOUNT_ID, key.as_pem(private=False).decode())


def _read(path: Path) -> DemoWorld | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=DemoWorld)
    except FileNotFoundError:
        return None


def _write(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
