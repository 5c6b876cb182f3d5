"""Strings that nobody else writes are put into every opening of the authority's installation, and then looked for.

They may lie only where a person means them to lie: ALLOWED, each with its reason. Not in any other table, in no write-ahead
log but beside their table, in no log, no temporary file and no mail.
"""

import base64
import binascii
import http.client
import json
import os
import re
import secrets
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
import pytest
from psycopg import sql

from samsyn.config.cluster import Cluster
from samsyn.config.database import address
from samsyn.people.access import EVERYONE, SIGNED_IN
from samsyn.people.roles import GRANTS, Permission
from tests.journeys.conftest import Demonstration, free_ports, start_demonstration, stop_demonstration
from tests.rules.hostile import STAFF, View, fields, filled, views

pytestmark = pytest.mark.own_server
# Table and column where a string may lie, the fields it may have come by, and why it is kept.
WORDS_OF_LEAD = "a team lead writes questions and checklists for everybody to read"
WORDS_OF_ANALYST = "an analyst tells the reader why a published quarter is corrected"
SHORT = "a template or a question of one's own has a short name, made of its title"
ALLOWED: tuple[tuple[str, str, str, str], ...] = (
    ("questions_instrumentversion", "reminder_sv|reminder_en|reason", "reminder_sv|reminder_en|reason", WORDS_OF_LEAD),
    (
        "questions_question",
        "wording_sv|wording_en|hint_sv|hint_en|code|concept",
        "wording_sv|wording_en|hint_sv|hint_en|code",
        WORDS_OF_LEAD,
    ),
    ("questions_templateversion", "title_sv|title_en|reason", "title_sv|title_en|reason", WORDS_OF_LEAD),
    ("questions_template", "code", "title_en", SHORT),
    ("questions_templateversion", "template_id", "title_en", SHORT),
    ("questions_package", "code|title_sv|title_en", "title_sv|title_en", WORDS_OF_LEAD),
    ("questions_packageversion", "content", "(title|purpose)_(sv|en)", WORDS_OF_LEAD),
    ("questions_packageversion", "package_id", "title_en", SHORT),
    ("audit_event", "facts", "title_en|wording_sv|code", SHORT + ", and the log says by it what was changed"),
    ("statistics_release", "revision_note", "note", WORDS_OF_ANALYST),
    ("statistics_releasetable", "document|public_document", "note", WORDS_OF_ANALYST),
    ("statistics_askedtable", "reason", "reason", "an analyst says why exact figures are needed"),
    ("questions_templateitem", "text_sv|text_en", r"line-\d+-text_(sv|en)", WORDS_OF_LEAD),
    ("people_account", "name|pseudonym", "name|pseudonym", "an administrator names a new account"),
)
HEADERS = ("User-Agent", "Accept-Language", "X-Forwarded-For", "Forwarded", "X-Request-Id", "Authorization", "From")
QUERY = ("words", "q", "next", "kind", "page", "person", "period", "quarter", "code")
POSTED = (
    "login",
    "password",
    "code",
    "next",
    "note",
    "reason",
    "do",
    "quarter",
    "language",
    "group",
    "tab",
    "sector",
    "credential",
)


@dataclass
class Canaries:
    """Makes strings that are found again, and remembers where each was put."""

    mark: str = field(default_factory=lambda: "qzk" + secrets.token_hex(5))
    put: dict[str, str] = field(default_factory=dict)

    def new(self, place: str) -> str:
        """Return a string for one place: letters and digits only, so that it fits every kind of hole."""
        made = f"{self.mark}x{len(self.put):05d}"
        self.put[made] = place
        return made

    def found_in(self, data: bytes) -> set[str]:
        """Return the strings in some bytes, as they are, as UTF-16, as digits of hexadecimal or within base64."""
        mark = self.mark.encode()
        low = data.lower()
        found = {hit.decode() for hit in re.findall(re.escape(mark) + rb"x\d{5}", low)}
        wide = "".join(f"{c}\0" for c in self.mark).encode()
        for coded, name in ((wide, "UTF-16"), (binascii.hexlify(mark), "hexadecimal")):
            if coded in low:
                found.add(f"{self.mark} as {name}")
        for shift in range(3):  # in base64 the letters depend on where the string begins
            coded = base64.b64encode(b"\0" * shift + mark)[4 if shift else 0 : -4]
            if coded in data or coded.replace(b"+", b"-").replace(b"/", b"_") in data:
                found.add(f"{self.mark} as base64")
        return found


