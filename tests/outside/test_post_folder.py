"""The folder for the post: a batch is there whole or not at all, and once."""

import hashlib
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fordran.outside.post_folder import PostBatch, PostFolder, PostFolderUnusable, PostLetter
from tests.api.at_once import at_once

MADE_AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
BATCH_ID = "69a55938" + "0" * 16
PDFS = {f"letter-{number}": f"%PDF {number}".encode() * 100 for number in range(3)}


class Killed(Exception):  # noqa: N818 - what happens to the process
    """The process ends here."""


def letter(letter_id: str, **changes: Any) -> PostLetter:
    content = PDFS[letter_id]
    given: dict[str, Any] = {
        "id": letter_id,
        "kind": "reminder",
        "locale": "sv",
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "recipient_name": "Åsa Öberg",
        "recipient_address_lines": ("Provgatan 1", "111 22 Stockholm"),
        "is_address_protected": False,
    }
    return PostLetter(**{**given, **changes})


def batch(**changes: Any) -> PostBatch:
    letters = tuple(letter(letter_id) for letter_id in PDFS)
    given: dict[str, Any] = {
        "id": BATCH_ID,
        "account_id": "674dbeaf08847b9501cc9132",
        "made_at": MADE_AT,
        "letters": letters,
    }
    return PostBatch(**{**given, **changes})


def read(posted: PostLetter) -> bytes:
    return PDFS[posted.id]


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder but the lock, by its place in it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def test_batch_has_a_file_for_each_letter_and_a_manifest(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "post"
    assert PostFolder(folder).write(batch(), read)
    found = contents(folder)
    manifest = msgspec.json.decode(found.pop(f"{BATCH_ID}/manifest.json"))
    assert found == {f"{BATCH_ID}/{name}.pdf": content for name, content in PDFS.items()}
    assert {name: value for name, value in manifest.items() if name != "letters"} == {
        "batch": BATCH_ID,
        "made_at": "2026-03-02T09:30:00Z",
        "sender_account": "674dbeaf08847b9501cc9132",
        "letter_count": 3,
    }
    assert [one["id"] for one in manifest["letters"]] == list(PDFS)
    assert manifest["letters"][1] == {
        "id": "letter-1",
        "kind": "reminder",
        "locale": "sv",
        "file": "letter-1.pdf",
        "sha256": hashlib.sha256(PDFS["letter-1"]).hexdigest(),
        "size": len(PDFS["letter-1"]),
        "recipient": {
            "name": "Åsa Öberg",
            "address_lines": ["Provgatan 1", "111 22 Stockholm"],
            "is_address_protected": False,
        },
    }


def test_same_batch_has_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first", "second"):
        PostFolder(tmp_path / name).write(batch(), read)
    assert contents(tmp_path / "first") == contents(tmp_path / "second")


@pytest.mark.parametrize("place", ["", "taken"])
def test_batch_that_is_there_is_not_written_again(tmp_path: Path, place: str) -> None:
    folder = PostFolder(tmp_path)
    folder.write(batch(), read)
    (tmp_path / "taken").mkdir()
    (tmp_path / BATCH_ID).rename(tmp_path / place / BATCH_ID)
    before = contents(tmp_path)

    def not_read(posted: PostLetter) -> bytes:
        raise AssertionError(posted)

    assert not folder.write(batch(), not_read)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("letters_read", range(3))
def test_batch_that_fails_leaves_nothing(tmp_path: Path, letters_read: int) -> None:
    left = iter(range(letters_read))

    def killed(posted: PostLetter) -> bytes:
        if next(left, None) is None:
            raise Killed
        return read(posted)

    with pytest.raises(Killed):
        PostFolder(tmp_path).write(batch(), killed)
    assert contents(tmp_path) == {}
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


def test_what_a_killed_writer_left_is_removed_and_the_batch_written(tmp_path: Path) -> None:
    left = tmp_path / f".unfinished-{BATCH_ID}"
    left.mkdir()
    (left / "letter-0.pdf").write_bytes(b"%PD")
    assert PostFolder(tmp_path).write(batch(), read)
    assert {path.name for path in tmp_path.iterdir()} == {".lock", BATCH_ID}
    assert contents(tmp_path)[f"{BATCH_ID}/letter-0.pdf"] == PDFS["letter-0"]


def test_writers_at_once_write_once(tmp_path: Path) -> None:
    write: Callable[[], bool] = lambda: PostFolder(tmp_path).write(batch(), read)  # noqa: E731 - named for its use
    assert sorted(at_once([write] * 4)) == [False, False, False, True]
    assert len(contents(tmp_path)) == len(PDFS) + 1


def test_folder_is_synced_before_and_after_it_gets_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file and the folder before the name, the name itself after."""
    done: list[str] = []
    sync, rename = os.fsync, Path.rename

    def noted_sync(descriptor: int) -> None:
        done.append(Path(f"/proc/self/fd/{descriptor}").resolve().name)
        sync(descriptor)

    def noted_rename(self: Path, target: Path) -> Path:
        done.append("renamed")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(Path, "rename", noted_rename)
    PostFolder(tmp_path).write(batch(), read)
    files = [f"{name}.pdf" for name in PDFS]
    unfinished = f".unfinished-{BATCH_ID}"
    assert done == [*files, "manifest.json", unfinished, "renamed", tmp_path.name]


def test_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    place = tmp_path / "post"
    place.write_text("a file is in the way")
    with pytest.raises(PostFolderUnusable, match=r"in .*/post: File exists.*has room"):
        PostFolder(place).write(batch(), read)


def test_folder_that_is_full_is_said_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PostFolderUnusable, match="No space left on device"):
        PostFolder(tmp_path).write(batch(), read)
    assert contents(tmp_path) == {}


def test_batches_stand_beside_each_other(tmp_path: Path) -> None:
    folder = PostFolder(tmp_path)
    folder.write(batch(), read)
    other = BATCH_ID[:-1] + "1"
    assert folder.write(batch(id=other, letters=(letter("letter-2"),)), read)
    shutil.rmtree(tmp_path / BATCH_ID)
    assert set(contents(tmp_path)) == {f"{other}/letter-2.pdf", f"{other}/manifest.json"}
