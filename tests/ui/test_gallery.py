"""The component page in a real browser: both densities, both directions, both widths."""

from typing import Any

import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from tests.ui.conftest import Site, page

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
VARIANTS = [
    f"/?density={density}&dir={direction}{errors}"
    for density in ("staff", "public")
    for direction in ("ltr", "rtl")
    for errors in ("", "&errors=1")
]
# A stranded control or text shows as one that reaches outside the page.
OUTSIDE = """() => [...document.querySelectorAll('main *, header *, aside *, footer *')].filter(e => {
  const r = e.getBoundingClientRect();
  return r.width && !e.closest('.unseen, .skip, [role=region], svg') && (r.right > innerWidth + 1 || r.left < -1);
}).map(e => e.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("address", VARIANTS)
@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_page_is_valid_html(address: str, lang: str) -> None:
    html5lib.HTMLParser(strict=True).parse(page(f"{address}&lang={lang}"))


def test_the_page_is_for_everybody_who_is_signed_in() -> None:
    from samsyn.people.access import SIGNED_IN, access_of
    from samsyn.ui.gallery import views

    access = access_of(views.gallery)
    assert reverse("ui:gallery").startswith("/")
    assert access is not None
    assert access.whom == SIGNED_IN


@pytest.mark.browser
@pytest.mark.parametrize("width", [1366, 320])
@pytest.mark.parametrize("address", VARIANTS)
def test_no_barrier_is_found_and_nothing_sticks_out(open_page: Any, address: str, width: int) -> None:
    tab = open_page(address, width=width)
    tab.set_viewport_size({"width": width, "height": 12_000})  # nothing lies below a bar that sticks to the edge
    results = Axe().run(tab, options=RULES)
    assert results.violations_count == 0, results.generate_report()
    assert tab.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert tab.evaluate(OUTSIDE) == []


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_dark_mode_has_contrast_too(open_page: Any, scheme: str) -> None:
    tab = open_page("/?density=staff&errors=1", color_scheme=scheme)
    results = Axe().run(tab, options=RULES)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.browser
def test_nothing_is_stored_in_the_browser(open_page: Any) -> None:
    tab = open_page("/")
    assert tab.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    assert tab.evaluate("indexedDB.databases().then(all => all.length)") == 0


@pytest.mark.browser
def test_every_stop_of_the_tab_key_is_seen_and_a_group_is_one_stop(open_page: Any) -> None:
    tab = open_page("/?density=staff")
    stops = []
    for _ in range(15):
        tab.keyboard.press("Tab")
        stops.append(
            tab.evaluate("""() => {
              const e = document.activeElement;
              const ring = getComputedStyle(e.matches('.chip input') ? e.nextElementSibling : e);
              const name = e.closest('[data-group]')?.dataset.group || e.textContent.trim().slice(0, 12);
              return [name, ring.outlineWidth, ring.boxShadow !== 'none'];
            }""")
        )
    assert all(width == "3px" and shadow for _name, width, shadow in stops), stops
    groups = [name for name, *_ring in stops]
    assert [name for name in groups if name in {"who", "school", "town", "subject", "stage", "urgent", "p1-age"}] == [
        "who", "school", "town", "subject", "stage", "urgent", "p1-age",
    ]  # fmt: skip


@pytest.mark.browser
def test_a_chosen_chip_keeps_its_place_and_width(open_page: Any) -> None:
    tab = open_page("/?density=staff")
    place = "document.querySelector('label[for=who-v6]').getBoundingClientRect().x"
    before = tab.evaluate(place)
    tab.click("#who-v3")
    assert tab.evaluate(place) == before
    assert tab.evaluate("getComputedStyle(document.querySelector('label[for=who-v3]')).fontWeight") == "650"


@pytest.mark.browser
def test_the_desk_fits_one_screen_of_1366_by_768(open_page: Any, site: Site) -> None:
    tab = open_page("/?density=staff")
    box = "document.querySelector('{}').getBoundingClientRect()"
    last, foot = tab.evaluate(f"[{box.format('#outcome-none')}.bottom, {box.format('.actions')}.top]")
    assert last < foot


@pytest.mark.browser
def test_the_page_works_and_reads_without_script(open_page: Any) -> None:
    tab = open_page("/?density=staff", java_script_enabled=False)
    tab.click("#who-v3")
    assert tab.is_checked("#who-v3")
    assert tab.inner_text(".timer b") == "08:42"
