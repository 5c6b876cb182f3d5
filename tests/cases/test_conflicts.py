"""Conflicts of interest: who has a tie that meets the person's wish reads nothing, by whichever way, declared whenever."""

from typing import Any
from uuid import UUID

import pytest

from samsyn.audit.models import Event
from samsyn.cases.actions import cases, keys, sharing
from samsyn.cases.models import Case, CaseCode, Emergency, Exclusion
from samsyn.oversight import rounds
from samsyn.people.refusals import NotAllowed, Refused
from tests.cases.conftest import OFFICERS, House, give, open_with

WORDS = "Välj en annan kollega."


def exclude(house: House, case_id: UUID, *values: str, by: str = "anna") -> None:
    house.later(milliseconds=1)
    sharing.exclude(case_id=case_id, values=values, by=house.actor(by), at=house.now)


def declare(house: House, name: str, *values: str) -> None:
    house.later(milliseconds=1)
    sharing.declare_ties(values=values, by=house.actor(name), at=house.now)


def refused(do: Any, *args: Any) -> None:
    with pytest.raises(Refused) as found:
        do(*args)
    assert str(found.value.message) == WORDS


def kinds(case_id: UUID) -> list[str]:
    return list(Event.objects.filter(subject=str(case_id)).order_by("at", "pk").values_list("kind", flat=True))


def test_an_anonymous_callers_wish_keeps_a_supporter_from_opening_with_the_words(line: House) -> None:
    given = give(line)
    line.note(given.case_id, text="Hon ringde från skolan")
    exclude(line, given.case_id, "åmål")
    declare(line, "bo", "Åmål")
    refused(open_with, line, given.code)
    assert kinds(given.case_id)[-1] == "case_denied"
    assert "case_code_opened" not in kinds(given.case_id)
    with pytest.raises(LookupError):
        line.read(given.case_id, "bo")
    # The refused opening is no use of the code: to the next colleague the word is still the one of last time.
    keys.begin_duty(by=line.actor("cia"), at=line.now)
    assert open_with(line, given.code, "cia").word_before == given.word
    assert line.read(given.case_id, "cia") == ["Hon ringde från skolan"]


def test_the_forced_words_meet_the_same_refusal_and_leave_their_mark(line: House) -> None:
    given = give(line)
    exclude(line, given.case_id, "åmål")
    declare(line, "bo", "Åmål")
    refused(open_with, line, given.duress)
    assert sorted(kinds(given.case_id)[-2:]) == ["case_code_opened_under_duress", "case_denied"]


def test_wrong_words_tell_nobody_of_a_conflict(line: House) -> None:
    given = give(line)
    exclude(line, given.case_id, "åmål")
    declare(line, "bo", "Åmål")
    with pytest.raises(Refused) as found:
        open_with(line, " ".join([*given.code.split()[:5], "abborre"]))
    assert str(found.value.message) != WORDS


def test_a_tie_declared_later_refuses_the_next_reading(line: House) -> None:
    given = give(line)
    exclude(line, given.case_id, "Svensson")
    open_with(line, given.code)
    line.note(given.case_id, "bo", text="Om skolan")
    declare(line, "bo", "svensson")
    refused(line.read, given.case_id, "bo")
    refused(line.note, given.case_id, "bo")
    assert line.read(given.case_id) == ["Om skolan"]


def test_a_tie_taken_back_lets_in_again_and_is_looked_at_in_the_log_review(line: House) -> None:
    given = give(line)
    exclude(line, given.case_id, "Svensson")
    declare(line, "bo", "svensson", "Åmål")
    declare(line, "bo", "Åmål", "svensson", "Säffle")  # one more takes nothing back
    assert not Event.objects.filter(kind="ties_taken_back").exists()
    declare(line, "bo", "Säffle")
    open_with(line, given.code)
    event = Event.objects.get(kind="ties_taken_back")
    assert (event.subject, event.facts) == (str(line.id("bo")), {"number": 2})
    rules = [item.rule for item in rounds.round_of("2026-W38", at=line.now).items]
    assert rules.count("ties_taken_back") == 1


def test_nobody_finds_out_name_by_name_whom_a_person_avoids(line: House) -> None:
    """Attack 26: each try is an event, the answer never says which line met, and six tries an hour are all there are."""
    given = give(line)
    exclude(line, given.case_id, "Svensson", "Åmål")
    for number in range(6):
        declare(line, "bo", f"namn{number}", "svensson")
    with pytest.raises(Refused) as found:
        declare(line, "bo", "namn7")
    assert "för många försök" in str(found.value.message)
    refused(open_with, line, given.code)  # what was declared last still stands
    declare(line, "cia", "svensson")  # a colleague has a budget of their own


def test_a_wish_said_later_refuses_the_next_reading_of_one_who_was_given_the_case(house: House) -> None:
    case_id = house.case()
    declare(house, "bo", "Åmål")
    sharing.share_case(
        case_id=case_id, to=house.id("bo"), purpose="support", rights=("read", "write"), days=14,
        **house.who("anna"),  # type: ignore[arg-type]
    )  # fmt: skip
    assert house.read(case_id, "bo") == []
    with pytest.raises(NotAllowed):
        exclude(house, case_id, "Åmål", by="bo")  # who may not share doesn't speak for the person
    exclude(house, case_id, "Åmål")
    refused(house.read, case_id, "bo")


def test_a_wish_never_leaves_a_case_without_anybody_who_could_pass_it_on(house: House) -> None:
    case_id = house.case()
    declare(house, "anna", "Åmål")
    with pytest.raises(Refused) as found:
        exclude(house, case_id, "Åmål")
    assert str(found.value.message) != WORDS
    assert not Exclusion.objects.exists()
    assert house.read(case_id) == []


def test_a_tie_opens_no_emergency(house: House) -> None:
    case_id = house.case()
    exclude(house, case_id, "Åmål")
    declare(house, "bo", "Åmål")
    handle = Case.objects.get().handle
    with pytest.raises(Refused) as found:
        sharing.ask_emergency(handle=handle, ground="danger", by=house.actor("bo"), at=house.now)
    assert str(found.value.message) == WORDS
    assert not Emergency.objects.exists()
    # Declared between the two steps it stops the second officer.
    asked = sharing.ask_emergency(handle=handle, ground="danger", by=house.actor("cia"), at=house.now)
    declare(house, "cia", "Åmål")
    house.unlock(*OFFICERS)
    with pytest.raises(Refused):
        sharing.help_emergency(emergency_id=asked, **house.who("officer1"))  # type: ignore[arg-type]
    with pytest.raises((LookupError, Refused)):
        house.read(case_id, "cia")


def test_who_withdrew_opens_nothing_with_the_words(line: House) -> None:
    given = give(line)
    open_with(line, given.code)
    sharing.withdraw(case_id=given.case_id, by=line.actor("bo"), at=line.now)
    uses = CaseCode.objects.get().uses
    refused(open_with, line, given.code)
    assert CaseCode.objects.get().uses == uses
    assert cases.open_case(case_id=given.case_id, **line.who("anna")).handle  # type: ignore[arg-type]
