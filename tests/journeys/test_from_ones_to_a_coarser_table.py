"""The journey of small numbers: single calls from small municipalities, a coarser table, a correction, and an attack."""

import csv
import io
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from pyaxis import pyaxis

from tests.journeys.conftest import (
    ROOT,
    Demonstration,
    become,
    free_ports,
    start_demonstration,
    stop_demonstration,
)

pytestmark = pytest.mark.own_server
TABLE = "/2026-q3/quarter/municipality/"
SMALL = {"2403": "Bjurholm", "2422": "Sorsele", "2425": "Dorotea"}


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """A demonstration of its own: this journey publishes the quarter that another one publishes too."""
    state = tmp_path_factory.mktemp("demonstration")
    for folder in (state, *state.parents):
        if folder.owner() == "root" and folder.parent != folder and len(folder.parts) > 2:
            folder.chmod(folder.stat().st_mode | 0o011)
    running = start_demonstration(state, free_ports(), embedded=True)
    yield running
    stop_demonstration(running)


def do(page: Page, button: str) -> None:
    """Press a button and wait for the page that follows."""
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).first.click()


def publish(page: Page, own: Demonstration, release: str) -> None:
    """Hand a draft over, and let another person approve and publish it."""
    do(page, "Lämna för godkännande")
    become(page, own, "publisher")
    page.goto(release)
    do(page, "Godkänn")
    do(page, "Publicera")
    page.get_by_role("button", name="Hämta handlingarna").wait_for()


def files(own: Demonstration) -> dict[str, bytes]:
    """Fetch the table in each of its formats, as a reader without any cookie."""
    found = {}
    for ending in ("csv", "xlsx", "json", "px"):
        place = f"http://127.0.0.1:{own.port}{TABLE.rstrip('/')}.{ending}"
        with urlopen(Request(place, headers={"Host": "statistik.localhost"}), timeout=30) as answer:
            found[ending] = answer.read()
    return found


def read(formats: dict[str, bytes], folder: Path) -> dict[str, str]:
    """Read the counts by code out of each format with a foreign reader, and hold that all say the same."""
    rows = list(csv.reader(io.StringIO(formats["csv"].decode("utf-8-sig")), delimiter=";"))
    by_csv = {
        row[0]: row[2]
        for row in rows
        if len(row) > 2 and re.fullmatch(r"\d\d|unknown|declined|not_asked|total", row[0])
    }
    sheet = load_workbook(io.BytesIO(formats["xlsx"])).worksheets[0]
    by_xlsx = {str(row[0]): str(row[2]) for row in sheet.iter_rows(values_only=True) if str(row[0]) in by_csv}
    data = json.loads(formats["json"])
    codes = data["dimension"]["row"]["category"]["index"]
    by_json = {code: ".." if (v := data["value"][at]) is None else str(v) for code, at in codes.items()}
    file = folder / "table.px"
    file.write_bytes(formats["px"])
    frame = pyaxis.parse(uri=str(file), encoding="utf-8", timeout=5)["DATA"]
    by_px = [str(value) for value in frame["DATA"]]
    assert by_csv == by_xlsx == by_json
    assert sorted(filter(str.isdigit, by_px)) == sorted(filter(str.isdigit, by_csv.values()))
    assert len(by_px) == len(by_csv)
    return by_csv


