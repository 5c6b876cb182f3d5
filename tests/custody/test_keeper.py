"""The keeper's refusals: each attack on a key, and the reason that it meets."""

from pathlib import Path
from typing import Any

import pytest

from samsyn.privacy.custody import base, refusals
from samsyn.privacy.custody.refusals import KeyRefused
from samsyn.privacy.custody.store import Store
from tests.custody.conftest import OFFICERS, House, reason


def refused(why: str, do: Any, *args: Any, **named: Any) -> None:
    with pytest.raises(KeyRefused) as found:
        do(*args, **named)
    assert reason(found) == why


def test_the_people_named_read_and_nobody_else(house: House) -> None:
    grants = house.create("case", "anna")
    note = house.write("case", "anna", grants["anna"], b"told")
    assert house.read("case", "anna", grants["anna"], note) == [b"told"]
    # Somebody else with the row in hand: sealed to another.
    refused(refusals.FORGED, house.read, "case", "bo", grants["anna"], note)


def test_no_key_is_used_without_a_stored_event(house: House) -> None:
    grants = house.create("case", "anna")
    note = house.write("case", "anna", grants["anna"], b"told")
    ask = {"token": house.tokens["anna"], "case": "case", "access": house.access(grants["anna"]), "texts": [note]}
    used = house.log.store("case_read", "anna", "case")
    assert house.keeper.open_texts(event=used, **ask) == [b"told"]  # type: ignore[arg-type]
    other_case = house.log.store("case_read", "anna", "another")
    other_person = house.log.store("case_read", "bo", "case")
    other_kind = house.log.store("case_written", "anna", "case")
    for event in ("", "nothing", used, other_case, other_person, other_kind):
        refused(refusals.NO_EVENT, house.keeper.open_texts, event=event, **ask)
    old = house.log.store("case_read", "anna", "case")
    house.later(seconds=61)
    refused(refusals.NO_EVENT, house.keeper.open_texts, event=old, **ask)


def test_nothing_is_read_while_an_event_waits_too_long_for_a_signed_log(house: House) -> None:
    grants = house.create("case", "anna")
    note = house.write("case", "anna", grants["anna"], b"told")
    house.log.waiting_since = house.log.now
    house.later(minutes=9)
    house.unlock("anna")
    house.later(minutes=6)
    assert house.read("case", "anna", grants["anna"], note) == [b"told"]
    house.later(seconds=1)
    refused(refusals.UNSIGNED, house.read, "case", "anna", grants["anna"], note)
    refused(
        refusals.UNSIGNED, house.keeper.share, token=house.tokens["anna"], case="case",
        access=house.access(grants["anna"]), to=house.to("bo"), event=house.log.store("case_shared", "anna", "case"),
    )  # fmt: skip
    # What somebody is telling now is kept all the same.
    later = house.write("case", "anna", grants["anna"], b"told now")
    house.log.waiting_since = None
    assert house.read("case", "anna", grants["anna"], note, later) == [b"told", b"told now"]


def test_keys_lock_after_ten_idle_minutes_and_after_eight_hours(house: House) -> None:
    grants = house.create("case", "anna")
    note = house.write("case", "anna", grants["anna"], b"told")
    for _ in range(48):
        house.later(minutes=9.9)
        house.read("case", "anna", grants["anna"], note)
    house.later(minutes=9.9)
    refused(refusals.LOCKED, house.read, "case", "anna", grants["anna"], note)
    house.unlock("anna")
    house.later(minutes=10.1)
    refused(refusals.LOCKED, house.read, "case", "anna", grants["anna"], note)


def test_a_token_ends_when_its_owner_unlocks_elsewhere(house: House) -> None:
    grants = house.create("case", "anna")
    stolen = house.tokens["anna"]
    house.unlock("anna")
    house.read("case", "anna", grants["anna"])
    house.tokens["anna"] = stolen
    refused(refusals.LOCKED, house.read, "case", "anna", grants["anna"])


