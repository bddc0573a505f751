"""fordran flow: list, show, check, save and due, each typed as a user would."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import msgspec
import pytest
from lxml import etree
from msgspec.structs import replace
from typer.testing import CliRunner

from fordran.cli.flow_boxes import boxes
from fordran.cli.main import app
from fordran.domain.flow import FlowAction, FlowConfig
from fordran.domain.flow_picture import svg
from fordran.domain.guards import GUARDS_OF
from fordran.domain.shipped_flows import DEFAULT_FLOW, SHIPPED_FLOWS
from fordran.storage.engine import destroy_cluster, open_engine
from tests.cli.registrations import registration
from tests.cli.server_process import ServerProcess, demo_client, run_cli

pytestmark = pytest.mark.xdist_group("cli-flow")

OWN_ID = "665e138e8dd7c7b8996f2aff"
SVG = "{http://www.w3.org/2000/svg}"


class Installation(msgspec.Struct):
    """A sandbox with one open case on a virtual clock, whose database runs all the while."""

    data_dir: Path
    account: str
    case_id: str

    def flow(self, *arguments: str) -> CompletedProcess[str]:
        shown = run_cli("flow", *arguments, "--data-dir", str(self.data_dir))
        assert "Traceback" not in shown.stderr
        return shown

    def said(self, *arguments: str) -> str:
        shown = self.flow(*arguments)
        assert (shown.returncode, shown.stderr) == (0, "")
        return shown.stdout

    def refused(self, *arguments: str) -> str:
        shown = self.flow(*arguments)
        assert (shown.returncode, shown.stdout) == (1, "")
        return shown.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    data_dir = tmp_path_factory.mktemp("flow") / "data"
    data_dir.mkdir()
    try:
        with open_engine(data_dir):
            with ServerProcess(data_dir, "--sandbox"), demo_client(data_dir) as (client, world):
                clock = f"/sandbox--clocks/{world['account']}"
                client.put(clock, {"now": "Wed, 03 Sep 2025 07:56:11 GMT"})
                body = registration(world["account"], world["creditor"], "INV-1")
                case_id = client.post("/case--registrations", body).json()["_cases"][0]
            yield Installation(data_dir, world["account"], case_id)
    finally:
        destroy_cluster(data_dir)


def cells(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines()]


def own_flow(**changes: Any) -> dict[str, Any]:
    """Return a flow of one's own as the JSON of a file, with changes."""
    flow: dict[str, Any] = msgspec.to_builtins(DEFAULT_FLOW)
    return {**flow, "id": OWN_ID, "name_locale": "api.flow_config.own", **changes}


def written(folder: Path, flow: object, name: str = "flow.json") -> str:
    file = folder / name
    file.write_bytes(flow if isinstance(flow, bytes) else json.dumps(flow).encode())
    return str(file)


def test_list_shows_versions_open_cases_and_who_begins_each(installed: Installation) -> None:
    header, *rows = cells(installed.said("list"))
    for_each = ["for demand", "for reminder"]
    assert header == ["flow", "version", "items", "open cases", *for_each, "id"]
    by_name = {row[0]: row for row in rows}
    assert by_name["default"][1:6] == ["1", "4", "1", "1", "-"]
    assert by_name["reminder_first"][1:6] == ["1", "6", "0", "-", "1"]
    assert by_name["company"][1:6] == ["1", "4", "0", "-", "-"]
    assert {config.id for config in SHIPPED_FLOWS} <= {row[-1] for row in rows}


