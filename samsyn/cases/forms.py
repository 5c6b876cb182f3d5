"""From posted fields to plain values; raise Invalid for anything that no page of ours sends."""

import base64
import binascii
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from samsyn.cases import network, policies, referrals, safe_contact, words
from samsyn.cases.network import Relative
from samsyn.cases.policies import Guardian
from samsyn.cases.referrals import Referral
from samsyn.cases.safe_contact import Rules
from samsyn.channels.policies import telephone_number
from samsyn.people.refusals import Invalid
from samsyn.people.texts import check_is_text
from samsyn.privacy.custody import bundles
from samsyn.vocabulary import queries as vocabulary

LONGEST_TEXT = 20_000
LONGEST_LINE = 200
MOST_GOALS = 40
# A day further off than this is a slip: nobody would be reminded of it.
LONGEST_WAIT = timedelta(days=365)
SHORTEST_PASSPHRASE_WORDS = 6


def text(post: QueryDict, name: str, *, longest: int = LONGEST_TEXT, required: bool = False) -> str:
    """Return what was written, without what nobody can read."""
    value = post.get(name, "").replace("\r\n", "\n").strip()
    if len(value) > longest:
        raise Invalid(_("Texten är för lång. Dela upp den."))
    try:
        check_is_text(value)
    except ValidationError as error:
        raise Invalid(error.messages[0]) from error
    if required and not value:
        raise Invalid(_("Skriv något först."))
    return value


def chosen(post: QueryDict, name: str, among: object) -> str:
    """Return a code of a list."""
    value = post.get(name, "")
    if value not in among:  # type: ignore[operator]
        raise Invalid(_("Okänd kod."))
    return value


def ticked(post: QueryDict, name: str) -> bool:
    """Say whether a box is ticked."""
    return post.get(name) == "1"


def identity(post: QueryDict, name: str) -> UUID:
    """Return an id that one of our lists offered."""
    try:
        return UUID(post.get(name, ""))
    except ValueError:
        raise Invalid(_("Välj någon i listan.")) from None


def decoded(value: str) -> bytes:
    """Return bytes as the browser sent them (base64url without padding)."""
    try:
        return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
    except (ValueError, binascii.Error):
        raise Invalid(_("Nyckeln svarade inte som den ska. Försök igen.")) from None


def encoded(value: bytes) -> str:
    """Return bytes as a page hands them to the browser."""
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


@dataclass(frozen=True, repr=False)
class Secret:
    """One way to unlock, as it was posted."""

    way: str
    secret: bytes
    credential: bytes = b""
    question: bytes = b""


def secret(post: QueryDict, *, is_new: bool = False) -> Secret:
    """Return a passkey's answer or a passphrase; a new passphrase has at least six words."""
    if post.get("way") == bundles.PASSKEY:
        answer = decoded(post.get("secret", "")[:100])
        if len(answer) != 32:
            raise Invalid(_("Den här nyckeln kan inte låsa upp ärenden. Använd en annan nyckel eller lösenfras."))
        credential, question = decoded(post.get("credential", "")[:2_000]), decoded(post.get("question", "")[:100])
        return Secret(bundles.PASSKEY, answer, credential, question)
    said = post.get("passphrase", "")[:400]
    if is_new and len(set(said.split())) < SHORTEST_PASSPHRASE_WORDS:
        raise Invalid(_("Lösenfrasen ska ha minst sex olika ord."))
    if not said.strip():
        raise Invalid(_("Skriv lösenfrasen."))
    return Secret(bundles.PASSPHRASE, bundles.spoken(said))


def relatives(post: QueryDict) -> tuple[Relative, ...]:
    """Return the network of a posted table; a row without a relation is left out."""
    rows = []
    for number in range(network.MOST):
        relation = post.get(f"relation-{number}", "")
        if relation:
            rows.append((relation, frozenset(post.getlist(f"marks-{number}"))))
    try:
        return network.build(rows)
    except network.NotANetwork:
        raise Invalid(_("Nätverket gick inte att läsa. Ladda om sidan.")) from None


def plan(post: QueryDict) -> dict[str, dict[str, str]]:
    """Return the safety plan: a state and some words for each topic that was touched."""
    found = {}
    for topic in words.TOPICS:
        state = chosen(post, f"state-{topic}", words.TOPIC_STATES)
        said = text(post, f"text-{topic}", longest=1_000)
        if state or said:
            found[topic] = {"state": state, "text": said}
    return found


