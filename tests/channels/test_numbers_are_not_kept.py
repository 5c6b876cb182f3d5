"""Nobody's number is kept: numbers that nobody else has come in by every adapter, and then everything is searched.

Every adapter runs as it does for real: webhooks and pages over HTTP, SIP over UDP, a mailbox in Dovecot. Searched are all
tables, the database's own files and write-ahead log, what every process said, and temporary files. What somebody writes
on purpose (a chat, a letter, a number to call back) lies there sealed, so it isn't found either.
"""

import contextlib
import http.client
import json
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlencode

import psycopg
from psycopg import sql

from samsyn.channels import mailbox
from samsyn.privacy import floods
from tests.channels.dovecot import mailbox as dovecot
from tests.channels.live import PUBLIC, STAFF
from tests.channels.providers import SECRET
from tests.channels.sipp import free_port
from tests.channels.test_sip import OPEN_ALL_DAY
from tests.conftest import CommittedDatabase
from tests.desk_at_work import SIGN_IN, Web
from tests.journeys.test_canary import Canaries, in_files, unpacked

PHONE_HEADERS = ("User-Agent", "From", "X-Forwarded-For", "X-Caller", "Referer", "X-Request-Id")
CALLER_FIELDS = ("from", "number", "caller", "callername", "actualnumber", "why", "legs", "newleg")
IDENTITIES = ("From", "P-Asserted-Identity", "P-Preferred-Identity", "Remote-Party-ID", "Contact", "Reply-To")
OTHER_HEADERS = ("Diversion", "History-Info", "Referred-By", "Call-Info", "Subject", "User-Agent", "X-Caller")
MAIL_HEADERS = ("Reply-To", "X-Phone", "X-Originating-IP", "Message-ID", "References", "Organization", "Received")
TAKE_IN_AND_COUNT = """
import django; django.setup()
from datetime import timedelta
from django.core.management import call_command
from django.utils import timezone
from samsyn.channels import actions
from samsyn.people.actors import SYSTEM
call_command("mailbox", once=True)
for days in (10, 12):  # closed by the clock first, counted when nobody will tell more
    print(actions.sweep_calls(by=SYSTEM, at=timezone.now() + timedelta(days=days)))
"""


class Numbers(Canaries):
    """Telephone numbers that are found again, in all the ways in which a string is."""

    def __init__(self, digits: int) -> None:
        super().__init__(mark="70" + "".join(secrets.choice("0123456789") for _ in range(digits)))

    def new(self, place: str) -> str:
        """Return a number for one place, in the international form."""
        made = f"{self.mark}{len(self.put):03d}"
        self.put[made] = place
        return f"+46{made}"

    def found_in(self, data: bytes) -> set[str]:
        """Return the numbers in some bytes, also with blanks and signs in between, as people write them."""
        mark = rb"[ \-./()]?".join(re.escape(sign).encode() for sign in self.mark)
        return {hit.decode() for hit in re.findall(mark + rb"[ \-]?\d*", data)} | super().found_in(data)


def program(text: str, environment: dict[str, str], *arguments: str) -> str:
    """Run it and return all that it said."""
    command = [sys.executable, "-c", text, *arguments]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout
    return done.stdout


# The adapters


