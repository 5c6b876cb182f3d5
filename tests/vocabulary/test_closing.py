from datetime import UTC, date, datetime, timedelta

import pytest

from samsyn.audit.models import Event
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, NotAllowed
from samsyn.vocabulary import actions, queries
from samsyn.vocabulary.models import Code

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary")]


def test_a_team_lead_closes_a_code_after_its_last_day(team_lead: Actor, now: datetime) -> None:
    last = now.date() + timedelta(days=14)
    number = actions.close_code(list_code="channel", value="email", last_day=last, by=team_lead, at=now)
    assert number == queries.code_list("channel").version == 2
    assert queries.is_valid("channel", "email", on=last)
    assert not queries.is_valid("channel", "email", on=last + timedelta(days=1))
    assert [c.kind for c in queries.history("channel")[0].changes] == ["code_closed"]
    event = Event.objects.get(kind="code_closed")
    assert event.facts == {"list": "channel", "code": "email", "last_day": last.isoformat(), "version": 2}
    assert event.actor_id == team_lead.actor_id


def test_an_adviser_may_not_close_a_code(adviser: Actor, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        actions.close_code(list_code="channel", value="email", last_day=now.date(), by=adviser, at=now)
    assert not Code.objects.exclude(valid_to=None).exists()


def test_a_last_day_that_has_passed_in_sweden_is_refused(team_lead: Actor) -> None:
    just_after_midnight = datetime(2026, 9, 16, 22, 30, tzinfo=UTC)
    with pytest.raises(Invalid):
        actions.close_code(
            list_code="channel", value="email", last_day=date(2026, 9, 16), by=team_lead, at=just_after_midnight
        )
    actions.close_code(
        list_code="channel", value="email", last_day=date(2026, 9, 17), by=team_lead, at=just_after_midnight
    )


def test_a_closed_code_is_not_closed_again(team_lead: Actor, now: datetime) -> None:
    closing = {"list_code": "channel", "value": "email", "by": team_lead, "at": now}
    actions.close_code(last_day=now.date(), **closing)  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        actions.close_code(last_day=now.date() + timedelta(days=9), **closing)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["", "fax", "e-post", "x" * 5000, "email\x7f"])
def test_a_code_that_does_not_exist_is_refused(team_lead: Actor, now: datetime, value: str) -> None:
    with pytest.raises(Invalid):
        actions.close_code(list_code="channel", value=value, last_day=now.date(), by=team_lead, at=now)


@pytest.mark.filterwarnings("ignore:DateTimeField")
def test_a_failing_log_keeps_the_code_open(team_lead: Actor, now: datetime) -> None:
    broken = now.replace(tzinfo=None)  # the log refuses a time without a zone
    with pytest.raises(ValueError, match="time zone"):
        actions.close_code(list_code="channel", value="email", last_day=now.date(), by=team_lead, at=broken)
    assert Code.objects.get(code_list="channel", value="email").valid_to is None
    assert queries.code_list("channel").version == 1
