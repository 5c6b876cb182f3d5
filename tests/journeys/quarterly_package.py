"""Steps: the quarter's packages, of figures and of composed cases, approved at the operator, taken in and seen at the centre."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Demonstration, become
from tests.journeys.examination import OUTSIDE, examine

REASONS = {"replayed": "Paketet är redan mottaget, eller äldre än ett som är det.", "changed": "Filen är inte den"}


def at_the_operator(page: Page, demonstration: Demonstration, persona: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{demonstration.operator}/personas/")
    page.locator(f"button[name=name][value={persona}]").click()
    page.wait_for_url(re.compile(r"^(?!.*personas).*$"))
    page.goto(f"{demonstration.operator}/packages/")


def deliver(page: Page, demonstration: Demonstration, file: Path) -> None:
    page.goto(f"{demonstration.staff}/deliveries/")
    page.locator("#id_file, input[type=file]").first.set_input_files(file)
    page.get_by_role("button", name="Lämna filen").click()
    page.wait_for_load_state()


def hand_over_a_quarter(page: Page, demonstration: Demonstration, tmp_path: Path) -> None:
    """Take a quarter from one house to the other, a changed and a replayed file refused on the way."""
    at_the_operator(page, demonstration, "analyst")
    answer = page.reload()
    assert answer is not None
    assert examine(page, "/packages/", answer) == []
    choice = page.locator("#what option", has_text="Utsatta personer").first
    quarter = choice.inner_text().split()[-1]
    page.locator("#what").select_option(choice.get_attribute("value"))
    page.get_by_role("button", name="Räkna och skydda").click()
    page.wait_for_url(re.compile(r"/packages/[0-9a-f-]{36}/"))
    expect(page.locator("aside")).to_contain_text("0 celler kan räknas ut")
    expect(page.get_by_role("button", name="Godkänn och underteckna")).to_have_count(0)
    address = page.url
    answer = page.reload()
    assert answer is not None
    assert examine(page, address, answer) == []
    # What is hidden here is hidden there: the cells of the answer "Kontroll", say, are compared below.
    units = page.locator("table", has=page.locator("caption", has_text="Alla")).first.locator("tbody tr td")
    here = units.all_inner_texts()

    at_the_operator(page, demonstration, "publisher")
    page.goto(address)
    page.get_by_role("button", name="Godkänn och underteckna").click()
    page.get_by_role("button", name="Hämta filen till centret").wait_for()
    with page.expect_download() as fetched:
        page.get_by_role("button", name="Hämta filen till centret").click()
    file = tmp_path / fetched.value.suggested_filename
    fetched.value.save_as(file)
    content = file.read_bytes()

    become(page, demonstration, "carrier")
    changed = tmp_path / "changed.samsyn"
    changed.write_bytes(content[:-20] + bytes([content[-20] ^ 1]) + content[-19:])
    deliver(page, demonstration, changed)
    expect(page.locator("main")).to_contain_text(REASONS["changed"])
    deliver(page, demonstration, file)
    page.wait_for_url(re.compile(r"/deliveries/[0-9a-f-]{36}/"))
    expect(page.locator("h1")).to_have_text("Siffrorna är mottagna")
    assert demonstration.value("SELECT state FROM deliveries_delivery WHERE door = 'package'") == "accepted"
    deliver(page, demonstration, file)
    expect(page.locator("main")).to_contain_text(REASONS["replayed"])
    refused = demonstration.rows("SELECT facts->>'reason' FROM audit_event WHERE kind = 'package_refused' ORDER BY at")
    assert [reason for (reason,) in refused] == ["changed_file", "replayed"]

    become(page, demonstration, "analyst")
    page.goto(f"{demonstration.staff}/delivered/nation/")
    table = page.locator("[aria-label='Utsatta personer: Alla']")
    expect(table).to_contain_text(quarter)
    numbers = [re.sub(r"\D", "", one) for one in here]
    total = ".." if ".." in here else str(sum(map(int, numbers)))
    shown = table.locator("tbody td").last.inner_text()
    assert (shown if shown == ".." else re.sub(r"\D", "", shown)) == total
    assert page.evaluate(OUTSIDE) == []


def hand_over_cases(page: Page, demonstration: Demonstration, tmp_path: Path) -> None:
    """Clear a teaching case as the second of two, and take what was cleared before from one house to the other."""
    at_the_operator(page, demonstration, "supporter2")
    page.goto(f"{demonstration.operator}/packages/composed/")
    page.locator("tbody tr", has_text="väntar på").get_by_role("link").click()
    page.wait_for_url(re.compile(r"/composed/[0-9a-f-]{36}/"))
    boxes = page.get_by_role("checkbox")
    expect(boxes).to_have_count(3)
    for number in range(3):
        boxes.nth(number).check()
    page.get_by_role("button", name="Allt håller").click()
    page.get_by_role("button", name="Stoppa fallet").wait_for()
    expect(page.locator("aside")).to_contain_text("prövat av två")

    at_the_operator(page, demonstration, "analyst")
    choice = page.locator("#what option", has_text="Sammansatta fall")
    page.locator("#what").select_option(choice.get_attribute("value"))
    page.get_by_role("button", name="Räkna och skydda").click()
    page.wait_for_url(re.compile(r"/packages/[0-9a-f-]{36}/"))
    address, told = page.url, page.locator("main [lang=sv]").inner_text()
    title = page.locator("main h2").first.inner_text()

    at_the_operator(page, demonstration, "publisher")
    page.goto(address)
    page.get_by_role("button", name="Godkänn och underteckna").click()
    page.get_by_role("button", name="Hämta filen till centret").wait_for()
    with page.expect_download() as fetched:
        page.get_by_role("button", name="Hämta filen till centret").click()
    file = tmp_path / fetched.value.suggested_filename
    fetched.value.save_as(file)

    become(page, demonstration, "carrier")
    changed = tmp_path / "changed.samsyn"
    changed.write_bytes(file.read_bytes().replace(b"22_25", b"18_21"))
    deliver(page, demonstration, changed)
    expect(page.locator("main")).to_contain_text(REASONS["changed"])
    deliver(page, demonstration, file)
    page.wait_for_url(re.compile(r"/deliveries/[0-9a-f-]{36}/"))
    expect(page.locator("h1")).to_have_text("Fallen är mottagna")

    become(page, demonstration, "adviser")
    page.goto(f"{demonstration.staff}/deliveries/composed/")
    page.get_by_role("link", name=title).click()
    page.wait_for_url(re.compile(r"/deliveries/composed/[0-9a-f-]{36}/"))
    # The same sentences as two have cleared, and the reservation after them.
    swedish = page.locator("main section[lang=sv]")
    expect(swedish).to_contain_text(told)
    expect(swedish).to_contain_text("återger inget av dem")
    expect(page.locator("main section[lang=en]")).to_contain_text("got in touch with the support line")
