"""The caller's words: said once, kept nowhere, and a forced one looks like every other."""

from dataclasses import replace
from datetime import date

import pytest

from samsyn.audit.models import Event
from samsyn.cases.actions import cases, codes, endings, keys, sharing
from samsyn.cases.models import Case, CaseCode, CaseGrant, Exclusion
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from tests.cases.conftest import House, give, open_with


def test_another_supporter_opens_the_story_with_the_words_and_only_then(line: House) -> None:
    given = give(line)
    line.note(given.case_id, text="Hon ringde från skolan")
    assert len(given.code.split()) == 6
    assert not CaseGrant.objects.exists()
    with pytest.raises(LookupError):
        line.read(given.case_id, "bo")
    opened = open_with(line, given.code.upper().replace(" ", "-"))
    assert opened.word_before == given.word
    assert line.read(given.case_id, "bo") == ["Hon ringde från skolan"]
    assert open_with(line, given.code).word_before == opened.word


def test_the_caller_decides_what_the_next_supporter_may_read(line: House) -> None:
    given = give(line)
    line.note(given.case_id, text="Det får alla läsa")
    cases.add_note(case_id=given.case_id, kind="support", text="Fråga mig först", asks_first=True, **line.who("anna"))  # type: ignore[arg-type]
    open_with(line, given.code)
    assert line.read(given.case_id, "bo") == ["Det får alla läsa", ""]
    opened = cases.open_case(case_id=given.case_id, **line.who("bo"))  # type: ignore[arg-type]
    (withheld,) = [note for note in opened.notes if note.is_withheld]
    agreed = cases.open_case(case_id=given.case_id, agreed=withheld.object, **line.who("bo"))  # type: ignore[arg-type]
    assert [note.said["text"] for note in agreed.notes] == ["Det får alla läsa", "Fråga mig först"]


def test_half_a_year_after_the_latest_contact_a_case_by_code_is_erased(line: House) -> None:
    given = give(line)
    assert Case.objects.get().erase_on == date(2027, 3, 15)
    line.later(days=3)
    line.unlock("bo")
    keys.begin_duty(by=line.actor("bo"), at=line.now)
    open_with(line, given.code)
    line.note(given.case_id, "bo", text="Ringde igen")
    assert Case.objects.get().erase_on == date(2027, 3, 18)


def test_off_duty_the_words_open_nothing(line: House) -> None:
    given = give(line)
    keys.end_duty(by=line.actor("bo"), at=line.now)
    line.unlock("bo")
    with pytest.raises(NotAllowed):
        open_with(line, given.code)
    assert Event.objects.latest("at", "pk") is not None
    assert Event.objects.filter(kind="case_code_refused").count() == 1


def test_off_duty_locks_the_keys_at_once(line: House) -> None:
    given = give(line)
    keys.end_duty(by=line.actor("anna"), at=line.now)
    with pytest.raises(LookupError):
        line.read(given.case_id)
    assert not keys.is_unlocked(token=line.tokens["anna"], by=line.actor("anna"))


def test_an_hour_after_the_call_the_case_is_shut(line: House) -> None:
    given = give(line)
    line.later(minutes=61)
    line.unlock("anna")
    with pytest.raises(LookupError):
        line.read(given.case_id)


def test_the_forced_words_show_an_empty_contact_and_leave_a_silent_mark(line: House) -> None:
    given = give(line)
    line.note(given.case_id, text="Hon ringde från skolan")
    opened = open_with(line, given.duress)
    assert line.read(given.case_id, "bo") == []
    shown = cases.open_case(case_id=given.case_id, **line.who("bo"))  # type: ignore[arg-type]
    assert shown.unreadable == 0
    assert opened.word != opened.word_before
    line.note(given.case_id, "bo", text="Inget särskilt")
    assert line.read(given.case_id, "bo") == ["Inget särskilt"]
    before = CaseCode.objects.get().locator
    # Forced to change the code too: words are given, and the case keeps its own.
    codes.change_code(case_id=given.case_id, with_duress=False, with_recovery=False, **line.who("bo"))  # type: ignore[arg-type]
    assert CaseCode.objects.get().locator == before
    open_with(line, given.code)
    assert line.read(given.case_id, "bo") == ["Hon ringde från skolan"]
    marks = (
        Event.objects.filter(kind__startswith="case_code_opened").order_by("at", "pk").values_list("kind", flat=True)
    )
    assert sorted(marks) == ["case_code_opened", "case_code_opened_under_duress"]


