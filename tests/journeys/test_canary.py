"""Strings that nobody else writes are put into every opening of the authority's installation, and then looked for.

They may lie only where a person means them to lie: ALLOWED, each with its reason. Not in any other table, in no write-ahead
log but beside their table, in no log, no temporary file and no mail.
"""

import base64
import os
import re
import tempfile
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest

from samsyn.people.access import EVERYONE, SIGNED_IN
from samsyn.people.roles import GRANTS, Permission
from tests.journeys.addresses import Addresses, routes_of
from tests.journeys.canaries import Canaries, Visitor, data_folder, databases, in_files, in_tables, unpacked
from tests.journeys.canary_steps import astray, close_with_consent, come_as_a_new_colleague, mail_folder, mails, texts
from tests.journeys.conftest import Demonstration, free_ports, start_demonstration, stop_demonstration
from tests.journeys.form_walk import FormWalk
from tests.rules.hostile import NOWHERE, STAFF, View, fields, filled, views

pytestmark = pytest.mark.own_server
# Table and column where a string may lie, the fields it may have come by, and why it is kept.
WORDS_OF_LEAD = "a team lead writes questions and checklists for everybody to read"
WORDS_OF_ANALYST = "an analyst tells the reader why a published quarter is corrected"
SHORT = "a template or a question of one's own has a short name, made of its title"
NAMES = "an organisation that delivers figures has a name, and so has the system that it counts them with"
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
    ("questions_packageversion", "content", r"[\w-]+[-_](sv|en|easy)|system|source|question|answers", WORDS_OF_LEAD),
    ("questions_section", "title_sv|title_en", "title_(sv|en)", WORDS_OF_LEAD),
    ("questions_instrument", "title_sv|title_en", "title_(sv|en)", WORDS_OF_LEAD),
    ("questions_question", "wording_sv|wording_en", r"form-\d-wording_(sv|en)", WORDS_OF_LEAD),
    ("quality_period", "title_sv|title_en|report", r"title_(sv|en)|form-\d-wording_(sv|en)", WORDS_OF_LEAD),
    ("questions_implementation", "system", "system", NAMES),
    ("deliveries_agreement", "system", "system", NAMES),
    ("deliveries_deliverer", "name", "name", NAMES),
    ("people_organisation", "name", "name", NAMES),
    (
        "deliveries_reminderaddress",
        "address",
        "address",
        "an organisation says where it is reminded, until it says otherwise",
    ),
    ("questions_packageversion", "package_id", "title_en", SHORT),
    ("audit_event", "facts", "title_en|wording_sv|code", SHORT + ", and the log says by it what was changed"),
    ("statistics_release", "revision_note", "note", WORDS_OF_ANALYST),
    ("statistics_releasetable", "document|public_document", "note", WORDS_OF_ANALYST),
    ("statistics_askedtable", "reason", "reason", "an analyst says why exact figures are needed"),
    ("questions_templateitem", "text_sv|text_en", r"line-\d+-text_(sv|en)", WORDS_OF_LEAD),
    ("django_session", "session_data", "name", "a session knows by which name its owner signed in"),
    ("people_account", "name|pseudonym", "name|pseudonym", "an administrator names a new account"),
)
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


