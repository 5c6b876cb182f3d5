"""What is printed, as the browser lays it on A4: the paper form on one sheet, tables without what only a screen needs."""

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import Demonstration, become, in_english
from tests.statistics.test_pdf import Read

A4 = (595, 842)  # points
BARS = ".bar, .crumbs, .tabs, .downloads, .embedding, .site-foot nav"
# What the bars say, word by word; and the page without them.
OF_THE_BARS = """bars => [...document.querySelectorAll(bars)].flatMap(bar => [...bar.querySelectorAll('a, button, summary')])
  .map(one => one.innerText)"""
TEXTS = """what => [...document.querySelectorAll(what)].filter(one => one.checkVisibility()).map(one => {
  const copy = one.cloneNode(true);
  copy.querySelectorAll('.unseen, [aria-hidden=true]').forEach(part => part.remove());
  return copy.textContent;
})"""
WITHOUT = "bars => { document.querySelectorAll(bars).forEach(bar => bar.remove()); return document.body.innerText }"


def printed(page: Page) -> Read:
    """The page as Chromium prints it."""
    made = Read(page.pdf(format="A4", tagged=True))
    for one in made.pdf.pages:
        assert [round(float(side)) for side in one.mediabox[2:]] == pytest.approx(A4, abs=2)
    return made


def squeezed(text: str) -> str:
    """The text without its spaces: a line that is broken has none in a PDF."""
    return "".join(text.split())


def shown(page: Page, what: str) -> list[str]:
    """The texts of what is visible, without spaces; a mark of a hidden figure is drawn, but is no text in a PDF."""
    return [squeezed(one) for one in page.evaluate(TEXTS, what)]


def test_the_form_for_an_outage_is_one_sheet(demonstration: Demonstration, page: Page) -> None:
    become(page, demonstration, "adviser")
    page.goto(f"{demonstration.staff}/desk/paper/")
    assert _not_on_the_sheet(page) == []
    with in_english(page):
        assert _not_on_the_sheet(page) == []


def _not_on_the_sheet(page: Page) -> list[str]:
    """Print the form; it has one page. Return the questions and boxes of the screen that the print lacks."""
    questions, boxes = shown(page, ".paper dt"), shown(page, ".paper .tick-box")
    assert len(questions) > 20
    assert len(boxes) > 100
    made = printed(page)
    assert len(made.pdf.pages) == 1
    text = squeezed(made.everything())
    return [one for one in [*questions, *boxes] if one not in text]


@pytest.mark.parametrize("address", ["/2026-q2/quarter/", "/2026-q2/quarter/age/"])
def test_a_report_and_a_table_are_printed_without_what_only_a_screen_needs(
    demonstration: Demonstration, page: Page, address: str
) -> None:
    page.goto(demonstration.public + address)
    wanted = shown(page, "main h1, main caption, main table :is(th, td)")
    bars = [squeezed(one) for one in page.evaluate(OF_THE_BARS, BARS)]
    assert len(wanted) > 30
    assert len(bars) > 15
    text = squeezed(printed(page).everything())
    assert [one for one in wanted if one not in text] == []
    own = squeezed(page.evaluate(WITHOUT, BARS))
    assert [one for one in bars if one in text and one not in own] == []


def test_a_composed_case_is_printed_on_one_sheet_with_its_reservation(demonstration: Demonstration, page: Page) -> None:
    become(page, demonstration, "adviser")
    page.goto(f"{demonstration.staff}/deliveries/composed/")
    page.locator("tbody a").first.click()
    page.wait_for_url("**/deliveries/composed/*-*/")
    wanted = shown(page, "main h1, main section p")
    assert len(wanted) > 8
    made = printed(page)
    assert len(made.pdf.pages) == 1
    text = squeezed(made.everything())
    assert [one for one in wanted if one not in text] == []
    assert squeezed("Anar du") not in text
