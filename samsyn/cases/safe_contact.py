"""When and how the person may be contacted: nothing is allowed that isn't said, and what is said grows stale. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CHANNELS = ("phone", "message", "email", "chat")
VOICEMAIL = ("never", "neutral")
# A phone changes hands; what was safe a month ago is asked again.
STALE_AFTER = timedelta(days=30)
# How long a yes holds: the time to dial or to send, and no reserve for later.
CLEARED_FOR = timedelta(minutes=15)
ZONE = ZoneInfo("Europe/Stockholm")

ALLOWED = ""
NO_RULES, STALE, CHANNEL, DAY, HOUR, NO_VOICEMAIL = (
    "no_rules",
    "stale",
    "channel",
    "day",
    "hour",
    "voicemail",
)


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What the person said: channels, days, hours, number and address, who may answer, name, voicemail, word, language."""

    channels: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()
    from_hour: int = 0
    to_hour: int = 0
    number: str = ""
    address: str = ""
    who_answers: str = ""
    name_to_use: str = ""
    voicemail: str = "never"
    code_word: str = ""
    language: str = ""
    confirmed_on: str = ""

    def as_data(self) -> dict[str, object]:
        """Return what is encrypted."""
        return asdict(self)


def from_data(data: Mapping[str, object] | None) -> Rules | None:
    """Return the rules that were encrypted, or None where nothing was said."""
    if not data:
        return None
    lists = {"channels", "weekdays"}
    said = {name: tuple(value) if name in lists and isinstance(value, list) else value for name, value in data.items()}
    return Rules(**said)  # type: ignore[arg-type]


def why_not(rules: Rules | None, *, channel: str, at: datetime, voicemail: bool = False) -> str:
    """Return why this contact is not allowed now, or ALLOWED; hours are Swedish, whatever the clock is set to.

    In the hour that comes twice in autumn both count; in the one that is left out in spring there is nothing to allow.
    """
    if rules is None or not rules.confirmed_on:
        return NO_RULES
    here = at.astimezone(ZONE)
    if here.date() - date.fromisoformat(rules.confirmed_on) > STALE_AFTER:
        return STALE
    if channel not in rules.channels:
        return CHANNEL
    if here.isoweekday() not in rules.weekdays:
        return DAY
    last = time(rules.to_hour % 24) if rules.to_hour < 24 else time.max
    if not time(rules.from_hour) <= here.time().replace(tzinfo=None) < last:
        return HOUR
    return NO_VOICEMAIL if voicemail and rules.voicemail != "neutral" else ALLOWED


def said_recipient(rules: Rules | None, *, channel: str) -> str:
    """Return the number or address at which the person said that they are reached this way; "" where nothing was said."""
    return {"phone": rules.number, "email": rules.address}.get(channel, "") if rules else ""


def lasts_until(rules: Rules, *, at: datetime) -> datetime:
    """Return until when an allowed contact may go out: some minutes, never past the hours or the days of what was said."""
    here = at.astimezone(ZONE)
    tomorrow = here.date() + timedelta(days=1)
    hours_end = (
        datetime.combine(here.date(), time(rules.to_hour), ZONE)
        if rules.to_hour < 24
        else datetime.combine(tomorrow, time(), ZONE)
    )
    stale_on = date.fromisoformat(rules.confirmed_on) + STALE_AFTER + timedelta(days=1)
    return min(at + CLEARED_FOR, hours_end.astimezone(at.tzinfo), datetime.combine(stale_on, time(), ZONE))
