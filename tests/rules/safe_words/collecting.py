"""Collect what leaves the house, from the registries themselves: what is new there is collected too."""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from django.core.mail import get_connection
from django.test import Client
from django.utils import translation

import samsyn
from samsyn.channels import mails
from samsyn.channels.actions import outbox
from tests.rules.hostile import filled, views

HERE = Path(__file__).parent
ROOT = Path(samsyn.__file__).parent
LANGUAGES = ("sv", "en")
SOURCES = tomllib.loads((HERE / "revealing_words.toml").read_text(encoding="utf-8"))
OPEN = tuple(one["module"] for one in SOURCES["open"])


@dataclass(frozen=True)
class Artefact:
    """Something that reaches a person's own device, inbox, downloads, or our logs."""

    kind: str
    where: str
    text: str


def _pattern(word: dict[str, Any]) -> str:
    return rf"\b{re.escape(word['stem'])}" + (r"\b" if word.get("whole") else "")


REVEALING = re.compile("|".join(_pattern(word) for word in SOURCES["word"]), re.IGNORECASE)


def revealing(artefacts: Iterable[Artefact], *, planted: Iterable[str] = ()) -> list[str]:
    """Return what gives something away: a word of the list, or a planted string."""
    marks = [mark.casefold() for mark in planted]
    found = []
    for one in artefacts:
        hits = [hit[0] for hit in REVEALING.finditer(one.text)]
        hits += [mark for mark in marks if mark in one.text.casefold()]
        found += [f"{one.kind}, {one.where}: {hit}" for hit in hits]
    return found


def mails_of_every_kind(at: datetime) -> Iterator[Artefact]:
    """Yield every header but the address, every body and every file name of every kind of mail, as the server gets it."""
    for kind, languages in mails.texts().items():
        for language in languages:
            places = dict.fromkeys(languages[language].places, "https://a.example/x")
            written = mails.write(to="a@b.example", kind=kind, language=language, context=places)
            message = outbox._message(written, number=1, at=at, connection=get_connection())  # type: ignore[arg-type]
            yield from as_seen(f"{kind} {language}", message.message().as_bytes())


def as_seen(where: str, raw: bytes) -> Iterator[Artefact]:
    """Yield what a mail program shows of a message, and what it keeps beside it."""
    message = message_from_bytes(raw, policy=policy.default)
    yield Artefact("mail", where, "\n".join(f"{n}: {v}" for n, v in message.items() if n.lower() != "to"))
    for part in message.walk():
        if part.get_filename():
            yield Artefact("file name", where, str(part.get_filename()))
        if part.get_content_type() == "text/calendar":
            yield calendar(where, part.get_payload(decode=True), own=str(message["to"]))  # type: ignore[arg-type]
        elif part.get_content_maintype() == "text":
            yield Artefact("mail", where, str(part.get_content()))


def calendar(where: str, raw: bytes, *, own: str = "") -> Artefact:
    """Return a calendar file's lines as a program reads them (RFC 5545, 3.1), but for the one that is for the receiver."""
    lines = re.sub(r"\r?\n[ \t]", "", raw.decode("utf-8")).splitlines()
    assert lines[0] == "BEGIN:VCALENDAR", where
    kept = [one for one in lines if not (own and one.startswith("ATTENDEE") and one.endswith(f":mailto:{own}"))]
    return Artefact("calendar", where, "\n".join(kept))


def answered(where: str, answer: Any) -> Iterator[Artefact]:
    """Yield what a browser keeps of an answer: the title, the words and headers, the file's name, the calendar's lines."""
    name = re.search(r'filename="([^"]*)"', answer.headers.get("Content-Disposition", ""))
    if name:
        yield Artefact("file name", where, name[1])
    yield Artefact("page of a link", where, words_of(answer))
    for title in re.findall(r"<title>(.*?)</title>", answer.content.decode(), re.DOTALL):
        yield Artefact("page title", where, title)


def texts_of_the_channels(root: Path = ROOT) -> Iterator[Artefact]:
    """Yield every text in the channels' data files: mails, and text messages or pushes as soon as there are any."""
    for file in sorted((root / "channels" / "data").rglob("*.toml")):
        for text in _strings(tomllib.loads(file.read_text(encoding="utf-8"))):
            yield Artefact("text of a channel", file.name, text)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


TITLE = re.compile(r"{% block title(?:_end)? %}(.*?){% endblock", re.DOTALL)
SAID = re.compile(r'{% translate "([^"]*)"|{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}', re.DOTALL)


