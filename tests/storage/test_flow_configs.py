"""Flow configs in the database: versions, and what a start of the program does to them."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from msgspec.structs import replace

from fordran.bootstrap import context_of
from fordran.domain.flow import FlowConfig
from fordran.domain.shipped_flows import DEFAULT_FLOW, SHIPPED_FLOWS
from fordran.operations.context import Context
from fordran.operations.set_up_parties import save_shipped_flows
from fordran.settings import Settings
from fordran.storage import agreements
from tests.conftest import WorkerDatabase
from tests.world import REAL_NOW

CHANGED = replace(DEFAULT_FLOW, name_locale="api.flow_config.changed")


@pytest.fixture
def installed(make_database: Callable[[], WorkerDatabase], tmp_path: Path) -> Iterator[Context]:
    with context_of(Settings(data_dir=tmp_path, is_sandbox=True), make_database()) as context:
        save_shipped_flows(context)
        yield context


def saved(context: Context) -> list[tuple[str, int]]:
    found = context.database.run(None, agreements.flow_configs)
    return [(config.name_locale, config.version) for config in found]


def save(context: Context, config: FlowConfig) -> FlowConfig:
    return context.database.run(
        None, lambda uow: agreements.save_flow_config(uow, config, REAL_NOW)
    )


def test_first_start_saves_the_shipped_flows_and_the_next_saves_nothing(
    installed: Context,
) -> None:
    shipped = [(config.name_locale, 1) for config in SHIPPED_FLOWS]
    assert saved(installed) == shipped
    save_shipped_flows(installed)
    assert saved(installed) == shipped


def test_version_of_an_operator_stays_the_newest_after_a_start(installed: Context) -> None:
    assert save(installed, CHANGED).version == 2
    save_shipped_flows(installed)
    newest = installed.database.run(
        None, lambda uow: agreements.newest_flow_config(uow, DEFAULT_FLOW.id)
    )
    assert newest == replace(CHANGED, version=2)


def test_earlier_version_is_kept_as_it_was(installed: Context) -> None:
    save(installed, CHANGED)
    first = installed.database.run(
        None, lambda uow: agreements.flow_config(uow, DEFAULT_FLOW.id, 1)
    )
    assert first == DEFAULT_FLOW
    with pytest.raises(LookupError):
        installed.database.run(None, lambda uow: agreements.flow_config(uow, DEFAULT_FLOW.id, 3))


def test_same_flow_saved_twice_is_one_version(installed: Context) -> None:
    assert save(installed, CHANGED).version == save(installed, CHANGED).version == 2


def test_flows_saved_at_once_have_versions_of_their_own(installed: Context) -> None:
    names = [f"api.flow_config.number_{number}" for number in range(6)]
    configs = [replace(DEFAULT_FLOW, name_locale=name) for name in names]
    with ThreadPoolExecutor(3) as pool:
        versions = list(pool.map(lambda config: save(installed, config).version, configs))
    assert sorted(versions) == [2, 3, 4, 5, 6, 7]
