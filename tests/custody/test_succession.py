"""An officer is replaced by the two others: all goes on with the new three, and who left opens nothing any more."""

from typing import Any

import pytest

from samsyn.privacy.custody import refusals, sealing
from samsyn.privacy.custody.refusals import KeyRefused
from samsyn.privacy.custody.rights import Certificate
from tests.custody.conftest import OFFICERS, House
from tests.custody.test_keeper import refused

NEW = "officer-4"
SUBJECTS = ("person:anna", "person:bo", "case:case:1")


@pytest.fixture
def seals(house: House) -> dict[str, dict[str, bytes]]:
    """A case of anna's, a successor with keys, and all that is sealed to the officers."""
    house.grants, case = house.create_with_officers("case", "anna")  # type: ignore[attr-defined]
    house.enrol(NEW, certified=False)
    return {
        "person:anna": house.records["anna"]["recovery"],
        "person:bo": house.records["bo"]["recovery"],
        "case:case:1": case,
    }


def replaced(house: House, seals: Any, gone: str) -> dict[str, dict[str, bytes]]:
    return house.finish_succession(gone, NEW, house.begin_succession(gone, NEW, seals))


def outer(house: House, officer: str, pair: str, sealed: bytes, subject: str) -> bytes:
    house.unlock(officer)
    return house.keeper.take_outer(
        token=house.tokens[officer], sealed=sealed, officers=pair, subject=subject,
        event=house.log.store("officer_opened_first", officer, subject),
    )  # fmt: skip


def emergency(house: House, officer: str, pair: str, inner: bytes) -> None:
    house.unlock(officer)
    house.keeper.break_glass(
        token=house.tokens[officer], sealed=inner, officers=pair, case="case", version=1,
        reader=house.certificates["bo"], event=house.log.store("officer_opened_second", officer, "case:case:1"),
    )  # fmt: skip


@pytest.mark.parametrize("gone", OFFICERS)
def test_every_new_pair_opens_and_no_pair_with_the_one_who_left(house: House, seals: Any, gone: str) -> None:
    note = house.write("case", "anna", house.grants["anna"], b"told")  # type: ignore[attr-defined]
    new = replaced(house, seals, gone)
    assert house.keeper.trusted_officers() == sorted({*OFFICERS, NEW} - {gone})
    assert sorted(new) == sorted(SUBJECTS)
    for pair, sealed in new["case:case:1"].items():
        assert gone not in pair
        first, second = pair.split()
        emergency(house, second, pair, outer(house, first, pair, sealed, "case:case:1"))
        assert house.read("case", "bo", None, note) == [b"told"]
    for subject, by_pair in seals.items():
        for pair, sealed in by_pair.items():
            if gone in pair:
                refused(refusals.NOT_CERTIFIED, outer, house, pair.split()[0], pair, sealed, subject)


def test_what_the_one_who_left_opened_before_is_worth_nothing_afterwards(house: House, seals: Any) -> None:
    pair = "officer-1 officer-2"
    inner = outer(house, "officer-1", pair, seals["case:case:1"][pair], "case:case:1")
    replaced(house, seals, "officer-1")
    refused(refusals.NOT_CERTIFIED, emergency, house, "officer-2", pair, inner)


def test_colleagues_stay_certified_and_the_one_who_left_vouches_for_nobody(house: House, seals: Any) -> None:
    """Two of three had signed; with one of those two gone, the renewed signatures of those who stay hold."""
    note = house.write("case", "anna", house.grants["anna"], b"told")  # type: ignore[attr-defined]
    before = dict(house.certificates["bo"])
    replaced(house, seals, "officer-1")
    house.unlock("anna")
    assert house.read("case", "anna", house.grants["anna"], note) == [b"told"]  # type: ignore[attr-defined]
    trusted = house.keeper.store.officers()
    Certificate(installation="operator", **house.certificates["bo"]).check(trusted)
    refused(refusals.NOT_CERTIFIED, Certificate(installation="operator", **before).check, trusted)
    house.unlock("officer-1")
    event = house.log.store("keys_certified", "officer-1", "bo")
    refused(
        refusals.NOT_CERTIFIED, house.keeper.certify, token=house.tokens["officer-1"], person="bo",
        public=house.records["bo"]["public"], event=event,
    )  # fmt: skip


def test_a_colleague_comes_back_with_the_new_three(house: House, seals: Any) -> None:
    new = replaced(house, seals, "officer-2")["person:bo"]
    begun: Any = house.keeper.begin_recovery(
        person="bo", passphrase=b"new", event=house.log.store("recovery_begun", "bo")
    )
    house.later(hours=24)
    first, second = pair = ("officer-1", NEW)
    inner = outer(house, first, " ".join(pair), new[" ".join(pair)], "person:bo")
    house.unlock(second)
    sealed = house.keeper.recover(
        token=house.tokens[second], sealed=inner, officers=" ".join(pair), person="bo", reception=begun["public"],
        event=house.log.store("officer_opened_second", second, "person:bo"),
    )  # fmt: skip
    done: Any = house.keeper.finish_recovery(
        person="bo", wrap=begun["wrap"], passphrase=b"new", sealed=sealed,
        event=house.log.store("recovery_finished", "bo"),
    )  # fmt: skip
    assert done["public"] == house.records["bo"]["public"]
    assert sorted(done["recovery"]) == sorted(new)


