"""Letters reach the post once: killed between any two steps, with two workers, with a file lost."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from fordran.operations import hand_over_letters as subject
from fordran.operations.context import Context
from fordran.operations.hand_over_letters import accounts_to_hand_over, hand_over_letters
from fordran.operations.set_up_parties import AccountNotFound
from fordran.outside.post_folder import PostFolder, PostFolderUnusable
from fordran.storage import post
from fordran.worker.post_round import PostRound
from fordran.worker.tick import Ticked
from tests.api.at_once import at_once
from tests.posted import COMPANIES, Mailbox
from tests.world import Account


class Killed(BaseException):
    """The process ends here; nothing in it is asked any more."""


@pytest.fixture
def mailbox(context: Context, tmp_path: Path) -> Mailbox:
    """Five letters that wait."""
    made = Mailbox(context, tmp_path / "post")
    made.send(*COMPANIES)
    return made


def handed_over(mailbox: Mailbox) -> list[tuple[Any, ...]]:
    return mailbox.rows(
        "SELECT post_batch_id, letter_count FROM post_batches WHERE account_id = %s ORDER BY 1"
    )


def batched(mailbox: Mailbox) -> dict[str, str]:
    """Return the batch of each letter."""
    statement = "SELECT letter_id, post_batch_id FROM letter_hand_overs WHERE account_id = %s"
    return dict(mailbox.rows(statement))


def assert_each_is_there_once(mailbox: Mailbox) -> None:
    """Every letter is in one folder; the rows say so, and nothing waits."""
    found = {
        letter["id"]: batch_id
        for batch_id, manifest in mailbox.batches().items()
        for letter in manifest["letters"]
    }
    assert sum(one["letter_count"] for one in mailbox.batches().values()) == len(found)
    assert found == batched(mailbox)
    assert sorted(found) == sorted(mailbox.letters())
    counts = {batch_id: one["letter_count"] for batch_id, one in mailbox.batches().items()}
    assert dict(handed_over(mailbox)) == counts
    assert mailbox.account.id not in accounts_to_hand_over(mailbox.context)


def test_letters_are_handed_over_oldest_first(mailbox: Mailbox) -> None:
    mailbox.clock.current = mailbox.clock.current.replace(day=10)
    mailbox.send("5590000007")
    assert accounts_to_hand_over(mailbox.context).count(mailbox.account.id) == 1
    (batch,) = mailbox.hand_over().batches
    ((batch_id, manifest),) = mailbox.batches().items()
    assert (batch.id, batch.letters, manifest["letter_count"]) == (batch_id, 6, 6)
    assert [letter["id"] for letter in manifest["letters"]] == mailbox.letters()
    assert manifest["sender_account"] == mailbox.account.id
    assert manifest["letters"][0]["kind"] == "debt_collection"
    assert manifest["letters"][0]["recipient"] == {
        "name": "Provkunden",
        "address_lines": ["Provgatan 1", "11122 Stockholm"],
        "is_address_protected": False,
    }
    assert_each_is_there_once(mailbox)


def test_another_round_has_nothing_to_do(mailbox: Mailbox) -> None:
    mailbox.hand_over()
    before = mailbox.batches()
    assert mailbox.hand_over().batches == ()
    assert mailbox.batches() == before


def test_batches_have_a_largest_size_and_begin_with_the_oldest(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subject, "BATCH_LETTERS_MAX", 2)
    mailbox.clock.current = mailbox.clock.current.replace(day=10)
    mailbox.send("5590000007")
    done = mailbox.hand_over().batches
    assert [batch.letters for batch in done] == [2, 2, 2]
    manifests = mailbox.batches()
    in_order = [letter["id"] for batch in done for letter in manifests[batch.id]["letters"]]
    assert in_order == mailbox.letters()
    assert_each_is_there_once(mailbox)


def killed_once(monkeypatch: pytest.MonkeyPatch, place: Any, name: str, *, after: bool) -> None:
    """Let the process end at a step, before or after it is done, the first time it is reached."""
    step: Callable[..., Any] = getattr(place, name)
    left: Iterator[bool] = iter([True])

    def killed(*given: Any, **named: Any) -> Any:
        is_first = next(left, False)
        if is_first and not after:
            raise Killed
        done = step(*given, **named)
        if is_first:
            raise Killed
        return done

    monkeypatch.setattr(place, name, killed)


STEPS = {
    "before the batch's rows": (post, "insert_batch", False),
    "after the batch's rows, before the commit": (post, "insert_batch", True),
    "after the commit, before the folder": (PostFolder, "write", False),
    "while the letters are written": (Path, "rename", False),
    "after the folder has its name": (Path, "rename", True),
    "after the folder, before its row": (PostFolder, "write", True),
    "before the batch's own row": (post, "insert_handed_over", False),
    "after the batch's own row, before the commit": (post, "insert_handed_over", True),
}


@pytest.mark.parametrize("batch_size", [2, 500])
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_each_letter_is_handed_over_once(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, step: str, batch_size: int
) -> None:
    place, name, after = STEPS[step]
    monkeypatch.setattr(subject, "BATCH_LETTERS_MAX", batch_size)
    killed_once(monkeypatch, place, name, after=after)
    with pytest.raises(Killed):
        mailbox.hand_over()
    assert accounts_to_hand_over(mailbox.context).count(mailbox.account.id) == 1
    known, written = set(batched(mailbox).values()), written_times(mailbox)
    mailbox.clock.current = mailbox.clock.current.replace(day=5)
    mailbox.hand_over()
    assert_each_is_there_once(mailbox)
    assert known <= set(mailbox.batches())
    assert written.items() <= written_times(mailbox).items()


def written_times(mailbox: Mailbox) -> dict[str, int]:
    """Return when each batch's manifest was written, in nanoseconds, and which file it is."""
    return {
        batch_id: (mailbox.folder / batch_id / "manifest.json").stat().st_ino
        for batch_id in mailbox.batches()
    }


