"""What comes with the programme is loaded as often as you like, and says what the figures need."""

import re
import subprocess
import sys
from datetime import UTC, date, datetime

import pytest
from django.core.management import call_command

from samsyn.people.actors import SYSTEM
from samsyn.questions import actions, content, law, models, queries
from samsyn.questions.actions.loading import LoadError
from samsyn.questions.management.commands.load_questions import read
from tests.conftest import CommittedDatabase
from tests.questions.conftest import events

CODES = {
    "contact": "sector profession municipality contact_order advice outcome caller_subject referral "
    "duty_informed helped",
    "matter": "main_concern concern_status danger_now case_kind actors_engaged",
    "person": "age_band sex exposure marriage_status abduction_status fgm_status perpetrator_relation "
    "perpetrator_number disability lgbtq abroad_now",
}


def counts() -> tuple[int, ...]:
    tables = (models.InstrumentVersion, models.Section, models.Question, models.TemplateVersion, models.TemplateItem)
    return tuple(model.objects.count() for model in tables)


def test_loading_twice_is_loading_once(loaded: None) -> None:
    before = counts()
    call_command("load_questions", verbosity=0)
    assert counts() == before
    assert not events("instrument_published")


def test_a_file_that_changes_a_published_version_is_refused(loaded: None) -> None:
    source = read("support_call.toml")
    source["question"][0]["wording_sv"] = "Något annat"
    with pytest.raises(LoadError, match="never changes"):
        actions.load_instrument(source=source, by=SYSTEM, at=datetime(2026, 9, 16, tzinfo=UTC))


def test_a_file_with_the_next_version_replaces_the_one_before(loaded: None) -> None:
    source = read("support_call.toml")
    source |= {"version": 2, "valid_from": date(2027, 1, 1), "level": "patch"}
    source["question"][1]["wording_sv"] = "Yrkesroll"
    assert actions.load_instrument(source=source, by=SYSTEM, at=datetime(2026, 9, 16, tzinfo=UTC))
    before, after = datetime(2026, 12, 31, 12, tzinfo=UTC), datetime(2027, 1, 1, 12, tzinfo=UTC)
    assert queries.instrument_in_force(at=before).version == 1
    assert queries.instrument_in_force(at=after).question("profession").wording_sv == "Yrkesroll"


def test_questions_without_their_code_lists_are_refused_as_a_whole(committed_database: CommittedDatabase) -> None:
    with committed_database.owner() as owner:
        tables = owner.execute("SELECT tablename FROM pg_tables WHERE tablename ~ '^(questions|vocabulary)_'")
        names = [name for (name,) in tables.fetchall()]
        for name in names:
            owner.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        owner.execute(f"TRUNCATE {', '.join(names)} CASCADE")
    done = subprocess.run(
        [sys.executable, "-m", "samsyn", "load_questions"],
        env=committed_database.environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "main_concern" in done.stderr or "sector" in done.stderr
    with committed_database.owner() as owner:
        left = owner.execute("SELECT count(*) FROM questions_instrumentversion").fetchone()
    assert left == (0,)


def test_the_instrument_has_exactly_the_agreed_questions(instrument: queries.Instrument) -> None:
    for unit, codes in CODES.items():
        assert {question.code for question in instrument.about(unit)} == set(codes.split())
    assert {question.code for question in instrument.questions if question.core} == {
        "sector",
        "main_concern",
        "outcome",
    }
    required = {question.code for question in instrument.questions if question.required_at_close}
    assert required == {"sector", "outcome"}


def test_every_question_has_answers_in_both_languages(instrument: queries.Instrument) -> None:
    for question in instrument.questions:
        assert question.options, question.code
        assert question.wording_sv, question.code
        assert question.wording_en, question.code
        for option in question.options:
            assert option.label_sv, (question.code, option.value)
            assert option.label_en, (question.code, option.value)


def test_the_stored_fingerprint_is_that_of_the_file_and_of_the_rows(loaded: None) -> None:
    version = models.InstrumentVersion.objects.get(instrument="support_call")
    of_file = content.fingerprint(content.of_instrument_file(read("support_call.toml")))
    assert version.content_hash == of_file == content.fingerprint(content.of_instrument(version))
    for template in models.TemplateVersion.objects.all():
        assert template.content_hash == content.fingerprint(content.of_template(template))


def test_the_fingerprint_stays_the_same_from_one_release_to_the_next() -> None:
    said = {"b": ["å", 1], "a": {"x": None, "y": True}}
    assert content.fingerprint(said) == content.fingerprint(dict(reversed(said.items())))
    assert content.fingerprint(said) == "73e40c6e660c0dfa964d420909906e623373dd38aa065bf431e293982b890be6"


def test_every_template_says_enough_and_rests_on_law_that_is_known(loaded: None, now: datetime) -> None:
    templates = queries.templates_in_force(at=now)
    assert len(templates) >= 8
    for template in templates:
        assert len(template.ask) == 6, template.code
        assert len(template.inform) == 4, template.code
        assert 10 <= template.standard_minutes <= 60, template.code
        stored = models.TemplateVersion.objects.get(id=template.version_id)
        assert set(stored.law) <= set(law.references()), template.code
        assert template.law, template.code


def test_law_that_a_lawyer_has_to_check_is_marked() -> None:
    references = law.references()
    assert references["sol_duty_to_report"].verify
    assert references["virginity_and_failure_to_prevent"].verify
    assert not references["lvu_travel_ban"].verify
    for reference in references.values():
        assert reference.source, reference.key
        assert reference.title_en, reference.key


def test_the_texts_hold_no_number_that_could_be_somebodys(loaded: None) -> None:
    texts = [item.text_sv + item.text_en for item in models.TemplateItem.objects.all()]
    texts += [question.wording_sv + question.hint_sv for question in models.Question.objects.all()]
    assert not [text for text in texts if re.search(r"\d{6}", text)]
