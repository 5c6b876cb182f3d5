"""From a split answer to a municipality's PDF: the bank, a foreign form, three doors, faults mended by report, the series."""

import http.client
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import openpyxl
import pikepdf
import pytest
from playwright.sync_api import Browser, Page, expect

from samsyn.deliveries import periods
from samsyn.deliveries.checking.of_packages import tables
from samsyn.questions.exchange import fhir, plain
from samsyn.questions.exchange.package import Package
from samsyn.ui import numbers
from tests.conftest import CommittedDatabase
from tests.deliveries.files import as_xlsx, core_format
from tests.deliveries.systems import Fault, Send, System, deliver, in_file
from tests.deliveries.test_sftp import sftp
from tests.desk_at_work import HOST
from tests.journeys.sites import PLACES, Site, fetched, opened
from tests.questions.exported import answered, choose, in_lforms

# Twenty-four months: the quarters that are over, and the new version from the first quarter of the last of their years on.
TODAY = datetime.now(UTC).date()
QUARTERS = list(periods.between(f"{TODAY.year - 3}K1", TODAY))[-8:]
CHANGED = f"{QUARTERS[-1][:4]}K1"
# Two quarters of each municipality are sent with faults first.
FAULTY = (QUARTERS[1], QUARTERS[-1])


@pytest.fixture
def site(committed_database: CommittedDatabase, chromium: Browser) -> Iterator[Site]:
    with opened(committed_database, chromium, first=QUARTERS[0]) as made:
        yield made


def split(page: Page, variable: str, answer: str, into: tuple[tuple[str, str], tuple[str, str]]) -> None:
    page.get_by_role("link", name=re.compile(f"Dela ett svar ?: {variable}$")).click()
    page.get_by_label("Svar som delas").select_option(label=answer)
    for number, (swedish, english) in enumerate(into, start=1):
        page.get_by_label(f"Nytt svar {number}, på svenska").fill(swedish)
        page.get_by_label(f"Nytt svar {number}, på engelska").fill(english)
    page.get_by_role("button", name="Spara i utkastet").click()
    expect(page.get_by_text(f"svaret «{into[0][0]}» är nytt")).to_be_visible()


def publish(site: Site) -> tuple[Package, bytes, bytes]:
    """Split two answers, send the draft out, decide it, put it in use; return it and its XLSX and FHIR files."""
    page = site.page("lead")
    page.goto(site.url("/questions/packages/"))
    page.get_by_role("button", name="Ny version Kärnfrågor").click()
    split(page, "Måluppfyllelse", "Delvis", (("Till stor del", "Largely"), ("Till liten del", "A little")))
    split(
        page,
        "Metod för bedömning",
        "Egen mall eller checklista",
        (("Egen mall", "A template"), ("Egen lista", "A list")),
    )
    page.get_by_role("link", name="Skicka på remiss").click()
    page.get_by_label("Varför versionen görs, på svenska").fill("Delvis säger för lite.")
    page.get_by_label("Varför versionen görs, på engelska").fill("Partly says too little.")
    page.get_by_role("button", name="Skicka på remiss").click()
    page.get_by_role("link", name="Besluta").click()
    page.get_by_role("button", name="Besluta").click()
    page.get_by_role("button", name="Sätt i bruk").click()
    expect(page.get_by_text("i bruk", exact=True)).to_be_visible()
    package = plain.from_json(fetched(page, "Hela paketet, JSON"))
    assert package.version == "3.0.0"
    return package, fetched(page, "Specifikation, Excel"), fetched(page, "FHIR R4 Questionnaire")


def hand_over(site: Site, package: Package, specification: bytes, form: bytes) -> None:
    """Read both files with foreign programs, and fill the form in."""
    book = openpyxl.load_workbook(io.BytesIO(specification))
    words = {str(cell.value) for sheet in book for row in sheet for cell in row}
    assert {"Till stor del", "Egen lista"} <= words
    lforms = in_lforms(site.browser, json.loads(form))
    try:
        choose(lforms, "Nåddes målet med insatserna?", "Till stor del")
        response = answered(lforms)
    finally:
        lforms.close()
    assert response["questionnaire"] == f"{package.url}|3.0.0"
    assert fhir.answers(response) == {"goal": ("largely",)}