@pytest.mark.parametrize("name", ["default", "api.flow_config.default", DEFAULT_FLOW.id])
def test_show_finds_a_flow_by_each_of_its_names(installed: Installation, name: str) -> None:
    table, picture = installed.said("show", name).split("\n\n")
    header, *rows = cells(table)
    assert header == ["item", "action", "counts from", "delay", "guards", "waits for", "state"]
    assert [row[0] for row in rows] == [item.name for item in DEFAULT_FLOW.items]
    assert rows[2] == [
        "case--debt-collections__letter",
        "send demand",
        "item before",
        "10 minutes",
        "disputed, paused, respited, limitation_passed, minor, paid, sent_before",
        "api.wait.waiting_for_debt_collection_letter",
        "debt_collection",
    ]
    assert rows[3][2:4] == [
        "latest letter",
        "the later of 16 days after its dispatch and 4 days after its deadline, at midnight",
    ]
    assert picture == boxes(DEFAULT_FLOW) + "\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nothing",), "No flow has the name nothing; there are company, consumer, default"),
        (("default", "--version", "7"), "no version 7; it has 1."),
        (("default", "--svg", "{folder}/none/flow.svg"), "it cannot be written: No such file"),
    ],
)
def test_show_says_what_there_is_not(
    installed: Installation, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    given = (text.format(folder=tmp_path) for text in arguments)
    assert words in installed.refused("show", *given).replace("\n", " ")


def test_show_writes_a_picture_for_documents(installed: Installation, tmp_path: Path) -> None:
    file = tmp_path / "flow.svg"
    installed.said("show", "default", "--svg", str(file))
    assert file.read_text("utf-8") == svg(DEFAULT_FLOW)


def test_what_show_prints_as_json_can_be_checked(installed: Installation, tmp_path: Path) -> None:
    printed = installed.said("show", "consumer", "--json")
    file = written(tmp_path, printed.encode())
    checked = run_cli("flow", "check", file)
    assert (checked.returncode, checked.stdout) == (0, f"{file}: nothing is wrong\n")


STRANGE = replace(
    DEFAULT_FLOW,
    name_locale="api.flow_config.<b>&\x07",
    items=(
        *DEFAULT_FLOW.items[:3],
        replace(
            DEFAULT_FLOW.items[3],
            name="x" * 300,
            waiting_for='"<script>&',
            guards=tuple(f"guard_{number}<" for number in range(40)),
        ),
    ),
)


@pytest.mark.parametrize("config", [*SHIPPED_FLOWS, STRANGE], ids=lambda flow: flow.name_locale)
def test_pictures_hold_every_item_and_fit(config: FlowConfig) -> None:
    picture = svg(config)
    assert picture == svg(config)
    root = etree.fromstring(picture.encode())
    assert (root.get("role"), root.find(f"{SVG}title").get("id")) == ("img", "title")
    texts = ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]
    for item in config.items:
        assert any(text.removesuffix("…") in item.name for text in texts if len(text) > 10)
        assert item.action.value.replace("_", " ") in texts
        assert set(item.guards) <= set(texts)
    width, height = int(root.get("width")), int(root.get("height"))
    for box in root.iter(f"{SVG}rect"):
        x, y, wide, high = (int(box.get(name, "0")) for name in ("x", "y", "width", "height"))
        assert 0 <= x <= x + wide <= width
        assert 0 <= y <= y + high <= height
    lines = boxes(config).splitlines()
    assert max(map(len, lines)) <= 100
    assert "".join(lines).count("▼") == len(config.items)


def with_item(number: int, **changes: Any) -> dict[str, Any]:
    flow = own_flow()
    flow["items"] = [
        {**item, **changes} if at == number else item for at, item in enumerate(flow["items"])
    ]
    return flow