def goals(post: QueryDict) -> list[dict[str, object]]:
    """Return needs, goals and agreed steps, in the order of the page."""
    found: list[dict[str, object]] = []
    for number in range(MOST_GOALS):
        said = text(post, f"text-{number}", longest=LONGEST_LINE)
        if said:
            kind = chosen(post, f"kind-{number}", words.GOAL_KINDS)
            found.append({"kind": kind, "text": said, "done": ticked(post, f"done-{number}")})
    return found


def referred(post: QueryDict, *, today: date) -> tuple[Referral, ...]:
    """Return the referrals of a posted page; a row without a kind of actor and without words is left out."""
    actors = vocabulary.labels("referral")
    found = []
    for number in range(referrals.MOST):
        actor = chosen(post, f"actor-{number}", {"": "", **actors})
        whom = text(post, f"whom-{number}", longest=LONGEST_LINE)
        if whom and not actor:
            raise Invalid(_("Välj vilket slags aktör det är."))
        if actor:
            follow_up_on = _day(post.get(f"day-{number}", ""), today=today)
            outcome = chosen(post, f"outcome-{number}", words.OUTCOMES)
            try:
                found.append(referrals.build(actor=actor, whom=whom, follow_up_on=follow_up_on, outcome=outcome))
            except referrals.NoDay:
                raise Invalid(_("Välj en dag då ni frågar hur slussningen gick.")) from None
    return tuple(found)


def _day(value: str, *, today: date) -> date | None:
    try:
        day = date.fromisoformat(value) if value else None
    except ValueError:
        raise Invalid(_("Skriv dagen som år, månad och dag, till exempel 2026-12-01.")) from None
    if day and day > today + LONGEST_WAIT:
        raise Invalid(_("Dagen ligger för långt fram. Välj en inom ett år."))
    return day


def rules(post: QueryDict, *, today: date) -> Rules:
    """Return the rules of safe contact, confirmed today."""
    channels = tuple(channel for channel in safe_contact.CHANNELS if channel in post.getlist("channels"))
    weekdays = tuple(day for day in words.WEEKDAYS if str(day) in post.getlist("weekdays"))
    first, last = (_hour(post.get(name, "")) for name in ("from_hour", "to_hour"))
    if channels and not (weekdays and first < last):
        raise Invalid(_("Välj dagar, och ett klockslag som slutar efter att det börjar."))
    number = text(post, "number", longest=LONGEST_LINE)
    return Rules(
        channels=channels,
        weekdays=weekdays,
        from_hour=first,
        to_hour=last,
        number=telephone_number(number) if number else "",
        address=text(post, "address", longest=LONGEST_LINE),
        who_answers=text(post, "who_answers", longest=LONGEST_LINE),
        name_to_use=text(post, "name_to_use", longest=LONGEST_LINE),
        voicemail=chosen(post, "voicemail", words.VOICEMAIL),
        code_word=text(post, "code_word", longest=LONGEST_LINE),
        language=text(post, "language", longest=LONGEST_LINE),
        confirmed_on=today.isoformat(),
    )


def _hour(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= 2 and int(value) <= 24):
        raise Invalid(_("Skriv klockslag som hela timmar, 0 till 24."))
    return int(value)


def guardian(post: QueryDict) -> Guardian | None:
    """Return what was answered about a child's guardian, or nothing where the page didn't ask."""
    if "guardian" not in post:
        return None
    return Guardian(
        who=chosen(post, "guardian", policies.GUARDIANS),
        reads=chosen(post, "guardian_reads", policies.GUARDIAN_READS),
        receives=chosen(post, "guardian_receives", ("yes", "no")) == "yes",
    )


def lines(post: QueryDict, name: str) -> list[str]:
    """Return the lines of a text, without empty ones."""
    return [line.strip() for line in text(post, name, longest=2_000).split("\n") if line.strip()]


def days(post: QueryDict) -> int:
    """Return a number of days."""
    value = post.get("days", "")
    if not (value.isascii() and value.isdigit() and len(value) <= 3):
        raise Invalid(_("Skriv antalet dagar som ett helt tal."))
    return int(value)
