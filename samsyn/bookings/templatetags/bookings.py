"""How days and times of bookings are written."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.utils.translation import get_language

from samsyn.bookings.forms import WEEKDAYS
from samsyn.ui import numbers

register = template.Library()


@register.filter
def named(names: Mapping[Any, Any], key: Any) -> Any:
    """Return what the key stands for; nothing where it stands for nothing."""
    return names.get(key, "")


@register.filter
def weekday(value: date | datetime) -> str:
    """Write the day of the week, as a line begins."""
    day = numbers.local(value).date() if isinstance(value, datetime) else value
    return str(WEEKDAYS[day.weekday()][1]).capitalize()


@register.filter
def minute_clock(value: int) -> str:
    """Write a minute of the day as a clock shows it; the day's end is 24.00."""
    mark = ":" if (get_language() or "sv").startswith("en") else "."
    return f"{value // 60:02}{mark}{value % 60:02}"
