"""Direct follow-up: at the desk, or by a link that holds once; answers without a way back, counted five at a time."""

from datetime import datetime, timedelta

import html5lib
import pytest
from django.db import connection
from django.test import Client

from samsyn.audit.models import Event
from samsyn.contacts import actions as contacts
from samsyn.contacts.models import Contact
from samsyn.followups import actions, queries
from samsyn.followups.models import DirectFact, Invitation, Wish
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.privacy import retention
from tests.followups.conftest import ADDRESS, PHONE, agreed, call, path_of, sent, token_of

pytestmark = pytest.mark.django_db(databases=["default", "public"])
ANSWERS = {"treatment": "5", "competence": "4", "problem": "5", "availability": "2"}


def test_answers_at_the_desk_become_a_fact_and_move_no_other_figure(line: None, adviser: Actor, now: datetime) -> None:
    call(adviser, now, treatment="5", problem="declined")
    fact = DirectFact.objects.get()
    assert (fact.asked_by, fact.treatment, fact.competence, fact.problem) == ("desk", "5", "not_asked", "declined")
    call(adviser, now)
    assert DirectFact.objects.count() == 1


def test_a_fact_waits_without_a_time_until_five_are_there(line: None, adviser: Actor, now: datetime) -> None:
    for number in range(4):
        call(adviser, now + timedelta(minutes=number), treatment="5")
    assert set(DirectFact.objects.values_list("year", "quarter")) == {(None, None)}
    call(adviser, now, treatment="1")
    assert list(DirectFact.objects.values_list("year", "quarter")) == [(2026, 3)] * 5
    assert {field.name for field in DirectFact._meta.concrete_fields} == {
        *("id", "year", "quarter", "instrument_version", "asked_by"),
        *("treatment", "competence", "problem", "availability"),
    }


def test_nothing_is_shown_of_a_quarter_that_runs_or_of_fewer_than_five(
    line: None, adviser: Actor, outsider: Actor, now: datetime
) -> None:
    for number in range(12):
        call(adviser, now, treatment="5" if number < 9 else "2", competence="4" if number < 3 else "declined")
    assert queries.direct_quarters(by=adviser, at=now) == ()
    later = now + timedelta(days=60)
    assert queries.direct_quarters(by=adviser, at=later) == ((2026, 3),)
    results = {
        one.question.code: one.shown[0] for one in queries.direct_results(year=2026, quarter=3, by=adviser, at=later)
    }
    # Ten are counted, two wait: those of the tenth and earlier calls. Nine fives and one two would give the two away.
    assert results["treatment"].total == 10
    assert [results["treatment"].counts[code] for code in ("5", "2", "1")].count(None) >= 2
    assert results["competence"].total is None
    with pytest.raises(NotAllowed):
        queries.direct_quarters(by=outsider, at=later)


def test_a_link_is_sent_at_closing_and_answered_once_without_cookie_or_script(
    line: None, adviser: Actor, now: datetime, public: Client
) -> None:
    call(adviser, datetime.now(tz=now.tzinfo), wish=agreed(direct=True))
    [mail] = sent()
    assert mail.to == ADDRESS
    page = public.get(path_of(mail))
    assert page.status_code == 200
    html5lib.HTMLParser(strict=True).parse(page.content.decode())
    assert page.content.count(b'name="availability"') == 6
    assert b"<script" not in page.content
    assert page["X-Robots-Tag"].startswith("noindex")
    nothing = public.post(path_of(mail), {})
    assert nothing.status_code == 422
    assert public.post(path_of(mail), {"treatment": "9"}).status_code == 422
    taken = public.post(path_of(mail), ANSWERS)
    assert taken.status_code == 200
    assert not public.cookies
    fact = DirectFact.objects.get()
    assert (fact.asked_by, fact.availability) == ("link", "2")
    for again in (public.post(path_of(mail), ANSWERS), public.get(path_of(mail))):
        assert again.status_code == 410
    assert DirectFact.objects.count() == 1


def test_the_page_speaks_english_at_its_english_address(
    line: None, adviser: Actor, now: datetime, public: Client
) -> None:
    call(adviser, datetime.now(tz=now.tzinfo), wish=agreed(direct=True))
    page = public.get("/en" + path_of(sent()[0])).content.decode()
    assert "Some questions" in page
    assert "How was it to get through?" in page
    assert "Några" not in page.replace(path_of(sent()[0]), "")


