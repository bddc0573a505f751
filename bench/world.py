"""The world that is measured: a real server in a temporary data directory, with cases in it."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec
import psycopg
from joserfc import jwt
from joserfc.jwk import ECKey

from bench.load import LoadFailed, Plan
from fordran.bootstrap import context_of
from fordran.domain.case import Debt
from fordran.domain.id_numbers import IdNumberKind
from fordran.domain.money import Money
from fordran.operations.context import Context
from fordran.operations.register_cases import RegisterCases, Registered, register_cases
from fordran.sandbox.clocks import put_clock
from fordran.sandbox.demo_world import DemoWorld, read_demo_world
from fordran.settings import Settings
from fordran.storage.engine import Engine, destroy_cluster, open_engine

VIRTUAL_NOW = datetime(2025, 9, 3, 7, 56, 11, tzinfo=UTC)
CUSTOMERS = 200
BATCH = 500
STOP_SECONDS_MAX = 30
ADDRESS = {"address_line_1": "Provgatan 1", "zip_code": "11122", "city": "Stockholm"}
CAPITAL = Money(200_000)


class World:
    """A running server, the database under it, and what a client needs to talk to it."""

    def __init__(
        self, data_dir: Path, engine: Engine, context: Context, server: "subprocess.Popen[str]"
    ) -> None:
        self.data_dir = data_dir
        self.engine = engine
        self.context = context
        self.server = server
        demo = read_demo_world(data_dir)
        assert demo is not None, "the server said that it is ready"
        self.demo: DemoWorld = demo
        address = urlsplit(demo.base_url)
        self.address = (str(address.hostname), int(address.port or 80))
        self._token = ""
        self._tag = 0
        put_clock(context, demo.account, VIRTUAL_NOW)
        self._customers = [_customer(number) for number in range(CUSTOMERS)]

    @property
    def postmaster_pid(self) -> int:
        """The number of the database's first process."""
        with psycopg.connect(self.engine.conninfo()) as connection:
            row = connection.execute("SHOW data_directory").fetchone()
        assert row is not None
        return int((Path(row[0]) / "postmaster.pid").read_text().split()[0])

    def registrations(self) -> Plan:
        """Return a plan of registrations, each of an invoice of its own."""
        body = {
            "creditor": self.demo.creditor,
            "first_action": "debt_collection",
            "currency": "SEK",
            "customer": "@customer@",
            "debts": [
                {
                    "invoice_number": "@number@",
                    "debt_description": "Services",
                    "invoice_date": "Mon, 07 Jul 2025 00:00:00 GMT",
                    "capital_to_claim": 2000.0,
                    "invoice_due_days_after_invoice_date": 31,
                }
            ],
        }
        template = msgspec.json.encode(body).decode().replace('"@customer@"', "@item@")
        items = [msgspec.json.encode(customer).decode() for customer in self._customers]
        return self._plan("POST", "/case--registrations", template, items)

    def payments(self, case_ids: Sequence[str]) -> Plan:
        """Return a plan of payments, each of a case of its own."""
        body = {
            "creditor": self.demo.creditor,
            "case": "@item@",
            "currency": "SEK",
            "amount": 2000.0,
            "bank_transaction_date": "Wed, 03 Sep 2025 00:00:00 GMT",
            "creditor_payment_reference": "PAY-@number@",
            "origin": "creditor_system",
        }
        template = msgspec.json.encode(body).decode()
        return self._plan("POST", "/creditor--payments", template, list(case_ids))

    def gets(self, case_ids: Sequence[str]) -> Plan:
        """Return a plan of reads of single cases."""
        return self._plan("GET", "/cases/@item@", "", list(case_ids))

    def prepare_cases(self, count: int) -> Iterator[list[str]]:
        """Register open cases in bulk, past HTTP; give the ids of each batch."""
        for start in range(0, count, BATCH):
            tag = self._new_tag()
            commands = [
                self._command(f"{tag}{number:07d}", number)
                for number in range(min(BATCH, count - start))
            ]
            verdicts = register_cases(self.context, self.demo.account, commands)
            accepted = [v.registration for v in verdicts if isinstance(v, Registered)]
            assert len(accepted) == len(commands), "each invoice is new"
            yield [case_id for stored in accepted for case_id in stored.case_ids]

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        with psycopg.connect(self.engine.conninfo()) as connection:
            row = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
        assert row is not None
        return int(row[0])

    def vacuum(self) -> None:
        """Vacuum and analyse, as pgbench does with its own tables when it has made them."""
        with psycopg.connect(self.engine.conninfo(), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")

    def document_size(self, case_id: str) -> int:
        """Return the size of a case's document. Units: bytes."""
        answer = httpx.get(
            f"{self.demo.base_url}/cases/{case_id}", headers={"X-API-Key": self.token()}
        )
        if answer.status_code != httpx.codes.OK:
            raise LoadFailed(f"the case was answered with {answer.status_code}")
        return len(answer.content)

    def token(self) -> str:
        """Return an access token; it is good for an hour."""
        if not self._token:
            pem = (self.data_dir / "demo" / self.demo.private_key).read_bytes()
            expires = int(self.context.clock.now().timestamp()) + 300
            claims = {"api_code": self.demo.api_code, "exp": expires}
            signed = jwt.encode({"alg": "ES256"}, claims, ECKey.import_key(pem))
            url = f"{self.demo.base_url}/authenticates/api-code"
            answer = httpx.get(url, headers={"X-API-Key": signed}).raise_for_status()
            self._token = str(answer.json()["token"])
        return self._token

    def _plan(self, method: str, path: str, body: str, items: list[str]) -> Plan:
        return Plan(method, path, self.token(), self._new_tag(), body, items)

    def _new_tag(self) -> str:
        self._tag += 1
        return f"B{self._tag:05d}-"

    def _command(self, invoice_number: str, number: int) -> RegisterCases:
        customer = self._customers[number % CUSTOMERS]
        debt = Debt(
            invoice_number=invoice_number,
            invoice_on=date(2025, 7, 7),
            due_days=31,
            interest_days=31,
            capital_to_claim=CAPITAL,
            payout_reference=invoice_number,
            debt_description="Services",
        )
        kind = IdNumberKind.PERSON if "is_person" in customer else IdNumberKind.COMPANY
        return RegisterCases(
            creditor_id=self.demo.creditor,
            currency="SEK",
            customer_kind=kind,
            customer=customer,
            debts=(debt,),
            request=b'{"prepared": true}',
        )


@contextmanager
def open_world() -> Iterator[World]:
    """Start a server with one API process on a fresh cluster; leave nothing behind."""
    with ExitStack() as stack:
        data_dir = Path(tempfile.mkdtemp(prefix="fordran-bench-"))
        stack.callback(shutil.rmtree, data_dir, ignore_errors=True)
        stack.callback(destroy_cluster, data_dir)
        engine = stack.enter_context(open_engine(data_dir))
        server = stack.enter_context(_server(data_dir))
        settings = Settings(data_dir=data_dir, is_sandbox=True)
        context = stack.enter_context(context_of(settings, engine, connections_max=1))
        yield World(data_dir, engine, context, server)


@contextmanager
def _server(data_dir: Path) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "fordran", "serve", "--sandbox", "--port", "0"]
    command += ["--data-dir", str(data_dir)]
    with (
        (data_dir / "serve.log").open("w") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as server,
    ):
        try:
            assert server.stdout is not None
            if not server.stdout.readline().startswith("ready "):
                raise LoadFailed(
                    f"the server did not start: {(data_dir / 'serve.log').read_text()}"
                )
            yield server
        finally:
            server.terminate()
            try:
                server.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                server.kill()


def verify(data_dir: Path) -> str:
    """Audit the books with `fordran verify`; return what it says.

    Raises: LoadFailed, if the books are wrong.
    """
    command = [sys.executable, "-m", "fordran", "verify", "--data-dir", str(data_dir)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise LoadFailed(f"fordran verify found violations:\n{ended.stdout}{ended.stderr}")
    return ended.stdout


def _customer(number: int) -> dict[str, object]:
    kind = "is_person" if number % 2 else "is_company"
    id_number = f"19800101{number:04d}" if number % 2 else f"556{number:07d}"
    return {
        "name": f"Kund {number}",
        "id_number": id_number,
        kind: True,
        "address": {**ADDRESS, "country": "SE"},
    }
