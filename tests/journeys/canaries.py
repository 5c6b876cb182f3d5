"""Strings that nobody else writes, a visitor who carries them, and the places where they might be left lying."""

import base64
import binascii
import http.client
import json
import os
import re
import secrets
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
from psycopg import sql

from samsyn.config.cluster import Cluster
from samsyn.config.database import address
from tests.journeys.conftest import Demonstration

HEADERS = ("User-Agent", "Accept-Language", "X-Forwarded-For", "Forwarded", "X-Request-Id", "Authorization", "From")


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

    @property
    def base(self) -> str:
        return f"http://{self.host}:{self.port}"

    def word(self, name: str, route: str) -> str:
        return self.canaries.new(f"field {name} of {route}")

    def form(self, path: str, sent: Mapping[str, Any], *, files: tuple[str, ...] = ()) -> tuple[int, str, str]:
        """Send a form as it stands on a page, with a file in each of its fields for files."""
        if not files:
            body, kind = urlencode(sent, doseq=True).encode(), "application/x-www-form-urlencoded"
        else:
            body, kind = self._multipart(path, sent, files), "multipart/form-data; boundary=b"
        return self.send("POST", path, body, kind=kind)

    def _multipart(self, path: str, sent: Mapping[str, Any], files: tuple[str, ...]) -> bytes:
        parts = [
            f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, values in sent.items()
            for value in (values if isinstance(values, list) else [values])
        ]
        for name in files:
            title, words = (self.canaries.new(f"{what} {name} of {path}") for what in ("file name", "file"))
            parts.append(
                f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="{title}.csv"\r\n\r\n{words}\r\n'
            )
        return ("".join(parts) + "--b--\r\n").encode()

    def become(self, persona: str) -> None:
        """Sign in as somebody, or be a stranger."""
        self.cookies.clear()
        self.get("/personas/", marked=False)
        if persona:
            status, _page, _to = self.post("/personas/sign-in/", {"name": persona}, marked=False)
            assert status == 302
            self.get("/people/roles/", marked=False)


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
