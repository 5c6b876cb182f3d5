"""The forms that stand on a page as the server sent it, and two ways of filling them in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

import html5lib

from samsyn.privacy import floods

# What a person leaves as the page has it, and what is ticked or chosen out of a few.
KEPT = ("hidden", "range", "color")
CHOSEN = ("radio", "checkbox")
# What a field takes that asks for more than words, made of a word.
WRITTEN: dict[str, Callable[[str], str]] = {
    "email": "{}@kommun.example".format,
    "date": lambda _word: (datetime.now(UTC).date() + timedelta(days=21)).isoformat(),
    "time": lambda _word: "09:00",
    "tel": lambda _word: "0705550100",
}


# Fields for plain text that take an address of mail.
ADDRESSES = ("to", "address")


@dataclass(frozen=True)
class Control:
    """A field or a button: what it holds, and out of what one chooses."""

    name: str
    kind: str
    value: str
    choices: tuple[str, ...] = ()
    least: str = ""
    action: str = ""
    """Where a button sends the form instead."""


@dataclass(frozen=True)
class Form:
    """A form that is posted, with the address that it goes to."""

    action: str
    controls: tuple[Control, ...]
    proof: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.controls if one.kind == "file")

    @property
    def buttons(self) -> list[Control | None]:
        """Return each named button; None where there is none."""
        return [one for one in self.controls if one.kind == "submit"] or [None]

    def filled(self, word: Callable[[str], str], button: Control | None) -> dict[str, list[str]]:
        """Return what a person sends: words where words go, the first of each choice, the rest as it stands."""
        sent: dict[str, list[str]] = {}
        for one in self.controls:
            is_other = one.kind == "submit" and one is not button
            if is_other or (one.kind in CHOSEN and one.name in sent):
                continue
            value = _written(one, word)
            if value is not None:
                sent.setdefault(one.name, []).append(value)
        return sent | self.worked()

    def overfilled(self, word: Callable[[str], str], button: Control | None) -> dict[str, list[str]]:
        """Return words in every field, even where one chooses; what is hidden stays, so that the form is found."""
        sent = {one.name: [one.value if one.kind == "hidden" else word(one.name)] for one in self.controls}
        return sent | ({button.name: [button.value]} if button else {})

    def worked(self) -> dict[str, list[str]]:
        """Return the work that a form against floods asks for."""
        if not self.proof:
            return {}
        challenge, work = self.proof
        mark = next(one.value for one in self.controls if one.name == challenge)
        found = next(str(one) for one in range(10**7) if floods.has_zeros(mark, str(one), floods.BITS))
        return {challenge: [mark], work: [found]}


def forms(page: str, address: str) -> Iterator[Form]:
    """Yield the posted forms of a page."""
    root = html5lib.parse(page, namespaceHTMLElements=False)
    for element in root.iter("form"):
        if (element.get("method") or "").lower() != "post":
            continue
        inside = [
            *element.iter(),
            *(one for one in root.iter() if element.get("id") and one.get("form") == element.get("id")),
        ]
        controls = tuple(_control(one) for one in inside if one.get("name") and _is_control(one))
        proof = tuple((element.get("data-proof") or "").split())
        # The desk saves itself by its script, to an address of its own.
        for action in (element.get("action") or address, element.get("data-autosave-url")):
            if action:
                yield Form(urljoin(address, action), controls, proof)


def _is_control(element: Element) -> bool:
    return element.tag in ("input", "select", "textarea", "button") and element.get("disabled") is None


def _control(element: Element) -> Control:
    kind = {"input": element.get("type", "text"), "button": "submit"}.get(str(element.tag), str(element.tag))
    options = tuple(str(one.get("value", one.text or "")) for one in element.iter("option"))
    value = element.get("value", "") if element.tag != "textarea" else element.text or ""
    action = element.get("formaction", "")
    return Control(str(element.get("name")), kind, value, options, element.get("min", ""), action)


def links(page: str, address: str) -> list[str]:
    """Return where a page's links lead."""
    root = html5lib.parse(page, namespaceHTMLElements=False)
    return [urljoin(address, str(one.get("href"))).partition("#")[0] for one in root.iter("a") if one.get("href")]


def _written(one: Control, word: Callable[[str], str]) -> str | None:
    if one.kind in (*KEPT, "submit"):
        return one.value
    if one.kind in CHOSEN:
        return one.value or "on"
    if one.kind == "select":
        return next((each for each in one.choices if each), "")
    if one.kind == "number":
        return one.value or one.least or "1"
    if one.name in ADDRESSES:
        return WRITTEN["email"](word(one.name))
    if one.kind in WRITTEN:
        return one.value or WRITTEN[one.kind](word(one.name))
    return None if one.kind in ("file", "image", "reset") else word(one.name)
