"""The caller's own words: three things must meet, and what is wrong is never told apart."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from scipy.stats import ks_2samp

from samsyn.privacy.custody import derivation, envelope, refusals
from samsyn.privacy.custody.bundles import spoken
from samsyn.privacy.custody.derivation import Cost
from samsyn.privacy.custody.refusals import KeyRefused
from samsyn.privacy.custody.store import Store
from tests.custody.conftest import House
from tests.custody.test_keeper import refused

SAID = {"by_code": "ask björk dal eld", "duress": "fjäll gran hav is", "recovery": "jord kvist lind moln"}


class Line:
    """A call that gave a code, and the row that it left."""

    def __init__(self, house: House, said: dict[str, str] = SAID) -> None:
        self.house = house
        house.log.on_duty.add("anna")
        self.locator = house.keeper.locator(words="nio öar")
        self.row: dict[str, Any] = house.keeper.create_by_code(
            token=house.tokens["anna"], case="case", locator=self.locator, secrets_said=said,
            event=house.log.store("case_created", "anna", "case"),
        )  # fmt: skip
        self.row |= {"case": "case", "uses": 0}
        self.note = house.write("case", "anna", None, b"told")

    def open(self, person: str, secret: str, *, known: bool = True) -> Any:
        locator = self.locator if known else self.house.keeper.locator(words="okänd här")
        return self.house.keeper.open_by_code(
            token=self.house.tokens[person], locator=locator, secret=secret, row=self.row if known else None,
            event=self.house.log.store("case_code_tried", person),
        )  # fmt: skip


@pytest.fixture
def line(house: House) -> Line:
    return Line(house)


def test_the_code_opens_for_another_supporter_who_is_on_duty(house: House, line: Line) -> None:
    refused(refusals.LOCKED, house.read, "case", "bo", None, line.note)
    refused(refusals.OFF_DUTY, line.open, "bo", SAID["by_code"])
    house.log.on_duty.add("bo")
    opened = line.open("bo", "  ASK björk  DAL eld")
    assert opened["case"] == "case"
    assert opened["word_before"] == line.row["word"]
    assert opened["word"] != opened["word_before"]
    assert house.read("case", "bo", None, line.note) == [b"told"]


def test_the_writer_keeps_the_case_for_an_hour_across_a_lock_and_then_no_more(house: House, line: Line) -> None:
    house.later(minutes=59)
    house.unlock("anna")
    assert house.read("case", "anna", None, line.note) == [b"told"]
    house.later(minutes=2)
    refused(refusals.EXPIRED, house.read, "case", "anna", None, line.note)


def test_the_duress_secret_opens_an_empty_contact(house: House, line: Line) -> None:
    house.log.on_duty.add("bo")
    opened = line.open("bo", SAID["duress"])
    assert opened["layer"] == "duress"
    assert set(opened) == {"case", "layer", "wants_new_code", "word", "word_before"}
    assert house.read("case", "bo", None, line.note) == [None]
    decoy = house.write("case", "bo", None, b"nothing much")
    assert house.read("case", "bo", None, decoy) == [b"nothing much"]
    line.open("bo", SAID["by_code"])
    assert house.read("case", "bo", None, decoy, line.note) == [None, b"told"]


def test_under_force_nobody_destroys_more_than_the_forced_words_open(house: House, line: Line) -> None:
    house.log.on_duty.add("bo")
    line.open("bo", SAID["duress"])
    decoy = house.write("case", "bo", None, b"nothing much")
    erase = house.keeper.erase
    refused(refusals.NO_RIGHT, erase, case="case", person="bo", event=house.log.store("case_erased", "bo", "case"))
    noise = house.keeper.erase_forced(
        case="case", person="bo", event=house.log.store("case_erased_under_duress", "bo", "case")
    )
    assert len(noise) == len(line.row["duress"])
    refused(refusals.LOCKED, house.read, "case", "bo", None, decoy)
    line.row["duress"] = noise
    refused(refusals.WRONG_SECRET, line.open, "bo", SAID["duress"])
    assert house.read("case", "anna", None, line.note) == [b"told"]
    line.open("bo", SAID["by_code"])
    assert house.read("case", "bo", None, line.note, decoy) == [b"told", None]


def test_the_recovery_pair_opens_what_the_caller_chose_to_share(house: House, line: Line) -> None:
    assert line.open("anna", SAID["recovery"])["layer"] == "recovery"
    assert house.read("case", "anna", None, line.note) == [b"told"]


def wants_new_code(house: House, person: str) -> bool:
    held = house.keeper.held(person=person, case="case")
    assert held is not None
    return bool(held["wants_new_code"])


def test_words_that_helpers_said_ask_for_a_new_code_until_there_is_one(house: House, line: Line) -> None:
    house.log.on_duty.add("bo")
    assert not line.open("bo", SAID["by_code"])["wants_new_code"]
    assert line.open("anna", SAID["recovery"])["wants_new_code"]
    # The mark is on the keeper's disk: it outlives its process.
    house.keeper.store = Store(house.keeper.store.folder)
    assert line.open("bo", SAID["by_code"])["wants_new_code"]
    # Whoever is forced to say a code hears nothing of it, and a code given under force takes no mark away.
    assert not line.open("bo", SAID["duress"])["wants_new_code"]
    changed = {
        "case": "case",
        "locator": house.keeper.locator(words="ny plats"),
        "secrets_said": {"by_code": "nya ord här nu"},
    }
    token, event = house.tokens["bo"], house.log.store("case_code_changed", "bo", "case")
    assert house.keeper.change_code(token=token, event=event, **changed)["layer"] == "duress"  # type: ignore[arg-type]
    assert line.open("bo", SAID["by_code"])["wants_new_code"]
    event = house.log.store("case_code_changed", "bo", "case")
    line.row = line.row | house.keeper.change_code(token=token, event=event, **changed)  # type: ignore[arg-type]
    assert not wants_new_code(house, "bo")
    assert not wants_new_code(house, "anna")
    line.locator = changed["locator"]  # type: ignore[assignment]
    assert not line.open("bo", "nya ord här nu")["wants_new_code"]


def test_a_layer_that_was_not_chosen_looks_like_one_that_was(house: House, line: Line) -> None:
    house.later(minutes=1)
    bare = house.keeper._code_row(b"k" * 32, case="case", locator=line.locator, said={"by_code": "a b c d"})
    assert [len(bare[layer]) for layer in SAID] == [len(line.row[layer]) for layer in SAID]  # type: ignore[arg-type]


def test_three_wrong_secrets_shut_a_locator_for_the_day(house: House, line: Line) -> None:
    house.log.on_duty.add("bo")
    for _ in range(3):
        refused(refusals.WRONG_SECRET, line.open, "bo", "ask björk dal fel")
    refused(refusals.TOO_MANY, line.open, "bo", SAID["by_code"])
    house.later(days=1)
    house.unlock("bo")
    line.open("bo", SAID["by_code"])


def test_ten_wrong_codes_shut_a_supporter_for_the_day(house: House, line: Line) -> None:
    house.log.on_duty.add("bo")
    for number in range(10):
        line.locator = house.keeper.locator(words=f"gissning {number}")
        refused(refusals.WRONG_SECRET, line.open, "bo", "ask björk dal fel", known=True)
    line.locator = house.keeper.locator(words="nio öar")
    refused(refusals.TOO_MANY, line.open, "bo", SAID["by_code"])


def test_new_words_make_the_old_ones_worthless(house: House, line: Line) -> None:
    fresh = house.keeper.change_code(
        token=house.tokens["anna"], case="case", locator=house.keeper.locator(words="ny plats"),
        secrets_said={"by_code": "nya ord här nu"}, event=house.log.store("case_code_changed", "anna", "case"),
    )  # fmt: skip
    line.row = line.row | fresh
    refused(refusals.WRONG_SECRET, line.open, "anna", SAID["by_code"])
    assert line.open("anna", "nya ord här nu")["case"] == "case"


def test_the_words_alone_open_nothing_once_the_shred_key_is_gone(house: House, line: Line) -> None:
    house.keeper.erase(case="case", person="anna", event=house.log.store("case_erased", "anna", "case"))
    refused(refusals.WRONG_SECRET, line.open, "anna", SAID["by_code"])


def test_a_stolen_database_is_useless_without_the_keepers_disk(house: House, line: Line) -> None:
    strong = derivation.stretch(spoken(SAID["by_code"]), salt=line.row["salt"], cost=house.keeper.code_cost)
    guess = derivation.expand(strong, info=b"samsyn code v1")
    with pytest.raises(KeyRefused):
        envelope.open_(line.row["by_code"], key=guess, context=house.keeper._place("case", "by_code"))


def timed(do: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    with pytest.raises(KeyRefused):
        do()
    return time.perf_counter() - begun


@pytest.mark.soak
def test_known_and_unknown_locators_take_the_same_time(house: House, line: Line) -> None:
    samples = 2_000
    house.log.on_duty.add("bo")
    keeper = house.keeper
    keeper.code_cost = Cost(memory=512, passes=1)
    keeper.store.attempts = lambda *_args, **_named: 0  # type: ignore[method-assign]
    taken: dict[bool, list[float]] = {True: [], False: []}
    for number in range(2 * samples):
        known = number % 2 == 0
        taken[known].append(timed(lambda known=known: line.open("bo", "ask björk dal fel", known=known)))
    assert ks_2samp(taken[True], taken[False]).pvalue > 0.001


def test_at_most_two_derivations_run_at_once() -> None:
    import threading

    running, most, lock = 0, 0, threading.Lock()
    original = derivation.hash_secret_raw

    def counted(*args: Any, **named: Any) -> bytes:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        try:
            return original(*args, **named)
        finally:
            with lock:
                running -= 1

    derivation.hash_secret_raw = counted
    try:
        threads = [
            threading.Thread(target=derivation.stretch, args=(b"x",), kwargs={"salt": bytes(16), "cost": Cost(1024, 2)})
            for _ in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        derivation.hash_secret_raw = original
    assert most == 2