def ask(port: int, host: str, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str, str]:
    """Return status, page and cookie."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if method == "POST" else {}
        connection.request(method, path, body, {"Host": host, **kind, **headers})
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers.get("Set-Cookie", "").partition(";")[0]
    finally:
        connection.close()


def by_webhooks(port: int, numbers: Numbers) -> None:
    """Call, be answered and hang up; then whatever a provider may get wrong."""

    def post(step: str, secret: str = SECRET, **more: str) -> int:
        where = f"{step} by webhooks"
        form = {name: numbers.new(f"{name} of {where}") for name in CALLER_FIELDS}
        form |= {"direction": "incoming", "callid": f"c-{numbers.new(f'callid of {where}')}"} | more
        headers = {name: numbers.new(f"{name} of {where}") for name in PHONE_HEADERS}
        path = f"/phone/{secret}/{step}/?from={numbers.new(f'query of {where}')}"
        return ask(port, STAFF, "POST", path, urlencode(form), **headers)[0]

    call = {"callid": numbers.new("callid of a whole call")}
    assert post("start", **call) == 200
    assert post("connected", result="success", **call) == 204
    assert post("hangup", **call) == 204
    assert post("start", created=numbers.new("a time that is none")) == 400
    assert post("start", direction=numbers.new("a direction that is none")) == 400
    assert post("start", callid=numbers.new("too much") * 2000) == 413
    assert post("start", secret=numbers.new("a secret that is none")) == 404
    assert post(numbers.new("a step that is none")[1:]) == 400
    assert ask(port, STAFF, "POST", f"/phone/{SECRET}/start/", f"no form {numbers.new('no form')}")[0] == 400


class Phone:
    """A telephone behind a trunk, which says its number wherever a message has room for it."""

    def __init__(self, port: int, numbers: Numbers) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(20)
        self.line, self.numbers = ("127.0.0.1", port), numbers
        self.call_id = f"{numbers.new('Call-ID')}@trunk.example"
        self.own = self.socket.getsockname()[1]
        self.branch, self.to = f"z9hG4bK{secrets.token_hex(6)}", ""

    def send(self, method: str, cseq: int, *, branch: str = "", spoilt: str = "") -> None:
        where = f"{method} by SIP"
        lines = [f"{method} sip:linje@127.0.0.1:{self.line[1]} SIP/2.0"]
        lines += [f"Via: SIP/2.0/UDP 127.0.0.1:{self.own};branch={branch or self.branch}", f"Call-ID: {self.call_id}"]
        for name in IDENTITIES:
            said, shown = (self.numbers.new(f"{what} of {name}, {where}") for what in ("address", "shown name"))
            lines.append(f'{name}: "{shown}" <sip:{said}@127.0.0.1:{self.own}>' + ";tag=caller" * (name == "From"))
        lines += [f"{name}: {self.numbers.new(f'{name}, {where}')}" for name in OTHER_HEADERS]
        lines += [f"To: <sip:linje@127.0.0.1>{self.to}", f"CSeq: {cseq} {method}", "Max-Forwards: 70", spoilt]
        number = self.numbers.new(f"session of {where}")
        session = (
            f"v=0\r\no={number} 1 1 IN IP4 127.0.0.1\r\ns={number}\r\np={number}\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
        )
        session += "m=audio 9 RTP/AVP 0\r\n"
        lines += ["Content-Type: application/sdp", f"Content-Length: {len(session)}", "", session]
        self.socket.sendto("\r\n".join(line for line in lines if line or line == lines[-2]).encode(), self.line)

    def hear(self, *statuses: str) -> None:
        """Return when one of the statuses has come."""
        while True:
            said = self.socket.recv(65_536).decode()
            tag = re.search(r"(?im)^To:.*?(;tag=[^\r\n;]+)", said)
            self.to = tag[1] if tag else self.to
            if said.split()[1] in statuses:
                return


def by_sip(port: int, numbers: Numbers, web: int, session: str) -> None:
    """One call is answered and ends, one is given up; then messages that are none of a call."""
    phone = Phone(port, numbers)
    phone.send("INVITE", 1)
    phone.hear("180")
    answer_at_the_desk(web, session)
    phone.hear("200")
    phone.send("ACK", 1, branch="z9hG4bKack")
    phone.send("BYE", 2, branch="z9hG4bKbye")
    phone.hear("200")
    other = Phone(port, numbers)
    other.send("INVITE", 1)
    other.hear("180")
    other.send("CANCEL", 1)
    other.hear("487")
    for method in ("OPTIONS", "REGISTER", "BYE", "MESSAGE", numbers.new("a method that is none")):
        Phone(port, numbers).send(method, 1)
    Phone(port, numbers).send("INVITE", 1, spoilt=numbers.new("a line that is no header"))
    odd = Phone(port, numbers)
    odd.call_id = f"{numbers.new('a Call-ID that is none')} å"
    odd.send("INVITE", 1)
    odd.socket.sendto(numbers.new("no message").encode(), odd.line)
    # The line has heard all of it when it rings for one more.
    last = Phone(port, numbers)
    last.send("INVITE", 1)
    last.hear("180")
    last.send("CANCEL", 1)
    last.hear("487")


def answer_at_the_desk(web: int, session: str) -> None:
    cookie = {"Cookie": f"__Host-samsyn={session}"}
    page = ask(web, STAFF, "GET", "/queue/", **cookie)[1]
    (call,) = re.findall(r'action="(/desk/answer/[^"]+)"', page)
    assert ask(web, STAFF, "POST", call, urlencode({"csrfmiddlewaretoken": token_in(page)}), **cookie)[0] == 302


def token_in(page: str) -> str:
    return page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]


def by_our_own_pages(port: int, numbers: Numbers, promised: str, session: str) -> None:
    """Note a call by hand, promise to call back, chat and leave a letter."""
    cookie = {"Cookie": f"__Host-samsyn={session}"}
    page = ask(port, STAFF, "GET", "/queue/call-backs/", **cookie)[1]
    form = {"csrfmiddlewaretoken": token_in(page)}
    for do in ("arrived", "missed", numbers.new("a note that is none")):
        noted = form | {"do": do} | {name: numbers.new(f"{name} of a note by hand") for name in CALLER_FIELDS}
        assert ask(port, STAFF, "POST", "/queue/note/", urlencode(noted), **cookie)[0] in {302, 422}
    promise = form | {"number": promised, "wished_part": "any"}
    assert ask(port, STAFF, "POST", "/queue/call-backs/", urlencode(promise), **cookie)[0] == 302
    refused = promise | {"number": numbers.new("a number to call that is too long")}
    assert ask(port, STAFF, "POST", "/queue/call-backs/", urlencode(refused), **cookie)[0] == 422
    page = ask(port, STAFF, "GET", "/queue/call-backs/", **cookie)[1]
    (shown,) = re.findall(r'action="(/queue/call-backs/[0-9a-f-]{36}/)"', page)
    assert promised in ask(port, STAFF, "POST", shown, urlencode(form), **cookie)[1]

    marked = {name: numbers.new(f"{name} of a chat") for name in PHONE_HEADERS}
    status, _page, visitor = ask(port, PUBLIC, "POST", "/chat/", f"from={numbers.new('field of a chat')}", **marked)
    assert status == 302
    said = {"own_id": str(uuid.uuid4()), "text": f"Ring mig på {numbers.new('words of a chat')}."}
    assert ask(port, PUBLIC, "POST", "/chat/write/", urlencode(said), Cookie=visitor)[0] == 302
    page = ask(port, PUBLIC, "GET", "/chat/later/")[1]
    challenge = page.partition('name="form" value="')[2].partition('"')[0]
    work = next(n for n in range(10**7) if floods.has_zeros(challenge, str(n), floods.BITS))
    letter = {"form": challenge, "work": str(work), "text": f"Numret är {numbers.new('words of a letter')}."}
    assert ask(port, PUBLIC, "POST", "/chat/later/", urlencode(letter))[0] == 200


def by_mail(home: Path, environment: dict[str, str], numbers: Numbers) -> str:
    """Let one letter be read and one be refused, and all calls be counted; return what the process said."""
    with dovecot(home) as address, mailbox.connect(mailbox.place(address)) as box:
        for refused in (False, True):
            where = "a letter that is refused" if refused else "a letter"
            message = EmailMessage()
            message["From"] = f'"{numbers.new(f"name of {where}")}" <{numbers.new(f"sender of {where}")}@ombud.example>'
            message["To"] = "post@centret.example"
            message["Subject"] = f"Ring {numbers.new(f'subject of {where}')}"
            for name in MAIL_HEADERS:
                message[name] = f"<{numbers.new(f'{name} of {where}')}@ombud.example>"
            message.set_content(f"Mitt nummer är {numbers.new(f'words of {where}')}.")
            message.add_attachment(
                numbers.new(f"file of {where}"), filename=f"{numbers.new(f'name of a file of {where}')}.txt"
            )
            raw = message.as_bytes()
            box.append("INBOX", raw.replace(b'charset="utf-8"', b'charset="x-none"') if refused else raw)
        output = program(TAKE_IN_AND_COUNT, environment | {"SAMSYN_MAILBOX": address})
        assert [box.select_folder(folder)[b"EXISTS"] for folder in ("INBOX", "Refused")] == [0, 1]
    return output


@contextlib.contextmanager
def sip_line(environment: dict[str, str], log: Path) -> Iterator[int]:
    """Run the product's own process, all that it says in a file, and give its port."""
    port = free_port()
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "samsyn", "sip", "--port", str(port)], env=environment, stdout=said, stderr=said
        )
    try:
        deadline = time.monotonic() + 30
        while "Listening" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(20)


