"""What every answer of the API has in common: who may read it, its language, its limit, its refusals, its format."""

import functools
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified, JsonResponse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from samsyn.people.access import open_to_everyone
from samsyn.statistics import exports, jsonstat, px, queries, selections, shown
from samsyn.statistics.cubes import Cube, cube_of, name_of
from samsyn.statistics.documents import LANGUAGES
from samsyn.statistics.limits import Window, client_of
from samsyn.statistics.queries import Series
from samsyn.statistics.selections import BadSelection
from samsyn.statistics.views import kept

KEPT = "public, no-cache"
# Of the API; a new one makes every kept answer old.
VERSION = "1.0.0"
FORMATS = {
    "json-stat2": "application/json",
    "csv": "text/csv; charset=utf-8",
    "px": "application/octet-stream",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SEPARATORS = {"separatortab": "\t", "separatorspace": " ", "separatorsemicolon": ";"}
SECONDS = 10
_window = Window(SECONDS)
VALUES = re.compile(r"valuecodes\[([^\[\]]{1,40})\]", re.IGNORECASE)


class Problem(Exception):
    """A question that has no answer: a status and words (RFC 9457)."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


View = Callable[..., HttpResponse]


def endpoint(*methods: str, is_kept: bool = True) -> Callable[[View], Callable[..., HttpResponseBase]]:
    """Declare a view of the API: its methods, its language, who may read the answer, its limit and its refusals.

    An answer ``is_kept`` where nothing but the address and what is published makes it.
    """
    allowed = ", ".join((*methods, "OPTIONS"))

    def declare(view: View) -> Callable[..., HttpResponseBase]:
        @open_to_everyone
        @csrf_exempt
        @functools.wraps(view)
        def answer(request: HttpRequest, **named: str) -> HttpResponseBase:
            language = named.pop("lang", _parameters(request).get("lang", LANGUAGES[0]))
            known = language if language in LANGUAGES else LANGUAGES[0]
            with translation.override(known):
                made = _answered(view, request, named, methods=methods, is_spoken=known == language, is_kept=is_kept)
                made["Content-Language"] = known
            made["Access-Control-Allow-Origin"] = "*"
            if request.method == "OPTIONS":
                made["Access-Control-Allow-Methods"] = allowed
                made["Access-Control-Allow-Headers"] = "Content-Type, If-None-Match"
                made["Access-Control-Max-Age"] = "86400"
            if made.status_code in {405, 204}:
                made["Allow"] = allowed
            made["Access-Control-Expose-Headers"] = "ETag, Retry-After"
            return made

        return answer

    return declare


def _answered(
    view: View,
    request: HttpRequest,
    named: Mapping[str, str],
    *,
    methods: Sequence[str],
    is_spoken: bool,
    is_kept: bool,
) -> HttpResponse:
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Cache-Control": "no-store"})
    wait = _window.wait(_client(request), calls=settings.SAMSYN_API_CALLS, now=time.monotonic())
    if wait:
        refused = _problem(429, _("För många frågor på kort tid. Vänta och försök igen."))
        refused["Retry-After"] = str(wait)
        return refused
    try:
        if request.method not in methods:
            raise Problem(405, _("Så kan API:et inte frågas här."))
        if not is_spoken:
            raise Problem(400, _("Språket finns inte. De som finns är sv och en."))
        mark = f"{VERSION}-{settings.SAMSYN_API_CALLS}-{queries.edition_mark()}"
        etag = f'"{mark}-{get_language()}"'
        if request.method != "POST" and request.headers.get("If-None-Match") == etag:
            made: HttpResponse = HttpResponseNotModified()
        elif is_kept and request.method != "POST":
            made = kept.answered(request, mark, lambda: view(request, **named))
        else:
            made = view(request, **named)
    except Problem as problem:
        return _problem(problem.status, str(problem))
    except BadSelection as refused_selection:
        return _problem(403 if isinstance(refused_selection, selections.TooMuch) else 400, str(refused_selection))
    if request.method == "POST":
        made["Cache-Control"] = "no-store"
    else:
        made["ETag"] = etag
        made["Cache-Control"] = KEPT
    return made


def _problem(status: int, message: str) -> HttpResponse:
    said = {"type": "about:blank", "title": message, "status": status}
    return JsonResponse(
        said,
        status=status,
        content_type="application/problem+json",
        headers={"Cache-Control": "no-store"},
        json_dumps_params={"ensure_ascii": False},
    )


def as_json(value: Any) -> HttpResponse:
    """Return an answer as JSON, letters as they are."""
    return JsonResponse(value, safe=False, json_dumps_params={"ensure_ascii": False})


def _client(request: HttpRequest) -> str:
    """Return who asks. Behind a proxy it is the last address that the proxy wrote; before it anybody can write anything."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.SAMSYN_BEHIND_TLS:
        address = request.headers.get("X-Forwarded-For", "").rpartition(",")[2] or address
    return client_of(address)


def _parameters(request: HttpRequest) -> dict[str, str]:
    """Return what stands after the question mark, names in lower case; the last of several counts."""
    return {name.lower(): request.GET[name] for name in request.GET}


def only(request: HttpRequest, *known: str) -> dict[str, str]:
    """Return the parameters; one that we don't know is refused, or a slip of the pen would be answered with everything."""
    found = _parameters(request)
    for name in found:
        if name not in known and not VALUES.fullmatch(name):
            raise Problem(
                400,
                _("Parametern %(name)s finns inte. De som finns är %(all)s.")
                % {"name": selections.told(name), "all": ", ".join(known)},
            )
    return found


def number(parameters: Mapping[str, str], name: str, *, otherwise: int, most: int) -> int:
    """Return a parameter that is a whole number from 1 on; raise Problem."""
    given = parameters.get(name, str(otherwise))
    if not (given.isascii() and given.isdigit() and 1 <= len(given) <= 6 and 1 <= int(given) <= most):
        raise Problem(400, _("%(name)s är ett tal från 1 till %(most)s.") % {"name": name, "most": most})
    return int(given)


# The tables


@functools.lru_cache(maxsize=2)
def all_series(mark: str) -> Mapping[str, Series]:
    """Return every series by name; kept until something is published."""
    return {name_of(one.code, one.kind): one for one in queries.published_series()}


@functools.lru_cache(maxsize=128)
def _read_cube(code: str, kind: str, mark: str, updated: str) -> Cube:
    return cube_of(queries.series_documents(code, kind), updated=updated)


def one_series(name: str) -> Series:
    """Return a table over all its quarters by name; raise Problem."""
    found = all_series(queries.edition_mark()).get(name)
    if found is None:
        raise Problem(404, _("Den tabellen finns inte."))
    return found


def kept_cube(name: str) -> Cube:
    """Return a table's cube by name, read once for each publication; raise Problem."""
    one = one_series(name)
    return _read_cube(one.code, one.kind, queries.edition_mark(), one.published_at.isoformat())


def title_of(one: Series) -> str:
    """Name a table with its kind of period."""
    return f"{shown.caption(one.document)}. {shown.kind_title(one.kind)}"


def body_of(request: HttpRequest) -> dict[str, Any]:
    """Return the JSON object that was sent, empty without a body; raise Problem."""
    try:
        found = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        raise Problem(400, _("Frågan är inte skriven som JSON.")) from None
    if not isinstance(found, dict):
        raise Problem(400, _("Frågan ska vara ett JSON-objekt."))
    return found


def texts(value: Any, name: str) -> list[str]:
    """Return what should be a list of texts; raise Problem."""
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Problem(400, _("%(name)s ska vara en lista av texter.") % {"name": name})
    return value


def objects(value: Any, name: str) -> list[dict[str, Any]]:
    """Return what should be a list of objects; raise Problem."""
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise Problem(400, _("%(name)s ska vara en lista av objekt.") % {"name": name})
    return value


def handed_out(
    cube: Cube, form: str, *, stub: tuple[str, ...] = (), heading: tuple[str, ...] = (), styles: Sequence[str] = ()
) -> HttpResponse:
    """Return a cube in one of the formats, in flat ones with the dimensions where they were wanted; raise Problem."""
    if form not in FORMATS:
        raise Problem(400, _("Formatet finns inte. De som finns är %(all)s.") % {"all": ", ".join(FORMATS)})
    codes = [one.code for one in cube.dimensions]
    for one in (*stub, *heading):
        if one not in codes:
            raise Problem(400, _("Det finns ingen variabel %(code)s i svaret.") % {"code": selections.told(one)})
    if len(set(stub) | set(heading)) != len(stub) + len(heading):
        raise Problem(400, _("En variabel står antingen i förspalten eller i tabellhuvudet, en gång."))
    for style in styles:
        if style not in {*exports.HEADS, *SEPARATORS, "includetitle"}:
            raise Problem(400, _("%(name)s känns inte igen bland formatets val.") % {"name": selections.told(style)})
    if form == "json-stat2":
        content = jsonstat.as_bytes(cube)
    elif form == "px":
        content = px.as_bytes(cube)
    else:
        content = _flat(cube, form, _placed(codes, stub, heading), styles)
    made = HttpResponse(content, content_type=FORMATS[form])
    if form != "json-stat2":
        made["Content-Disposition"] = f'attachment; filename="{cube.name}.{form}"'
    return made


def _placed(codes: Sequence[str], stub: Sequence[str], heading: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return which dimensions stand in the stub and which in the heading; those not named fill up the other side."""
    rest = [code for code in codes if code not in (*stub, *heading)]
    if stub:
        return list(stub), [*heading, *rest]
    return (rest, list(heading)) if heading else (rest[:1], rest[1:])


def _flat(cube: Cube, form: str, placed: tuple[list[str], list[str]], styles: Sequence[str]) -> bytes:
    heads = next((style for style in styles if style in exports.HEADS), "usetexts")
    rows = exports.flat(cube, *placed, heads=heads)
    if form == "xlsx":
        return exports.workbook(cube.latest, rows, frozen="B4")
    title: list[Sequence[int | float | str]] = [[jsonstat.label(cube)], []] if "includetitle" in styles else []
    separator = next((SEPARATORS[style] for style in styles if style in SEPARATORS), ",")
    return exports.flat_csv([*title, *rows], delimiter=separator)
