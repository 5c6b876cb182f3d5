"""The pages of delivered figures: a municipality's own, the nation's, and what the public can have."""

import io
import re
from datetime import date
from typing import Any

import html5lib
import pikepdf
import pytest
from django.conf import settings
from django.test import Client

from samsyn.deliveries import actions
from samsyn.deliveries import queries as deliveries
from samsyn.people.actors import SYSTEM, Actor
from samsyn.questions import actions as questions
from samsyn.questions import bank
from samsyn.statistics import pdf, queries
from samsyn.statistics.delivered import indicators, own
from samsyn.ui import numbers
from tests.deliveries.conftest import AT, Deliverer, SignIn, enrol, signed_in, stockholm, uppsala, vendor
from tests.deliveries.figures import as_file
from tests.deliveries.files import core_format
from tests.statistics.delivered_rows import GOAL
from tests.statistics.test_pdf import Read

__all__ = ["signed_in", "stockholm", "uppsala", "vendor"]

WITH_UNCERTAINTY = r"[0-9]+ % \([0-9]+\u2013[0-9]+\)"


WARNINGS = (
    "Siffrorna visar dem som ni har sett. Hur många som är utsatta i kommunen säger de inget om.",
    "En ändring kan bero på att fler frågades, att det frågades på ett annat sätt eller att andra frågade.",
    "Jämför bara om andelen som inte frågats är ungefär lika stor.",
    "Intervallet i parentes (95 procent) visar vad slumpen kan göra, hos de andra också vad bruset gör.",
    "Att kommuner arbetar olika ingår inte i intervallet: en skillnad kan bero på det.",
    "är de andra utan er, med ett litet brus, och visas bara om minst tre lämnat.",
    "Två punkter betyder att ett av era tal är dolt eller saknas",
    "Bryts betyder att frågan ändrades så att året inte kan jämföras med de andra.",
    "Streck: inget är lämnat, ingen är tillfrågad, frågan gäller inte er eller indikatorn räknas inte för året.",
)


def shown(answer: Any) -> str:
    assert answer.status_code == 200, answer.content[:300]
    text = answer.content.decode()
    html5lib.HTMLParser(strict=True).parse(text)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_a_municipality_reads_its_own_figures_and_takes_them_along(
    stockholm: Deliverer, signed_in: SignIn, analyst: Actor
) -> None:
    others = [enrol(f"01{number}", f"Kommun {number}", number=number) for number in (14, 15, 17, 20)]
    for one in (stockholm, *others):
        for quarter in ("2025K4", "2026K1"):
            one.send(one.file(quarter, persons=50))
    browser = signed_in(stockholm.actor)
    page = shown(browser.get("/delivered/"))
    for words in (
        "Stockholms stad",
        "Ni 2025",
        "Ni 2026",
        "med osäkerhet",
        "Underlag 2026",
        "PATRIARK",
    ):
        assert words in page
    for warning in WARNINGS:
        assert warning in page, "who was asked, how, and how many were not"
    assert "Kommun 14" not in page
    made = browser.get("/delivered/figures.pdf")
    with pikepdf.open(io.BytesIO(made.content)) as document:
        assert document.Root.MarkInfo.Marked
        assert "Stockholms stad" in str(document.docinfo.get("/Title") or document.open_metadata().get("dc:title"))
    watching = signed_in(analyst)
    national = shown(watching.get("/delivered/nation/"))
    assert "Metodkarta" in national
    for text in (page, national):
        assert "Varken högre eller lägre är bättre" in text, "each indicator is explained where its figures stand"
    assert "Metoder i länen" in national
    assert re.search(r"Stockholm 5 ", national), "five have delivered in the county"
    assert watching.get("/delivered/").status_code == 403
    assert browser.get("/delivered/nation/").status_code == 403