def test_what_lies_in_memory_is_encrypted_under_what_only_the_browser_has(house: House) -> None:
    session = next(s for s in house.keeper._sessions.values() if s.person == "anna")
    private = house.keeper._pair(house.tokens["anna"], session).private
    assert private not in repr(vars(house.keeper)).encode() + session.sealed
    with pytest.raises(KeyRefused):
        house.keeper._pair(b"x" * 32, session)


def test_a_forged_grant_is_no_grant(house: House) -> None:
    grants = house.create("case", "anna", "bo")
    for change in (
        {"rights": ["read", "write", "share"], "purpose": "another"},
        {"expires_at": "2099-01-01T00:00:00+00:00"},
        {"version": 2},
        {"signature": bytes(64)},
        {"granter": "bo"},
    ):
        grant = grants["anna"] | change
        refused(refusals.FORGED, house.read, "case", "anna", grant)
    house.create("other", "bo", "anna")
    refused(refusals.FORGED, house.read, "other", "anna", grants["anna"])


def test_a_grant_ends_by_itself_and_holds_its_rights_only(house: House) -> None:
    owner = house.create("case", "anna")["anna"]
    shared = house.keeper.share(
        token=house.tokens["anna"], case="case", access=house.access(owner), to=house.to("bo", "read", days=0.1),
        event=house.log.store("case_shared", "anna", "case"),
    )  # fmt: skip
    house.read("case", "bo", shared)
    refused(refusals.NO_RIGHT, house.write, "case", "bo", shared, b"x")
    ask = {"case": "case", "access": house.access(shared), "to": house.to("anna", "read")}
    event = house.log.store("case_shared", "bo", "case")
    refused(refusals.NO_RIGHT, house.keeper.share, token=house.tokens["bo"], event=event, **ask)
    house.later(hours=3)
    house.unlock("bo")
    refused(refusals.EXPIRED, house.read, "case", "bo", shared)


def test_nothing_is_sealed_to_keys_that_two_officers_did_not_vouch_for(house: House) -> None:
    owner = house.create("case", "anna")["anna"]
    house.enrol("eva", certified=False)
    ask = {"token": house.tokens["anna"], "case": "case", "access": house.access(owner), "to": house.to("eva")}
    refused(refusals.NOT_CERTIFIED, house.keeper.share, event=house.log.store("case_shared", "anna", "case"), **ask)
    # The administrator swaps bo's public keys in the table.
    house.certificates["bo"]["public"] = house.records["eva"]["public"]
    ask["to"] = house.to("bo")
    refused(refusals.FORGED, house.keeper.share, event=house.log.store("case_shared", "anna", "case"), **ask)


def test_a_replaced_key_leaves_the_old_copies_worthless(house: House) -> None:
    grants = house.create("case", "anna", "bo")
    note = house.write("case", "anna", grants["anna"], b"told")
    made: Any = house.keeper.rotate(
        token=house.tokens["anna"], case="case", access=house.access(grants["anna"]), people=[house.to("anna")],
        texts=[note], event=house.log.store("case_key_replaced", "anna", "case"),
    )  # fmt: skip
    house.keeper.settle(case="case", version=made["version"])
    fresh = note | {"sealed": made["texts"][0]}
    assert house.read("case", "anna", made["grants"][0], fresh, note) == [b"told", None]
    refused(refusals.OUTDATED, house.read, "case", "bo", grants["bo"], fresh)
    refused(refusals.OUTDATED, house.read, "case", "anna", grants["anna"], note)


def test_an_old_version_written_back_is_seen_as_no_text_of_this_place(house: House) -> None:
    grants = house.create("case", "anna")
    note = house.write("case", "anna", grants["anna"], b"told")
    moved = [note | {"version": 2}, note | {"object": "note-2"}, note | {"author": "bo"}, note | {"kind": "plan"}]
    assert house.read("case", "anna", grants["anna"], *moved) == [None] * 4


