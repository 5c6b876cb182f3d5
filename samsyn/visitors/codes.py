"""The visitor's six words: two find the box, four open it. Only keyed hashes are stored, and of the four not even that."""

from dataclasses import dataclass

from samsyn.privacy import spoken_codes
from samsyn.visitors.policies import CODE_WORDS, LOCATOR_WORDS


@dataclass(frozen=True, repr=False)
class Code:
    """Words as they are said."""

    locator: str
    secret: str

    @property
    def words(self) -> tuple[str, ...]:
        """Return all six in their order."""
        return (*self.locator.split(), *self.secret.split())

    @property
    def locator_hash(self) -> bytes:
        """Return what the row is found by."""
        return spoken_codes.keyed_hash("visitor_box_locator", self.locator)


def new_code() -> Code:
    """Draw six words; the caller sees to it that no other box has the first two."""
    return _split(spoken_codes.new_code(words=CODE_WORDS))


def read_code(text: str) -> Code:
    """Read what a person typed; raise spoken_codes.NotACode, which never carries the words."""
    return _split(spoken_codes.normalise(text, words=CODE_WORDS))


def _split(code: str) -> Code:
    words = code.split()
    return Code(" ".join(words[:LOCATOR_WORDS]), " ".join(words[LOCATOR_WORDS:]))


def alarm_hash(word: str, *, box: str) -> bytes:
    """Return the keyed hash of the word that means that somebody came."""
    return spoken_codes.keyed_hash("visitor_alarm_word", f"{box} {word}")


def own_key(purpose: str) -> bytes:
    """Return a key of this room, kept apart from all others by its purpose."""
    return spoken_codes.keyed_hash(f"visitor_{purpose}", "")
