"""Rules of calls, opening hours and call-backs. Pure: nothing here touches the database."""

from datetime import date, datetime, timedelta

import phonenumbers
from django.utils import timezone
from django.utils.translation import gettext_lazy as _lazy

from samsyn.channels.opening import Span
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, NotAllowed
from samsyn.people.roles import Permission

DEFAULT_QUEUE = "professionals"
WISHED_PARTS = ("any", "morning", "afternoon")
RESULTS = ("reached", "no_answer", "busy", "wrong_number")
# Who has not answered so many times is not called again unasked: a telephone that rings often draws attention.
MOST_ATTEMPTS = 3
# Exceptions are planned at most this far ahead.
FARTHEST_EXCEPTION = timedelta(days=730)


def can_take_calls(actor: Actor) -> bool:
    """Say whether the actor works at the desk."""
    return actor.may(Permission.REGISTER_CONTACT)


def check_can_take_calls(actor: Actor) -> None:
    """Raise NotAllowed unless the actor works at the desk."""
    if not can_take_calls(actor):
        raise NotAllowed(_lazy("Bara rådgivare tar samtal."))


def can_set_hours(actor: Actor) -> bool:
    """Say whether the actor decides on times."""
    return actor.may(Permission.MANAGE_TIMES)


def check_can_set_hours(actor: Actor) -> None:
    """Raise NotAllowed unless the actor decides on times."""
    if not can_set_hours(actor):
        raise NotAllowed(_lazy("Bara samordnare ändrar öppettider."))


def check_span(span: Span) -> None:
    """Raise Invalid unless the span lies within a day."""
    if not 0 <= span.first_minute < span.last_minute <= 1440:
        raise Invalid(_lazy("Sluttiden måste vara senare än starttiden, samma dag."))


def check_exception_day(day: date, at: datetime) -> None:
    """Raise Invalid for a date that has been, or that nobody plans yet."""
    today = timezone.localdate(at)
    if not today <= day <= today + FARTHEST_EXCEPTION:
        raise Invalid(_lazy("Välj en dag från i dag till två år fram."))


def check_wished_part(part: str) -> None:
    """Raise Invalid for a part of the day that the form does not have."""
    if part not in WISHED_PARTS:
        raise Invalid(_lazy("Okänd kod."))


def check_result(result: str) -> None:
    """Raise Invalid for a result that the form does not have."""
    if result not in RESULTS:
        raise Invalid(_lazy("Okänd kod."))


def telephone_number(text: str) -> str:
    """Return the number in the international form (E.164); raise Invalid for what is no telephone number."""
    try:
        found = phonenumbers.parse(text[:40], "SE")
    except phonenumbers.NumberParseException as error:
        raise Invalid(_lazy("Skriv ett telefonnummer, med riktnummer.")) from error
    if not phonenumbers.is_valid_number(found):
        raise Invalid(_lazy("Skriv ett telefonnummer, med riktnummer."))
    return str(phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164))


def outcome_of(result: str, attempts: int) -> str:
    """Return how a promise ends with this attempt, or nothing where it is tried again."""
    if result in {"reached", "wrong_number"}:
        return result
    return "given_up" if attempts >= MOST_ATTEMPTS else ""
