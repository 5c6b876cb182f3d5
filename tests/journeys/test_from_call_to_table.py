"""The main job, end to end, in a real browser: the reference call is registered by keyboard, its quarter is drafted, approved
by another person, published, and read by the public as table, chart and file.
"""

import csv
import io
import re
from datetime import datetime
from zoneinfo import ZoneInfo

from openpyxl import load_workbook
from playwright.sync_api import Page

from samsyn.statistics.periods import Quarter
from tests.journeys.conftest import Demonstration, become
from tests.journeys.test_reference_call import Keyboard, open_desk, register_reference_call

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def girls(demonstration: Demonstration) -> int:
    """How many girls and women all calls are about, by the facts themselves."""
    return int(str(demonstration.value("SELECT count(*) FROM contacts_personfact WHERE sex = 'girl_woman'")))


def test_a_call_becomes_a_published_table(page: Page, demonstration: Demonstration) -> None:
    # The adviser registers the reference call while it goes on.
    quarter = Quarter.of(datetime.now(STOCKHOLM).date())
    before = girls(demonstration)
    open_desk(page, demonstration)
    keys = Keyboard(page)
    register_reference_call(keys, page)
    keys.press("Control+Enter")
    page.locator("input[name=sector]:focus").wait_for(state="attached")
    assert girls(demonstration) == before + 1

    # The analyst drafts the quarter in which it lies: counted, protected, audited.
    become(page, demonstration, "analyst")
    page.goto(f"{demonstration.staff}/releases/")
    page.locator("#quarter").select_option(str(quarter))
    page.get_by_role("button", name="Räkna och skydda").click()
    page.get_by_text("0 celler kan räknas ut").wait_for()
    assert page.get_by_role("button", name="Godkänn", exact=True).count() == 0
    hidden = page.locator("td.primary, td.secondary").count()
    assert hidden > 0
    page.get_by_role("button", name="Lämna för godkännande").click()
    page.get_by_text("Nu behövs en annan person").wait_for()
    release = page.url

    # Nothing is public yet: the start page says when it will come, and leads nowhere.
    page.goto(f"{demonstration.public}/")
    assert page.locator(f"a[href*='{quarter}']").count() == 0
    answer = page.goto(f"{demonstration.public}/{quarter}/quarter/")
    assert answer is not None
    assert answer.status == 404

    # Another person approves and publishes.
    become(page, demonstration, "publisher")
    page.goto(release)
    page.get_by_role("button", name="Godkänn", exact=True).click()
    page.get_by_role("button", name="Publicera", exact=True).click()
    page.get_by_role("button", name="Hämta handlingarna").wait_for()

    # The public reads it; in all years together, for on a quarter's first days its own figures are too small to be shown.
    page.goto(f"{demonstration.public}/")
    page.get_by_text(f"Kvartal {quarter.number}, {quarter.year}").first.wait_for()
    page.goto(f"{demonstration.public}/{quarter}/cumulative/sex/")
    shown = re.sub(r"\s", "", page.locator("tbody tr").first.locator("td").first.inner_text())
    assert int(shown) == before + 1
    assert page.locator(".table-and-chart figure svg").count() == 1
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    rows = list(csv.reader(io.StringIO(download.value.path().read_text("utf-8-sig")), delimiter=";"))
    assert ["girl_woman", "Flicka/kvinna", shown] in [row[:3] for row in rows]
    assert any("berättas i samtalen" in " ".join(row) for row in rows)
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel").click()
    book = load_workbook(io.BytesIO(download.value.path().read_bytes()))
    assert int(shown) in [cell.value for row in book.worksheets[0].iter_rows() for cell in row]

    # In English too, and what is hidden is in no page and no file.
    page.get_by_role("link", name="English").click()
    assert page.url == f"{demonstration.public}/en/{quarter}/cumulative/sex/"
    assert page.locator("html").get_attribute("lang") == "en"
    secret = demonstration.rows(
        "SELECT document::text FROM statistics_publishedtable WHERE document::text LIKE '%%\"reason\"%%'"
    )
    assert secret == []


def test_nobody_approves_their_own_release(page: Page, demonstration: Demonstration) -> None:
    row = demonstration.rows("SELECT count(*) FROM statistics_release WHERE drafted_by_id = approved_by_id")
    assert row == [(0,)]


def test_public_pages_are_light_and_send_nothing_elsewhere(page: Page, demonstration: Demonstration) -> None:
    seen: list[tuple[str, int]] = []
    console: list[str] = []
    page.on("response", lambda answer: seen.append((answer.url, int(answer.headers.get("content-length", 0)))))
    page.on("console", lambda message: console.append(message.text))
    for place in ("/", "/2026-q2/quarter/", "/2026-q2/cumulative/county/", "/history/", "/about/", "/definitions/"):
        seen.clear()
        page.goto(f"{demonstration.public}{place}")
        assert all(url.startswith(demonstration.public) for url, _size in seen), seen
        assert sum(size for _url, size in seen) <= 50_000 + 50_000 * (len(seen) > 6), place
        assert page.context.cookies() == []
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (place, width)
    assert console == []