def test_nobody_replaces_an_officer_alone_or_from_outside(house: House, seals: Any) -> None:
    gone = "officer-3"
    refused(refusals.NOT_CERTIFIED, house.begin_succession, gone, NEW, seals, by="anna")
    refused(refusals.NOT_CERTIFIED, house.begin_succession, gone, NEW, seals, by=NEW)
    refused(refusals.WRONG_PLACE, house.begin_succession, gone, NEW, seals, by="officer-2")
    begun = house.begin_succession(gone, NEW, seals)
    for by, why in (
        ("officer-1", refusals.WRONG_PLACE), (gone, refusals.WRONG_PLACE), ("anna", refusals.NOT_CERTIFIED)
    ):  # fmt: skip
        refused(why, house.finish_succession, gone, NEW, begun, by=by)
    assert house.keeper.trusted_officers() == list(OFFICERS)


def other_successor(house: House, begun: dict[str, Any]) -> None:
    house.enrol("mallory", certified=False)
    house.finish_succession("officer-3", "mallory", begun)


def other_keys(house: House, begun: dict[str, Any]) -> None:
    house.records[NEW]["public"] = sealing.new_pair().public
    house.finish_succession("officer-3", NEW, begun)


def other_officer_gone(house: House, begun: dict[str, Any]) -> None:
    house.finish_succession("officer-1", NEW, begun)


def certificate_slipped_in(house: House, begun: dict[str, Any]) -> None:
    stranger = {"person": "mallory", "public": sealing.new_pair().public, "signatures": {}}
    house.finish_succession("officer-3", NEW, {**begun, "certificates": [*begun["certificates"], stranger]})


def certificate_swapped(house: House, begun: dict[str, Any]) -> None:
    first, *others = begun["certificates"]
    swapped = {**first, "public": sealing.new_pair().public}
    house.finish_succession("officer-3", NEW, {**begun, "certificates": [swapped, *others]})


@pytest.mark.parametrize(
    "attack", [other_successor, other_keys, other_officer_gone, certificate_slipped_in, certificate_swapped]
)
def test_the_second_step_is_for_what_the_first_officer_signed(house: House, seals: Any, attack: Any) -> None:
    begun = house.begin_succession("officer-3", NEW, seals)
    refused(refusals.FORGED, attack, house, begun)
    assert house.keeper.trusted_officers() == list(OFFICERS)


def test_whom_only_one_officer_has_seen_is_not_certified_by_the_way(house: House, seals: Any) -> None:
    house.enrol("eva", certified=False)
    house.unlock("officer-1")
    house.certificates["eva"]["signatures"]["officer-1"] = house.keeper.certify(
        token=house.tokens["officer-1"], person="eva", public=house.records["eva"]["public"],
        event=house.log.store("keys_certified", "officer-1", "eva"),
    )  # fmt: skip
    begun = house.begin_succession("officer-3", NEW, seals)
    assert sorted(one["person"] for one in begun["certificates"]) == ["anna", "bo"]


def test_a_tampered_seal_stops_nobody_and_the_second_step_can_be_taken_twice(house: House, seals: Any) -> None:
    pair = "officer-1 officer-2"
    spoiled = bytearray(seals["person:bo"][pair])
    spoiled[-1] ^= 1
    begun = house.begin_succession("officer-3", NEW, {**seals, "person:bo": {pair: bytes(spoiled)}})
    assert sorted(one["subject"] for one in begun["seals"]) == ["case:case:1", "person:anna"]
    first = house.finish_succession("officer-3", NEW, begun)
    # The database missed the answer: the same step again gives it once more.
    house.officers = OFFICERS
    assert sorted(house.finish_succession("officer-3", NEW, begun)) == sorted(first)
    assert house.keeper.trusted_officers() == ["officer-1", "officer-2", NEW]


def test_the_one_who_left_is_locked_at_once_and_needs_two_and_a_certificate_like_anybody(
    house: House, seals: Any
) -> None:
    house.unlock("officer-3")
    replaced(house, seals, "officer-3")
    assert not house.keeper.is_unlocked(token=house.tokens["officer-3"], person="officer-3")
    house.unlock("officer-3")
    with pytest.raises(KeyRefused) as found:
        house.create("another", "officer-3")
    assert found.value.reason == refusals.NOT_READY
