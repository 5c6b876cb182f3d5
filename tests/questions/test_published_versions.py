"""A published version never changes, whoever asks the database and in whatever way."""

from datetime import date

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from samsyn.questions import models
from tests.conftest import CommittedDatabase

PUBLISHED = "(SELECT id FROM questions_instrumentversion WHERE status = 'published' AND instrument_id = 'support_call')"
TEMPLATE = "(SELECT id FROM questions_templateversion WHERE status = 'published' LIMIT 1)"
COLUMNS = (
    "id, version_id, concept, code, unit, section, row, position, kind, list_code, options, wording_sv, wording_en, "
    "hint_sv, hint_en, states, required_at_close, core, local, condition_question, condition_values, more"
)
VERSION_COLUMNS = (
    "status, valid_from, valid_to, level, reason, content_hash, created_at, edited_at, edited_by, published_at, "
    "published_by, revision, reminder_sv, reminder_en, instrument_id"
)

FORBIDDEN = [
    "UPDATE questions_question SET wording_sv = 'Något annat' WHERE code = 'sector'",
    "UPDATE questions_question SET options = '{control}' WHERE code = 'exposure'",
    "UPDATE questions_question SET core = false",
    f"UPDATE questions_question SET version_id = gen_random_uuid() WHERE version_id = {PUBLISHED}",
    "DELETE FROM questions_question WHERE code = 'helped'",
    f"INSERT INTO questions_question ({COLUMNS}) SELECT gen_random_uuid(), version_id, concept, 'extra', unit, "
    "section, row, 999, kind, list_code, options, wording_sv, wording_en, hint_sv, hint_en, states, required_at_close, "
    "false, local, condition_question, condition_values, more FROM questions_question WHERE code = 'sector'",
    "UPDATE questions_section SET title_sv = 'Annat'",
    "DELETE FROM questions_section",
    f"INSERT INTO questions_section (version_id, code, position, title_sv, title_en) "
    f"VALUES ({PUBLISHED}, 'x', 9, 'x', 'x')",
    "UPDATE questions_instrumentversion SET reminder_sv = 'Något annat'",
    "UPDATE questions_instrumentversion SET number = 7",
    "UPDATE questions_instrumentversion SET status = 'draft'",
    "UPDATE questions_instrumentversion SET valid_from = '2020-01-01'",
    "UPDATE questions_instrumentversion SET valid_to = '2020-01-01'",
    "UPDATE questions_instrumentversion SET content_hash = repeat('0', 64)",
    "UPDATE questions_instrumentversion SET status = 'retired', valid_to = '2030-01-01', reason = 'Annat'",
    "DELETE FROM questions_instrumentversion",
    "DELETE FROM questions_instrument",
    "UPDATE questions_templateitem SET text_sv = 'Något annat'",
    "DELETE FROM questions_templateitem WHERE code = 'danger_now'",
    "INSERT INTO questions_templateitem (id, version_id, kind, code, position, text_sv, text_en) "
    f"VALUES (gen_random_uuid(), {TEMPLATE}, 'ask', 'extra', 99, 'x', 'x')",
    "UPDATE questions_templateversion SET standard_minutes = 5",
    "UPDATE questions_templateversion SET law = '{}'",
    "DELETE FROM questions_templateversion",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_database_refuses_to_change_what_is_published(loaded: None, statement: str) -> None:
    published = models.Question.objects.filter(version__status="published")
    there = published.count()
    assert there > 20
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{statement}; SET CONSTRAINTS ALL IMMEDIATE")
    assert published.count() == there
    assert models.InstrumentVersion.objects.get(instrument="support_call").reminder_sv.startswith(
        "Be om avidentifiering"
    )


def test_the_database_refuses_a_version_that_begins_as_published(loaded: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO questions_instrumentversion (id, number, {VERSION_COLUMNS}) "
            f"SELECT gen_random_uuid(), number + 1, {VERSION_COLUMNS} FROM questions_instrumentversion"
        )


def test_only_a_last_day_may_be_given_to_a_published_version(loaded: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE questions_instrumentversion SET status = 'retired', valid_to = '2031-01-31'")
    assert models.InstrumentVersion.objects.get(instrument="support_call").valid_to == date(2031, 1, 31)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE questions_instrumentversion SET valid_to = '2032-01-31'")


def test_a_question_cannot_be_moved_from_a_draft_into_a_published_version(draft: models.InstrumentVersion) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE questions_question SET version_id = {PUBLISHED}, code = 'extra', position = 999 "
            "WHERE code = 'helped' AND version_id = %s",
            [draft.id],
        )


def test_a_publication_waits_for_an_edit_of_the_same_draft(committed_database: CommittedDatabase) -> None:
    """What is published is what was checked: nobody slips a question in while the version is being published."""
    dates = "now(), now(), 'Teamledare 1'"
    with psycopg.connect(committed_database.application_url, autocommit=True) as setup:
        setup.execute("INSERT INTO questions_template (code) VALUES ('t')")
        setup.execute(
            "INSERT INTO questions_templateversion (id, number, status, level, reason, content_hash, created_at, "
            "edited_at, edited_by, published_by, revision, template_id, title_sv, title_en, sector, situations, "
            "contact_kind, adaptation, standard_minutes, law) "
            f"VALUES (gen_random_uuid(), 1, 'draft', '', '', '', {dates}, '', 1, 't', 'x', 'x', "
            "'', '{}', '', '', 20, '{}')"
        )
    with (
        psycopg.connect(committed_database.application_url) as editor,
        psycopg.connect(committed_database.application_url) as publisher,
    ):
        editor.execute(
            "INSERT INTO questions_templateitem (id, version_id, kind, code, position, text_sv, text_en) "
            "SELECT gen_random_uuid(), id, 'ask', 'a', 1, 'x', 'x' FROM questions_templateversion "
            "WHERE template_id = 't'"
        )
        publisher.execute("SET lock_timeout = '200ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            publisher.execute(
                "UPDATE questions_templateversion SET status = 'published', valid_from = '2026-01-01', "
                "level = 'major', content_hash = repeat('a', 64), published_at = now(), published_by = 'x' "
                "WHERE template_id = 't'"
            )