# What must be chosen on a form for it to be taken in; a canary stands for {0}.
ONCE = {"repeat": "", "times": "", "host": "", "day": "", "clock": ""}
GIVEN = {
    "tables/": {"unit": "person", "row": "age_band", "column": "sex"},
    "bookings/book/": ONCE,
    "desk/<uuid:contact_id>/book/": ONCE,
    "desk/<uuid:contact_id>/save/": {"code": ""},
    "desk/<uuid:contact_id>/submit/": {"code": ""},
    "deliveries/register/add": {"code": "0114", "county": ""},
    "deliveries/register/agree": {"frequency": "quarter", "first_period": "2026K4"},
    "people/accounts/": {"pseudonym": "Rådgivare 77"},
    "questions/packages/<slug:code>/register": {"from_on": "2026-01-15"},
    "questions/versions/<uuid:version_id>/publish": {"valid_from": "2027-01-01"},
    "questions/templates/versions/<uuid:version_id>/publish": {"valid_from": "2027-01-01"},
    "questions/packages/versions/<uuid:version_id>/variables/new": {
        "answers_sv": "Ja {0}\r\nNej {0}",
        "answers_en": "Yes {0}\r\nNo {0}",
    },
}
# Who works here, and what no link leads them to.
PERSONAS = ("adviser", "lead", "analyst", "publisher", "reviewer", "officer", "deliverer", "supervisor")
OF_AN_ACCOUNT = ("password/", "totp/", "passkeys/", "passkeys/add/", "recovery/generate/", "again/", "second/again/")
FIRST = {
    "adviser": [f"/account/{rest}" for rest in OF_AN_ACCOUNT],
    "deliverer": ["/deliveries/form/municipal_core/1.0.0/case/2026K3/"],
}
# Where no form stands for the walk, and why.
OF_PROGRAMS = "programs sign in here by a statement that they sign; no form stands anywhere"
OFTEN = "programs ask here in JSON, and so many times a minute: the walk may have asked more often"
BUTTON = "a button alone, beside something that was taken away or offered since"
NO_FACTOR = "personas have no key and no codes; tests/journeys/test_signing_in.py has them in a real browser"
NOT_REACHED = {
    "^booking/offer/(?P<secret>[A-Za-z0-9_-]{16,64})/$": BUTTON,
    "^en/booking/offer/(?P<secret>[A-Za-z0-9_-]{16,64})/$": BUTTON,
    "questions/packages/versions/<uuid:version_id>/variables/<slug:code>/back": BUTTON,
    "questions/packages/versions/<uuid:version_id>/variables/<slug:code>/forget": BUTTON,
    "^api/v1/(?P<lang>[^/]+)/(?P<database>[^/]+)/(?P<name>[^/]+)$": OFTEN,
    "^api/v2/tables/(?P<name>[^/]+)/data$": OFTEN,
    "deliveries/api/v1/deliveries": OF_PROGRAMS,
    "deliveries/api/v1/deliveries/<str:delivery_id>/accept": OF_PROGRAMS,
    "deliveries/api/v1/deliveries/<str:delivery_id>/withdraw": OF_PROGRAMS,
    "account/passkeys/again/": NO_FACTOR,
    "account/passkeys/<int:pk>/edit/": NO_FACTOR,
    "account/passkeys/<int:pk>/remove/": NO_FACTOR,
    "account/totp/remove/": NO_FACTOR,
    "account/recovery/download/": NO_FACTOR,
    "en/svar/<slug:token>/": "the same questions in English, by a link that is used up in Swedish",
    "personas/sign-in/": "only the name of somebody who works here is found",
}


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
SECRET_LINK = re.compile(r"https?://statistik\.[^/\s]+(/\S+)")


def walk_public(own: Demonstration, canaries: Canaries) -> FormWalk:
    """Book, write and open a chat as somebody who knows nothing of us, in both languages; confirm by mail."""
    walk = FormWalk(Addresses(list(routes_of("samsyn.config.urls_public"))), GIVEN)
    for home in ("/", "/en/"):
        walk.walk(Visitor("statistik.localhost", own.port, canaries), "", [home, f"{home}chat/"])
    return walk


def follow_mails(own: Demonstration, canaries: Canaries, walk: FormWalk, kind: str) -> None:
    """Open the secret links of mails as whoever got them, when one of this kind has gone out."""
    deadline = time.monotonic() + 60
    links: list[str] = []
    while not any(kind in one for one in links):
        assert time.monotonic() < deadline, f"no mail with {kind}"
        links = [link for mail in mails(own) for text in texts(mail) for link in SECRET_LINK.findall(text)]
        time.sleep(0.2)
    walk.walk(Visitor("statistik.localhost", own.port, canaries), "", links)