@dataclass
class Visitor:
    """Sends requests as they are, keeps cookies, and puts a canary into every header."""

    host: str
    port: int
    canaries: Canaries
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    answers: list[tuple[int, str]] = field(default_factory=list)

    def send(
        self, method: str, path: str, body: bytes = b"", *, kind: str = "", marked: bool = True
    ) -> tuple[int, str, str]:
        """Return status, page and where it leads."""
        headers = {"Host": f"{self.host}:{self.port}"}
        cookies = dict(self.cookies)
        if marked:
            place = f"header of {method} {path.partition('?')[0]}"
            headers |= {name: self.canaries.new(f"{name} {place}") for name in HEADERS}
            headers["Referer"] = f"http://{self.host}:{self.port}/{self.canaries.new('Referer ' + place)}"
            cookies[self.canaries.new(f"cookie's name, {place}")] = self.canaries.new(f"cookie, {place}")
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        if kind:
            headers["Content-Type"] = kind
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body=body or None, headers=headers)
            answer = connection.getresponse()
            page = answer.read().decode("utf-8", "replace")
        finally:
            connection.close()
        for given in answer.headers.get_all("Set-Cookie") or []:
            name, _sign, value = given.partition(";")[0].partition("=")
            self.cookies[name] = value
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if token:
            self.token = token[1]
        self.answers.append((answer.status, f"{method} {path.partition('?')[0]}"))
        return answer.status, page, answer.headers.get("Location", "")

    def get(self, path: str, *, marked: bool = True) -> tuple[int, str, str]:
        return self.send("GET", path, marked=marked)

    def post(self, path: str, post: dict[str, Any], *, marked: bool = True) -> tuple[int, str, str]:
        body = urlencode({"csrfmiddlewaretoken": self.token} | post, doseq=True).encode()
        return self.send("POST", path, body, kind="application/x-www-form-urlencoded", marked=marked)

    def upload(self, path: str) -> tuple[int, str, str]:
        """Post a file under a name; nothing here takes files."""
        name, words = (self.canaries.new(f"{what}, upload to {path}") for what in ("file name", "file"))
        token = f'--b\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{self.token}\r\n'
        file = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}.txt"\r\n\r\n{words}\r\n--b--\r\n'
        return self.send("POST", path, (token + file).encode(), kind="multipart/form-data; boundary=b")

    def become(self, persona: str) -> None:
        self.cookies.clear()
        self.get("/personas/", marked=False)
        status, _page, _to = self.post("/personas/sign-in/", {"name": persona}, marked=False)
        assert status == 302


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """A demonstration of its own, with a folder of its own for temporary files."""
    state = tmp_path_factory.mktemp("canary")
    for folder in (state, *state.parents):
        if folder.owner() == "root" and folder.parent != folder and len(folder.parts) > 2:
            folder.chmod(folder.stat().st_mode | 0o011)
    temporary = state / "temporary"
    temporary.mkdir(mode=0o777)
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = str(temporary)
    try:
        running = start_demonstration(state, free_ports(), embedded=True)
    finally:
        if before is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = before
    yield running
    stop_demonstration(running)


def who_may(view: View) -> list[str]:
    """Return who opens a view here: one for each role that may, a stranger where everybody may."""
    if view.access.whom == EVERYONE:
        return [""]
    if view.access.whom == SIGNED_IN:
        return ["adviser"]
    assert isinstance(view.access.whom, Permission)
    return [next(name for name, role in STAFF.items() if view.access.whom in GRANTS[role])]


# These end what the walk needs, so they come last.
LAST = ("sign-out", "lock", "discard", "publish", "personas/sign-in")