def test_erasing_under_force_looks_done_and_leaves_the_story_whole(line: House) -> None:
    given = give(line)
    line.note(given.case_id, text="Hon ringde från skolan")
    sharing.exclude(case_id=given.case_id, values=["Åmål"], by=line.actor("anna"), at=line.now)
    open_with(line, given.duress)
    line.note(given.case_id, "bo", text="Inget särskilt")
    sharing.exclude(case_id=given.case_id, values=[], by=line.actor("bo"), at=line.now)
    endings.erase_case(case_id=given.case_id, by=line.actor("bo"), at=line.now)
    with pytest.raises(LookupError):
        line.read(given.case_id, "bo")
    with pytest.raises(Refused) as refused:
        open_with(line, given.duress)
    assert str(refused.value.message) == "Det stämmer inte. Kontrollera och försök igen."
    # Neither the log nor the keeper's ledger take it for an erasure, and who has the case open by its own words goes on.
    assert endings.replay_erasures(by=line.actor("anna"), at=line.now) == []
    assert line.keeper.open_service()
    assert line.keeper.store.erased() == []
    assert line.read(given.case_id) == ["Hon ringde från skolan"]
    assert open_with(line, given.code).case_id == given.case_id
    assert line.read(given.case_id, "bo") == ["Hon ringde från skolan"]
    assert Exclusion.objects.count() == 1
    erased = Event.objects.filter(kind__startswith="case_erased").values_list("kind", "subject")
    assert list(erased) == [("case_erased_under_duress", str(given.case_id))]


def test_after_the_helpers_words_a_new_code_is_asked_for_until_it_is_given(line: House) -> None:
    given = give(line)
    assert not open_with(line, given.code).wants_new_code
    assert open_with(line, given.recovery).wants_new_code
    said = Event.objects.filter(kind="case_code_opened_by_helpers").values_list("subject", flat=True)
    assert list(said) == [str(given.case_id)]
    # A colleague who is called the next day is asked too.
    line.later(days=1)
    line.unlock("anna", "bo")
    assert open_with(line, given.code).wants_new_code
    shown = cases.open_case(case_id=given.case_id, **line.who("bo"))  # type: ignore[arg-type]
    assert shown.wants_new_code
    fresh = codes.change_code(case_id=given.case_id, with_duress=False, with_recovery=True, **line.who("bo"))  # type: ignore[arg-type]
    shown = cases.open_case(case_id=given.case_id, **line.who("bo"))  # type: ignore[arg-type]
    assert not shown.wants_new_code
    assert not open_with(line, fresh.code, "anna").wants_new_code
    with pytest.raises(Refused):
        open_with(line, given.recovery)


def test_the_database_does_not_tell_which_words_opened_a_case(line: House) -> None:
    given = give(line)

    def row() -> dict[str, object]:
        return CaseCode.objects.values().get() | {"uses": 0} | Case.objects.values().get()

    before = row()
    open_with(line, given.recovery)
    assert row() == before