def agree(site: Site) -> None:
    """Let the analyst write down that each municipality delivers the new version from its first quarter on."""
    page = site.page("analyst")
    for code, name in PLACES.items():
        page.goto(site.url("/deliveries/register/"))
        page.get_by_label("Uppgiftslämnare", exact=True).select_option(label=f"{code} {name}")
        page.get_by_label("Tabell", exact=True).select_option(label="municipal_core/3.0.0 case")
        page.get_by_label("Från och med").fill(CHANGED)
        page.get_by_role("button", name="Skriv upp").click()
        page.wait_for_url("**/register/")


def by_portal(site: Site, system: System) -> Send:
    page = site.page(system.code)

    def send(name: str, content: bytes) -> list[Fault]:
        if name == QUARTERS[0]:  # one of them as a workbook
            lines = [line.split(";") for line in content.decode().splitlines()[1:]]
            file = {"name": f"{name}.xlsx", "mimeType": "application/zip", "buffer": as_xlsx(system.form(name), lines)}
        else:
            file = {"name": f"{name}.csv", "mimeType": "text/csv", "buffer": content}
        page.goto(site.url("/deliveries/"))
        page.get_by_label("Fil (CSV eller XLSX)").set_input_files(file)  # type: ignore[arg-type]
        page.get_by_role("button", name="Lämna filen").click()
        page.wait_for_url(re.compile(r"/deliveries/[0-9a-f-]{36}/$"))
        if page.get_by_role("heading", name="Siffrorna är mottagna").is_visible():
            said = "Inte jämfört med tidigare perioder, för att frågan är ny eller ändrad: Metod för bedömning."
            expect(page.get_by_text(said)).to_have_count(int(name.removesuffix("-2") == CHANGED))
            return []
        expect(page.get_by_role("heading", name="Filen togs inte emot")).to_be_visible()
        told = [row.locator("th, td").all_inner_texts() for row in page.locator("table[data-faults] tbody tr").all()]
        expect(page.get_by_text("och 2 till")).to_be_visible()
        faults = in_file(fetched(page, "Alla står i kvittofilen").decode().splitlines())
        assert [(one.row, one.column) for one in faults] == [
            (int(row) if row.isdigit() else 0, column) for row, column, _wrong, _do in told
        ]
        return faults

    return send


def by_rest(site: Site, system: System) -> Send:
    page = site.page(system.code)
    page.goto(site.url("/deliveries/keys/"))
    page.get_by_role("button", name="Skapa en klient").click()
    notice = page.get_by_role("status").locator(".long")
    client_id, secret = notice.all_inner_texts()

    def ask(path: str, body: bytes, headers: dict[str, str]) -> dict[str, object]:
        connection = http.client.HTTPConnection("127.0.0.1", site.web.port, timeout=60)
        connection.request("POST", f"/deliveries/api/v1/{path}", body, {"Host": HOST, **headers})
        answer = connection.getresponse()
        told: dict[str, object] = json.loads(answer.read())
        assert answer.status in {200, 202}, told
        return told

    asked = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    token = ask("token", urlencode(asked).encode(), {"Content-Type": "application/x-www-form-urlencoded"})
    bearer = {"Authorization": f"Bearer {token['access_token']}", "Content-Type": "text/csv"}

    def send(name: str, content: bytes) -> list[Fault]:
        told = ask("deliveries", content, {**bearer, "Idempotency-Key": name})
        faults = told["faults"]
        assert isinstance(faults, list)
        assert told["state"] == ("refused" if faults else "accepted"), told
        return [Fault(one["row"], one["column"], f"{one['message']} {one['action']}") for one in faults]

    return send


def by_sftp(site: Site, system: System, folder: Path, port: int, key: Path) -> Send:
    page = site.page(system.code)
    page.goto(site.url("/deliveries/keys/"))
    page.get_by_label("Till", exact=True).select_option("ssh")
    page.get_by_label("Publik nyckel").fill(key.with_suffix(".pub").read_text())
    page.get_by_role("button", name="Lägg till nyckeln").click()
    expect(page.get_by_role("button", name="Avsluta")).to_be_visible()

    def send(name: str, content: bytes) -> list[Fault]:
        (folder / f"{name}.csv").write_bytes(content)
        batch = f"put {folder}/{name}.csv\nget receipts/{name}.csv.txt {folder}/{name}.txt\n"
        done = sftp(port, key, batch, user=system.code)
        assert done.returncode == 0, done.stderr
        lines = (folder / f"{name}.txt").read_text().splitlines()
        faults = in_file(lines)
        assert lines[0].startswith("AVVISAD" if faults else "GODKÄND"), lines
        return faults

    return send


