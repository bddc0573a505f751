"""schema.sql, which people read, and the migrations, which make databases, are the same schema."""

from collections.abc import Callable, Iterator

import psycopg
import pytest

from fordran.storage.engine import Engine
from tests.conftest import WorkerDatabase
from tests.tidy.source import PACKAGE, text_of

NAMESPACE = "'public'::regnamespace"
MADE_BY_THE_RUNNER = "('schema_migrations')"

DESCRIPTIONS = {
    "tables and views": f"""
        SELECT relname, relkind, relrowsecurity, relforcerowsecurity, reloptions::text,
            CASE relkind WHEN 'v' THEN pg_get_viewdef(oid) END
        FROM pg_class WHERE relnamespace = {NAMESPACE} AND relkind IN ('r', 'v', 'm', 'p', 'S')
        AND relname NOT IN {MADE_BY_THE_RUNNER}""",
    "columns, in order": f"""
        SELECT relname, attnum, attname, format_type(atttypid, atttypmod), attnotnull,
            attidentity::text, attgenerated::text, pg_get_expr(adbin, adrelid)
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE relnamespace = {NAMESPACE} AND relkind IN ('r', 'v', 'm', 'p') AND attnum > 0
        AND NOT attisdropped AND relname NOT IN {MADE_BY_THE_RUNNER}""",
    "constraints": f"""
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated
        FROM pg_constraint WHERE connamespace = {NAMESPACE}
        AND conrelid::regclass::text NOT IN {MADE_BY_THE_RUNNER}""",
    "indexes": f"""
        SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
        AND tablename NOT IN {MADE_BY_THE_RUNNER}""",
    "triggers": """
        SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled::text
        FROM pg_trigger WHERE NOT tgisinternal""",
    "policies": """
        SELECT tablename, policyname, permissive, roles::text, cmd, qual, with_check
        FROM pg_policies WHERE schemaname = 'public'""",
    "functions": f"""
        SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = {NAMESPACE}""",
    "grants": f"""
        SELECT relname, grantee::regrole::text, privilege_type, is_grantable
        FROM pg_class, aclexplode(relacl) WHERE relnamespace = {NAMESPACE}
        AND relname NOT IN {MADE_BY_THE_RUNNER} AND grantee <> relowner""",
    "grants on columns": f"""
        SELECT relname, attname, grantee::regrole::text, privilege_type
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid, aclexplode(attacl)
        WHERE relnamespace = {NAMESPACE}""",
}


@pytest.fixture(scope="module")
def migrated(make_database: Callable[[], WorkerDatabase]) -> str:
    """A database that the migrations made; the roles exist from here on."""
    return make_database().conninfo()


@pytest.fixture(scope="module")
def as_written(engine: Engine, worker_id: str, migrated: str) -> Iterator[str]:
    """A database that schema.sql made."""
    name = f"schema_{worker_id}"
    with psycopg.connect(engine.conninfo(), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        connection.execute(f'CREATE DATABASE "{name}"')
    conninfo = engine.conninfo(dbname=name)
    with psycopg.connect(conninfo) as connection:
        connection.execute(text_of(PACKAGE / "storage" / "schema.sql").encode())
    yield conninfo
    with psycopg.connect(engine.conninfo(), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def described(conninfo: str, query: str) -> list[str]:
    with psycopg.connect(conninfo) as connection:
        return sorted(repr(row) for row in connection.execute(query.encode()))


@pytest.mark.parametrize("kind", DESCRIPTIONS)
def test_schema_file_and_migrations_agree(kind: str, migrated: str, as_written: str) -> None:
    found = described(migrated, DESCRIPTIONS[kind])
    assert found == described(as_written, DESCRIPTIONS[kind])
    assert found or kind == "grants on columns"


def test_every_constraint_is_named_by_us(migrated: str) -> None:
    """PostgreSQL's own names end in _pkey, _fkey, _key or _check."""
    unnamed = described(
        migrated,
        f"SELECT conname FROM pg_constraint WHERE connamespace = {NAMESPACE} "
        f"AND conname ~ '_(pkey|fkey|key|check)$' "
        f"AND conrelid::regclass::text NOT IN {MADE_BY_THE_RUNNER}",
    )
    assert not unnamed


def test_every_table_with_an_account_is_walled_or_listed(migrated: str) -> None:
    """The head of schema.sql lists the tables that are looked up before the account is known."""
    unwalled = described(
        migrated,
        "SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid "
        f"WHERE relnamespace = {NAMESPACE} AND relkind = 'r' AND attname = 'account_id' "
        "AND NOT relrowsecurity",
    )
    assert unwalled == ["('access_tokens',)", "('api_codes',)", "('ocr_numbers',)"]
    head = text_of(PACKAGE / "storage" / "schema.sql").split("CREATE")[0]
    for row in unwalled:
        assert f"--   {row[2:-3]} " in head


def test_application_may_change_what_is_not_written_once(migrated: str) -> None:
    """Agreements, flows, money and events are not here: a change of them is a new row."""
    granted = described(
        migrated,
        "SELECT relname, privilege_type FROM pg_class, aclexplode(relacl) "
        f"WHERE relnamespace = {NAMESPACE} AND grantee = 'fordran_app'::regrole "
        "AND privilege_type NOT IN ('SELECT', 'INSERT')",
    )
    changed = (
        "accounts",
        "case_balances",
        "cases",
        "customers",
        "debt_collections",
        "debtors",
        "virtual_clocks",
    )
    removed = ("access_tokens", "idempotency_keys")
    expected = [(table, "UPDATE") for table in changed] + [(table, "DELETE") for table in removed]
    assert granted == sorted(repr(grant) for grant in expected)
