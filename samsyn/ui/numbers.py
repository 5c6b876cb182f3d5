"""Numbers, ranges and dates as text, in Swedish and English; the times of day are those of Stockholm.

Swedish: no-break space between thousands, decimal comma, no-break space before the percent sign (Språkrådet,
Svenska skrivregler). English: comma, point, no space. A minus is a real minus and a range has an en dash.
"""

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"
EN_DASH = "\u2013"
MISSING = EN_DASH

Number = int | float | Decimal

MONTHS_SV = (
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
)
MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _is_english() -> bool:
    return (get_language() or "sv").startswith("en")


def _grouped(digits: str) -> str:
    separator = "," if _is_english() else NO_BREAK_SPACE
    first = len(digits) % 3
    groups = [digits[:first]] if first else []
    groups += [digits[at : at + 3] for at in range(first, len(digits), 3)]
    return separator.join(groups)


def decimal(value: Number | None, places: int = 1) -> str:
    """Write a number with a fixed count of decimals, halves rounded away from zero as in printed tables."""
    if value is None or value == "":
        return MISSING
    exact = Decimal(str(value))
    if not exact.is_finite():
        return MISSING
    rounded = exact.quantize(Decimal(1).scaleb(-int(places)), rounding=ROUND_HALF_UP)
    whole, _point, rest = f"{abs(rounded):f}".partition(".")
    text = _grouped(whole) + (("." if _is_english() else ",") + rest if rest else "")
    return (MINUS if rounded < 0 else "") + text


def number(value: Number | None) -> str:
    """Write a whole number: 1 081; nothing to write gives a dash."""
    return decimal(value, 0)


def signed(value: Number | None, places: int = 0) -> str:
    """Write a change with its sign: +12, −3, 0."""
    text = decimal(value, places)
    return text if text == MISSING or value is None or text.strip("0.,") == "" or text[0] == MINUS else f"+{text}"


def percent(value: Number | None, places: int = 0) -> str:
    """Write a percentage that is already one (34 means 34 %)."""
    text = decimal(value, places)
    if text == MISSING:
        return text
    return text + ("%" if _is_english() else f"{NO_BREAK_SPACE}%")


def at_least(value: Number | None, places: int = 0) -> str:
    """Write a share whose unknowns stand in the denominator: minst 34 %."""
    if value is None:
        return MISSING
    return gettext("minst %(share)s") % {"share": percent(value, places)}


def plain_range(first: object, last: object | None = None) -> str:
    """Write first–last; an open range ends in the dash."""
    ends = [value if isinstance(value, str) else number(value) for value in (first, last) if value is not None]  # type: ignore[arg-type]
    if len(ends) == 2 and ends[0] == ends[1]:
        return ends[0]
    return EN_DASH.join(ends) if len(ends) == 2 else f"{ends[0]}{EN_DASH}"


def isolated(value: object) -> SafeString:
    """Keep the order of a code, a number or a range in right-to-left text; plain <bdi> doesn't (tried)."""
    return format_html('<bdi dir="ltr">{}</bdi>', value)


def range_html(first: object, last: object | None = None) -> SafeString:
    """Write a range that keeps its order in right-to-left text."""
    return isolated(plain_range(first, last))


def local(value: datetime) -> datetime:
    """Return the time as clocks in Stockholm show it; a time without a zone is UTC."""
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(STOCKHOLM)


def _local_date(value: date | datetime) -> date:
    return local(value).date() if isinstance(value, datetime) else value


def month(number_of_month: int) -> str:
    """Write a month's name."""
    return (MONTHS_EN if _is_english() else MONTHS_SV)[number_of_month - 1]


def long_date(value: date | datetime) -> str:
    """Write a date out: 2 oktober 2026."""
    day = _local_date(value)
    return f"{day.day}{NO_BREAK_SPACE}{month(day.month)} {day.year}"


def short_date(value: date | datetime) -> str:
    """Write a date by figures: 2026-10-02, in every language."""
    return _local_date(value).isoformat()


def clock(value: datetime) -> str:
    """Write a time of day: 09.14, in English 09:14."""
    return local(value).strftime("%H:%M" if _is_english() else "%H.%M")


def moment(value: datetime) -> str:
    """Write date and time: 2 oktober 2026 kl. 08.00."""
    return gettext("%(date)s kl. %(time)s") % {"date": long_date(value), "time": clock(value)}


def week(value: date | datetime) -> str:
    """Write the week of ISO 8601 with its own year: vecka 1, 2027."""
    year, number_of_week, _day = _local_date(value).isocalendar()
    return gettext("vecka %(week)s, %(year)s") % {"week": number_of_week, "year": year}


def minutes(value: int) -> str:
    """Write a length in minutes: 1 minut, 20 minuter."""
    return ngettext("%(count)s minut", "%(count)s minuter", value) % {"count": number(value)}


def superscript(number: int) -> str:
    """Write the number of a note as it stands beside what it explains: ¹, ¹²."""
    return str(number).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