def test_the_thirteenth_case_in_an_hour_is_refused(house: House) -> None:
    grants = [(f"case-{n}", house.create(f"case-{n}", "anna")["anna"]) for n in range(13)]
    for case, grant in grants[:12]:
        house.read(case, "anna", grant)
    refused(refusals.TOO_MANY, house.read, *("case-12", "anna", grants[12][1]))
    house.read("case-3", "anna", grants[3][1])
    house.later(minutes=61)
    house.unlock("anna")
    house.read("case-12", "anna", grants[12][1])


def test_an_erased_case_is_unreadable_for_ever_and_its_id_is_never_used_again(house: House) -> None:
    grants = house.create("case", "anna")
    note = house.write("case", "anna", grants["anna"], b"told")
    house.keeper.erase(case="case", person="anna", event=house.log.store("case_erased", "anna", "case"))
    refused(refusals.ERASED, house.read, "case", "anna", grants["anna"], note)
    refused(refusals.ERASED, house.create, "case", "anna")
    assert house.keeper.store.erased() == ["case"]


def test_a_keeper_older_than_the_log_stays_shut_until_the_ledger_is_replayed(house: House, tmp_path: Path) -> None:
    grants = house.create("case", "anna")
    note = house.write("case", "anna", grants["anna"], b"told")
    # Yesterday's backup of the keeper knows nothing of what was erased since.
    house.log.store("case_erased", "anna", "case")
    assert not house.keeper.open_service()
    refused(refusals.CLOSED, house.read, "case", "anna", grants["anna"], note)
    assert house.keeper.replay() == ["case"]
    refused(refusals.ERASED, house.read, "case", "anna", grants["anna"], note)


def test_without_two_ways_and_three_officers_no_case_is_opened(house: House) -> None:
    record = house.records["anna"]
    for ways, pairs in ((1, 3), (2, 0)):
        token = house.keeper.unlock(
            person="anna", wrap=record["wraps"][0], secret=b"anna one", ways=ways, pairs=pairs,
            event=house.log.store("keys_asked", "anna"),
        )["token"]  # fmt: skip
        house.tokens["anna"] = token  # type: ignore[assignment]
        refused(refusals.NOT_READY, house.create, "case", "anna")


def test_ten_wrong_secrets_a_day_and_no_more(house: House) -> None:
    for _ in range(10):
        refused(refusals.WRONG_SECRET, house.unlock, "anna", b"wrong")
    refused(refusals.TOO_MANY, house.unlock, "anna")
    house.later(days=1)
    house.unlock("anna")


def test_officers_are_founded_once(house: House) -> None:
    officers = {name: house.records[name]["public"] for name in OFFICERS}
    event = house.log.store("officers_founded", "system")
    refused(refusals.EXISTS, house.keeper.found_officers, officers=officers, person="system", event=event)


def recovery(house: House, pair: str) -> tuple[bytes, Any]:
    """The first steps of bo's recovery: begun, and one officer has opened their layer."""
    begun = house.keeper.begin_recovery(person="bo", passphrase=b"new", event=house.log.store("recovery_begun", "bo"))
    first = pair.split()[0]
    house.unlock(first)
    inner = house.keeper.take_outer(
        token=house.tokens[first], sealed=house.records["bo"]["recovery"][pair], officers=pair, subject="person:bo",
        event=house.log.store("officer_opened_first", first, "person:bo"),
    )  # fmt: skip
    return inner, begun


def second_step(house: House, officer: str, pair: str, inner: bytes, begun: Any) -> bytes:
    house.unlock(officer)
    return house.keeper.recover(
        token=house.tokens[officer], sealed=inner, officers=pair, person="bo", reception=begun["public"],
        event=house.log.store("officer_opened_second", officer, "person:bo"),
    )  # fmt: skip