def put_into_view(visitor: Visitor, view: View, holes: dict[str, str]) -> None:
    """Put canaries into the view's address, query, form and files."""
    canaries, route = visitor.canaries, view.route
    strange = {"uuid": holes["uuid"], "int": "1"} | {
        name: canaries.new(f"{name} hole of {route}") for name in ("slug", "str")
    }
    query = urlencode({name: canaries.new(f"query {name} of {route}") for name in QUERY})
    visitor.get(f"{filled(view, **strange)}?{query}&{canaries.new('query name of ' + route)}=1")
    path = filled(view, **holes)
    _status, page, _to = visitor.get(path)
    there = {name: values[-1] for name, values in fields(page).items()}
    if "login" in page:  # the fields of a sign-in are of no use to a signed-in person
        there.pop("remember", None)
    everything = {name: canaries.new(f"field {name} of {route}") for name in {*there, *POSTED}}
    everything[canaries.new(f"field name of {route}")] = "1"
    visitor.post(f"{path}?{query}", everything)
    visitor.upload(path)
    # What the page holds is left as it is, and the fields for words get canaries: this is how they are really kept.
    words = {
        name
        for name in fields(page)
        if not _is_choice(page, name) and not re.search("revision|FORMS|minutes|place|valid_from", name)
    }
    fresh = fields(visitor.get(path)[1])
    post = {name: values[-1] for name, values in fresh.items()}
    post |= {name: canaries.new(f"field {name} of {route}") for name in words & set(post)}
    for name, inside in re.findall(r'<select\b[^>]*\bname="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        post[name] = next(iter(re.findall(r'<option value="([^"]+)"', inside)), "")
    visitor.post(path, post)


def _is_choice(page: str, name: str) -> bool:
    tag = re.search(rf'<(?:input|select|button)\b[^>]*\bname="{re.escape(name)}"[^>]*>', page)
    if tag is None:
        return False
    kinds = ("hidden", "radio", "checkbox", "submit")
    return tag[0].startswith(("<select", "<button")) or any(f'type="{kind}"' in tag[0] for kind in kinds)


def walk_staff(own: Demonstration, canaries: Canaries) -> Visitor:
    """Put canaries into everything that the staff's site has."""
    visitor = Visitor("centre.localhost", own.port, canaries)
    found = views("samsyn.config.demonstration.urls")
    found.sort(key=lambda view: any(word in view.route for word in LAST))
    holes = _holes(own, visitor)
    current = None
    for view in found:
        for name in who_may(view):
            if name != current or any(word in view.route for word in LAST):
                visitor.cookies.clear()
                visitor.get("/personas/", marked=False)
                if name:
                    visitor.become(name)
                current = name
            kind = next(
                (
                    one
                    for one in ("desk", "release", "asked_id", "account_id", "event", "template")
                    if one in view.route
                ),
                "version",
            )
            given = {"uuid": holes.get(kind, holes["version"]), "slug": "profession", "str": "x", "int": "1"}
            put_into_view(visitor, view, given)
    return visitor


def _holes(own: Demonstration, visitor: Visitor) -> dict[str, str]:
    """Make something to address: a contact, drafts, a release; return their ids."""
    uuid = r"[0-9a-f]{8}-[0-9a-f-]{27}"

    def after(path: str, post: dict[str, Any]) -> str:
        status, _page, to = visitor.post(path, post, marked=False)
        assert status == 302, path
        return str(re.findall(uuid, to)[0])

    made = {}
    visitor.become("adviser")
    visitor.get("/desk/", marked=False)
    made["desk"] = after("/desk/", {})
    visitor.become("lead")
    visitor.get("/questions/", marked=False)
    made["version"] = after("/questions/instruments/support_call/new-version", {})
    _status, page, _to = visitor.get("/questions/", marked=False)
    shown = re.findall(rf"/questions/templates/versions/{uuid}/", page)[0]
    _status, page, _to = visitor.get(shown, marked=False)
    made["template"] = after(re.findall(r'action="(/questions/templates/[^"]+/new-version)"', page)[0], {})
    visitor.become("analyst")
    visitor.get("/tables/", marked=False)
    asked = {"unit": "person", "row": "age_band", "column": "sex", "first": "2024-q1", "last": "2026-q2"}
    made["asked_id"] = after("/tables/", asked)
    made["account_id"] = str(own.value("SELECT id FROM people_account WHERE name = 'officer'"))
    made["release"] = str(own.value("SELECT id FROM statistics_release WHERE status = 'published' LIMIT 1"))
    made["event"] = str(own.value("SELECT id FROM audit_event LIMIT 1"))
    return made


