"""A walk through a site that fills in every form that stands on its pages and sends it, by each of its buttons."""

import re
from collections import defaultdict, deque
from dataclasses import dataclass, field
from itertools import groupby
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404

from tests.journeys.addresses import Addresses
from tests.journeys.canaries import Visitor
from tests.journeys.standing_forms import Control, Form, forms, links

# What ends or takes away something that others still work with goes last; what ends the visit, or the language, not at all.
ENDS = re.compile(
    r"discard|erase|remove|withdraw|retire|close|cancel|\bend\b|revoke|stop|forget|publish|approve|reject|decide|submit"
)
LEAVES = re.compile(r"sign-out|people/lock/|personas/|people/language/")
# A form that was read and refused; that an address is not there, or not for somebody, is no answer to a form.
REFUSALS = {400, 409, 413, 415, 422}
# So many pages of one pattern are opened, since each may stand differently: waiting, answered, ended.
MOST_OF_ONE = 4


@dataclass
class FormWalk:
    """What the patterns of a site answered to their forms, over all walks."""

    site: Addresses
    given: dict[str, dict[str, str]]
    """What must stand on a form for it to be taken in, by pattern; a canary stands for ``{0}``."""
    answers: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    paths: dict[str, str] = field(default_factory=dict)
    """A path of each pattern that stood somewhere."""
    pressed: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    ends: list[tuple[str, Form, Control | None]] = field(default_factory=list)
    """Who saw which button that ends something; they are pressed when everybody has walked."""

    def unanswered(self) -> set[str]:
        """Return the patterns of which nothing took a form or said what is wrong with it.

        What only shows something says so (405), whatever the table of addresses says.
        """
        answered = {*range(200, 400), *REFUSALS, 405}
        return {route for route in self.site.forms if not self.answers[route] & answered}

    def route_of(self, path: str) -> str | None:
        try:
            return self.site.route_of(urlsplit(path).path)
        except Resolver404:
            return None

    def walk(self, visitor: Visitor, who: str, first: list[str]) -> None:
        """Follow every link from the first paths on as somebody, and send what stands there."""
        waiting = deque((path, True) for path in first)
        opened: dict[str, set[str]] = defaultdict(set)
        while waiting:
            path, is_new = waiting.popleft()
            route = self.route_of(path)
            if route is None or path in opened[route] or (len(opened[route]) >= MOST_OF_ONE and not is_new):
                continue
            opened[route].add(path)
            status, page, onward = visitor.get(path, marked=False)
            if onward:
                waiting.append((_own(visitor, onward), True))
            if status != 200 or not page.startswith("<!doctype html"):
                continue
            self.paths.setdefault(route, path)
            waiting.extend((_own(visitor, one), False) for one in links(page, visitor.base + path))
            waiting.extendleft((one, True) for one in self.send_all(visitor, who, page, path))
        if not who:  # a stranger does not come back
            for _who, form, button in [one for one in self.ends if not one[0]]:
                self.send(visitor, who, form, button)
            self.ends = [one for one in self.ends if one[0]]

    def path_of(self, route: str) -> str:
        """Return a path of the pattern that stood somewhere, or that of something that has other pages; "" for none."""
        if route in self.paths:
            return self.paths[route]
        named, hole, rest = route.rpartition(">")
        for known, path in self.paths.items():
            if hole and known.startswith(f"{named}>/"):
                return "/".join(path.split("/")[: named.count("/") + 2]) + rest
        return ""

    def finish(self, visitor: Visitor) -> None:
        """Press what ends something, each as whoever saw it."""
        ends, self.ends = self.ends, []
        for who, seen in groupby(ends, key=lambda one: one[0]):
            visitor.become(who)
            for _who, form, button in seen:
                for path in self.send(visitor, who, form, button):
                    _status, page, _onward = visitor.get(path, marked=False)
                    self.send_all(visitor, who, page, path)

    def send_all(self, visitor: Visitor, who: str, page: str, path: str, *, only_new: bool = False) -> list[str]:
        """Send the forms of a page, or those that were never sent; return where they led."""
        led = []
        for form in forms(page, visitor.base + path):
            for button in form.buttons:
                if only_new and self.pressed[self._key(visitor, form, button)]:
                    continue
                if ENDS.search(form.action) or (button and ENDS.search(button.value)):
                    self.ends.append((who, form, button))
                else:
                    led += self.send(visitor, who, form, button)
        return led

    def send(self, visitor: Visitor, who: str, form: Form, button: Control | None) -> list[str]:
        """Send a form with words in every field, then as a person fills it in; return where that led."""
        path, key = _target(visitor, form, button), self._key(visitor, form, button)
        route = self.route_of(path)
        if route is None or LEAVES.search(path) or any(status < 400 for status in self.pressed[key]):
            return []
        self.paths.setdefault(route, path)

        def word(name: str) -> str:
            return visitor.canaries.new(f"field {name} of {route}")

        led = []
        given = {name: value.format(word(name)) for name, value in self.given.get(route, {}).items()}
        for sent in (form.overfilled(word, button), form.filled(word, button) | given):
            fresh = {"csrfmiddlewaretoken": visitor.token} if "csrfmiddlewaretoken" in sent else {}
            status, page, onward = visitor.form(path, sent | fresh, files=form.files)
            self.pressed[key].add(status)
            self.answers[route].add(status)
            if onward:
                led.append(_own(visitor, onward))
            elif status == 200 and page.startswith("<!doctype html"):
                # What a form shows stands at no address: a letter that was opened, a number to call.
                led += self.send_all(visitor, who, page, path, only_new=True)
        return led

    def _key(self, visitor: Visitor, form: Form, button: Control | None) -> str:
        return f"{self.route_of(_target(visitor, form, button))} {button.value if button else ''}"


def _target(visitor: Visitor, form: Form, button: Control | None) -> str:
    return _own(visitor, urljoin(form.action, button.action) if button else form.action)


def _own(visitor: Visitor, address: str) -> str:
    """Return an address of the site as its path; "//" for another site's."""
    parts = urlsplit(address)
    if parts.netloc and parts.netloc != urlsplit(visitor.base).netloc:
        return "//"
    return parts.path + (f"?{parts.query}" if parts.query else "")