def test_the_managers_pdf_holds_every_table_and_every_warning_of_the_page(
    stockholm: Deliverer, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [enrol(f"01{number}", f"Kommun {number}", number=number) for number in (14, 15, 17, 20)]
    for one in (stockholm, *others):
        for quarter in ("2025K4", "2026K1"):
            one.send(one.file(quarter, persons=50))
    typeset: list[dict[str, Any]] = []

    def compiled(data: dict[str, Any], *, frozen_at: str) -> bytes:
        typeset.append(data)
        return made(data, frozen_at=frozen_at)

    made = pdf.compiled
    monkeypatch.setattr(pdf, "compiled", compiled)
    browser = signed_in(stockholm.actor)
    for year in (2025, 2026):
        page = browser.get("/delivered/", {"year": year}).context
        answer = browser.get("/delivered/figures.pdf", {"year": year})
        assert answer.content.startswith(b"%PDF")
        on_page = [
            (f"Räknas: {title}", table.caption, [table.row_head, *table.heads], table.rows)
            for title, tables in page["sections"]
            for table in tables
        ]
        assert len(on_page) == 9
        data = typeset.pop()
        assert on_page == [
            (one["counted"], one["caption"], one["head"], [(row["label"], row["cells"]) for row in one["rows"]])
            for one in data["tables"]
        ]
        closing = [words for one in data["closing"] for words in one["paragraphs"]]
        assert closing == [*page["warnings"], *page["notes"], *(one.sentence() for one in page["indicators"])]
        assert len(page["indicators"]) == len(indicators.indicators())
        text = Read(answer.content).everything()
        for words in closing:
            assert words in text
        for _counted, caption, _head, rows in on_page:
            assert caption in text
            assert all(label in text for label, _cells in rows)


def test_a_year_is_chosen_and_what_persons_said_stands_beside_the_others(
    stockholm: Deliverer, signed_in: SignIn, analyst: Actor
) -> None:
    others = [enrol(f"01{number}", f"Kommun {number}", number=number) for number in (14, 15, 17, 20)]
    agreed = actions.NewAgreement("municipal_core", "1.0.0", "person", "quarter", "2025K1")
    form = core_format(table="person")
    for one in (stockholm, *others):
        one.send(one.file("2025K4", persons=50))
        one.send(one.file("2026K1", persons=50))
        actions.make_agreement(deliverer_id=one.id, new=agreed, by=SYSTEM, at=AT)
        assert one.send(as_file(form, one.code, "2025K4", persons=40)).state == "accepted"
    browser = signed_in(stockholm.actor)
    pages = {year: shown(browser.get(f"/delivered/?year={year}")) for year in (2025, 2026)}
    assert pages[2026] == shown(browser.get("/delivered/"))
    tables = [one for _title, tables in browser.get("/delivered/").context["sections"] for one in tables]
    assert max(len(one.heads) for one in tables) <= 5, "the report's page of A4 has room for no more"
    assert 'aria-current="page">2025<' in browser.get("/delivered/?year=2025").content.decode()
    pages = {year: page[: page.index("Så räknas indikatorerna")] for year, page in pages.items()}
    told = {year: re.findall(r"målet nåddes helt eller delvis ([^A-ZÅÄÖ]*)", pages[year]) for year in pages}
    assert told[2025][1:5] == told[2026][1:5], "all years stand beside each other"
    for _over_time, _skipped, county, like, country, shares, not_asked in told.values():
        for others in (county, like, country):
            assert len(re.findall(WITH_UNCERTAINTY, others)) == 2, told
        assert len(re.findall(WITH_UNCERTAINTY, shares)) == 4, told
        assert len(re.findall("[0-9] %", not_asked)) == 4, told
    assert told[2025][5:] != told[2026][5:]
    # What stands over time is what stands in each year: nothing is told twice with another noise.
    for year, at in ((2025, 0), (2026, 1)):
        *_own, county, like, country = re.findall(WITH_UNCERTAINTY, told[year][5])
        assert [re.findall(WITH_UNCERTAINTY, one)[at] for one in told[year][2:5]] == [county, like, country]
    persons = pages[2025][pages[2025].index("Personer som tillfrågats") :]
    safer = re.findall(r"känner sig tryggare, helt eller delvis ([^A-ZÅÄÖ]*)", persons)
    assert [len(re.findall(WITH_UNCERTAINTY, one)) for one in safer[1:]] == [0, 1, 1, 1, 4, 0], safer
    assert len(re.findall("[0-9] %", safer[-1])) == 4, safer
    assert "Upplevd trygghet Svar 2025 2026 Ja" in persons
    assert re.search(r"Inte frågat \W*[0-9]+ \W*–", persons), "nothing of persons was delivered for 2026"
    made = browser.get("/delivered/figures.pdf?year=2025")
    with pikepdf.open(io.BytesIO(made.content)) as document:
        assert len(document.pages) >= 2
    for wrong in ("2024", "x", "20255", "²025", "-1"):
        for address in ("/delivered/", "/delivered/figures.pdf"):
            assert browser.get(address, {"year": wrong}).status_code == 404, wrong
    national = shown(signed_in(analyst).get("/delivered/nation/"))
    assert "Personer som känner sig tryggare, helt eller delvis" in national


def test_who_asked_stands_in_figures_out_of_the_register(
    stockholm: Deliverer, signed_in: SignIn, team_lead: Actor
) -> None:
    stockholm.send(stockholm.file("2025K4", persons=50))
    stockholm.send(stockholm.file("2026K1", persons=50))
    version_id = next(row.id for row in dict(bank.packages())["municipal_core"] if row.version == "1.0.0")

    def has(municipality: str, system: str, from_on: date) -> None:
        questions.record_implementation(
            version_id=version_id,
            municipality=municipality,
            system=system,
            route="rest",
            from_on=from_on,
            by=team_lead,
            at=AT,
        )

    has("0180", "Lifecare", date(2025, 3, 1))
    for municipality, system in (("0114", "Lifecare"), ("0115", "Treserva"), ("0115", "Lifecare"), ("1480", "Combine")):
        has(municipality, system, date(2026, 2, 1))
    browser = signed_in(stockholm.actor)
    table = {year: asked_in(browser, year) for year in (2025, 2026)}
    assert table[2026] == {
        "Har frågorna i ett system": ["1", "2", "3"],
        "Av dem började under året": ["0", "2", "3"],
        "Av dem har lämnat siffror för året": ["1", "0", "0"],
        "Första dagen": ["2025-03-01", "2026-02-01", "2026-02-01"],
        "Lifecare": ["1", "2", "2"],
        "Combine": ["0", "0", "1"],
        "Treserva": ["0", "1", "1"],
    }
    assert table[2025] == {
        "Har frågorna i ett system": ["1", "0", "0"],
        "Av dem började under året": ["1", "0", "0"],
        "Av dem har lämnat siffror för året": ["1", "0", "0"],
        "Första dagen": ["2025-03-01", numbers.MISSING, numbers.MISSING],
        "Lifecare": ["1", "0", "0"],
    }


def asked_in(browser: Client, year: int) -> dict[str, list[str]]:
    """Return the table of the register as the page shows it."""
    tables = browser.get("/delivered/", {"year": year}).context["sections"][-1][1]
    (found,) = [one for one in tables if one.heads == ["Ni", "Andra i länet", "Andra i landet"]]
    return dict(found.rows)


def test_the_nation_stands_against_the_register_and_county_by_county(
    stockholm: Deliverer, uppsala: Deliverer, signed_in: SignIn, analyst: Actor, team_lead: Actor
) -> None:
    for one in (stockholm, uppsala):
        one.send(one.file("2026K1", persons=50))
    rows = dict(bank.packages())["municipal_core"]
    version_id = next(row.id for row in rows if row.version == "1.0.0")
    for municipality in ("0180", "1480"):
        questions.record_implementation(
            version_id=version_id,
            municipality=municipality,
            system="Lifecare",
            route="rest",
            from_on=date(2026, 1, 7),
            by=team_lead,
            at=AT,
        )
    page = shown(signed_in(analyst).get("/delivered/nation/"))
    assert " 2026 2 2 2 1 " in page, "two delivered; of the two that have the package in a system one did"
    made = own.latest_compilation()
    uppsalas = made.counts[made.select(year=2026, county="03")].sum(axis=0)
    expected = numbers.percent(indicators.amount(GOAL, made.target, uppsalas).share)
    (counties,) = re.findall(r"Indikatorer i länen, 2026 .*? Uppsala (.*?) Ett streck", page)
    assert counties.split("%")[-2].strip() + "\u00a0%" == expected, "the last indicator of the last county"


def test_a_figure_that_lacks_a_number_is_not_shown_as_the_whole(
    stockholm: Deliverer, uppsala: Deliverer, signed_in: SignIn, analyst: Actor
) -> None:
    uppsala.send(uppsala.file("2026K1", persons=50))
    lines = stockholm.file("2026K1", persons=50).decode().splitlines()
    (hidden, *_others) = [at for at, row in enumerate(lines) if ";goal;part;" in row]
    lines[hidden] = re.sub(r";[0-9]+;normal$", ";;undertryckt", lines[hidden])
    used = [at for at, row in enumerate(lines) if ";method;patriark;" in row]
    for at in used:
        lines[at] = re.sub(r";[0-9]+;normal$", ";;saknas", lines[at])
    assert stockholm.send("\r\n".join(lines).encode()).state == "accepted"
    browser = signed_in(stockholm.actor)
    page = shown(browser.get("/delivered/"))
    assert re.search(r"målet nåddes helt eller delvis \W*\.\.", page), "the own share"
    assert re.search(r"hederskontext förekommer eller misstänks \W*[0-9]", page), "what is whole is shown"
    assert re.search(r"Metod för bedömning Svar 2026 .*?PATRIARK \W*\.\.", page)
    assert "Två punkter betyder att ett av era tal är dolt eller saknas" in page
    assert browser.get("/delivered/figures.pdf").content.startswith(b"%PDF")
    made = own.latest_compilation()
    uppsalas = made.counts[made.select(year=2026, county="03")].sum(axis=0)
    share = numbers.percent(indicators.amount(GOAL, made.target, uppsalas).share).replace("\u00a0", " ")
    watching = signed_in(analyst)
    national = shown(watching.get("/delivered/nation/"))
    assert f"målet nåddes helt eller delvis {share}*" in national, "of those whose figures are whole"
    (stockholms,) = re.findall(r"Indikatorer i länen, 2026 .*? Stockholm (.*?) Uppsala", national)
    assert stockholms.endswith(".."), "nobody's figures are whole in the county"
    assert re.search(r"Metodkarta.* PATRIARK 1\* 1\* ", national), "of one it isn't known"
    assert "En stjärna betyder" in national


def test_a_vendor_has_no_figures_of_its_own(vendor: Deliverer, signed_in: SignIn) -> None:
    vendor.send(vendor.file("2026K1"))
    browser = signed_in(vendor.actor)
    assert "Inget är lämnat och godkänt än" in shown(browser.get("/delivered/"))
    assert browser.get("/delivered/figures.pdf").content.startswith(b"%PDF")


def test_the_public_reads_what_can_be_had(
    stockholm: Deliverer, uppsala: Deliverer, vendor: Deliverer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PUBLIC", "default")
    reader = Client(headers={"host": settings.SAMSYN_PUBLIC_HOST})
    page = shown(reader.get("/available/"))
    assert "municipal_core 1.0.0 case kommun 2 kvartal 2024K1" in page
    assert "leverantör" not in page
    assert "Stockholm" not in page
    english = shown(reader.get("/en/available/"))
    assert "Goal attainment" in english
    for text, words in ((page, ("Högre är bättre", "från 2025")), (english, ("Higher is better", "from 2025"))):
        for one in (*words, "goal_reached version 1"):
            assert one in text
    (row,) = deliveries.delivered()
    assert row.organisations == 2
