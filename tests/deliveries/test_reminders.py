"""A reminder also goes as a mail to the address that an organisation gave, and tells nothing but that something waits."""

from typing import Any

import pytest
from django.core import mail
from django.db import connection

from samsyn.audit.models import Event
from samsyn.channels.actions import send_due_mail
from samsyn.channels.models import OutgoingMail
from samsyn.deliveries import actions
from samsyn.deliveries.models import ReminderAddress
from samsyn.deliveries.survey import actions as survey
from samsyn.people.actors import SYSTEM, Actor
from tests.deliveries.conftest import AT, Deliverer, SignIn
from tests.deliveries.test_portal import shown
from tests.deliveries.test_survey import opened

ADDRESS = "socialforvaltningen@uppsala.example"


@pytest.fixture
def sends_mail(settings: Any) -> None:
    settings.SAMSYN_SENDS_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def gives(signed_in: SignIn, who: Deliverer, address: str, status: int = 302) -> Any:
    answer = signed_in(who.actor).post("/deliveries/reminders", {"address": address})
    assert answer.status_code == status
    return answer


def test_an_address_is_given_changed_and_forgotten_in_the_portal(uppsala: Deliverer, signed_in: SignIn) -> None:
    for address in ("nagon@uppsala.example", ADDRESS, ADDRESS):
        gives(signed_in, uppsala, address)
    assert f'value="{ADDRESS}"' in signed_in(uppsala.actor).get("/deliveries/").content.decode()
    (kept,) = ReminderAddress.objects.all()
    assert kept.address == ADDRESS
    assert "giltig e-postadress" in shown(gives(signed_in, uppsala, "uppsala", 422), 422)
    assert ReminderAddress.objects.get() == kept
    gives(signed_in, uppsala, "")
    assert not ReminderAddress.objects.exists()
    events = Event.objects.filter(kind="reminder_address_changed")
    assert [one.facts for one in events] == [{"deliverer": "0380"}] * 3


def test_the_publics_role_cannot_read_where_reminders_go(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname FROM pg_roles WHERE has_table_privilege(rolname, 'deliveries_deliverer', 'SELECT')"
            " AND NOT has_table_privilege(rolname, 'deliveries_reminderaddress', 'SELECT')"
        )
        roles = {role for (role,) in cursor.fetchall()}
    assert any("public" in role for role in roles), roles


def test_who_gave_an_address_gets_one_mail_however_many_tables_are_late(
    stockholm: Deliverer, uppsala: Deliverer, signed_in: SignIn, analyst: Actor, sends_mail: None
) -> None:
    agreed = actions.NewAgreement("municipal_core", "1.0.0", "person", "quarter", "2024K1")
    actions.make_agreement(deliverer_id=uppsala.id, new=agreed, by=SYSTEM, at=AT)
    gives(signed_in, uppsala, ADDRESS)
    actions.remind(agreement_id=None, period="2025K1", by=analyst, at=AT)
    assert Event.objects.filter(kind="deliverer_reminded").count() == 3, "two tables of one, one of the other"
    assert send_due_mail(by=SYSTEM, at=AT) == 1
    (sent,) = mail.outbox
    assert sent.to == [ADDRESS]
    assert sent.subject == "Något väntar på er"
    assert not {"2025", "municipal", "Uppsala", "http"} & set(f"{sent.subject} {sent.body}".split())
    said = [str(one.facts) for one in Event.objects.all()]
    assert not any(ADDRESS in one for one in said)


def test_the_survey_reminds_the_same_way(
    uppsala: Deliverer, signed_in: SignIn, analyst: Actor, sends_mail: None
) -> None:
    gives(signed_in, uppsala, ADDRESS)
    survey.remind(round_id=opened(analyst), code="0380", by=analyst, at=AT)
    assert OutgoingMail.objects.count() == 1


def test_without_a_mail_server_the_reminder_stands_in_the_portal_alone(
    uppsala: Deliverer, signed_in: SignIn, analyst: Actor
) -> None:
    gives(signed_in, uppsala, ADDRESS)
    actions.remind(agreement_id=None, period="2025K1", by=analyst, at=AT)
    assert not OutgoingMail.objects.exists()
    assert "Centret påminde" in shown(signed_in(uppsala.actor).get("/deliveries/"))
