"""What visitors wrote: who opens it, and everybody who doesn't."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from samsyn.privacy.custody import envelope, refusals, sealing, windows
from samsyn.privacy.custody.base import WRONG_SECRETS_A_DAY
from samsyn.privacy.custody.officers import Keeper
from samsyn.privacy.custody.refusals import KeyRefused
from samsyn.privacy.custody.store import Store
from tests.custody.conftest import CHEAP, House, reason

BOX = "box-1"
SAID = {"installation": "operator", "box": BOX, "message": "message-1"}


def refused(why: str, do: Any, *args: Any, **named: Any) -> None:
    with pytest.raises(KeyRefused) as found:
        do(*args, **named)
    assert reason(found) == why


def written(house: House, text: bytes = b"told") -> dict[str, Any]:
    """A message as the web process leaves it in the database."""
    window = house.keeper.window()
    content, key, _key = windows.closed_for_both(
        text, window=window["public"], info=windows.message_info(**SAID),  # type: ignore[arg-type]
        context=windows.message_context(author="visitor", **SAID),
    )  # fmt: skip
    return {"message": "message-1", "day": window["day"], "author": "visitor", "sealed": content, "key": key}


def read(house: House, person: str, *texts: dict[str, Any], box: str = BOX) -> list[bytes | None]:
    event = house.log.store("visitor_box_read", person, box)
    return house.keeper.open_messages(token=house.tokens[person], box=box, texts=texts, event=event)


@pytest.fixture
def at_the_desk(house: House) -> House:
    house.at_the_desk("anna")
    return house


def test_a_supporter_with_open_keys_reads(at_the_desk: House) -> None:
    message = written(at_the_desk)
    assert read(at_the_desk, "anna", message) == [b"told"]


def test_no_message_is_read_under_a_log_that_nobody_signs(at_the_desk: House) -> None:
    message = written(at_the_desk)
    at_the_desk.log.waiting_since = at_the_desk.log.now
    at_the_desk.later(minutes=9)
    at_the_desk.unlock("anna")
    at_the_desk.later(minutes=6, seconds=1)
    refused(refusals.UNSIGNED, read, at_the_desk, "anna", message)
    at_the_desk.log.waiting_since = None
    assert read(at_the_desk, "anna", message) == [b"told"]


def test_reading_takes_a_fresh_event_of_this_person_and_this_box(at_the_desk: House) -> None:
    message, log = written(at_the_desk), at_the_desk.log
    ask = {"token": at_the_desk.tokens["anna"], "box": BOX, "texts": [message]}
    used = log.store("visitor_box_read", "anna", BOX)
    at_the_desk.keeper.open_messages(event=used, **ask)
    others = (
        log.store("visitor_box_read", "anna", "box-2"),
        log.store("visitor_box_read", "bo", BOX),
        log.store("case_read", "anna", BOX),
    )
    for event in ("", "nothing", used, *others):
        refused(refusals.NO_EVENT, at_the_desk.keeper.open_messages, event=event, **ask)
    old = log.store("visitor_box_read", "anna", BOX)
    at_the_desk.later(seconds=61)
    refused(refusals.NO_EVENT, at_the_desk.keeper.open_messages, event=old, **ask)


def test_nobody_reads_who_is_locked_or_no_supporter(at_the_desk: House) -> None:
    message = written(at_the_desk)
    refused(refusals.NO_RIGHT, read, at_the_desk, "bo", message)
    refused(refusals.NO_RIGHT, read, at_the_desk, "officer-1", message)
    at_the_desk.later(minutes=11)
    refused(refusals.LOCKED, read, at_the_desk, "anna", message)


def test_a_stolen_database_and_key_folder_read_nothing_and_neither_does_the_keepers_folder(
    at_the_desk: House, tmp_path: Path
) -> None:
    message = written(at_the_desk)
    # All that a thief of the keeper's folder has: seals, each to a person, and the pepper.
    shutil.copytree(tmp_path / "keeper", tmp_path / "stolen")
    stolen = Store(tmp_path / "stolen")
    seals = stolen.window_seals()[message["day"]]
    assert set(seals) == {"anna"}
    on_disk = b"".join(one.read_bytes() for one in (tmp_path / "stolen").iterdir())
    keeper, token = at_the_desk.keeper, at_the_desk.tokens["anna"]
    window = keeper._window_pairs(*keeper._ready(token))[message["day"]]
    for part in (window.private, window.private[:64], window.private[64:96]):
        assert part not in on_disk
    for key in (stolen.key("pepper"), stolen.key("duty")):
        with pytest.raises(KeyRefused):
            envelope.open_(
                message["sealed"], key=key, context=windows.message_context(author="visitor", **SAID)
            )  # fmt: skip
    # A keeper begun over the stolen folder, with the wraps of the database: it lacks the passphrase, and guesses are counted.
    log, wrap = at_the_desk.log, at_the_desk.records["anna"]["wraps"][0]
    thief = Keeper(
        installation="operator", store=stolen, source=log, clock=lambda: log.now, passphrase_cost=CHEAP, code_cost=CHEAP
    )  # fmt: skip
    thief.open_service()
    guess = {"person": "anna", "wrap": wrap, "secret": b"guess", "ways": 2, "pairs": 3}
    for _ in range(WRONG_SECRETS_A_DAY):
        refused(refusals.WRONG_SECRET, thief.unlock, event=log.store("keys_asked", "anna"), **guess)
    refused(refusals.TOO_MANY, thief.unlock, event=log.store("keys_asked", "anna"), **guess)
    event = log.store("visitor_box_read", "anna", BOX)
    refused(refusals.LOCKED, thief.open_messages, token=b"t" * 32, box=BOX, texts=[message], event=event)


def test_after_the_window_nothing_is_left_whatever_is_asked(at_the_desk: House, tmp_path: Path) -> None:
    message = written(at_the_desk)
    seal = at_the_desk.keeper.store.window_seals()[message["day"]]["anna"]
    at_the_desk.later(days=13)
    at_the_desk.unlock("anna")
    assert read(at_the_desk, "anna", message) == [b"told"]
    at_the_desk.later(days=1)
    at_the_desk.unlock("anna")
    # Nobody told the keeper: its own clock did.
    assert read(at_the_desk, "anna", message) == [None]
    assert at_the_desk.keeper.store.window_seals() == {}
    assert seal[:64] not in (tmp_path / "keeper" / "keeper.sqlite3").read_bytes()


def test_a_supporter_who_comes_later_reads_when_a_colleague_has_and_one_who_leaves_no_more(at_the_desk: House) -> None:
    message = written(at_the_desk)
    at_the_desk.at_the_desk("anna", "bo")
    refused(refusals.NO_RIGHT, read, at_the_desk, "bo", message)
    read(at_the_desk, "anna", message)
    assert read(at_the_desk, "bo", message) == [b"told"]
    at_the_desk.at_the_desk("bo")
    refused(refusals.NO_RIGHT, read, at_the_desk, "anna", message)
    read(at_the_desk, "bo", message)
    assert set(at_the_desk.keeper.store.window_seals()[message["day"]]) == {"bo"}


def test_keys_that_no_two_officers_signed_are_sealed_nothing(house: House) -> None:
    house.enrol("eve", certified=False)
    house.at_the_desk("eve")
    refused(refusals.NOT_CERTIFIED, house.keeper.window)
    # An administrator's own pair under a supporter's name is no supporter's.
    house.certificates["anna"] = house.certificates["anna"] | {"public": sealing.new_pair().public}
    house.at_the_desk("anna")
    refused(refusals.NOT_CERTIFIED, house.keeper.window)


def test_a_message_moved_to_another_box_or_hand_or_day_does_not_open(at_the_desk: House) -> None:
    message = written(at_the_desk)
    at_the_desk.later(days=1)
    at_the_desk.unlock("anna")
    later = at_the_desk.keeper.window()["day"]
    for changed in ({"author": "desk"}, {"message": "message-2"}, {"day": later}):
        assert read(at_the_desk, "anna", message | changed) == [None]
    assert read(at_the_desk, "anna", message, box="box-2") == [None]
    assert read(at_the_desk, "anna", message) == [b"told"]


def test_whoever_opens_box_after_box_is_stopped(at_the_desk: House) -> None:
    for number in range(windows.BOXES_AN_HOUR):
        read(at_the_desk, "anna", box=f"box-{number}")
    refused(refusals.TOO_MANY, read, at_the_desk, "anna", box="one more")
    read(at_the_desk, "anna", box="box-1")
    at_the_desk.log.now += timedelta(minutes=61)
    at_the_desk.unlock("anna")
    read(at_the_desk, "anna", box="one more")
