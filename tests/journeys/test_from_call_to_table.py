"""The main job, end to end, in a real browser: a call is registered by keyboard, the quarter is drafted, approved by
another person, published, and read by the public as table, chart and file.
"""

import csv
import io
import re

from openpyxl import load_workbook
from playwright.sync_api import Page

from tests.journeys.conftest import Demonstration, become
from tests.journeys.test_reference_call import open_desk, wait_saved


def test_a_call_becomes_a_published_table(page: Page, demonstration: Demonstration) -> None:
    # The adviser registers the call while it goes on.
    open_desk(page, demonstration)
    for key in ("1", "Tab", "s", "o", "c", "Tab", "m", "o", "t", "Tab", "Tab", "4", "Tab", "2"):
        page.keyboard.press(key)
    wait_saved(page)
    assert "Utkast sparat" in page.locator("[data-autosave-status]").inner_text()
    page.keyboard.press("F9")
    page.keyboard.press("1")
    page.keyboard.press("Control+Enter")
    page.locator("input[name=sector]:focus").wait_for(state="attached")

    # The analyst drafts the quarter that ended last: counted, protected, audited.
    become(page, demonstration, "analyst")
    page.goto(f"{demonstration.staff}/releases/")
    page.locator("#quarter").select_option("2026-q3")
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
    assert page.locator("a[href*='2026-q3']").count() == 0
    answer = page.goto(f"{demonstration.public}/2026-q3/quarter/")
    assert answer is not None
    assert answer.status == 404

    # Another person approves and publishes.
    become(page, demonstration, "publisher")
    page.goto(release)
    page.get_by_role("button", name="Godkänn", exact=True).click()
    page.get_by_role("button", name="Publicera", exact=True).click()
    page.get_by_role("button", name="Hämta handlingarna").wait_for()

    # The public reads it.
    page.goto(f"{demonstration.public}/")
    page.get_by_text("Kvartal 3, 2026").first.wait_for()
    page.goto(f"{demonstration.public}/2026-q3/quarter/sex/")
    shown = page.locator("tbody tr").first.locator("td").first.inner_text()
    assert re.fullmatch(r"\d+", shown)
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
    counted = demonstration.value(
        "SELECT count(*) FROM contacts_personfact WHERE year = 2026 AND quarter = 3 AND sex = 'girl_woman'"
    )
    assert int(shown) == counted

    # In English too, and what is hidden is in no page and no file.
    page.get_by_role("link", name="English").click()
    assert page.url == f"{demonstration.public}/en/2026-q3/quarter/sex/"
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
