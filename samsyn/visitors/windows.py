"""The desk's keys, one pair a day: the public half in the database, the private half in a file that is destroyed."""

from datetime import date
from pathlib import Path

from django.conf import settings

from samsyn.privacy import keys
from samsyn.visitors import sealing
from samsyn.visitors.models import ReadingWindow

FOLDER = "reading_windows"


def _folder() -> Path:
    return Path(settings.SAMSYN_KEY_DIR) / FOLDER


def _purpose(day: date) -> str:
    return f"day_{day:%Y%m%d}"


def window_of(day: date) -> ReadingWindow:
    """Return the day's pair, made when the first message of the day comes."""
    window = ReadingWindow.objects.filter(day=day).first()
    if window is not None:
        return window
    keys.create_missing(_folder(), [_purpose(day)])
    public = sealing.public_of(keys.read(_folder(), _purpose(day)))
    return ReadingWindow.objects.get_or_create(day=day, defaults={"public_key": public})[0]


def private_half(day: date) -> bytes | None:
    """Return the day's private half, or None when it is destroyed."""
    try:
        return keys.read(_folder(), _purpose(day))
    except keys.KeyUnusable:
        return None


def destroy(day: date) -> None:
    """Remove the day's private half; what is sealed to it opens no more, in no backup of the database."""
    (_folder() / f"{_purpose(day)}.key").unlink(missing_ok=True)
    keys.read.cache_clear()
