"""A domain expert makes a version of the core package on the pages alone, and others' programs take it in."""

import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from samsyn.questions.exchange import core, fhir, plain, series
from samsyn.questions.exchange.package import Mode, Package, Relation
from tests.conftest import CommittedDatabase
from tests.journeys.examination import examine
from tests.journeys.sites import Site, fetched, opened
from tests.journeys.test_every_page import OF_A_DRAFT, STAFF
from tests.questions.exported import answered, choose, in_lforms

SAVE = "Spara i utkastet"


@pytest.fixture
def site(committed_database: CommittedDatabase, chromium: Browser) -> Iterator[Site]:
    with opened(committed_database, chromium, first=f"{datetime.now(UTC).year - 1}K1") as made:
        yield made


def open_page(page: Page, name: str) -> None:
    page.get_by_role("link", name=re.compile(f"^{name}$")).click()


def write_an_easy_wording(page: Page) -> None:
    """Word a question for talks too, in three languages; it was read from case files only."""
    open_page(page, "Ändra Måluppfyllelse")
    page.locator("summary", has_text="Samtal").click()
    talk = page.get_by_role("group", name="Samtal")
    talk.get_by_label(re.compile("^Svenska")).fill("Nådde vi det vi skulle?")
    page.get_by_role("button", name=SAVE).click()
    expect(page.get_by_role("alert")).to_contain_text("Skriv på det här språket också.")
    talk.get_by_label(re.compile("^Engelska")).fill("Did we reach what we set out for?")
    talk.get_by_label(re.compile("^Lätt svenska")).fill("Blev det som du ville?")
    page.get_by_role("button", name=SAVE).click()
    expect(page.get_by_text("«Måluppfyllelse» har fått en formulering för samtal.")).to_be_visible()


def say_when_it_is_asked(page: Page) -> None:
    open_page(page, "När den ställs ?: Delaktighet")
    page.get_by_label("Frågan som avgör").select_option(label="Upplevd hjälp")
    page.get_by_role("button", name="Välj").click()
    page.get_by_label("Mycket").check()
    page.get_by_label("Lite", exact=True).check()
    page.get_by_role("button", name=SAVE).click()
    expect(page.get_by_text("Frågas bara när Upplevd hjälp: Mycket eller Lite")).to_be_visible()
    expect(page.get_by_text("«Delaktighet» frågas om andra än förut.")).to_be_visible()


def split_an_answer_in_the_list(page: Page) -> None:
    """Write the list anew with one answer as two, and say code by code what each was before."""
    open_page(page, "Svaren ?: Förändring")
    second = page.get_by_role("group", name="Rad 2")
    second.get_by_label("På svenska").first.fill("")
    second.get_by_label("På engelska").first.fill("")
    new = (("Minskat mycket", "Much less"), ("Minskat lite", "A little less"))
    for row, (swedish, english) in zip((5, 6), new, strict=True):
        line = page.get_by_role("group", name=f"Rad {row}")
        line.get_by_label("Plats").fill("2")
        line.get_by_label("På svenska").first.fill(swedish)
        line.get_by_label("På engelska").first.fill(english)
    page.get_by_role("button", name=SAVE).click()
    expect(page.get_by_role("heading", name="Vad svaren var förut: Förändring")).to_be_visible()
    for swedish, _english in new:
        page.get_by_label(swedish).select_option(label="Utsattheten har minskat")
    page.get_by_role("button", name=SAVE).click()
    expect(page.get_by_text("«Förändring»: svaret «Minskat lite» är nytt.")).to_be_visible()


def write_a_requirement(page: Page) -> None:
    open_page(page, "Nytt krav")
    page.get_by_label("bör").check()
    page.get_by_label("Kravet, på svenska").fill("Formuleringen på lätt svenska bör kunna visas i samtalet.")
    page.get_by_label("Kravet, på engelska").fill("The easy Swedish wording should be shown during the talk.")
    page.get_by_label("Så verifieras det, på svenska").fill("Leverantören visar den i testmiljö.")
    page.get_by_label("Så verifieras det, på engelska").fill("The vendor shows it in a test environment.")
    page.get_by_label("Måluppfyllelse").check()
    page.get_by_role("button", name=SAVE).click()
    expect(page.get_by_role("rowheader", name="SAM-11")).to_be_visible()


def compare_with_somebody_elses(page: Page) -> None:
    """Write down a question of a system that nobody has compared with yet, and tick answer by answer."""
    open_page(page, "Jämför med annans fråga")
    page.get_by_label("Vår fråga").select_option(label="Upplevd hjälp")
    page.get_by_label("Vems frågan är").fill("Brukarenkäten")
    page.get_by_label("Deras fråga").fill("Hjälpte stödet?")
    page.get_by_label("Deras svar").fill("Ja\nNej")
    page.get_by_role("button", name="Fortsätt till svaren").click()
    for ours, theirs in (("Mycket", "Ja"), ("Lite", "Ja"), ("Inte alls", "Nej"), ("Det blev sämre", "Nej")):
        page.get_by_role("group", name=re.compile(f"^{ours}")).get_by_label(theirs).check()
    page.get_by_role("button", name=SAVE).click()
    row = page.get_by_role("row").filter(has=page.get_by_text("Brukarenkäten: Hjälpte stödet?", exact=True))
    expect(row).to_contain_text("grövre")