PUBLIC_HOLES = {
    "quarter": "2026-q1",
    "kind": "quarter",
    "code": "sex",
    "ending": "csv",
    "edition": "1",
    "name": "sex-quarter",
    "lang": "sv",
    "database": "support_call",
    "secret": "nobodysSecretOfThisKind",
    "slug": "nobodysTokenOfThisKind",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "int": "1",
    "str": "x",
}


def walk_public(own: Demonstration, canaries: Canaries) -> None:
    """Put canaries into the public's site and the visitors'."""
    sites = (("statistik.localhost", own.port, "samsyn.config.urls_public"),)
    sites += (("visitor.localhost", own.port + 1, "samsyn.config.urls_visitor"),)
    for host, port, urlconf in sites:
        visitor = Visitor(host, port, canaries)
        for view in views(urlconf):
            strange = {name: canaries.new(f"hole {name} of {view.route}") for name in PUBLIC_HOLES}
            known = {**PUBLIC_HOLES, "code": strange["code"]}
            query = urlencode({name: canaries.new(f"query {name} of {view.route}") for name in QUERY})
            for holes in (strange, known):
                visitor.get(f"{filled(view, **holes)}?{query}")
            visitor.post(filled(view, **known), {"code": canaries.new(f"post to {view.route}")})


# Where to look


def databases(own: Demonstration) -> Iterator[tuple[str, "psycopg.Connection[tuple[Any, ...]]"]]:
    for name in ("centre", "operator"):
        role = f"samsyn_{name}_owner"
        password = (own.state / name / "roles" / f"{role}.password").read_text()
        url = address(own.owner_url, database=f"samsyn_{name}", user=role, password=password)
        with psycopg.connect(url, autocommit=True) as connection:
            yield name, connection


def unpacked(value: str) -> bytes:
    """Return what a session holds: it is signed and may be packed, but it is no secret."""
    payload = value.split(":")[0]
    is_packed = payload.startswith(".")
    data = base64.urlsafe_b64decode(payload.lstrip(".") + "===")
    return zlib.decompress(data) if is_packed else data


def in_tables(own: Demonstration, canaries: Canaries) -> set[tuple[str, str, str]]:
    """Return table, column and string of whatever lies in any table of any schema."""
    found = set()
    for name, connection in databases(own):
        tables = connection.execute(
            "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relkind IN ('r', 'p', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
        ).fetchall()
        assert len(tables) > 20, name
        for schema, table in tables:
            query = sql.SQL("SELECT to_jsonb(t)::text FROM {}.{} t").format(
                sql.Identifier(schema), sql.Identifier(table)
            )
            likely = sql.SQL(" WHERE to_jsonb(t)::text ~* %s OR {}").format(sql.Literal(table == "django_session"))
            coded = f"{canaries.mark}|{canaries.mark.encode().hex()}"
            for (row,) in connection.execute(query + likely, [coded]):
                for column, value in json.loads(row).items():
                    data = json.dumps(value).encode()
                    if table == "django_session" and column == "session_data":
                        data += unpacked(value)
                    found |= {(table, column, one) for one in canaries.found_in(data)}
    return found


def in_files(folder: Path, canaries: Canaries, *, since: float = 0, depth: int = 99) -> set[tuple[Path, str]]:
    """Return file and string of whatever lies in files below a folder."""
    found = set()
    for parent, folders, files in os.walk(folder):
        if len(Path(parent).relative_to(folder).parts) >= depth:
            folders.clear()
        for name in files:
            path = Path(parent) / name
            try:
                if not path.is_file() or path.is_symlink() or path.stat().st_mtime < since:
                    continue
                data = path.read_bytes()
            except OSError:
                continue  # gone since, or another's
            found |= {(path, one) for one in canaries.found_in(data) | canaries.found_in(str(path).encode())}
    return found