@pytest.mark.timeout(600)
def test_an_analyst_accepts_a_coarser_table_and_the_attacker_finds_nothing(
    page: Page, own: Demonstration, tmp_path: Path
) -> None:
    page.set_default_timeout(60_000)
    become(page, own, "analyst")
    page.goto(f"{own.staff}/releases/")
    page.get_by_label("Räkna ett kvartal").select_option(label="Kvartal 3, 2026")
    do(page, "Räkna och skydda")
    expect(page.locator(".audit-number")).to_have_text("0 celler kan räknas ut")

    # Three calls, one from each of three small municipalities: marked, and the protocol says why.
    page.locator("summary", has_text="Kommuner som yrkesverksamma ringer från").click()
    for name in SMALL.values():
        row = page.locator("details tr", has=page.get_by_role("rowheader", name=name, exact=True))
        expect(row.locator("td.primary .mark")).to_have_text("1")
    draft = page.url
    page.get_by_role("link", name="Vad som döljs och varför").click()
    for name in SMALL.values():
        said = page.locator("tr", has=page.get_by_role("rowheader", name=name, exact=True))
        expect(said.first).to_contain_text("Färre än 5.")

    # The coarser table costs less; the analyst accepts it.
    page.goto(draft)
    proposal = page.locator(".proposal", has_text="Kommuner som yrkesverksamma ringer från").first
    before, after = (
        int(re.match(r"\d+", text).group())  # type: ignore[union-attr]
        for text in proposal.locator("dd").all_inner_texts()[::2]
    )
    assert after < before
    with page.expect_navigation():
        proposal.get_by_role("button", name="Visa bara grupper").click()
    assert page.url != draft
    expect(page.locator(".proposal").first).to_contain_text("Visas bara med sina grupper.")
    expect(page.locator(".audit-number")).to_have_text("0 celler kan räknas ut")
    publish(page, own, page.url)

    # The public reads it in four formats; no small municipality is in any of them, nor among the stored cells.
    page.goto(own.public + TABLE)
    expect(page.get_by_role("rowheader", name="Östergötland")).to_be_visible()
    assert not any(name in page.content() for name in SMALL.values())
    formats = files(own)
    first = read(formats, tmp_path)
    counted = dict(
        own.rows(
            "SELECT left(municipality, 2), count(*) FROM contacts_callerplacefact"
            " WHERE year = 2026 AND quarter = 3 GROUP BY 1"
        )
    )
    shown = {code: int(value) for code, value in first.items() if value.isdigit() and code.isdigit()}
    assert len(shown) >= 10
    assert shown == {code: counted.get(code, 0) for code in shown}
    assert all(len(code) == 2 for code in counted)
    assert not any(code.encode() in content for code in SMALL for name, content in formats.items() if name != "xlsx")

    # Ten calls were registered late; the quarter is corrected, and the reader sees that it was and why.
    for _call in range(10):
        own.rows(
            "INSERT INTO contacts_callerplacefact (id, year, quarter, municipality)"
            " VALUES (gen_random_uuid(), 2026, 3, '0580') RETURNING 1"
        )
        own.rows(
            "INSERT INTO contacts_contactfact SELECT gen_random_uuid() AS id, f.year, f.quarter, f.week, f.hour_band,"
            " f.channel, f.outcome, f.sector, f.profession, f.county, f.length_band, f.contact_order, f.caller_subject,"
            " f.advice, f.referral, f.duty_informed, f.helped, f.template, f.adherence_band, f.instrument_version,"
            " f.adaptation, f.caller_role, f.contact_kind, f.interpreter, f.language"
            " FROM contacts_contactfact f WHERE year = 2026 AND quarter = 3 AND county = '05' AND outcome = 'answered'"
            " ORDER BY channel DESC, sector DESC LIMIT 1 RETURNING 1"
        )
    become(page, own, "analyst")
    page.goto(f"{own.staff}/releases/")
    page.get_by_role("link", name="Kvartal 3, 2026").first.click()
    page.get_by_text("Rätta med en ny utgåva").click()
    page.get_by_label("Varför, läsaren ser det").fill("Tio samtal registrerades sent.")
    do(page, "Räkna om")
    publish(page, own, page.url)
    page.goto(own.public + TABLE)
    expect(page.locator("main")).to_contain_text("Tio samtal registrerades sent.")
    second = read(files(own), tmp_path)
    assert int(second["05"]) == int(first["05"]) + 10

    # Everything that was ever published, read by an attacker.
    done = subprocess.run(
        ["script/samsyn", "--state", str(own.state), "attack"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 publiceringar" in done.stdout
    assert "0 celler kan räknas ut." in done.stdout