BAD_FILES: dict[str, tuple[object, str]] = {
    "empty": (b"", "it is not JSON: Expecting value, at line 1, column 1"),
    "broken": (b'{"id": ', "it is not JSON"),
    "latin-1": ('{"id": "ö"}'.encode("latin-1"), "it is not UTF-8, at byte 8"),
    "deep": (b"[" * 100_000, "it is nested too deep"),
    "a list": ([], "Expected `object`, got `array`"),
    "a field twice": (b'{"id": "1", "id": "2"}', "an object has the field id twice"),
    "a field missing": (
        {name: value for name, value in own_flow().items() if name != "name_locale"},
        "missing required field `name_locale`",
    ),
    "a field more": (own_flow(colour="red"), "there is no field colour - at `$`"),
    "a field more in an item": (
        with_item(1, colour="[/red]"),
        "there is no field colour - at `$.items[1]`",
    ),
    "a field more in a delay": (
        with_item(2, delay={"type": "minutes_after", "minutes": 1, "[/x]": 1}),
        "there is no field [/x] - at `$.items[2].delay`",
    ),
    "a value of another type": (
        with_item(2, delay={"type": "minutes_after", "minutes": "10"}),
        "Expected `int`, got `str` - at `$.items[2].delay.minutes`",
    ),
    "unknown delay": (
        with_item(2, delay={"type": "fortnight_after"}),
        "Invalid value 'fortnight_after' - at `$.items[2].delay.type`",
    ),
    "unknown action": (
        with_item(3, action="dance"),
        "Invalid enum value 'dance' - at `$.items[3].action`",
    ),
    "no items": (own_flow(items=[]), "at least one item, and each name once"),
    "a name twice": (
        with_item(1, name="cases__initialize"),
        "at least one item, and each name once",
    ),
    "a guard missing": (
        with_item(2, guards=["disputed"]),
        "case--debt-collections__letter: the guard paid is missing",
    ),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_file_that_cannot_be_used_is_explained_with_the_place(tmp_path: Path, name: str) -> None:
    content, words = BAD_FILES[name]
    file = written(tmp_path, content)
    shown = CliRunner().invoke(app, ["flow", "check", file])
    assert (shown.exit_code, shown.stdout) == (1, "")
    assert isinstance(shown.exception, SystemExit)
    assert words in shown.stderr
    assert all(line.startswith(f"{file}: ") for line in shown.stderr.splitlines())


def test_check_says_every_problem(tmp_path: Path) -> None:
    flow = with_item(2, guards=[], waiting_for="")
    shown = run_cli("flow", "check", written(tmp_path, flow))
    assert shown.returncode == 1
    assert len(shown.stderr.splitlines()) == 1 + len(GUARDS_OF[FlowAction.SEND_DEMAND])


def test_check_needs_a_file_that_is_there(tmp_path: Path) -> None:
    shown = run_cli("flow", "check", str(tmp_path / "none.json"))
    assert shown.returncode == 2
    assert "does not exist" in shown.stderr


def test_save_counts_versions_and_keeps_what_it_says_once(
    installed: Installation, tmp_path: Path
) -> None:
    first = written(tmp_path, own_flow())
    later = written(
        tmp_path,
        with_item(2, delay={"type": "hours_after", "hours": 2}) | {"version": 9},
        "later.json",
    )
    name = f"own ({OWN_ID})"
    assert installed.said("save", first) == f"saved version 1 of {name}\n"
    assert installed.said("save", first) == (
        f"version 1 of {name} says this already; nothing was saved\n"
    )
    assert installed.said("save", later) == f"saved version 2 of {name}\n"
    assert "2 hours" in installed.said("show", "own")
    assert "10 minutes" in installed.said("show", "own", "--version", "1")
    rows = {row[0]: row for row in cells(installed.said("list"))}
    assert rows["own"][1:6] == ["2", "4", "0", "-", "-"]


def test_save_refuses_a_flow_with_problems_and_saves_nothing(
    installed: Installation, tmp_path: Path
) -> None:
    flow = own_flow(id="1" * 24, name_locale="api.flow_config.default", items=own_flow()["items"])
    flow["items"][2]["guards"] = ["paid"]
    file = written(tmp_path, flow)
    said = installed.refused("save", file).splitlines()
    assert f"{file}: case--debt-collections__letter: the guard disputed is missing" in said
    assert said[-1] == f"{file}: name_locale: the flow {DEFAULT_FLOW.id} has this name"
    assert "1" * 24 not in installed.said("list")


def test_due_shows_what_an_account_goes_on_to_by_its_own_clock(installed: Installation) -> None:
    # The account's clock stands four minutes before its first item falls due.
    assert installed.said("due") == "nothing is due\n"
    shown = installed.said("due", "--until", "2025-09-03T08:30", "--account", installed.account)
    counts, cases = cells(shown)[:2], cells(shown)[2:]
    assert counts == [
        ["item", "due", "set_aside", "failed", "held", "since"],
        ["cases__initialize", "1", "-", "-", "-", "2025-09-03 08:00Z"],
    ]
    assert cases == [
        ["account", "clock", "case", "item", "due", "for", "why"],
        [
            installed.account,
            "by its own clock",
            installed.case_id,
            "cases__initialize",
            "2025-09-03 08:00Z",
            "in 3 min",
            "the worker has not taken it up",
        ],
    ]
    few = installed.said("due", "--until", "2025-09-04", "--limit", "0").splitlines()
    assert few[-1] == "0 of 1 are shown; --limit shows more"
    assert len(few) == 3


def test_due_of_an_account_that_does_not_exist_is_refused(installed: Installation) -> None:
    assert f"No account has the id {'1' * 24}." in installed.refused("due", "--account", "1" * 24)


def on_terminal(installed: Installation, *arguments: str) -> str:
    """Return what a command draws on a terminal of 100 columns, without its colours."""
    place = ("--data-dir", str(installed.data_dir))
    drawn = run_cli("flow", *arguments, *place, FORCE_COLOR="1", COLUMNS="100")
    assert (drawn.returncode, drawn.stderr) == (0, "")
    plain = re.sub(r"\x1b\[[0-9;]*m", "", drawn.stdout)
    assert max(map(len, plain.splitlines())) <= 100
    return plain


def test_everything_can_be_read_on_a_terminal_of_100_columns(installed: Installation) -> None:
    shown = on_terminal(installed, "show", "consumer")
    assert "…" not in shown
    consumer = next(flow for flow in SHIPPED_FLOWS if flow.name_locale.endswith("consumer"))
    for item in consumer.items:
        assert shown.count(item.name) == 2
    listed = on_terminal(installed, "list")
    assert "…" not in listed
    assert all(flow.id in listed for flow in SHIPPED_FLOWS)
    due = on_terminal(installed, "due", "--until", "2025-09-04")
    assert "…" not in due
    for word in (installed.account, installed.case_id, "cases", "__initialize", "in 3 min"):
        assert word in due


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ((), ("list", "show", "check", "save", "due", "keeps the version it began with")),
        (("show",), ("NAME", "--version", "--svg", "--json")),
        (("check",), ("full_hour_after", "midnight_after_demand", "Exit code")),
        (("save",), ("keeps the version it has", "FILE.json")),
        (("due",), ("--until", "--account", "--limit", "virtual clock")),
    ],
)
def test_help_teaches(command: tuple[str, ...], words: tuple[str, ...]) -> None:
    shown = run_cli("flow", *command, "--help")
    said = " ".join(shown.stdout.replace("│", " ").split())
    for word in words:
        assert word in said