# The search


def rows(database: CommittedDatabase) -> Iterator[tuple[str, bytes]]:
    """Yield every row of every table; of a session also what it holds, which is packed and not secret."""
    with database.owner() as connection:
        tables = connection.execute(
            "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
        ).fetchall()
        assert len(tables) > 20
        for schema, table in tables:
            name = sql.Identifier(schema, table)
            for (row,) in connection.execute(sql.SQL("SELECT to_jsonb(t)::text FROM {} t").format(name)):
                yield f"row of {table}", row.encode()
        for (held,) in connection.execute("SELECT session_data FROM django_session"):
            yield "a session", unpacked(held)


def position(database: CommittedDatabase) -> str:
    """Return the write-ahead log's file of this moment."""
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        return str(connection.execute("SELECT pg_walfile_name(pg_current_wal_lsn())").fetchall()[0][0])


def own_files(database: CommittedDatabase, since: str) -> Iterator[tuple[str, bytes]]:
    """Yield the database's own files, its write-ahead log since then, and what the server said."""
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        cursor = connection.cursor(binary=True)
        listed = cursor.execute(
            "SELECT 'pg_wal/' || name FROM pg_ls_waldir() WHERE name BETWEEN %s AND pg_walfile_name(pg_current_wal_lsn())"
            " UNION ALL SELECT folder || '/' || name FROM (SELECT 'base/' || oid FROM pg_database WHERE datname = %s"
            " UNION SELECT 'global') f(folder), pg_ls_dir(folder) name",
            [since, database.name],
        ).fetchall()
        for (name,) in listed:
            # With its length: older servers cannot be asked for a whole file that may be gone by then.
            whole = "SELECT pg_read_binary_file(%(name)s, 0, (pg_stat_file(%(name)s, true)).size, true)"
            data = cursor.execute(whole, {"name": name}).fetchall()[0][0]
            yield f"{name} of the database", data or b""
        (folder,) = connection.execute("SHOW data_directory").fetchall()[0]
    log = Path(folder).parent / "postgresql.log"
    if log.is_file():
        yield "the database's log", log.read_bytes()


