"""A composed case in sentences, written by the system out of its words, in Swedish and English. Pure."""

from collections.abc import Sequence

from samsyn.deliveries.composed.parts import Choice, Part, Version, chosen

LANGUAGES = ("sv", "en")
_AND = {"sv": "och", "en": "and"}


def paragraphs(version: Version, words: Sequence[str], language: str) -> tuple[str, ...]:
    """Return the case in a language, a sentence for each part of which something was chosen, in their order."""
    found: list[list[str]] = []
    for part in version.parts:
        if part.opens or not found:
            found.append([])
        found[-1] += _sentences(part, chosen(words, part.code), language)
    return tuple(" ".join(one) for one in found if one)


def _sentences(part: Part, codes: Sequence[str], language: str) -> list[str]:
    if part.results:
        return _tried(part, codes, language)
    known = {one.code: one for one in part.choices}
    phrases = [_in(known[code], language) for code in codes]
    return [_said(part, "said", listed(phrases, language), language)] if phrases else []


def title(version: Version, words: Sequence[str], language: str) -> str:
    """Return what the case is called in a list: the age, and what it is about."""
    about = []
    for code in ("age", "exposure"):
        known = {one.code: one for one in version.part(code).choices}
        about.append(listed([_in(known[one], language) for one in chosen(words, code)], language))
    return ": ".join(about)


def listed(phrases: Sequence[str], language: str) -> str:
    """Return phrases as one: commas, and the word for "and" before the last."""
    head, last = phrases[:-1], phrases[-1]
    return f"{', '.join(head)} {_AND[language]} {last}" if head else last


def capital(text: str) -> str:
    """Return the text with a capital first letter."""
    return text[:1].upper() + text[1:]


def _tried(part: Part, codes: Sequence[str], language: str) -> list[str]:
    steps, results = ({one.code: one for one in some} for some in (part.choices, part.results))
    found = []
    for number, code in enumerate(codes):
        step, _colon, result = code.partition(":")
        told = _said(part, "then" if number else "said", _in(steps[step], language), language)
        found.append(f"{told} {_in(results[result], language)}")
    return found


def _said(part: Part, how: str, phrase: str, language: str) -> str:
    return capital(str(getattr(part, f"{how}_{language}")).format(phrase))


def _in(choice: Choice, language: str) -> str:
    return str(getattr(choice, language))
