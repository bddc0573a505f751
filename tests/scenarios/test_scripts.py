"""Every script is played on PostgreSQL, with the books verified afterwards."""

import pytest

from tests.conftest import WorkerDatabase
from tests.scenarios.runner import labels, play
from tests.scenarios.script import Script, read_scripts
from tests.world import Account

SCRIPTS = read_scripts()


@pytest.mark.parametrize("script", SCRIPTS, ids=labels(SCRIPTS))
def test_script_happens_as_written(
    script: Script, account: Account, database: WorkerDatabase
) -> None:
    play(script, account, database.conninfo())