def test_nobodys_number_is_kept_whichever_way_it_came(committed_database: CommittedDatabase, tmp_path: Path) -> None:
    begun, since = time.time(), position(committed_database)
    numbers, own_number = Numbers(8), Numbers(7)
    promised = f"+46{own_number.mark}"
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = committed_database.environment() | {
        "SAMSYN_PHONE_SECRET": SECRET,
        "SAMSYN_PHONE_ADDRESSES": "127.0.0.1/32",
        "SAMSYN_PHONE_CONNECT": "+46100000000",
        "TMPDIR": str(temporary),
    }
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
    session = json.loads(program(OPEN_ALL_DAY.format(is_open=True) + SIGN_IN, environment, "1").splitlines()[-1])[0]
    web = Web(environment)
    try:
        web.start()

        with sip_line(environment, tmp_path / "sip.log") as port:
            by_sip(port, numbers, web.port, session)
        by_webhooks(web.port, numbers)
        by_our_own_pages(web.port, numbers, promised, session)
        said = [("the site's log", web.log.read_bytes())]
    finally:
        web.stop()
    # Dovecot keeps what was refused for whoever looks after the mailbox: its folder is theirs.
    with tempfile.TemporaryDirectory(prefix="samsyn-dovecot-") as folder:
        said += [("what the mailbox's process said", by_mail(Path(folder), environment, numbers).encode())]
    said += [("what the SIP process said", (tmp_path / "sip.log").read_bytes())]
    with committed_database.owner() as connection:
        channels = connection.execute(
            "SELECT (SELECT count(*) FROM channels_call), (SELECT count(*) FROM channels_callfact),"
            " (SELECT count(*) FROM channels_letter), (SELECT count(*) FROM channels_chatmessage),"
            " (SELECT count(*) FROM channels_callback WHERE sealed_number IS NOT NULL)"
        ).fetchall()
    # By SIP four, by webhooks one, by hand two, a chat and a letter on our pages; all of them were counted.
    assert channels == [(9, 9, 2, 2, 1)]
    assert len(numbers.put) > 250

    def found() -> set[str]:
        lies = [*rows(committed_database), *own_files(committed_database, since), *said]
        wrong = {(where, one) for where, data in lies for one in numbers.found_in(data) | own_number.found_in(data)}
        for folder, depth in ((tmp_path, 99), (Path(tempfile.gettempdir()), 2)):
            for sought in (numbers, own_number):
                wrong |= {(str(path), one) for path, one in in_files(folder, sought, since=begun - 1, depth=depth)}
        return {f"{where}: {one}: {numbers.put.get(one, 'the number to call back')}" for where, one in wrong}

    assert found() == set()
    # The search finds what is there: in a table, its file, the write-ahead log, a temporary file and what was said.
    control = numbers.new("control")
    with committed_database.owner() as connection:
        connection.execute("CREATE TABLE number_of_somebody (number text)")
        connection.execute("INSERT INTO number_of_somebody VALUES (%s)", [control])
    (temporary / "file").write_text(f"0{control[3:5]}-{control[5:8]} {control[8:]}")
    said.append(("what somebody said", control.encode("utf-16-le")))
    places = {re.sub(r"/\d+/.*|/[0-9A-F]{24} .*", "", one.partition(": ")[0]) for one in found()}
    assert places == {"row of number_of_somebody", "base", "pg_wal", str(temporary / "file"), "what somebody said"}
