"""A composed case is closed choices told by the system: one composes, two others clear, and nobody changes it after that."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, models, transaction
from django.utils import translation

from samsyn.aggregates.composed import actions, queries
from samsyn.aggregates.composed.forms import ComposeForm
from samsyn.aggregates.models import CHECKLIST, ComposedCase
from samsyn.audit import actions as audit
from samsyn.audit.models import Event
from samsyn.cases import forks, network
from samsyn.config.demonstration import world
from samsyn.contacts import actions as contacts
from samsyn.deliveries.composed import parts, telling
from samsyn.people.models import Account
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.vocabulary import queries as vocabulary
from tests.aggregates.conftest import AT, actor
from tests.aggregates.test_pages import browser

Line = dict[str, Account]
WORDS = (
    "caller:relative", "age:16_17", "exposure:control", "exposure:marriage:plan", "threatens:parents", "protects:sister",
    "needed:guidance", "tried:report:unchanged", "tried:meeting:better", "hindered:cooperation", "fork:duty_to_report",
)  # fmt: skip
OTHER = (
    "caller:self",
    "age:22_25",
    "exposure:control",
    "threatens:siblings",
    "needed:supporting_talk",
    "tried:care:better",
)
HOLDS = tuple(CHECKLIST)
NEWEST = parts.newest()


def composed(line: Line, words: Sequence[str] = WORDS, by: str = "supporter") -> UUID:
    return actions.compose(words=words, of_several=True, by=actor(line, by), at=AT)


def seen(case_id: UUID) -> str:
    return queries.mark_of(ComposedCase.objects.get(pk=case_id).words)


def clear(line: Line, case_id: UUID, *names: str, at: Any = AT) -> None:
    for name in names:
        actions.clear(case_id=case_id, seen=seen(case_id), holds=HOLDS, by=actor(line, name), at=at)


def state(case_id: UUID) -> str:
    return ComposedCase.objects.get(pk=case_id).state


def test_a_case_is_told_in_sentences_of_its_words_in_both_languages() -> None:
    told = {one: " ".join(telling.paragraphs(NEWEST, WORDS, one)) for one in telling.LANGUAGES}
    assert told["sv"] == (
        "En anhörig hörde av sig till stödlinjen. Den utsatta var 16–17 år. Det handlade om kontroll i vardagen och planer "
        "på barn- eller tvångsäktenskap. Hotet kom från föräldrarna. Skydd fanns hos en syster. Det som behövdes var "
        "vägledning om rättigheter. Först prövades en anmälan till socialtjänsten. Det ändrade ingenting. Sedan prövades "
        "ett möte med flera verksamheter. Det hjälpte lite. Det som hindrade var samarbetet mellan verksamheter. "
        "Ställning fick tas till anmälan till socialtjänsten."
    )
    assert len(telling.paragraphs(NEWEST, WORDS, "sv")) == 4
    assert told["en"].startswith(
        "A relative got in touch with the support line. The exposed person was 16–17 years old."
    )
    for one in parts.versions().values():
        phrases = [choice for part in one.parts for choice in (*part.choices, *part.results)]
        assert all(choice.sv and choice.en for choice in phrases)
        assert len(one.parts) <= 10


def test_the_choices_are_those_of_vocabularies_that_exist(db: None) -> None:
    """The newest version lacks no exposure, age, relation or need that the code lists have, and invents none anywhere."""
    whole = {"age_band", "exposure", "perpetrator_relation", "contact_kind"}
    elsewhere = {
        "cases.network": set(network.RELATIONS),
        "cases.forks": {one.key for one in forks.forks()},
    }
    for part in NEWEST.parts:
        codes = {choice.code.partition(":")[0] for choice in part.choices}
        known = elsewhere.get(part.list) or {one.value for one in vocabulary.all_codes(part.list)}
        assert codes <= known, part.code
        if part.list in whole:
            assert codes == known, part.code
        states = {state for choice in part.choices if (state := choice.code.partition(":")[2])}
        assert states <= {one.value for one in vocabulary.all_codes("exposure_status")}
        assert {one.code for one in part.results} <= {one.value for one in vocabulary.all_codes("effect_change")}
    ages = {one.key: one.age for one in forks.forks()}
    assert {c.code: c.whom or "any" for c in NEWEST.part("fork").choices}.items() <= ages.items()


def test_two_others_clear_and_only_then_it_has_a_quarter(three: Line) -> None:
    made = composed(three)
    for name, wrong in (("supporter", NotAllowed), ("analyst", NotAllowed), ("publisher", NotAllowed)):
        with pytest.raises(wrong):
            clear(three, made, name)
    clear(three, made, "second")
    assert (state(made), ComposedCase.objects.get().cleared_in) == ("waiting", "")
    for name in ("second", "supporter"):
        with pytest.raises(NotAllowed):
            clear(three, made, name)
    clear(three, made, "lead")
    row = queries.case(made, by=actor(three, "supporter"))
    assert (row.state, row.cleared_in, row.cleared) == ("cleared", "2026K4", ("Stödjare 2", "Samordnare 1"))
    assert queries.cleared_words(NEWEST.number, "2026K4") == [WORDS]
    kinds = Event.objects.filter(subject=str(made)).order_by("id").values_list("kind", flat=True)
    assert set(kinds) == {"composed_case_composed", "composed_case_cleared_once", "composed_case_cleared"}


def test_a_change_takes_the_clearing_away_and_what_was_read_before_is_not_cleared(three: Line) -> None:
    made = composed(three)
    read = seen(made)
    clear(three, made, "second")
    with pytest.raises(NotAllowed):
        actions.change(case_id=made, words=WORDS[:-1], of_several=True, by=actor(three, "lead"), at=AT)
    actions.change(case_id=made, words=WORDS[:-1], of_several=True, by=actor(three, "supporter"), at=AT)
    assert ComposedCase.objects.get().first_cleared_by is None
    with pytest.raises(Refused):
        actions.clear(case_id=made, seen=read, holds=HOLDS, by=actor(three, "lead"), at=AT)
    clear(three, made, "second", "lead")
    assert state(made) == "cleared"


def test_whoever_clears_answers_the_whole_checklist_or_sends_back_and_says_why(three: Line) -> None:
    made = composed(three)
    clear(three, made, "second")
    lead = actor(three, "lead")
    with pytest.raises(Invalid):
        actions.clear(case_id=made, seen=seen(made), holds=HOLDS[1:], by=lead, at=AT)
    with pytest.raises(Invalid):
        actions.send_back(case_id=made, seen=seen(made), holds=HOLDS, by=lead, at=AT)
    actions.send_back(case_id=made, seen=seen(made), holds=HOLDS[1:], by=lead, at=AT)
    row = queries.case(made, by=lead)
    assert (row.state, row.doubts, row.cleared) == ("returned", (str(CHECKLIST[HOLDS[0]]),), ())
    with pytest.raises(Refused):
        clear(three, made, "lead")
    actions.change(case_id=made, words=WORDS[:-2], of_several=True, by=actor(three, "supporter"), at=AT)
    assert (state(made), ComposedCase.objects.get().doubts) == ("waiting", [])


def test_what_two_have_cleared_changes_no_more_but_whoever_doubts_can_stop_it(three: Line) -> None:
    made = composed(three)
    clear(three, made, "second", "lead")
    by = actor(three, "supporter")
    for again in (
        lambda: actions.change(case_id=made, words=WORDS[:-1], of_several=True, by=by, at=AT),
        lambda: actions.drop(case_id=made, by=by, at=AT),
    ):
        with pytest.raises(Refused):
            again()
    for change in ({"words": ["caller:self"]}, {"state": "waiting"}, {"cleared_in": "2026K3"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ComposedCase.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        ComposedCase.objects.all().delete()
    actions.stop(case_id=made, by=actor(three, "second"), at=AT + timedelta(days=90))
    assert queries.cleared_words(NEWEST.number, "2026K4") == []
    with pytest.raises(Refused):
        actions.stop(case_id=made, by=actor(three, "second"), at=AT)


def test_of_what_was_dropped_nothing_is_kept(three: Line) -> None:
    made = composed(three)
    with pytest.raises(NotAllowed):
        actions.drop(case_id=made, by=actor(three, "second"), at=AT)
    kept = composed(three, OTHER)
    actions.send_back(case_id=kept, seen=seen(kept), holds=(), by=actor(three, "lead"), at=AT)
    # Whoever composed it may have left: what was sent back lies in nobody's way for good.
    actions.drop(case_id=kept, by=actor(three, "second"), at=AT)
    actions.drop(case_id=made, by=actor(three, "supporter"), at=AT)
    assert not ComposedCase.objects.exists()
    with pytest.raises(LookupError):
        queries.case(made, by=actor(three, "supporter"))


@pytest.mark.parametrize(
    "change",
    [
        {"first_cleared_by": "composer"},
        {"first_cleared_by": "other", "second_cleared_by": "other", "state": "cleared", "cleared_in": "2026K4"},
        {"second_cleared_by": "other"},
        {"state": "cleared", "cleared_in": "2026K4"},
        {"words": ["note:Hon heter inget och bor ingenstans"]},
        {"words": ["caller:self"], "first_cleared_by": "other"},
        {"words": []},
        {"words": ["caller:self"] * 31},
        {"version": "Hon heter inget"},
        {"doubts": ["Hon heter inget"]},
        {"composed_by": "other"},
        {"state": "returned"},
    ],
)
def test_the_database_itself_takes_no_note_and_no_single_persons_word(three: Line, change: dict[str, Any]) -> None:
    made = composed(three)
    people_of = {"composer": three["supporter"].pk, "other": three["second"].pk}
    said = {name: people_of.get(value, value) if isinstance(value, str) else value for name, value in change.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        ComposedCase.objects.filter(pk=made).update(**said)


@pytest.mark.parametrize("more", ["first_cleared_by", "words"])
def test_a_case_begins_with_known_words_and_without_clearings(three: Line, more: str) -> None:
    said: dict[str, Any] = {"version": "1.0.0", "words": list(WORDS), "composed_by": three["supporter"].pk}
    wrong = {"first_cleared_by": three["lead"].pk, "words": [*WORDS, "Hon heter inget"]}
    with pytest.raises(IntegrityError), transaction.atomic():
        ComposedCase.objects.create(**{**said, more: wrong[more]})
    ComposedCase.objects.create(**said)


def person(**changed: Any) -> dict[str, Any]:
    """A fact that the case fits, changed."""
    made = world.generate(scale=0.01).person[0]
    fitting = {
        "age_band": "16_17", "exposure": ["control", "physical", "marriage"], "marriage_status": "plan",
        "perpetrator_relation": ["parents", "siblings"],
    }  # fmt: skip
    return {**made, **fitting, **changed}


@pytest.mark.parametrize(
    "other",
    [
        {"age_band": "18_21"},
        {"exposure": ["control"]},
        {"marriage_status": "worry"},
        {"perpetrator_relation": ["siblings"]},
    ],
)
def test_a_case_that_fits_fewer_than_five_of_the_lines_own_facts_is_said_to_be_rare(
    three: Line, other: dict[str, Any]
) -> None:
    case_id = composed(three)
    address = f"/packages/composed/{case_id}/"
    contacts.add_facts(person=[person(**other) for _ in range(4)])
    assert not queries.is_rare(WORDS)
    for number in range(1, 6):
        contacts.add_facts(person=[person()])
        assert queries.is_rare(WORDS) == (number < 5)
        if number in {4, 5}:
            page = browser(three["lead"]).get(address).content.decode()
            assert ("Färre än fem i linjens egen statistik" in page) == (number == 4)


def test_nothing_is_done_that_the_log_does_not_say(three: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    ready, returned, waiting = composed(three), composed(three, OTHER), composed(three, WORDS[:-1])
    clear(three, ready, "second", "lead")
    composer, second = actor(three, "supporter"), actor(three, "second")
    actions.send_back(case_id=returned, seen=seen(returned), holds=(), by=second, at=AT)
    before = list(ComposedCase.objects.order_by("id").values())
    mark = seen(waiting)

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the log is away")

    monkeypatch.setattr(audit, "record", fail)
    for step in (
        lambda: composed(three),
        lambda: actions.change(case_id=returned, words=WORDS, of_several=True, by=composer, at=AT),
        lambda: actions.clear(case_id=waiting, seen=mark, holds=HOLDS, by=second, at=AT),
        lambda: actions.send_back(case_id=waiting, seen=mark, holds=(), by=second, at=AT),
        lambda: actions.drop(case_id=waiting, by=composer, at=AT),
        lambda: actions.stop(case_id=ready, by=second, at=AT),
    ):
        with pytest.raises(RuntimeError):
            step()
    assert list(ComposedCase.objects.order_by("id").values()) == before


def test_a_composed_case_points_to_nothing_and_knows_no_day() -> None:
    for field in ComposedCase._meta.concrete_fields:
        assert not field.is_relation, field
        assert not isinstance(field, models.DateField | models.TimeField | models.TextField | models.BinaryField), field


WRONG = {
    "unknown": (*WORDS[:-1], "fork:what_she_said"),
    "note": (*WORDS, "Hon heter inget"),
    "another order": (WORDS[1], WORDS[0], *WORDS[2:]),
    "twice": (*WORDS[:2], WORDS[2], *WORDS[2:]),
    "no age": (WORDS[0], *WORDS[2:]),
    "two ages": (*WORDS[:2], "age:18_21", *WORDS[2:]),
    "two states": (*WORDS[:3], "exposure:marriage:worry", *WORDS[3:]),
    "nothing tried": (*WORDS[:7], *WORDS[9:]),
    "a step twice": (*WORDS[:8], "tried:report:worse", *WORDS[8:]),
    "a fork of adults": (*WORDS[:-1], "fork:police_report_adult"),
    "nothing": (),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_case_is_refused(three: Line, wrong: str) -> None:
    for language in telling.LANGUAGES:
        with translation.override(language), pytest.raises(Invalid) as refused:
            composed(three, WRONG[wrong])
        assert str(refused.value.message)
    assert not ComposedCase.objects.exists()


def test_one_case_alone_is_none(three: Line) -> None:
    with pytest.raises(Invalid):
        actions.compose(words=WORDS, of_several=False, by=actor(three, "supporter"), at=AT)
    with pytest.raises(NotAllowed):
        composed(three, by="analyst")


def posted(**changed: Any) -> dict[str, Any]:
    said = {
        "caller": "relative", "age": "16_17", "exposure": ["marriage:plan", "control"], "threatens": ["parents"],
        "protects": ["sister"], "needed": ["guidance"], "step_1": "report", "result_1": "unchanged", "step_2": "meeting",
        "result_2": "better", "hindered": ["cooperation"], "fork": ["duty_to_report"], "of_several": "on",
    }  # fmt: skip
    return {**said, **changed}


def test_the_forms_choices_are_the_words_of_the_case() -> None:
    form = ComposeForm(posted())
    assert form.is_valid(), form.errors
    assert form.words() == WORDS
    again = ComposeForm(words=WORDS)
    assert (again["exposure"].initial, again["result_2"].initial) == (["control", "marriage:plan"], "better")


def test_from_the_form_to_a_cleared_case_by_three_persons(three: Line) -> None:
    composer, second, lead = (browser(three[name]) for name in ("supporter", "second", "lead"))
    for wrong in (
        {"of_several": ""},
        {"age": "17"},
        {"result_2": ""},
        {"exposure": []},
        {"fork": ["police_report_adult"]},
    ):
        answer = composer.post("/packages/composed/compose/", posted(**wrong))
        assert (answer.status_code, ComposedCase.objects.count()) == (422, 0), wrong
    made = composer.post("/packages/composed/compose/", posted())
    address = made["Location"]
    case = ComposedCase.objects.get()
    assert address == f"/packages/composed/{case.pk}/"
    assert "två andra gör det" in composer.get(address).content.decode()
    change = composer.get(f"{address}change/").content.decode()
    boxes = re.findall(r"<input[^>]*marriage:(?:worry|plan)[^>]*>", change)
    assert [" checked" in box for box in boxes] == [False, True]
    said = {"do": "clear", "seen": seen(case.pk), "holds": HOLDS}
    assert composer.post(f"{address}decide", said).status_code == 403
    assert second.post(f"{address}decide", {**said, "seen": ""}).status_code == 409
    assert second.post(f"{address}decide", {**said, "holds": HOLDS[:1]}).status_code == 422
    assert second.post(f"{address}decide", {"do": "nonsense"}).status_code == 422
    assert second.post(f"{address}decide", said).status_code == 302
    assert "Nu behövs en tredje" in second.get(address).content.decode()
    assert lead.post(f"{address}decide", said).status_code == 302
    page = lead.get(address).content.decode()
    assert "En anhörig hörde av sig till stödlinjen." in page
    assert "A relative got in touch with the support line." in page
    assert lead.get("/packages/composed/").content.decode().count('<th scope="row">') == 1
    nowhere = "/packages/composed/00000000-0000-4000-8000-000000000000/"
    assert [lead.get(nowhere).status_code, lead.post(f"{nowhere}decide", said).status_code] == [404, 404]
    for name in ("analyst", "publisher"):
        assert browser(three[name]).get(address).status_code == 403