def walk_staff(own: Demonstration, canaries: Canaries) -> tuple[Visitor, FormWalk]:
    """Put canaries into everything that the staff's site has: into the forms that stand there, then into every view."""
    walk = FormWalk(Addresses(list(routes_of("samsyn.config.demonstration.urls"))), GIVEN)
    walk.paths["phone/<str:secret>/<slug:step>/"] = "/phone/demonstration-line/start/"
    visitor = Visitor("centre.localhost", own.port, canaries)
    release = own.value("SELECT id FROM statistics_release WHERE status = 'published' LIMIT 1")
    walk.walk(visitor, "", ["/personas/", "/account/sign-in/"])
    for name in PERSONAS:
        visitor.become(name)
        walk.walk(visitor, name, ["/", *FIRST.get(name, ()), f"/releases/{release}/"])
    close_with_consent(visitor)
    call = {name: canaries.new(f"field {name} of a call") for name in ("callid", "from", "to")}
    assert visitor.post("/phone/demonstration-line/start/", call, marked=False)[0] == 200
    put_into_views(visitor, walk)
    walk.finish(visitor)
    walk.finish(visitor)
    come_as_a_new_colleague(visitor, walk)
    # Whoever gives roles and closes accounts can end everybody's work.
    visitor.become("administrator")
    walk.walk(visitor, "administrator", ["/"])
    walk.finish(visitor)
    return visitor, walk


def put_into_views(visitor: Visitor, walk: FormWalk) -> None:
    """Put canaries into every view of the staff's site, where somebody has been if anybody was there."""
    current = None
    found = views("samsyn.config.demonstration.urls")
    found.sort(key=lambda view: any(word in view.route for word in LAST))
    for view in found:
        for name in who_may(view):
            if name != current or any(word in view.route for word in LAST):
                visitor.become(name)
                current = name
            status = put_into_view(visitor, view, walk.path_of(view.route))
            walk.answers[view.route].add(status)


def put_into_view(visitor: Visitor, view: View, known: str) -> int:
    """Put canaries into the view's address, query, form and files; return how it answers the form."""
    canaries, route = visitor.canaries, view.route
    holes = {"uuid": str(NOWHERE), "slug": "profession", "str": "x", "int": "1"}
    strange = holes | {name: canaries.new(f"{name} hole of {route}") for name in ("slug", "str")}
    query = urlencode({name: canaries.new(f"query {name} of {route}") for name in QUERY})
    visitor.get(f"{filled(view, **strange)}?{query}&{canaries.new('query name of ' + route)}=1")
    path = urlsplit(known or filled(view, **holes)).path
    _status, page, _to = visitor.get(path)
    there = {name: values[-1] for name, values in fields(page).items()}
    if "login" in page:  # the fields of a sign-in are of no use to a signed-in person
        there.pop("remember", None)
    everything = {name: canaries.new(f"field {name} of {route}") for name in {*there, *POSTED}}
    everything[canaries.new(f"field name of {route}")] = "1"
    status, _page, _to = visitor.post(f"{path}?{query}", everything)
    visitor.upload(path)
    return status


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


def put_into_public_views(own: Demonstration, canaries: Canaries, walk: FormWalk) -> None:
    """Put canaries into every address of the public's site and the visitors'."""
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
            path = walk.paths.get(view.route) or filled(view, **known)
            status, _page, _to = visitor.post(path, {"code": canaries.new(f"post to {view.route}")})
            walk.answers[view.route].add(status)


def log_lines(own: Demonstration) -> list[str]:
    return (own.state / "centre.log").read_text().splitlines()


def is_meant(table: str, column: str, place: str) -> bool:
    """Say whether a string that came by this place may lie in this column."""
    name = re.match(r"field (\S+) of ", place)
    return name is not None and any(
        table == t and re.fullmatch(c, column) and re.fullmatch(f, name[1]) for t, c, f, _why in ALLOWED
    )


@pytest.mark.timeout(600)
def test_what_is_put_into_every_opening_lies_only_where_it_is_meant_to(own: Demonstration) -> None:
    begun = time.time()
    canaries = Canaries()
    public = walk_public(own, canaries)
    follow_mails(own, canaries, public, "/booking/confirm/")
    visitor, staff = walk_staff(own, canaries)
    follow_mails(own, canaries, public, "/svar/")
    put_into_public_views(own, canaries, public)
    assert len(canaries.put) > 2000
    unreached = {one for each in (public, staff) for one in each.unanswered()}
    assert sorted(unreached - NOT_REACHED.keys()) == []
    assert NOT_REACHED.keys() <= public.site.forms | staff.site.forms
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
            if path.parent == mail_folder(own):
                continue  # these are read in plain
            if is_database and any(is_meant(t, c.split("|")[0], place) for t, c, _f, _why in ALLOWED):
                continue
            wrong.append(f"{path}: {one}: {place}")
    wrong += [f"mail: {one}: {canaries.put.get(one, one)}" for one in astray(own, canaries)]
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
