"""Migrations: once, in order, whole, and by one process at a time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from fordran.storage.database_roles import ensure_roles
from fordran.storage.engine import Engine, destroy_cluster, open_engine
from fordran.storage.engine_errors import (
    MigrationChanged,
    MigrationFailed,
    MigrationsMalformed,
    RolesUnusable,
    SchemaNewerThanCode,
)
from fordran.storage.migrate import Migration, migrate, pending, read_migrations

ONE = Migration(1, "0001_one.sql", "CREATE TABLE one (n integer); INSERT INTO one VALUES (1);")
TWO = Migration(2, "0002_two.sql", "ALTER TABLE one ADD COLUMN per_cent text DEFAULT '100 %s';")
BROKEN = Migration(2, "0002_broken.sql", "INSERT INTO one VALUES (2); SELECT 1/0;")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder: Path = tmp_path_factory.mktemp("migrate")
    with open_engine(folder, settings={"fsync": "off"}) as opened:
        yield opened
    destroy_cluster(folder)


@pytest.fixture
def empty(engine: Engine) -> Iterator[str]:
    """Return the address of an empty database in a cluster without our roles."""
    with psycopg.connect(engine.conninfo(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE empty")
        yield engine.conninfo(dbname="empty")
        connection.execute("DROP DATABASE empty")
        connection.execute("DROP ROLE IF EXISTS fordran_app, fordran_worker, landlord")


def rows(conninfo: str, query: str) -> list[tuple]:
    with psycopg.connect(conninfo) as connection:
        return connection.execute(query).fetchall()


def test_migrate_empty_database_applies_all_and_then_none(empty: str):
    assert pending(empty, [ONE, TWO]) == ["0001_one.sql", "0002_two.sql"]
    assert migrate(empty, [ONE]) == ["0001_one.sql"]
    assert pending(empty, [ONE, TWO]) == ["0002_two.sql"]
    assert migrate(empty, [ONE, TWO]) == ["0002_two.sql"]
    assert migrate(empty, [ONE, TWO]) == []
    assert rows(empty, "SELECT * FROM one") == [(1, "100 %s")]
    assert rows(empty, "SELECT number, name, sha256 FROM schema_migrations ORDER BY number") == [
        (1, ONE.name, ONE.sha256),
        (2, TWO.name, TWO.sha256),
    ]


def test_migrate_by_several_at_once_applies_each_once(empty: str):
    with ThreadPoolExecutor(4) as pool:
        applied = list(pool.map(lambda _: migrate(empty, [ONE, TWO]), range(4)))
    assert sorted(applied, key=len) == [[], [], [], [ONE.name, TWO.name]]
    assert rows(empty, "SELECT count(*) FROM one") == [(1,)]


def test_migrate_failing_file_leaves_the_ones_before_it(empty: str):
    with pytest.raises(MigrationFailed, match=r"0002_broken\.sql"):
        migrate(empty, [ONE, BROKEN])
    assert rows(empty, "SELECT n FROM one") == [(1,)]
    assert migrate(empty, [ONE, TWO]) == ["0002_two.sql"]


def test_migrate_file_that_commits_is_refused(empty: str):
    committing = Migration(1, "0001_commits.sql", "CREATE TABLE one (); COMMIT;")
    with pytest.raises(MigrationsMalformed, match="ended the transaction"):
        migrate(empty, [committing])


def test_migrate_changed_wording_is_refused(empty: str):
    migrate(empty, [ONE])
    unix = Migration(1, ONE.name, ONE.sql + "\n")
    changed = [Migration(1, ONE.name, ONE.sql + " -- more")]
    with pytest.raises(MigrationChanged, match=r"0001_one\.sql"):
        migrate(empty, changed)
    with pytest.raises(MigrationChanged):
        pending(empty, changed)
    assert unix.sha256 == Migration(1, ONE.name, ONE.sql + "\r\n").sha256


def test_migrate_newer_database_is_refused(empty: str):
    migrate(empty, [ONE, TWO])
    with pytest.raises(SchemaNewerThanCode, match=r"0002_two\.sql"):
        migrate(empty, [ONE])


@pytest.mark.parametrize("numbers", [[2], [1, 1], [1, 3], [2, 1]])
def test_migrate_numbers_out_of_order_are_refused(numbers: list[int]):
    with pytest.raises(MigrationsMalformed, match="numbered"):
        migrate("host=/nowhere", [Migration(n, f"{n:04}_x.sql", "") for n in numbers])


def test_migrate_table_in_use_gives_up_and_rolls_back(empty: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("fordran.storage.migrate._LOCK_TIMEOUT", "50ms")
    migrate(empty, [ONE])
    with psycopg.connect(empty) as reader:
        reader.execute("SELECT * FROM one")
        with pytest.raises(MigrationFailed, match="lock timeout"):
            migrate(empty, [ONE, TWO])
    assert migrate(empty, [ONE, TWO]) == ["0002_two.sql"]


def test_released_migrations_are_well_formed():
    names = [migration.name for migration in read_migrations()]
    assert names[0] == "0001_initial.sql"


def test_ensure_roles_at_once_from_two_databases_gives_weak_roles(engine: Engine, empty: str):
    def ensure(conninfo: str) -> None:
        with psycopg.connect(conninfo) as connection:
            ensure_roles(connection)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(ensure, [empty, engine.conninfo()] * 3))
    query = """
        SELECT rolname::text, rolcanlogin, rolsuper, rolbypassrls, rolcreaterole
        FROM pg_roles WHERE rolname IN ('fordran_app', 'fordran_worker') ORDER BY 1
    """
    weak = (False, False, False, False)
    assert rows(empty, query) == [("fordran_app", *weak), ("fordran_worker", *weak)]
    assert rows(engine.conninfo("fordran_app"), "SELECT current_user::text") == [("fordran_app",)]


def test_ensure_roles_by_an_ordinary_owner_lets_it_work_as_them(engine: Engine, empty: str):
    with psycopg.connect(engine.conninfo(), autocommit=True) as connection:
        connection.execute("CREATE ROLE landlord LOGIN CREATEROLE")
    landlord = psycopg.conninfo.make_conninfo(empty, user="landlord")
    for _ in range(2):
        with psycopg.connect(landlord) as connection:
            ensure_roles(connection)
    working = psycopg.conninfo.make_conninfo(landlord, options="-c role=fordran_worker")
    assert rows(working, "SELECT current_user::text") == [("fordran_worker",)]
    with psycopg.connect(engine.conninfo(), autocommit=True) as connection:
        connection.execute("DROP ROLE fordran_app, fordran_worker")
        connection.execute("ALTER ROLE landlord NOCREATEROLE")
    with psycopg.connect(landlord) as connection, pytest.raises(RolesUnusable, match="CREATE ROLE"):
        ensure_roles(connection)


def test_ensure_roles_too_powerful_role_is_refused(empty: str):
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute("CREATE ROLE fordran_app BYPASSRLS")
        with pytest.raises(RolesUnusable, match="row-level security"):
            ensure_roles(connection)
