"""What a person writes for others to read: nothing hidden in it, nothing that turns it around."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Characters that turn the direction of what stands around them, and the one that stands for what could not be read.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNREADABLE = "\ufffd"


def check_is_text(value: str) -> None:
    """Raise ValidationError for characters that nobody sees or that make a text read otherwise than it is stored."""
    for character in value:
        is_hidden = unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn"} and character not in "\t\n\r"
        if is_hidden or character in _TURNING or character == _UNREADABLE:
            raise ValidationError(_("Texten innehåller tecken som inte kan läsas. Skriv den på nytt."), code="no_text")


class Words(forms.CharField):
    """A field for what a person writes and others read."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.validators.append(check_is_text)