def look_at_it(page: Page) -> None:
    """See it as it will be asked, and word for word what differs."""
    draft = page.url
    open_page(page, "Visa som den frågas")
    page.get_by_label("Sätt", exact=True).select_option(label="samtal")
    page.get_by_label("Språk", exact=True).select_option(label="Lätt svenska")
    page.get_by_role("button", name="Visa").click()
    expect(page.get_by_role("group", name=re.compile("Blev det som du ville?"))).to_be_visible()
    page.get_by_label("Sätt", exact=True).select_option(label="självskattning")
    page.get_by_role("button", name="Visa").click()
    follow_up = page.get_by_role("group", name=re.compile("Fick du vara med"))
    expect(follow_up).to_be_hidden()
    page.get_by_role("group", name=re.compile("Har du fått hjälp")).get_by_role("radio", name="Mycket").check()
    expect(follow_up).to_be_visible()
    page.goto(draft)
    open_page(page, "Visa ord för ord")
    row = page.get_by_role("row").filter(has=page.get_by_text("«Delaktighet» frågas om andra än förut."))
    expect(row.locator("td")).to_have_text(["Frågas alltid.", "Upplevd hjälp: Mycket eller Lite"])
    expect(page.get_by_text("Lätt svenska: Blev det som du ville?")).to_be_visible()
    page.goto(draft)


def decide(page: Page) -> None:
    open_page(page, "Skicka på remiss")
    page.get_by_label("Varför versionen görs, på svenska").fill("Förbättring i stort och smått skiljs åt.")
    page.get_by_label("Varför versionen görs, på engelska").fill("Large and small improvement are told apart.")
    page.get_by_role("button", name="Skicka på remiss").click()
    expect(page.get_by_text("på remiss", exact=True)).to_be_visible()
    open_page(page, "Besluta")
    page.get_by_role("button", name="Besluta").click()
    page.get_by_role("button", name="Sätt i bruk").click()
    expect(page.get_by_text("i bruk", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^(Ändra|Svaren|När den ställs|Nytt krav)"))).to_have_count(0)


def taken_in(site: Site, page: Page) -> Package:
    """Read the files with others' programs, and return the package that the JSON file holds."""
    package = plain.from_json(fetched(page, "Hela paketet, JSON"))
    book = load_workbook(io.BytesIO(fetched(page, re.compile("^Kravlista"))))
    last = list(book.worksheets[0].iter_rows(values_only=True))[-1]
    assert (last[0], last[1], last[4]) == ("SAM-11", "bör", "goal")
    lforms = in_lforms(site.browser, json.loads(fetched(page, "FHIR R4 Questionnaire")))
    try:
        choose(lforms, "Har stödet hjälpt dig?", "Inte alls")
        assert lforms.get_by_text("Har du kunnat påverka stödet?").count() == 0
        choose(lforms, "Har stödet hjälpt dig?", "Lite")
        choose(lforms, "Har du kunnat påverka stödet?", "Ja")
        choose(lforms, "Hur har utsattheten förändrats?", "Minskat lite")
        response = answered(lforms)
    finally:
        lforms.close()
    assert fhir.answers(response) == {
        "change": ("a_little_less",),
        "client_help": ("some",),
        "client_influence": ("yes",),
    }
    return package


@pytest.mark.timeout(180)
def test_a_domain_expert_makes_a_version_without_help(site: Site) -> None:
    page = site.page("lead")
    page.goto(site.url("/questions/packages/"))
    page.get_by_role("button", name="Ny version Kärnfrågor").click()
    write_an_easy_wording(page)
    say_when_it_is_asked(page)
    split_an_answer_in_the_list(page)
    write_a_requirement(page)
    compare_with_somebody_elses(page)
    expect(page.get_by_text("Måste rättas före remiss")).to_have_count(0)
    look_at_it(page)
    decide(page)
    package = taken_in(site, page)
    assert package.version == "3.0.0"
    assert {one.mode for one in package.variable("goal").wordings} == {Mode.CASE_REVIEW, Mode.INTERVIEW}
    relations = {one.variable: one.relation for one in package.mappings if not one.target.system and one.version > 1}
    assert relations["change"] == Relation.COARSER
    assert relations["client_influence"] == Relation.NOT_COMPARABLE
    assert relations["goal"] == Relation.EXACT
    everything = [*core.versions(), package]
    read = series.reading(everything, source=("change", 2), target=("change", 1))
    assert read is not None
    assert read["much_less"] == read["a_little_less"] == "less"
    assert series.reading(everything, source=("client_influence", 2), target=("client_influence", 1)) is None


@pytest.mark.timeout(300)
def test_every_page_of_a_draft_is_for_everybody(site: Site) -> None:
    page = site.page("lead")
    page.goto(site.url("/questions/packages/"))
    page.get_by_role("button", name="Ny version Kärnfrågor").click()
    page.wait_for_url(re.compile(r"/versions/"))
    draft = page.url
    wrong, seen = [], set()
    for rest in (
        *("", "description", "preview?mode=self_report&language=easy", "differences?with=1.0.0"),
        *("variables/client_help/", "variables/goal/condition?about=change", "variables/goal/split"),
        *("variables/new", "variables/take-in", "lists/problem/1/", "lists/goal/1/earlier"),
        *("requirements/new", "requirements/SAM-04/", "compare/written", "consultation", "decide"),
    ):
        if rest == "decide":
            page.get_by_label("Varför versionen görs, på svenska").fill("En formulering är lättare att förstå.")
            page.get_by_label("Varför versionen görs, på engelska").fill("A wording is easier to understand.")
            page.get_by_role("button", name="Skicka på remiss").click()
            page.get_by_text("på remiss", exact=True).wait_for()
        answer = page.goto(draft + rest)
        assert answer is not None
        assert answer.status == 200, rest
        wrong += examine(page, rest, answer)
        seen.add(STAFF.route_of(urlsplit(page.url).path))
    assert seen >= OF_A_DRAFT
    assert wrong == [], "\n".join(wrong)
