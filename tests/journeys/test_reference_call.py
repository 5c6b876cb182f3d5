"""The reference call by keyboard alone, with every key counted, and what it leaves in the database."""

import re
import time
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import Demonstration, become


class Keyboard:
    """Presses keys and counts them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1

    def type(self, text: str) -> None:
        self.press(*text)


def facts(demonstration: Demonstration) -> dict[str, int]:
    return {
        table: int(str(demonstration.value(f"SELECT count(*) FROM contacts_{table}fact")))
        for table in ("contact", "matter", "person", "mentioned")
    }


def grown(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {name: after[name] - before[name] for name in after}


def open_desk(page: Page, demonstration: Demonstration, persona: str = "adviser") -> None:
    become(page, demonstration, persona)
    page.goto(f"{demonstration.staff}/desk/")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/desk/[0-9a-f-]{36}/$"))
    page.locator("input[name=sector]:focus").wait_for(state="attached")


def wait_saved(page: Page) -> None:
    page.locator("[data-autosave-status][data-state=saved]").wait_for()
    page.wait_for_timeout(1600)


def register_reference_call(keys: Keyboard, page: Page) -> int:
    """Answer everything by keyboard, to the last tick before the close; return the keys that the fields alone took."""
    keys.press("1")  # social services
    keys.press("Tab")
    keys.type("soc")  # profession, found by typing
    keys.press("Tab")
    keys.type("mot")  # Motala
    keys.press("Tab")  # the field of words: a new matter
    keys.press("Tab", "4")  # main concern: abduction
    keys.press("Tab", "2")  # plans
    keys.press("Tab")  # danger now: not asked
    keys.press("Tab", "1")  # a single person
    keys.press("Tab", "3")  # 13-15
    keys.press("Tab", "1")  # girl
    keys.press("Tab", "1", "2", "3")  # control, psychological, physical
    keys.press("Tab", "1")  # by the parents
    keys.press("Tab")  # add a person
    keys.press("Tab", "1", "2", "4")  # three pieces of advice
    keys.press("Tab", "1")  # answered
    fields = keys.count
    wait_saved(page)
    keys.press("F6", "1", "2", "3", "4", "Tab", "1", "2", "3")  # seven ticks
    wait_saved(page)
    return fields


def test_reference_call_takes_at_most_55_keys_and_its_fields_at_most_35(
    page: Page, demonstration: Demonstration
) -> None:
    open_desk(page, demonstration)
    before = facts(demonstration)
    contact_id = page.url.rstrip("/").rpartition("/")[2]
    keys = Keyboard(page)
    assert register_reference_call(keys, page) <= 35
    stored = dict(
        demonstration.rows("SELECT code, values FROM contacts_answer WHERE contact_id = %s ORDER BY code", contact_id)
    )
    assert {code: set(values) for code, values in stored.items()} == {  # type: ignore[call-overload]
        "sector": {"social_services"},
        "profession": set(stored["profession"]),  # type: ignore[call-overload]
        "municipality": {"0583"},
        "main_concern": {"abduction"},
        "concern_status": {"plan"},
        "case_kind": {"single_person"},
        "age_band": {"13_15"},
        "sex": {"girl_woman"},
        "exposure": {"control", "psychological", "physical"},
        "perpetrator_relation": {"parents"},
        "advice": {"protection", "concern_report", "travel_ban"},
        "outcome": {"answered"},
    }
    assert len(stored["profession"]) == 1  # type: ignore[arg-type]
    assert demonstration.value("SELECT count(*) FROM contacts_checklisttick WHERE contact_id = %s", contact_id) == 7
    keys.press("Control+Enter")
    assert keys.count <= 55
    page.locator("input[name=sector]:focus").wait_for(state="attached")
    assert contact_id not in page.url
    assert grown(before, facts(demonstration)) == {"contact": 1, "matter": 1, "person": 1, "mentioned": 0}
    now = datetime.now(UTC)
    row = demonstration.rows(
        "SELECT county, sector, outcome, contact_order, advice FROM contacts_contactfact "
        "WHERE year = %s AND quarter = %s AND county = '05' AND 'travel_ban' = ANY(advice) "
        "AND advice @> '{protection,concern_report}' AND template <> 'not_asked'",
        now.year,
        (now.month + 2) // 3,
    )
    assert ("05", "social_services", "answered", "first") in [found[:4] for found in row]


@pytest.mark.parametrize(
    ("digit", "outcome"), [("5", "silent"), ("6", "wrong_number"), ("7", "hang_up"), ("8", "test")]
)
def test_a_call_that_was_none_takes_at_most_four_keys(
    page: Page, demonstration: Demonstration, digit: str, outcome: str
) -> None:
    open_desk(page, demonstration)
    before = facts(demonstration)
    keys = Keyboard(page)
    keys.press("F9", digit, "Control+Enter")
    assert keys.count <= 4
    page.locator("input[name=sector]:focus").wait_for(state="attached")
    assert grown(before, facts(demonstration)) == {"contact": 1, "matter": 0, "person": 0, "mentioned": 0}
    latest = demonstration.value(
        "SELECT outcome FROM contacts_contact WHERE closed_at IS NOT NULL ORDER BY closed_at DESC LIMIT 1"
    )
    assert latest == outcome


def test_closing_without_an_outcome_says_what_is_missing_and_keeps_what_was_typed(
    page: Page, demonstration: Demonstration
) -> None:
    open_desk(page, demonstration)
    before = facts(demonstration)
    page.keyboard.press("2")
    page.keyboard.press("Control+Enter")
    summary = page.get_by_role("alert")
    summary.wait_for()
    assert "utfall" in summary.inner_text().lower()
    assert page.locator("#sector-school").is_checked()
    summary.get_by_role("link").first.click()
    page.locator("input[name=outcome]:focus").wait_for(state="attached")
    assert grown(before, facts(demonstration)) == {"contact": 0, "matter": 0, "person": 0, "mentioned": 0}


def test_what_is_chosen_is_saved_in_time_though_the_adviser_never_pauses(
    page: Page, demonstration: Demonstration
) -> None:
    open_desk(page, demonstration)
    contact_id = page.url.rstrip("/").rpartition("/")[2]
    saved = "SELECT count(*) FROM contacts_answer WHERE contact_id = %s"
    begun = time.monotonic()
    while not demonstration.value(saved, contact_id) and time.monotonic() < begun + 6:
        page.keyboard.press("12"[int(time.monotonic() * 2) % 2])
        page.wait_for_timeout(300)
    assert demonstration.value(saved, contact_id) == 1
    assert time.monotonic() - begun < 4, "two seconds, and two more for a busy machine"


def test_a_number_is_saved_while_its_field_has_the_focus(page: Page, demonstration: Demonstration) -> None:
    open_desk(page, demonstration)
    contact_id = page.url.rstrip("/").rpartition("/")[2]
    page.locator("input[name=mentioned-under_18]").press("3")
    wait_saved(page)
    counts = demonstration.rows(
        "SELECT age_group, count FROM contacts_furthermentioned WHERE contact_id = %s", contact_id
    )
    assert counts == [("under_18", 3)]


def test_every_key_of_the_desk_is_told_and_stands_on_the_page(page: Page, demonstration: Demonstration) -> None:
    open_desk(page, demonstration)
    page.keyboard.press("?")
    told = page.get_by_role("dialog").inner_text()
    for key in ("1", "9", "Tab", "Del", "F4", "F6", "F8", "F9", "Ctrl", "?"):
        assert key in told
    page.keyboard.press("Escape")
    page.get_by_role("link", name="till utfallet").click()
    page.locator("input[name=outcome]:focus").wait_for(state="attached")


@pytest.mark.parametrize("script", [True, False])
def test_a_draft_is_thrown_away_only_after_a_second_yes(page: Page, demonstration: Demonstration, script: bool) -> None:
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=script, viewport={"width": 1366, "height": 768}, locale="sv-SE")
    desk = context.new_page()
    try:
        become(desk, demonstration, "adviser")
        desk.goto(f"{demonstration.staff}/desk/")
        desk.get_by_role("button", name="Nytt samtal").click()
        address = desk.url
        desk.get_by_role("button", name="Kasta utkastet").click()
        desk.get_by_role("button", name="Behåll").click()
        assert desk.goto(address).status == 200  # type: ignore[union-attr]
        desk.get_by_role("button", name="Kasta utkastet").click()
        desk.get_by_role("button", name="Ja, kasta").click()
        desk.wait_for_url(re.compile(r"/desk/$"))
        assert desk.goto(address).status == 404  # type: ignore[union-attr]
    finally:
        context.close()


def test_a_draft_survives_a_crash_of_the_browser(page: Page, demonstration: Demonstration) -> None:
    open_desk(page, demonstration)
    url = page.url
    page.keyboard.press("3")
    wait_saved(page)
    page.context.clear_cookies()
    page.close(run_before_unload=False)
    again = page.context.new_page()
    become(again, demonstration, "adviser")
    again.goto(f"{demonstration.staff}/desk/")
    again.locator(f"a[href='{url.removeprefix(demonstration.staff)}']").click()
    assert again.locator("#sector-health_care").is_checked()


def test_a_matter_that_returns_with_its_words_is_counted_once(page: Page, demonstration: Demonstration) -> None:
    open_desk(page, demonstration)
    before = facts(demonstration)
    page.keyboard.press("1")
    wait_saved(page)
    page.get_by_role("button", name="Ge ärendeord").click()
    words = page.locator(".spoken").inner_text()
    assert len(words.split()) == 3
    page.locator("#sex-girl_woman, #p1-sex-girl_woman").first.check(force=True)
    page.locator("#outcome-answered").check(force=True)
    page.keyboard.press("Control+Enter")
    page.locator("input[name=sector]:focus").wait_for(state="attached")
    page.wait_for_load_state()
    page.keyboard.press("1")
    wait_saved(page)
    page.locator("#code").fill(words.upper())
    page.keyboard.press("Enter")
    page.get_by_text("Samma ärende som förut").wait_for()
    page.locator("#outcome-answered").check(force=True)
    page.keyboard.press("Control+Enter")
    page.locator("input[name=sector]:focus").wait_for(state="attached")
    assert grown(before, facts(demonstration)) == {"contact": 2, "matter": 1, "person": 1, "mentioned": 0}
    stored = demonstration.rows("SELECT code_hash FROM contacts_matter WHERE code_hash IS NOT NULL")
    assert all(words.encode() not in bytes(row[0]) for row in stored)  # type: ignore[call-overload]


def test_a_whole_call_is_visible_at_1366_by_768_and_nothing_scrolls_sideways(
    page: Page, demonstration: Demonstration
) -> None:
    open_desk(page, demonstration)
    bottom = page.evaluate("document.querySelector('[data-group=outcome]').getBoundingClientRect().bottom")
    footer = page.evaluate("document.querySelector('footer').getBoundingClientRect().top")
    assert bottom <= footer
    assert page.evaluate("document.documentElement.scrollHeight") <= 768, "the page scrolls"
    for width, height in ((320, 640), (1366, 768)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_desk_works_without_script(page: Page, demonstration: Demonstration) -> None:
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1366, "height": 768})
    plain = context.new_page()
    try:
        before = facts(demonstration)
        become(plain, demonstration, "adviser")
        plain.goto(f"{demonstration.staff}/desk/")
        plain.get_by_role("button", name="Nytt samtal").click()
        plain.locator("#sector-police").check(force=True)
        plain.get_by_role("button", name="Lägg till person").click()
        assert plain.locator(".person").count() == 2
        assert plain.locator("#sector-police").is_checked()
        for number in (1, 2):
            plain.locator(f"#p{number}-sex-boy_man").check(force=True)
        plain.locator("input[name=mentioned-under_18]").fill("2")
        plain.locator("#outcome-referred").check(force=True)
        plain.get_by_role("button", name="Avsluta och nästa").click()
        assert grown(before, facts(demonstration)) == {"contact": 1, "matter": 1, "person": 2, "mentioned": 2}
    finally:
        context.close()


def test_two_tabs_cannot_close_one_contact_twice(page: Page, demonstration: Demonstration) -> None:
    open_desk(page, demonstration)
    before = facts(demonstration)
    other = page.context.new_page()
    other.goto(page.url)
    for tab in (page, other):
        tab.locator("#sector-school").check(force=True)
        tab.locator("#outcome-answered").check(force=True)
    page.bring_to_front()
    page.keyboard.press("Control+Enter")
    page.locator("#outcome-answered:not(:checked)").wait_for(state="attached")
    with other.expect_response(re.compile(r"/submit/$")) as answer:
        other.get_by_role("button", name="Avsluta och nästa").click()
    assert answer.value.status == 409
    assert "redan avslutad" in other.locator("main").inner_text()
    assert grown(before, facts(demonstration))["contact"] == 1
