"""Forms of the public site that cost a second of work, or a wait without script (``samsyn.privacy.floods``)."""

from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from samsyn.people.refusals import Invalid
from samsyn.privacy import floods, sealing


def proof(request: HttpRequest, purpose: str) -> dict[str, str | int]:
    """Return what a form's template says: its challenge, and the wait without script.

    A form that came too soon keeps its challenge, so that the time already waited counts.
    """
    said, key = request.POST.get("form", ""), _key(purpose)
    return {
        "form": said
        if _is_young(said, purpose, request)
        else floods.new_challenge(purpose, now=_now(request), key=key),
        "seconds": floods.SECONDS_WITHOUT_SCRIPT,
    }


def paid_form(request: HttpRequest, purpose: str) -> tuple[UUID, bool]:
    """Return the number of the form and whether a script paid; raise Invalid for one that isn't ours, is old or cost nothing."""
    try:
        shown = floods.check(
            request.POST.get("form", ""),
            request.POST.get("work", ""),
            purpose=purpose,
            now=_now(request),
            key=_key(purpose),
        )
    except floods.TooSoon as soon:
        raise Invalid(_("Vänta %(n)s sekunder och skicka igen.") % {"n": soon.seconds}) from soon
    except floods.NoWork as error:
        raise Invalid(_("Formuläret är för gammalt. Skicka igen.")) from error
    return UUID(bytes=shown.id[:16]), shown.by_script


def _is_young(challenge: str, purpose: str, request: HttpRequest) -> bool:
    try:
        floods.check(challenge, "", purpose=purpose, now=_now(request), key=_key(purpose))
    except floods.TooSoon:
        return True
    except floods.NoWork:
        pass
    return False


def _key(purpose: str) -> bytes:
    return sealing.mark(f"{purpose}_form", "")


def _now(request: HttpRequest) -> int:
    return int(request.received_at.timestamp())  # type: ignore[attr-defined]