@pytest.fixture
def sftp_port(site: Site) -> Iterator[int]:
    command = [sys.executable, "-m", "samsyn", "sftp", "--port", "0"]
    process = subprocess.Popen(command, env=site.environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        found = next(filter(None, (re.match(r"listening on .*:(\d+)$", line) for line in process.stdout)))
        yield int(found[1])
    finally:
        process.terminate()
        process.wait(timeout=10)


def share(system: System, year: str) -> str:
    """Return the share of met goals as the page should say it, from what was sent: split answers are added up."""
    met = asked = 0
    for quarter, figures in system.sent.items():
        if quarter.startswith(year):
            form = system.form(quarter)
            for answer, at in form.places["goal"].items():
                number = sum(figures[at : at + form.width])
                met += number if answer in {"whole", "part", "largely", "a_little"} else 0
                asked += number if answer not in {"not_asked", "not_applicable"} else 0
    return numbers.percent(100 * met / asked)


def see_the_series(site: Site, system: System) -> bytes:
    """Read the municipality's own figures: what was split adds up, what allowed several answers breaks; return the PDF."""
    page = site.page(system.code)
    page.goto(site.url("/delivered/"))
    heads = page.locator("table").first.locator("thead th").all_inner_texts()
    last, before = CHANGED[:4], str(int(CHANGED[:4]) - 1)

    def cells(name: str) -> dict[str, str]:
        row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=name, exact=True)).first
        return dict(zip(heads, row.locator("th, td").all_inner_texts(), strict=True))

    goal = cells("Ärenden där målet nåddes helt eller delvis")
    for year in (before, last):
        assert share(system, year) in goal[f"Ni {year}"], (goal, share(system, year))
    method = cells("Ärenden där PATRIARK användes")
    assert "%" in method[f"Ni {before}"]
    assert method[f"Ni {last}"].strip("\u2068\u2069") == "bryts"
    assert "bryts" not in "".join(goal.values())
    expect(page.get_by_text("Bryts betyder att frågan ändrades")).to_be_visible()
    return fetched(page, "Hämta som PDF")


@pytest.mark.timeout(300)
def test_from_a_split_answer_to_a_municipalitys_report(
    site: Site, sftp_port: int, tmp_path: Path, committed_database: CommittedDatabase
) -> None:
    package, specification, form = publish(site)
    hand_over(site, package, specification, form)
    agree(site)
    newest = next(one for one in tables(package) if one.table == "case")
    oldest = core_format()
    portal, rest, sftp_ = (
        System(code, lambda quarter: newest if quarter >= CHANGED else oldest, FAULTY) for code in PLACES
    )
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    deliver(portal, by_portal(site, portal), quarters=QUARTERS)
    deliver(rest, by_rest(site, rest), quarters=QUARTERS)
    deliver(sftp_, by_sftp(site, sftp_, tmp_path, sftp_port, key), quarters=QUARTERS)
    with committed_database.owner() as owner:
        rows = owner.execute(
            "SELECT d.code, v.door, v.state, count(*) FROM deliveries_delivery v"
            " JOIN deliveries_deliverer d ON d.id = v.deliverer_id GROUP BY 1, 2, 3 ORDER BY 1, 3"
        ).fetchall()
    assert rows == [
        (code, door, state, number)
        for code, door in zip(PLACES, ("portal", "rest", "sftp"), strict=True)
        for state, number in (("accepted", 8), ("refused", 2))
    ]
    with pikepdf.open(io.BytesIO(see_the_series(site, portal))) as document:
        assert document.Root.MarkInfo.Marked
        assert PLACES["0580"] in str(document.docinfo.get("/Title") or document.open_metadata().get("dc:title"))
    page = site.page("analyst")
    page.goto(site.url("/delivered/nation/"))
    total = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=CHANGED[:4], exact=True)).first
    number = sum(quarter >= CHANGED for quarter in QUARTERS)
    assert total.locator("td").all_inner_texts() == ["3", str(3 * number), "0", "0"]