def test_two_officers_and_a_day_bring_a_colleagues_keys_back(house: House) -> None:
    grants = house.create("case", "anna", "bo")
    note = house.write("case", "anna", grants["anna"], b"told")
    pair = "officer-1 officer-3"
    inner, begun = recovery(house, pair)
    refused(refusals.TOO_EARLY, second_step, house, "officer-3", pair, inner, begun)
    house.later(hours=24, seconds=1)
    # One officer acting twice, and one who is not of this pair.
    refused(refusals.WRONG_PLACE, second_step, house, "officer-1", pair, inner, begun)
    refused(refusals.WRONG_PLACE, second_step, house, "officer-2", pair, inner, begun)
    sealed = second_step(house, "officer-3", pair, inner, begun)
    event = house.log.store("recovery_finished", "bo")
    done: Any = house.keeper.finish_recovery(
        person="bo", wrap=begun["wrap"], passphrase=b"new", sealed=sealed, event=event
    )
    assert done["public"] == house.records["bo"]["public"]
    house.records["bo"]["wraps"][0] = done["wrap"]
    house.unlock("bo", b"new")
    assert house.read("case", "bo", grants["bo"], note) == [b"told"]


def test_a_clock_that_was_set_forward_shortens_no_day(house: House) -> None:
    """Attack 10: the day of a recovery goes by the machine's own seconds too, and begins anew when it is restarted."""
    pair = "officer-1 officer-3"
    boot, seconds = "first", 0.0
    house.keeper.steady = lambda: (boot, seconds)
    inner, begun = recovery(house, pair)
    house.later(hours=25)  # the clock on the wall, which an officer has set
    refused(refusals.TOO_EARLY, second_step, house, "officer-3", pair, inner, begun)
    seconds = 25 * 3600
    boot = "second"
    refused(refusals.TOO_EARLY, second_step, house, "officer-3", pair, inner, begun)
    seconds += 24 * 3600 - 1
    refused(refusals.TOO_EARLY, second_step, house, "officer-3", pair, inner, begun)
    seconds += 1
    assert second_step(house, "officer-3", pair, inner, begun)


def test_the_clock_that_nobody_sets_goes_on(house: House) -> None:
    boot, seconds = base.steady_time()
    later = base.steady_time()
    assert boot == later[0]
    assert len(boot) == 36
    assert later[1] > seconds > 0


def test_an_emergency_lets_one_person_read_for_an_hour(house: House) -> None:
    made: Any = house.keeper.create_case(
        token=house.tokens["anna"], case="case", people=[house.to("anna")],
        event=house.log.store("case_created", "anna", "case"),
    )  # fmt: skip
    note = house.write("case", "anna", made["grants"][0], b"told")
    pair, subject = "officer-1 officer-2", "case:case:1"
    house.unlock("officer-1")
    inner = house.keeper.take_outer(
        token=house.tokens["officer-1"], sealed=made["officers"][pair], officers=pair, subject=subject,
        event=house.log.store("officer_opened_first", "officer-1", subject),
    )  # fmt: skip
    ask = {"sealed": inner, "officers": pair, "case": "case", "version": 1, "reader": house.certificates["bo"]}

    def second(officer: str) -> None:
        house.unlock(officer)
        event = house.log.store("officer_opened_second", officer, subject)
        house.keeper.break_glass(token=house.tokens[officer], event=event, **ask)  # type: ignore[arg-type]

    refused(refusals.WRONG_PLACE, second, "officer-1")
    second("officer-2")
    assert house.read("case", "bo", None, note) == [b"told"]
    refused(refusals.NO_RIGHT, house.write, "case", "bo", None, b"x")
    house.later(minutes=60)
    house.unlock("bo")
    refused(refusals.EXPIRED, house.read, "case", "bo", None, note)


def test_what_a_stolen_disk_holds_of_the_store_is_no_case_key(house: House, tmp_path: Path) -> None:
    grants = house.create("case", "anna")
    note = house.write("case", "anna", grants["anna"], b"the story that was told")
    everything = b"".join(file.read_bytes() for file in (tmp_path / "keeper").iterdir())
    assert b"the story" not in everything + note["sealed"]
    assert Store(tmp_path / "keeper").shred_key("case", version=1) in everything
    house.keeper.erase(case="case", person="anna", event=house.log.store("case_erased", "anna", "case"))