def test_batch_that_was_taken_meanwhile_is_not_written_again(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_once(monkeypatch, post, "insert_handed_over", after=False)
    with pytest.raises(Killed):
        mailbox.hand_over()
    (batch_id,) = mailbox.batches()
    taken = mailbox.folder / "taken"
    taken.mkdir()
    (mailbox.folder / batch_id).rename(taken / batch_id)
    assert [batch.id for batch in mailbox.hand_over().batches] == [batch_id]
    assert mailbox.batches() == {}
    assert handed_over(mailbox) == [(batch_id, 5)]


def test_rounds_at_once_hand_over_once(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "BATCH_LETTERS_MAX", 1)
    done = at_once([mailbox.hand_over] * 4)
    assert sorted(batch.id for one in done for batch in one.batches) == sorted(mailbox.batches())
    assert len(mailbox.batches()) == len(COMPANIES)
    assert_each_is_there_once(mailbox)


def test_letter_without_its_bytes_is_kept_back_and_stops_no_other(mailbox: Mailbox) -> None:
    first, second, *others = mailbox.letters()
    keys = {one: f"letters/{mailbox.account.id}/{one}.pdf" for one in (first, second)}
    blobs = mailbox.context.blobs
    content = {one: blobs.get(key) for one, key in keys.items()}
    blobs.put(keys[first], b"%PDF-1.7 something else")
    blobs.put(keys[second], b"")
    done = mailbox.hand_over()
    assert (sorted(done.unusable), done.batches[0].letters) == (sorted([first, second]), 3)
    assert sorted(batched(mailbox)) == sorted(others)
    for one, key in keys.items():
        blobs.put(key, content[one])
    assert mailbox.hand_over().unusable == ()
    assert_each_is_there_once(mailbox)


def test_batch_whose_letter_lost_its_bytes_waits_until_they_are_back(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_once(monkeypatch, PostFolder, "write", after=False)
    with pytest.raises(Killed):
        mailbox.hand_over()
    first = mailbox.letters()[0]
    key = f"letters/{mailbox.account.id}/{first}.pdf"
    content = mailbox.context.blobs.get(key)
    mailbox.context.blobs.put(key, content[:-1])
    mailbox.send("5590000007")
    done = mailbox.hand_over()
    assert (done.unusable, [batch.letters for batch in done.batches]) == ((first,), [1])
    mailbox.context.blobs.put(key, content)
    assert [batch.letters for batch in mailbox.hand_over().batches] == [5]
    assert_each_is_there_once(mailbox)


def test_account_on_a_virtual_clock_never_reaches_the_real_post(
    context: Context, tmp_path: Path
) -> None:
    mailbox = Mailbox(context, tmp_path / "post")
    virtual = Account.make(mailbox.context, virtual_now=mailbox.clock.now())
    mailbox.account = virtual
    mailbox.send(COMPANIES[0])
    assert len(mailbox.letters()) == 1
    assert virtual.id not in accounts_to_hand_over(mailbox.context)
    assert mailbox.hand_over().batches == ()
    assert not mailbox.folder.exists()
    assert batched(mailbox) == {}


def test_account_that_does_not_exist_is_refused(mailbox: Mailbox) -> None:
    with pytest.raises(AccountNotFound):
        hand_over_letters(mailbox.context, "68b7f49c7b02934caddab092")


IDLE, BUSY = Ticked(0, 0), Ticked(1, 0)


def test_worker_hands_over_at_its_start_after_work_and_once_a_minute(mailbox: Mailbox) -> None:
    rounds = PostRound(mailbox.context)
    rounds.after(IDLE)
    assert len(mailbox.batches()) == 1
    mailbox.send("5590000007")
    rounds.after(BUSY)
    assert len(mailbox.batches()) == 2
    mailbox.send("5590000015")
    mailbox.clock.current = mailbox.clock.current.replace(day=5)
    rounds.after(IDLE)
    rounds.after(IDLE)
    assert len(mailbox.batches()) == 3
    assert_each_is_there_once(mailbox)


def test_idle_worker_does_not_ask_at_every_tick(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = PostRound(mailbox.context)
    rounds.after(IDLE)
    monkeypatch.setattr(post, "accounts_with_letters", None)
    rounds.after(IDLE)


def test_worker_without_a_folder_hands_nothing_over(mailbox: Mailbox) -> None:
    PostRound(replace(mailbox.context, post=None)).after(BUSY)
    assert batched(mailbox) == {}


def test_worker_goes_on_when_the_folder_cannot_be_written(
    mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    mailbox.folder.write_text("a file is in the way")
    with pytest.raises(PostFolderUnusable):
        mailbox.hand_over()
    PostRound(mailbox.context).after(BUSY)
    assert "cannot be handed over" in caplog.text
    mailbox.folder.unlink()
    mailbox.hand_over()
    assert_each_is_there_once(mailbox)
