"""Writing a new version: allowed, refused, recorded, and rolled back as a whole."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from samsyn.audit import actions as audit
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.questions import actions, models, queries
from samsyn.questions.actions import LocalQuestion, Publication, QuestionChange
from tests.questions.conftest import events, revision

CHANGE = QuestionChange("Yrkesroll", "Professional role", "", "", (), required_at_close=False, more=False)
LOCAL = LocalQuestion(
    code="local_interpreter",
    section="given",
    kind="single",
    list_code="yes_no",
    wording_sv="Tolk behövs",
    wording_en="Interpreter needed",
    hint_sv="",
    hint_en="",
)


def tomorrow(now: datetime) -> Publication:
    return Publication(timezone.localdate(now) + timedelta(days=1), "major", "Efter årets genomgång.")


def change(
    draft: models.InstrumentVersion, by: Actor, now: datetime, *, question: str = "profession", **what: Any
) -> None:
    actions.change_question(
        version_id=draft.id,
        seen_revision=revision(draft.id),
        question=question,
        change=replace(CHANGE, **what),
        by=by,
        at=now,
    )


def publish(draft: models.InstrumentVersion, by: Actor, now: datetime, publication: Publication | None = None) -> None:
    actions.publish_instrument(
        version_id=draft.id,
        seen_revision=revision(draft.id),
        publication=publication or tomorrow(now),
        by=by,
        at=now,
    )


def test_a_team_lead_copies_the_published_version_into_a_draft(draft: models.InstrumentVersion) -> None:
    assert (draft.number, draft.status) == (2, "draft")
    assert queries.instrument_changes(version_id=draft.id) == ()
    assert draft.questions.count() == 26
    assert events("instrument_draft_started") == [{"instrument": "support_call", "version": 2}]


def test_a_second_draft_is_refused_while_there_is_one(
    draft: models.InstrumentVersion, team_lead: Actor, now: datetime
) -> None:
    with pytest.raises(Refused) as refusal:
        actions.start_instrument_draft(instrument="support_call", by=team_lead, at=now)
    assert "redan ett utkast" in str(refusal.value.message)


def test_a_changed_question_is_asked_from_the_day_it_is_published_for(
    draft: models.InstrumentVersion, team_lead: Actor, now: datetime
) -> None:
    change(draft, team_lead, now)
    assert events("question_changed") == [{"instrument": "support_call", "version": 2, "question": "profession"}]
    publish(draft, team_lead, now)
    assert queries.instrument_in_force(at=now).question("profession").wording_sv == "Yrke"
    new = queries.instrument_in_force(at=now + timedelta(days=1))
    assert (new.version, new.question("profession").wording_sv) == (2, "Yrkesroll")
    old = models.InstrumentVersion.objects.get(instrument="support_call", number=1)
    assert (old.status, old.valid_to) == ("retired", timezone.localdate(now))
    (published,) = [event for event in events("instrument_published") if event["version"] == 2]
    assert published["level"] == "major"
    assert queries.instrument_changes(version_id=draft.id) == (
        "Frågan «Yrke» på svenska var «Yrke» och är nu «Yrkesroll».",
        "Frågan «Yrke» på engelska var «Profession» och är nu «Professional role».",
    )


def test_a_version_published_for_today_takes_over_at_once(
    draft: models.InstrumentVersion, team_lead: Actor, now: datetime
) -> None:
    change(draft, team_lead, now)
    publish(draft, team_lead, now, replace(tomorrow(now), valid_from=timezone.localdate(now)))
    assert queries.instrument_in_force(at=now).version == 2
    assert queries.instrument_in_force(at=now - timedelta(days=1)).version == 1


def test_the_locked_core_can_be_neither_changed_moved_nor_removed(
    draft: models.InstrumentVersion, team_lead: Actor, now: datetime
) -> None:
    seen = {
        "version_id": draft.id,
        "seen_revision": revision(draft.id),
        "question": "sector",
        "by": team_lead,
        "at": now,
    }
    attempts: list[Callable[[], None]] = [
        lambda: actions.change_question(change=CHANGE, **seen),
        lambda: actions.move_question(up=False, **seen),
        lambda: actions.remove_local_question(**seen),
    ]
    for attempt in attempts:
        with pytest.raises(Refused) as refusal:
            attempt()
        assert "nationella kärnan" in str(refusal.value.message)
    assert queries.instrument_changes(version_id=draft.id) == ()


def test_a_core_that_was_changed_behind_the_editor_is_not_published(
    draft: models.InstrumentVersion, team_lead: Actor, now: datetime
) -> None:
    draft.questions.filter(code="main_concern").update(wording_sv="Något annat")
    with pytest.raises(Refused) as refusal:
        publish(draft, team_lead, now)
    assert "nationella kärnan" in str(refusal.value.message)


def test_an_unknown_or_doubled_code_leaves_the_draft_as_it_was(
    draft: models.InstrumentVersion, team_lead: Actor, now: datetime
) -> None:
    for options in (("control", "nonsense"), ("control", "control")):
        with pytest.raises(Invalid):
            change(draft, team_lead, now, question="exposure", options=options)
    draft.refresh_from_db()
    assert draft.revision == 1
    assert not events("question_changed")


def test_a_local_question_is_added_last_under_its_heading_and_can_be_removed(
    draft: models.InstrumentVersion, team_lead: Actor, now: datetime
) -> None:
    add = {"version_id": draft.id, "new": LOCAL, "by": team_lead, "at": now}
    actions.add_local_question(seen_revision=1, **add)
    instrument = queries.instrument_version(version_id=draft.id, on=timezone.localdate(now))
    assert instrument.questions[-1].code == "local_interpreter"
    assert instrument.questions[-1].more
    with pytest.raises(Invalid) as refusal:
        actions.add_local_question(seen_revision=2, **add)
    assert "local_interpreter" in str(refusal.value.message)
    actions.add_local_question(
        seen_revision=2, version_id=draft.id, new=replace(LOCAL, code="local_a", section="caller"), by=team_lead, at=now
    )
    caller = [question.code for question in models.Question.objects.filter(version=draft, section="caller")]
    assert caller == ["sector", "profession", "municipality", "contact_order", "local_a"]
    actions.remove_local_question(
        version_id=draft.id, seen_revision=3, question="local_interpreter", by=team_lead, at=now
    )
    assert not draft.questions.filter(code="local_interpreter").exists()
    assert [len(events(f"local_question_{done}")) for done in ("added", "removed")] == [2, 1]


def test_a_question_of_the_nation_is_never_removed(
    draft: models.InstrumentVersion, team_lead: Actor, now: datetime
) -> None:
    with pytest.raises(Refused) as refusal:
        actions.remove_local_question(version_id=draft.id, seen_revision=1, question="helped", by=team_lead, at=now)
    assert "Bara lokala frågor" in str(refusal.value.message)


def test_a_question_changes_places_with_its_neighbour(
    draft: models.InstrumentVersion, team_lead: Actor, now: datetime
) -> None:
    actions.move_question(version_id=draft.id, seen_revision=1, question="sex", up=True, by=team_lead, at=now)
    persons = [question.code for question in draft.questions.filter(section="persons")]
    assert persons[:2] == ["sex", "age_band"]
    (sentence,) = queries.instrument_changes(version_id=draft.id)
    assert "har flyttats" in sentence
    with pytest.raises(Invalid):
        actions.move_question(version_id=draft.id, seen_revision=2, question="sex", up=True, by=team_lead, at=now)


def test_a_follow_up_question_never_comes_before_what_decides_it(
    draft: models.InstrumentVersion, team_lead: Actor, now: datetime
) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.move_question(
            version_id=draft.id, seen_revision=1, question="marriage_status", up=True, by=team_lead, at=now
        )
    assert "följdfråga" in str(refusal.value.message)
    assert queries.instrument_changes(version_id=draft.id) == ()


def test_the_second_of_two_editors_is_told_and_overwrites_nothing(
    draft: models.InstrumentVersion, team_lead: Actor, now: datetime
) -> None:
    both_saw = revision(draft.id)
    for wording in ("Yrkesroll", "Befattning"):
        edit = {
            "version_id": draft.id,
            "seen_revision": both_saw,
            "question": "profession",
            "change": replace(CHANGE, wording_sv=wording),
            "by": team_lead,
            "at": now,
        }
        if wording == "Yrkesroll":
            actions.change_question(**edit)
            continue
        with pytest.raises(Refused) as refusal:
            actions.change_question(**edit)
        assert "Någon annan har ändrat" in str(refusal.value.message)
    assert draft.questions.get(code="profession").wording_sv == "Yrkesroll"
    assert len(events("question_changed")) == 1


def test_a_published_version_is_refused_by_every_action(loaded: None, team_lead: Actor, now: datetime) -> None:
    published = models.InstrumentVersion.objects.get(instrument="support_call")
    with pytest.raises(Refused) as refusal:
        change(published, team_lead, now)
    assert "redan publicerad" in str(refusal.value.message)
    with pytest.raises(Refused):
        publish(published, team_lead, now)
    with pytest.raises(Refused):
        actions.discard_instrument_draft(version_id=published.id, seen_revision=1, by=team_lead, at=now)


@pytest.mark.parametrize(
    ("publication", "said"),
    [
        (Publication(date(2026, 9, 15), "major", "x"), "tidigast i dag"),
        (Publication(date(2026, 9, 17), "patch", "x"), "större ändring"),
        (Publication(date(2026, 9, 17), "minor", "x"), "större ändring"),
        (Publication(date(2026, 9, 17), "huge", "x"), "hur stor"),
    ],
)
def test_a_publication_that_would_mislead_is_refused(
    draft: models.InstrumentVersion, team_lead: Actor, now: datetime, publication: Publication, said: str
) -> None:
    change(draft, team_lead, now, question="exposure", options=("control", "abduction"))
    with pytest.raises(Invalid) as refusal:
        publish(draft, team_lead, now, publication)
    assert said in str(refusal.value.message)
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_a_draft_without_changes_is_not_published(
    draft: models.InstrumentVersion, team_lead: Actor, now: datetime
) -> None:
    with pytest.raises(Invalid) as refusal:
        publish(draft, team_lead, now)
    assert "skiljer sig inte" in str(refusal.value.message)


def test_a_version_cannot_begin_before_one_that_is_already_announced(
    draft: models.InstrumentVersion, team_lead: Actor, now: datetime
) -> None:
    change(draft, team_lead, now)
    publish(draft, team_lead, now, replace(tomorrow(now), valid_from=date(2027, 1, 1)))
    third = models.InstrumentVersion.objects.get(
        id=actions.start_instrument_draft(instrument="support_call", by=team_lead, at=now)
    )
    change(third, team_lead, now, wording_sv="Befattning")
    with pytest.raises(Invalid) as refusal:
        publish(third, team_lead, now, replace(tomorrow(now), valid_from=date(2026, 12, 1)))
    assert "2027-01-01" in str(refusal.value.message)


def test_a_discarded_draft_leaves_the_published_version(
    draft: models.InstrumentVersion, team_lead: Actor, now: datetime
) -> None:
    actions.discard_instrument_draft(version_id=draft.id, seen_revision=1, by=team_lead, at=now)
    assert [version.number for version in models.InstrumentVersion.objects.filter(instrument="support_call")] == [1]
    assert events("instrument_draft_discarded") == [{"instrument": "support_call", "version": 2}]


def test_an_adviser_may_neither_write_nor_publish(
    draft: models.InstrumentVersion, template_draft: models.TemplateVersion, adviser: Actor, now: datetime
) -> None:
    who: dict[str, Any] = {"by": adviser, "at": now}
    seen: dict[str, Any] = {"version_id": draft.id, "seen_revision": 1, **who}
    seen_template: dict[str, Any] = {"version_id": template_draft.id, "seen_revision": 1, **who}
    attempts: list[Callable[[], object]] = [
        lambda: actions.start_instrument_draft(instrument="support_call", **who),
        lambda: actions.change_reminder(reminder_sv="x", reminder_en="x", **seen),
        lambda: actions.change_question(question="profession", change=CHANGE, **seen),
        lambda: actions.move_question(question="sex", up=True, **seen),
        lambda: actions.add_local_question(new=LOCAL, **seen),
        lambda: actions.remove_local_question(question="sex", **seen),
        lambda: actions.discard_instrument_draft(**seen),
        lambda: actions.publish_instrument(publication=tomorrow(now), **seen),
        lambda: actions.start_template_draft(template="general", **who),
        lambda: actions.create_template(code="new", title_sv="x", title_en="x", minutes=20, **who),
        lambda: actions.discard_template_draft(**seen_template),
        lambda: actions.publish_template(publication=tomorrow(now), **seen_template),
    ]
    for attempt in attempts:
        with pytest.raises(NotAllowed):
            attempt()
    assert queries.instrument_changes(version_id=draft.id) == ()


class TheLogIsFull(Exception):
    pass


def test_a_change_that_cannot_be_recorded_does_not_happen(
    draft: models.InstrumentVersion, team_lead: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise TheLogIsFull

    change(draft, team_lead, now)
    monkeypatch.setattr(audit, "record", refuse)
    seen: dict[str, Any] = {"version_id": draft.id, "seen_revision": 2, "by": team_lead, "at": now}
    attempts: list[Callable[[], object]] = [
        lambda: actions.change_question(question="profession", change=replace(CHANGE, wording_sv="Ny"), **seen),
        lambda: actions.move_question(question="sex", up=True, **seen),
        lambda: actions.add_local_question(new=LOCAL, **seen),
        lambda: actions.change_reminder(reminder_sv="Ny", reminder_en="New", **seen),
        lambda: actions.publish_instrument(publication=tomorrow(now), **seen),
        lambda: actions.discard_instrument_draft(**seen),
    ]
    before = queries.instrument_changes(version_id=draft.id)
    for attempt in attempts:
        with pytest.raises(TheLogIsFull):
            attempt()
    assert queries.instrument_changes(version_id=draft.id) == before
    assert queries.instrument_version_row(version_id=draft.id).revision == 2
    assert models.InstrumentVersion.objects.get(instrument="support_call", number=1).status == "published"


def test_a_closed_option_stays_readable_in_the_version_that_had_it(
    draft: models.InstrumentVersion, team_lead: Actor, now: datetime
) -> None:
    change(draft, team_lead, now, question="exposure", options=("control", "physical"))
    publish(draft, team_lead, now)
    new = queries.instrument_in_force(at=now + timedelta(days=1)).question("exposure")
    assert {option.value for option in new.options} == {"control", "physical"}
    assert new.label("abduction")
    (sentence,) = [text for text in queries.instrument_changes(version_id=draft.id) if "bara de här" in text]
    assert "Kontroll" in sentence
