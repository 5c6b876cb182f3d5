"""The small scripts, by pressing keys in a real browser."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.ui.conftest import Site

pytestmark = pytest.mark.browser
AUTOSAVED = (
    '<form id="desk" method="get" data-autosave-url="/autosave">'
    '<input type="hidden" name="csrfmiddlewaretoken" value="token">'
)
STATUS = "[data-autosave-status]"


def chosen(tab: Any, name: str) -> list[str]:
    return list(tab.evaluate(f"[...document.querySelectorAll('[name=\"{name}\"]:checked')].map(e => e.value)"))


def saved_groups(site: Site) -> list[str]:
    return [group for post in site.posts for group in post["group"]]


def wait_for_posts(tab: Any, site: Site, count: int, milliseconds: int = 4000) -> None:
    for _ in range(milliseconds // 50):
        if len(site.posts) >= count:
            return
        tab.wait_for_timeout(50)
    raise AssertionError(f"{len(site.posts)} posts instead of {count}")


def test_a_digit_chooses_in_the_focused_group_and_in_no_other(open_page: Any) -> None:
    tab = open_page("/")
    tab.keyboard.press("3")
    assert chosen(tab, "who") == ["v1"]
    tab.focus("#who-v1")
    tab.keyboard.press("3")
    assert chosen(tab, "who") == ["v3"]
    assert chosen(tab, "subject") == ["v4"]
    assert tab.evaluate("document.activeElement.id") == "who-v3"
    tab.keyboard.press("Tab")
    tab.keyboard.press("3")
    assert chosen(tab, "who") == ["v3"]


def test_several_digits_may_follow_in_a_group_of_many(open_page: Any) -> None:
    tab = open_page("/")
    tab.focus("#advice-v1")
    for key in ("1", "2", "3"):
        tab.keyboard.press(key)
    assert chosen(tab, "advice") == ["v2", "v3", "v4"]
    assert tab.evaluate("document.activeElement.closest('[data-group]').dataset.group") == "advice"


def test_unknown_lets_go_of_the_others_and_they_of_it(open_page: Any) -> None:
    tab = open_page("/")
    tab.focus("#p1-wants-v1")
    tab.keyboard.press("8")
    assert chosen(tab, "p1-wants") == ["unknown"]
    tab.keyboard.press("2")
    assert chosen(tab, "p1-wants") == ["v2"]


def test_delete_empties_a_group(open_page: Any) -> None:
    tab = open_page("/")
    tab.focus("#who-v1")
    tab.keyboard.press("Delete")
    assert chosen(tab, "who") == []


@pytest.mark.parametrize(("direction", "key"), [("ltr", "ArrowRight"), ("rtl", "ArrowLeft")])
def test_arrows_walk_in_a_group_of_many_in_the_direction_of_reading(open_page: Any, direction: str, key: str) -> None:
    tab = open_page(f"/?dir={direction}")
    tab.focus("#advice-v1")
    tab.keyboard.press(key)
    assert tab.evaluate("document.activeElement.id") == "advice-v2"
    assert chosen(tab, "advice") == ["v1", "v4"]


def test_the_function_key_jumps_to_the_side_and_back_to_where_one_was(open_page: Any) -> None:
    tab = open_page("/")
    tab.focus("#stage-v2")
    tab.keyboard.press("F6")
    assert tab.evaluate("document.activeElement.closest('aside') !== null")
    tab.keyboard.press("F6")
    assert tab.evaluate("document.activeElement.id") == "stage-v2"


def test_the_question_mark_shows_the_keys_and_escape_hides_them(open_page: Any) -> None:
    tab = open_page("/")
    tab.keyboard.press("?")
    assert tab.is_visible("dialog[data-keys]")
    tab.keyboard.press("Escape")
    assert tab.is_hidden("dialog[data-keys]")
    tab.click("[data-opens=keys]")
    assert tab.is_visible("dialog[data-keys]")


def test_control_and_enter_press_the_main_button(open_page: Any) -> None:
    tab = open_page("/")
    tab.focus("#who-v2")
    with tab.expect_navigation():
        tab.keyboard.press("Control+Enter")
    assert "who=" in tab.url


def test_the_timer_follows_the_server_and_speaks_twice(open_page: Any) -> None:
    tab = open_page("/")
    tab.evaluate("""() => {
      window.spoken = [];
      const place = document.querySelector('[data-timer-say]');
      new MutationObserver(() => spoken.push(place.textContent)).observe(place, {childList: true});
    }""")
    now = "Number(document.querySelector('[data-timer]').dataset.started)"
    for minutes in (15, 16.5, 17, 20.5, 21, 22):
        tab.evaluate(f"document.dispatchEvent(new CustomEvent('server-time', {{detail: {now} + {minutes} * 60000}}))")
    assert tab.inner_text("[data-timer-clock]") == "22:00"
    assert tab.get_attribute(".timer", "data-state") == "over"
    assert len(tab.evaluate("spoken")) == 2
    assert tab.inner_text("[data-timer-note]") == "Över normaltiden"


def test_a_change_is_saved_within_two_seconds_with_its_group_tab_and_sequence(open_page: Any, site: Site) -> None:
    site.extra = AUTOSAVED
    tab = open_page("/")
    tab.click("#who-v3")
    wait_for_posts(tab, site, 1, 2000)
    first = site.posts[0]
    assert first["group"] == ["who"]
    assert first["who"] == ["v3"]
    assert first["csrfmiddlewaretoken"] == ["token"]
    assert "subject" not in first
    expect(tab.locator(STATUS)).to_contain_text("Utkast sparat 09:14")
    tab.click("#advice-v1")  # let go of: the group is sent, now with one answer less
    wait_for_posts(tab, site, 2, 2000)
    assert site.posts[1]["advice"] == ["v4"]
    assert site.posts[1]["tab"] == first["tab"]
    assert int(site.posts[1]["sequence"][0]) > int(first["sequence"][0])


def test_a_tick_outside_the_form_is_saved_too(open_page: Any, site: Site) -> None:
    site.extra = AUTOSAVED
    tab = open_page("/")
    tab.click("#ask-v3")
    wait_for_posts(tab, site, 1)
    assert site.posts[0]["ask"] == ["v1", "v2", "v3"]


def test_a_save_that_failed_is_told_and_tried_again_until_it_works(open_page: Any, site: Site) -> None:
    site.extra = AUTOSAVED
    site.answers += [(500, {}), (503, {})]
    tab = open_page("/")
    tab.click("#who-v3")
    wait_for_posts(tab, site, 1)
    expect(tab.locator(STATUS)).to_have_attribute("data-state", "failed")
    assert "inte sparat" in tab.inner_text(STATUS)
    wait_for_posts(tab, site, 3, 8000)
    assert saved_groups(site) == ["who"] * 3
    expect(tab.locator(STATUS)).to_have_attribute("data-state", "saved")


def test_a_refusal_shows_the_servers_words_and_is_not_repeated(open_page: Any, site: Site) -> None:
    site.extra = AUTOSAVED
    site.answers += [(409, {"message": "Samtalet är redan avslutat i en annan flik."})]
    tab = open_page("/")
    tab.click("#who-v3")
    wait_for_posts(tab, site, 1)
    expect(tab.locator(STATUS)).to_contain_text("redan avslutat")
    tab.wait_for_timeout(1500)
    assert len(site.posts) == 1


def test_what_waits_is_sent_when_the_page_is_left(open_page: Any, site: Site) -> None:
    site.extra = AUTOSAVED
    tab = open_page("/")
    tab.click("#who-v3")
    tab.goto(f"{site.address}/locked")
    wait_for_posts(tab, site, 1)
    assert site.posts[0]["who"] == ["v3"]


def test_the_lock_key_blanks_the_page_saves_what_waits_and_posts(open_page: Any, site: Site) -> None:
    site.extra = AUTOSAVED.replace("data-autosave-url", 'data-tab="one" data-autosave-url')
    tab = open_page("/")
    tab.click("#who-v3")
    tab.keyboard.press("F8")
    tab.wait_for_selector("#locked")
    assert saved_groups(site) == ["who"]
    assert site.posts[0]["tab"] == ["one"]


def test_a_page_that_is_left_alone_warns_before_it_locks_and_any_key_extends(open_page: Any, site: Site) -> None:
    tab = open_page("/?density=staff")
    tab.clock.install()
    tab.reload()
    tab.evaluate("document.querySelector('[data-timer]').remove()")
    after = int(tab.get_attribute("dialog[data-idle]", "data-after"))
    tab.clock.fast_forward((after - 40) * 1000)
    tab.clock.run_for(1_000)
    assert tab.is_visible("dialog[data-idle]")
    tab.keyboard.press("Shift")
    expect(tab.locator("dialog[data-idle]")).to_be_hidden()