def test_only_a_keyed_digest_of_the_token_is_kept_and_nothing_ties_it_to_the_call(
    line: None, adviser: Actor, now: datetime
) -> None:
    contact_id = call(adviser, now, wish=agreed(direct=True))
    token = token_of(sent()[0])
    [invitation] = Invitation.objects.all()
    assert len(bytes(invitation.mark)) == 32
    assert not Wish.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(i)::text FROM followups_invitation i")
        stored = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(facts::text || subject, ' ') FROM audit_event WHERE kind <> 'contact_opened'")
        logged = cursor.fetchone()[0]
    assert token not in stored
    assert str(contact_id) not in stored
    assert token not in logged
    assert ADDRESS not in logged
    assert Event.objects.get(kind="follow_up_link_sent").subject == ""


def test_a_link_goes_with_the_working_record(line: None, adviser: Actor, now: datetime) -> None:
    call(adviser, now, wish=agreed(direct=True))
    token = token_of(sent()[0])
    assert queries.open_link(token=token, at=now + timedelta(days=6)).can_be_withdrawn is False
    late = now + timedelta(days=7, minutes=10)
    with pytest.raises(LookupError):
        queries.open_link(token=token, at=late)
    with pytest.raises(LookupError):
        actions.answer_by_link(token=token, raw={"treatment": ("5",)}, at=late)
    retention.run(retention.declared_rules(), at=late, dry_run=False, by=SYSTEM)
    assert not Invitation.objects.exists()
    assert not Contact.objects.exists()


def test_a_guessed_link_opens_nothing(line: None, public: Client) -> None:
    for guess in ("x", "A" * 32, "-", "a" * 400):
        answer = public.get(f"/svar/{guess}/")
        assert answer.status_code == 410
        assert public.post(f"/svar/{guess}/", ANSWERS).status_code == 410
    assert not DirectFact.objects.exists()


@pytest.mark.parametrize(
    "wish",
    [
        agreed(to="ingen adress", direct=True),
        agreed(to=f"{ADDRESS}\nBcc: x@y.example", direct=True),
        agreed(to="a" * 250 + "@kommun.example", direct=True),
        agreed(to=PHONE, way="phone", direct=True),
        agreed(to="ring mig", way="phone", months=(1,)),
        agreed(way="pigeon", months=(1,)),
        agreed(months=(2,)),
        agreed(),
    ],
)
def test_an_agreement_that_cannot_be_kept_is_refused(line: None, adviser: Actor, now: datetime, wish: object) -> None:
    contact_id = contacts.open_contact(by=adviser, at=now)
    with pytest.raises(Invalid):
        actions.note_wish(contact_id=contact_id, agreed=wish, by=adviser, at=now)  # type: ignore[arg-type]
    assert not Wish.objects.exists()


def test_where_no_mail_is_sent_a_link_is_refused_and_a_call_still_closes(
    line: None, adviser: Actor, now: datetime, settings: object
) -> None:
    contact_id = contacts.open_contact(by=adviser, at=now)
    actions.note_wish(contact_id=contact_id, agreed=agreed(direct=True), by=adviser, at=now)
    settings.SAMSYN_SENDS_MAIL = False  # type: ignore[attr-defined]
    with pytest.raises(Refused):
        actions.note_wish(contact_id=contact_id, agreed=agreed(direct=True), by=adviser, at=now)
    actions.plan_follow_up(contact_id=contact_id, matter=None, by=adviser, at=now)
    assert not Invitation.objects.exists()


def test_a_draft_that_is_thrown_away_takes_its_agreement_along(line: None, adviser: Actor, now: datetime) -> None:
    contact_id = contacts.open_contact(by=adviser, at=now)
    actions.note_wish(contact_id=contact_id, agreed=agreed(direct=True), by=adviser, at=now)
    assert ADDRESS.encode() not in bytes(Wish.objects.get().sealed_to)
    contacts.discard_draft(contact_id=contact_id, by=adviser, at=now)
    assert not Wish.objects.exists()
    assert sent() == []
