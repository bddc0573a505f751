"""Setting up outside the sandbox: account, creditor, agreement, key; then a real registration."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey

from fordran.operations.clock import RealClock
from fordran.storage.engine import destroy_cluster, open_engine
from tests.cli.registrations import registration
from tests.cli.server_process import HttpClient, ServerProcess, run_cli
from tests.world import creditor_document

pytestmark = pytest.mark.xdist_group("cli-set-up")

NO_ACCOUNT = "68b7f49c7b02934caddab092"


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data directory whose database runs all the while, so that commands need not start it."""
    folder = tmp_path_factory.mktemp("set-up") / "data"
    folder.mkdir()
    with open_engine(folder):
        yield folder
    destroy_cluster(folder)


def created(data_dir: Path, tmp_path: Path, kind: str, document: dict[str, Any]) -> str:
    path = tmp_path / f"{kind}.json"
    path.write_text(json.dumps(document))
    shown = run_cli(kind, "create", str(path), "--data-dir", str(data_dir))
    assert (shown.returncode, shown.stderr) == (0, "")
    return shown.stdout.strip()


def test_what_is_set_up_can_register_a_real_case(data_dir: Path, tmp_path: Path) -> None:
    account = created(
        data_dir, tmp_path, "accounts", {"name": "Bolaget AB", "organization_no": "5560000001"}
    )
    creditor = created(data_dir, tmp_path, "creditors", creditor_document(account=account))
    terms = {"depreciation_limit": [5000, "SEK"]}
    agreement = created(data_dir, tmp_path, "agreements", {"account": account, "terms": terms})
    key = ECKey.generate_key("P-256")
    (tmp_path / "public.pem").write_bytes(key.as_pem(private=False))
    shown = run_cli(
        *("keys", "create", "--account", account, "--data-dir", str(data_dir)),
        *("--public-key", str(tmp_path / "public.pem")),
    )
    assert (shown.returncode, shown.stderr) == (0, "")
    api_code = shown.stdout.strip()
    invoiced_on = (RealClock().now() - timedelta(days=60)).date().isoformat()
    with (
        ServerProcess(data_dir) as server,
        HttpClient(server.base_url, api_code, key) as client,
    ):
        assert not (data_dir / "demo").exists()
        body = registration(account, creditor, "INV-1", invoice_date=invoiced_on)
        answer = client.post("/case--registrations", body)
        assert answer.status_code == 201, answer.text
        case = client.get(f"/cases/{answer.json()['_cases'][0]}").json()
        assert (case["account"], case["creditor"]) == (account, creditor)
        assert case["agreement_version"] == agreement
        assert case["status"] == "initializing"
        clock = client.get(f"/sandbox--clocks/{account}")
        assert clock.status_code == 404
        assert server.stop() == 0
    shown = run_cli("verify", "--quiet", "--data-dir", str(data_dir))
    assert (shown.returncode, shown.stdout) == (0, "")


@pytest.mark.parametrize(
    ("kind", "document", "words"),
    [
        ("accounts", {"name": "X"}, "organization_no"),
        ("accounts", {"name": "X", "organization_no": "1", "colour": "red"}, "colour"),
        ("creditors", creditor_document(account=NO_ACCOUNT), "There is no account with this id"),
        ("creditors", {"account": NO_ACCOUNT, "name": "X", "organization_no": "1"}, "payout"),
        ("agreements", {"account": NO_ACCOUNT}, "There is no account with this id"),
        ("agreements", {"account": NO_ACCOUNT, "terms": {"x": 1}}, "unknown field"),
    ],
)
def test_document_that_cannot_be_used_is_explained(
    data_dir: Path, tmp_path: Path, *, kind: str, document: dict[str, Any], words: str
) -> None:
    path = tmp_path / "document.json"
    path.write_text(json.dumps(document))
    shown = run_cli(kind, "create", str(path), "--data-dir", str(data_dir))
    assert shown.returncode == 1
    assert words in shown.stderr
    assert "Traceback" not in shown.stderr
    assert shown.stdout == ""


def test_key_that_cannot_be_used_is_explained(data_dir: Path, tmp_path: Path) -> None:
    key = ECKey.generate_key("P-256")
    path = tmp_path / "key.pem"
    for content, words in (
        (key.as_pem(private=True), "private key"),
        (b"no key", "PEM"),
        (b"\xff\xfe", "PEM"),
        (key.as_pem(private=False), "There is no account with this id"),
    ):
        path.write_bytes(content)
        shown = run_cli(
            *("keys", "create", "--account", NO_ACCOUNT, "--data-dir", str(data_dir)),
            *("--public-key", str(path)),
        )
        assert shown.returncode == 1
        assert words in shown.stderr
        assert "Traceback" not in shown.stderr