def data_folder(own: Demonstration) -> Path:
    """Return the database's own files."""
    return Cluster(own.state / "postgresql").data


def log_lines(own: Demonstration) -> list[str]:
    return (own.state / "centre.log").read_text().splitlines()


def is_meant(table: str, column: str, place: str) -> bool:
    """Say whether a string that came by this place may lie in this column."""
    name = re.match(r"field (\S+) of ", place)
    return name is not None and any(
        table == t and re.fullmatch(c, column) and re.fullmatch(f, name[1]) for t, c, f, _why in ALLOWED
    )


@pytest.mark.timeout(300)
def test_what_is_put_into_every_opening_lies_only_where_it_is_meant_to(own: Demonstration) -> None:
    begun = time.time()
    canaries = Canaries()
    visitor = walk_staff(own, canaries)
    walk_public(own, canaries)
    assert len(canaries.put) > 2000
    faults = [f"{status} {what}" for status, what in visitor.answers if status >= 500]
    assert faults == [], [faults, *(line for line in log_lines(own) if '"status_code": 500' in line)]
    assert {200, 302, 404, 405, 422} <= {status for status, _what in visitor.answers}

    lying = in_tables(own, canaries)
    wrong = sorted(
        f"{table}.{column}: {one}: {canaries.put.get(one, one)}"
        for table, column, one in lying
        if not is_meant(table, column, canaries.put.get(one, one))
    )
    kept = {one for _table, _column, one in lying}
    assert len(kept) >= 5, "the walk came to no place where something is kept"
    folders = {own.state, Path(tempfile.gettempdir())}
    data = data_folder(own)
    folders.add(data.parent)
    for folder in folders:
        depth = 2 if folder == Path(tempfile.gettempdir()) else 99
        for path, one in in_files(folder, canaries, since=begun - 1, depth=depth):
            is_database = data / "base" in path.parents or data / "pg_wal" in path.parents
            # The database's own files hold what its tables held: a field may have been changed again since.
            place = canaries.put.get(one, one)
            if is_database and any(is_meant(t, c.split("|")[0], place) for t, c, _f, _why in ALLOWED):
                continue
            wrong.append(f"{path}: {one}: {place}")
    assert wrong == [], "\n".join(sorted(wrong)[:80])


def test_the_search_finds_what_is_there(own: Demonstration, tmp_path: Path) -> None:
    canaries = Canaries()
    one, two, three = (canaries.new(name) for name in ("table", "file", "session"))
    for _name, connection in databases(own):
        connection.execute("CREATE TABLE canary_proof (word text, bytes bytea)")
        connection.execute("INSERT INTO canary_proof VALUES (%s, %s)", [one, canaries.mark.encode()])
        found = in_tables(own, canaries)
        connection.execute("DROP TABLE canary_proof")
        assert ("canary_proof", "word", one) in found
        assert ("canary_proof", "bytes", f"{canaries.mark} as hexadecimal") in found
        break
    data = data_folder(own)
    assert any(one == found for _path, found in in_files(data / "pg_wal", canaries))
    (tmp_path / "wide").write_bytes(b"a" + two.encode("utf-16-le"))
    (tmp_path / "plain").write_bytes(b"\xff" + two.upper().encode())
    for shift in range(3):
        (tmp_path / f"packed{shift}").write_bytes(base64.b64encode(b"." * shift + two.encode()))
    (tmp_path / quote(two)).touch()
    assert {path.name for path, _found in in_files(tmp_path, canaries)} == {
        "wide", "plain", "packed0", "packed1", "packed2", two,
    }  # fmt: skip
    packed = "." + base64.urlsafe_b64encode(zlib.compress(three.encode())).decode().rstrip("=")
    assert canaries.found_in(unpacked(packed + ":time:signature")) == {three}