@pytest.mark.parametrize("layers", [("code", "duress"), ("duress", "code")])
def test_a_case_by_code_is_closed_by_who_has_it_open_and_only_what_the_words_open(
    line: House, layers: tuple[str, str]
) -> None:
    given = give(line)
    closed, other = (getattr(given, layer) for layer in layers)
    open_with(line, closed)
    line.note(given.case_id, "bo", text="Det sista samtalet")
    endings.close_case(case_id=given.case_id, **line.who("bo"))  # type: ignore[arg-type]
    shown = cases.open_case(case_id=given.case_id, **line.who("bo"))  # type: ignore[arg-type]
    assert not shown.is_open
    assert [note.said["text"] for note in shown.notes] == ["Det sista samtalet"]
    with pytest.raises(Refused) as refused:
        line.note(given.case_id, "bo")
    assert str(refused.value.message) == "Ärendet är avslutat."
    assert Event.objects.filter(kind="case_closed", subject=str(given.case_id)).count() == 1
    open_with(line, other)
    assert cases.open_case(case_id=given.case_id, **line.who("bo")).is_open  # type: ignore[arg-type]
    line.note(given.case_id, "bo", text="Det går vidare")
    # Closed for good: to the next one who opens it with the same words as well.
    open_with(line, closed)
    assert not cases.open_case(case_id=given.case_id, **line.who("bo")).is_open  # type: ignore[arg-type]


def test_nobody_without_the_words_closes_a_case_by_code(line: House) -> None:
    given = give(line)
    with pytest.raises(LookupError):
        endings.close_case(case_id=given.case_id, **line.who("bo"))  # type: ignore[arg-type]
    assert cases.open_case(case_id=given.case_id, **line.who("anna")).is_open  # type: ignore[arg-type]


def test_new_words_replace_the_old_ones(line: House) -> None:
    given = give(line)
    fresh = codes.change_code(case_id=given.case_id, with_duress=False, with_recovery=False, **line.who("anna"))  # type: ignore[arg-type]
    with pytest.raises(Refused):
        open_with(line, given.code)
    assert open_with(line, fresh.code).case_id == given.case_id


def test_wrong_and_unknown_words_get_the_same_answer(line: House) -> None:
    given = give(line)
    words = given.code.split()
    said = set()
    for code in (" ".join([*words[:5], "abborre"]), " ".join(["abborre", "abborre", *words[2:]])):
        with pytest.raises(Refused) as refused:
            open_with(line, code)
        said.add(str(refused.value.message))
    assert said == {"Det stämmer inte. Kontrollera och försök igen."}
    with pytest.raises(Invalid):
        open_with(line, "tre ord bara")


def test_three_wrong_tries_shut_the_locator_for_the_day_and_each_is_recorded(line: House) -> None:
    given = give(line)
    wrong = " ".join([*given.code.split()[:5], "abborre"])
    for _ in range(3):
        with pytest.raises(Refused):
            open_with(line, wrong)
    with pytest.raises(Refused) as refused:
        open_with(line, given.code)
    assert "för många" in str(refused.value.message)
    assert Event.objects.filter(kind="case_code_refused").count() == 4


def test_no_emergency_opens_what_only_the_caller_opens(line: House) -> None:
    give(line)
    with pytest.raises(Refused):
        sharing.ask_emergency(handle=Case.objects.get().handle, ground="danger", by=line.actor("bo"), at=line.now)


def test_the_same_supporter_is_offered_where_the_caller_is_received(line: House) -> None:
    given = give(line)
    assert open_with(line, given.code).before is None  # nobody has written yet
    line.note(given.case_id)
    before = open_with(line, given.code).before
    assert before is not None
    assert (before.pseudonym, before.is_on_duty, before.is_asker) == ("Stödjare 1", True, False)
    assert open_with(line, given.code, "anna").before == replace(before, is_asker=True)
    keys.end_duty(by=line.actor("anna"), at=line.now)
    assert open_with(line, given.code).before == replace(before, is_on_duty=False)
    # Under force the case looks like one in which nobody has written; nobody is offered who may not go on with it.
    assert open_with(line, given.duress).before is None
    open_with(line, given.code)
    sharing.exclude(case_id=given.case_id, values=["Åmål"], by=line.actor("bo"), at=line.now)
    sharing.declare_ties(values=["Åmål"], by=line.actor("anna"), at=line.now)
    assert open_with(line, given.code).before is None