def titles_of_templates(root: Path = ROOT) -> Iterator[Artefact]:
    """Yield the title of every page of every room, in both languages: it stands in tabs, histories and shared screens."""
    for file in sorted(root.rglob("*.html")):
        if _is_open(file, root):
            continue
        for title in TITLE.findall(file.read_text(encoding="utf-8")):
            said = [one or other for one, other in SAID.findall(title)]
            for language in LANGUAGES:
                with translation.override(language):
                    text = " ".join([re.sub(r"{[%{].*?[%}]}", " ", title), *(translation.gettext(one) for one in said)])
                yield Artefact("page title", f"{file.relative_to(root)} {language}", text)


def data_in_titles(root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """Yield the template and the name of all data that it shows in its title, the published statistics left out."""
    for file in sorted(root.rglob("*.html")):
        if file.parent.name == "figures":
            continue
        for title in TITLE.findall(file.read_text(encoding="utf-8")):
            named = dict(re.findall(r"(\w+)=([\w.]+)", title))
            for one in re.findall(r"{{\s*([\w.]+)", title):
                yield "/".join(file.parts[-2:]), named.get(one, one)


def _is_open(file: Path, root: Path) -> bool:
    module = ".".join((root.name, *file.relative_to(root).with_suffix("").parts))
    return any(module == one or module.startswith(f"{one}.") for one in OPEN)


def pages_of_the_open_sites(client: Client) -> Iterator[Artefact]:
    """Yield the whole words of every page that an address of the public site gives, those that speak openly left out."""
    for urlconf, host in (("samsyn.config.urls_public", "statistik.localhost"),):
        for view in views(urlconf):
            if _speaks_openly(urlconf, view.route):
                continue
            named = dict.fromkeys(re.findall(r"\(\?P<(\w+)>", view.route), "x" * 32)
            path = filled(view, **named, slug="x" * 32, uuid="00000000-0000-4000-8000-000000000000", int="1", str="x")
            answer = client.get(path, headers={"host": host})
            yield Artefact("public page", f"{view.route}", words_of(answer))


def _speaks_openly(urlconf: str, route: str) -> bool:
    from importlib import import_module

    from django.urls import URLPattern, URLResolver

    def modules(patterns: list[Any], prefix: str) -> Iterator[tuple[str, str]]:
        for one in patterns:
            whole = prefix + str(one.pattern)
            if isinstance(one, URLResolver):
                yield from modules(one.url_patterns, whole)
            elif isinstance(one, URLPattern):
                yield whole, one.callback.__module__

    found = dict(modules(import_module(urlconf).urlpatterns, ""))
    return found[route].startswith(OPEN)


def words_of(answer: Any) -> str:
    """Return what a page shows, its title and its headers included."""
    page = answer.content.decode()
    headers = " ".join(f"{name}: {value}" for name, value in answer.headers.items())
    return f"{headers} {re.sub(r'<[^>]+>', ' ', page)}"


def constants(root: Path = ROOT) -> Iterator[Artefact]:
    """Yield the fixed texts of log lines, file names and calendar entries, read from the source of every room."""
    for file in sorted(root.rglob("*.py")):
        if "migrations" in file.parts or _is_open(file, root):
            continue
        source = file.read_text(encoding="utf-8")
        tree = ast.parse(source)
        where = str(file.relative_to(root))
        is_calendar = "icalendar" in source or "VEVENT" in source or "text/calendar" in source
        prose = _docstrings(tree)
        for node in ast.walk(tree):
            if _is_log_line(node):
                yield from (Artefact("log line", where, text) for text in _texts(node))
            elif isinstance(node, ast.FunctionDef) and node.name.endswith("file_name"):
                yield from _in_both("file name", where, (t for t in _texts(node) if t not in prose))
            elif isinstance(node, ast.JoinedStr | ast.Constant):
                text = "".join(_texts(node))
                if "filename=" in text:
                    yield from _in_both("file name", where, [text])
                elif is_calendar and isinstance(node, ast.Constant) and text not in prose:
                    yield from _in_both("calendar", where, [text])


def _in_both(kind: str, where: str, texts: Iterable[str]) -> Iterator[Artefact]:
    for text in texts:
        for language in LANGUAGES:
            with translation.override(language):
                yield Artefact(kind, f"{where} {language}", translation.gettext(text) if text else "")


def _is_log_line(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"debug", "info", "warning", "error", "critical", "exception"}
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"log", "logger", "logging"}
    )


def _texts(node: ast.AST) -> list[str]:
    return [one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def _docstrings(tree: ast.AST) -> frozenset[str]:
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(ast.get_docstring(node, clean=False) or "" for node in ast.walk(tree) if isinstance(node, owners))


def scripts_that_notify(root: Path = ROOT) -> list[str]:
    """Return the scripts that could put something on a locked screen: there are none, so there is nothing to read there."""
    words = ("new Notification", "showNotification", "serviceWorker", "PushManager")
    return [str(f) for f in sorted(root.rglob("*.js")) if any(word in f.read_text(encoding="utf-8") for word in words)]
