"""Delivered figures: added up over versions without loss, or broken visibly; compared without telling of another."""

import io
import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import html5lib
import numpy as np
import pikepdf
import pytest
from django.conf import settings
from django.test import Client
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from samsyn.deliveries import actions
from samsyn.deliveries import queries as deliveries
from samsyn.deliveries.checking import across, of_packages
from samsyn.deliveries.checking.formats import TableFormat
from samsyn.people.actors import SYSTEM, Actor
from samsyn.questions import actions as questions
from samsyn.questions import bank
from samsyn.questions.exchange import core, editing
from samsyn.questions.exchange.package import Text
from samsyn.statistics import queries
from samsyn.statistics.delivered import comparing, compiling, indicators, own
from samsyn.ui import numbers
from tests.deliveries.conftest import AT, Deliverer, SignIn, enrol, signed_in, stockholm, uppsala, vendor
from tests.deliveries.figures import as_file
from tests.deliveries.files import core_format

__all__ = ["signed_in", "stockholm", "uppsala", "vendor"]
OLD, NEW = core_format("1.0.0"), core_format("2.0.0")
VERSIONS = core.versions()


@dataclass(frozen=True)
class Figures:
    deliverer: str
    county: str
    period: str
    format: TableFormat
    counts: list[int]
    statuses: str


def figures(
    form: TableFormat, counts: list[int], *, code: str = "0180", period: str = "2026K1", statuses: str = ""
) -> Figures:
    return Figures(code, code[:2], period, form, counts, statuses or "A" * form.size)


def added(form: TableFormat, counts: Any, variable: str) -> int:
    cells = [at + division for at in form.places[variable].values() for division in range(form.width)]
    return int(sum(counts[at] for at in cells))


@hypothesis_settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 500), min_size=NEW.size, max_size=NEW.size))
def test_totals_are_the_same_before_and_after_a_coarser_mapping(counts: list[int]) -> None:
    made = compiling.compiled([figures(NEW, counts)], target=OLD, packages=VERSIONS)
    for variable in NEW.variables:
        assert added(OLD, made.counts[0], variable.code) == added(NEW, counts, variable.code)


def test_what_was_split_cannot_be_divided_afterwards() -> None:
    made = compiling.compiled([figures(OLD, [1] * OLD.size)], target=NEW, packages=VERSIONS)
    assert added(NEW, made.counts[0], "main_problem") == 0
    at = NEW.places["main_problem"]["control"]
    assert not made.known[0][at]
    assert added(NEW, made.counts[0], "goal") == added(OLD, [1] * OLD.size, "goal")


def test_versions_are_added_up_by_year_and_what_has_no_number_is_counted_apart() -> None:
    at = OLD.places["goal"]["whole"]
    hidden = "A" * at + "Q" + "A" * (OLD.size - at - 1)
    nought = [0 if place == at else 1 for place in range(OLD.size)]
    rows = [
        figures(OLD, [1] * OLD.size, period="2025K4"),
        figures(OLD, nought, period="2026K1", statuses=hidden),
        figures(NEW, [2] * NEW.size, period="2026K2"),
    ]
    made = compiling.compiled(rows, target=OLD, packages=VERSIONS)
    assert made.rows == (("0180", "01", 2025), ("0180", "01", 2026))
    assert (made.counts[1][at], made.known[1][at], made.deliveries[1]) == (2, 1, 2)
    both = OLD.places["main_problem"]["marriage"]
    assert made.counts[1][both] == 1 + 2 + 2


def test_a_year_that_cannot_be_read_is_no_nought() -> None:
    """The multiple answer is split in the newer version: what it was merged from must not look like nobody."""
    third = core.version("2.0.0")
    third = editing.split(
        third, third, variable="method", value="own_tool", into=(Text("Ett", "One"), Text("Två", "Two"))
    )
    third = editing.split(
        third, core.version("2.0.0"), variable="goal", value="part", into=(Text("Mest", "Mostly"), Text("Lite", "Some"))
    )
    newest = next(one for one in of_packages.tables(third) if one.table == "case")
    rows = [figures(OLD, [1] * OLD.size, period="2025K4"), figures(newest, [1] * newest.size, period="2026K1")]
    made = compiling.compiled(rows, target=OLD, packages=(*VERSIONS, third))
    used = next(each for each in indicators.indicators() if each.code == "method_used")
    assert [made.is_read(at, [*used.numerator.cells(OLD), *used.denominator.cells(OLD)]) for at in (0, 1)] == [
        True,
        False,
    ]
    assert [made.is_read(at, GOAL_CELLS) for at in (0, 1)] == [True, True]
    part = OLD.places["goal"]["part"]
    assert [int(made.counts[at][part]) for at in (0, 1)] == [1, 2]


def test_a_division_is_known_by_its_codes_and_another_one_breaks_the_series() -> None:
    (sex,) = OLD.breakdowns
    renamed = replace(sex, label_sv="Juridiskt kön", codes=tuple(replace(one, label_sv="x") for one in sex.codes))
    fewer = replace(sex, codes=sex.codes[:-1])
    for division, is_read in ((renamed, True), (fewer, False)):
        form = replace(NEW, breakdowns=(division,))
        rows = [figures(OLD, [1] * OLD.size), figures(form, [2] * form.size, period="2026K2")]
        made = compiling.compiled(rows, target=OLD, packages=VERSIONS)
        assert made.is_read(0, GOAL_CELLS) == is_read
        assert made.deliveries[0] == 2
    assert set(across.places_in(form, OLD, VERSIONS)) == {-1}


def test_indicators_are_whole_and_fit_every_version() -> None:
    for one in indicators.indicators():
        for form in (core_format(version, one.table) for version in ("1.0.0", "2.0.0")):
            assert one.numerator.cells(form)
            assert one.denominator.cells(form)
            assert one.not_asked(form), "how many were not asked is shown beside"
    one = next(each for each in indicators.indicators() if each.code == "goal_reached")
    counts = [0] * OLD.size
    for answer, count in (("whole", 6), ("part", 2), ("not_met", 1), ("unknown", 1), ("not_asked", 30)):
        counts[OLD.places["goal"][answer]] = count
    made = indicators.amount(one, OLD, counts)
    assert (made.numerator, made.denominator, made.not_asked, made.share) == (8, 10, 30, 80.0)
    # Wilson's interval for 8 of 10, as in Newcombe 1998, Statistics in Medicine 17: 0.490 to 0.943.
    assert made.interval == pytest.approx((49.0, 94.3), abs=0.05)
    with pytest.raises(ValueError, match="direction"):
        indicators.parse(indicators.FILE.read_text().replace('direction = "up"', 'direction = "sideways"'))


def nation_rows(sizes: dict[str, int]) -> list[Figures]:
    rows = []
    for code, size in sizes.items():
        counts = [0] * OLD.size
        counts[OLD.places["units"]["all"]] = size
        counts[OLD.places["goal"]["whole"]] = size // 2
        counts[OLD.places["goal"]["not_met"]] = size - size // 2
        rows.append(figures(OLD, counts, code=code))
    return rows


def nation(sizes: dict[str, int]) -> compiling.Compilation:
    return compiling.compiled(nation_rows(sizes), target=OLD, packages=VERSIONS)


SECRET = bytes(range(32))
GOAL = next(one for one in indicators.indicators() if one.code == "goal_reached")
GOAL_CELLS = [*GOAL.numerator.cells(OLD), *GOAL.denominator.cells(OLD)]


@pytest.mark.parametrize(
    ("sizes", "is_shown"),
    [
        ({"0180": 90, "0181": 40, "0182": 50, "0183": 60}, True),
        ({"0180": 90, "0181": 40, "0182": 50}, False),
        ({"0180": 90, "0181": 400, "0182": 5, "0183": 6}, False),
        ({"0180": 90, "0181": 40, "0182": 50, "0183": 0}, False),
    ],
)
def test_others_are_shown_where_none_of_them_stands_out(sizes: dict[str, int], is_shown: bool) -> None:
    made = nation(sizes)
    found = comparing.compared(made, made.select(year=2026), own="0180", indicator=GOAL, secret=SECRET)
    assert (found.share is not None, bool(found.hidden)) == (is_shown, not is_shown)


def suppressed(form: TableFormat, variable: str, answer: str) -> str:
    at = form.places[variable][answer]
    return "A" * at + "Q" + "A" * (form.size - at - 1)


def test_what_lacks_a_number_is_no_whole_and_a_split_answer_needs_both_halves() -> None:
    hidden = suppressed(NEW, "main_problem", "child_marriage")
    rows = [figures(OLD, [1] * OLD.size), figures(NEW, [1] * NEW.size, period="2026K2", statuses=hidden)]
    made = compiling.compiled(rows, target=OLD, packages=VERSIONS)
    both = list(range(OLD.places["main_problem"]["marriage"], OLD.places["main_problem"]["marriage"] + OLD.width))
    assert made.lack(0, both[:1]) == compiling.HIDDEN
    assert made.lack(0, both[1:]) == made.lack(0, GOAL_CELLS) == ""
    back = compiling.compiled(rows[:1], target=NEW, packages=VERSIONS)
    assert back.lack(0, [NEW.places["main_problem"]["control"]]) == compiling.BROKEN


def marked(form: TableFormat, cells: list[int], status: str = "M") -> str:
    return "".join(status if at in cells else "A" for at in range(form.size))


def test_where_a_question_is_not_applicable_there_is_a_structural_nought() -> None:
    """A shelter without boys, a municipality without an own tool: the sum is whole without them, and alone is no figure."""
    boys = [at + 1 for answers in OLD.places.values() for at in answers.values()]
    counts = [0 if at in boys else 3 for at in range(OLD.size)]
    patriark = OLD.places["method"]["patriark"]
    rows = [
        figures(OLD, counts, period="2025K4", statuses=marked(OLD, boys)),
        figures(
            OLD, [3] * OLD.size, period="2026K1", statuses=marked(OLD, list(range(patriark, patriark + OLD.width)))
        ),
        figures(
            OLD, [0 if at in boys else 3 for at in range(OLD.size)], period="2027K1", statuses=marked(OLD, boys, "L")
        ),
    ]
    rows[1].counts[patriark : patriark + OLD.width] = [0] * OLD.width
    made = compiling.compiled(rows, target=OLD, packages=VERSIONS)
    used = next(each for each in indicators.indicators() if each.code == "method_used")
    assert [made.lack(at, *GOAL.sums(OLD)) for at in range(3)] == ["", "", compiling.HIDDEN]
    assert indicators.amount(GOAL, OLD, made.counts[0]).denominator == 3 * 3 * 5, "three sexes, five answers"
    assert [made.lack(at, *used.sums(OLD)) for at in range(3)] == ["", compiling.OUTSIDE, compiling.HIDDEN]
    assert [made.lack(at, [patriark + 1]) for at in range(3)] == [
        compiling.OUTSIDE,
        compiling.OUTSIDE,
        compiling.HIDDEN,
    ]
    # Both halves of a split answer must be out of the question for the whole to be.
    halves = [NEW.places["main_problem"][answer] for answer in ("child_marriage", "forced_marriage")]
    whole = [OLD.places["main_problem"]["marriage"]]
    for out, lack in ((halves[:1], ""), (halves, compiling.OUTSIDE)):
        row = figures(NEW, [0] * NEW.size, statuses=marked(NEW, out))
        assert compiling.compiled([row], target=OLD, packages=VERSIONS).lack(0, whole) == lack


def test_whom_a_question_does_not_concern_stands_behind_no_comparison() -> None:
    sizes = {"0180": 90, "0181": 40, "0182": 50, "0183": 60}
    rows = nation_rows(sizes)
    rows[-1] = replace(rows[-1], statuses=marked(OLD, GOAL_CELLS))
    made = compiling.compiled(rows, target=OLD, packages=VERSIONS)
    found = comparing.compared(made, made.select(year=2026), own="0180", indicator=GOAL, secret=SECRET)
    assert (found.share, found.others, found.hidden) == (None, 2, comparing.FEW)
    # A part that is not applicable takes nothing away.
    rows[-1] = replace(rows[-1], statuses=marked(OLD, [at + 1 for at in GOAL_CELLS if at % OLD.width == 0]))
    made = compiling.compiled(rows, target=OLD, packages=VERSIONS)
    assert comparing.compared(made, made.select(year=2026), own="0180", indicator=GOAL, secret=SECRET).others == 3


def test_who_has_hidden_a_number_is_left_out_of_the_others() -> None:
    sizes = {"0180": 90, "0181": 40, "0182": 50, "0183": 60}
    rows = nation_rows(sizes)
    rows[-1] = replace(rows[-1], statuses=suppressed(OLD, "goal", "part"))
    made = compiling.compiled(rows, target=OLD, packages=VERSIONS)
    found = comparing.compared(made, made.select(year=2026), own="0180", indicator=GOAL, secret=SECRET)
    assert (found.share, found.others, found.hidden) == (None, 2, comparing.FEW)
    rows[0] = replace(rows[0], statuses=suppressed(OLD, "units", "all"))
    unknown = compiling.compiled(rows, target=OLD, packages=VERSIONS)
    assert comparing.like(made, own="0181", year=2026) == {"0180", "0181", "0182", "0183"}
    assert comparing.like(unknown, own="0181", year=2026) == {"0181", "0182", "0183"}
    assert comparing.like(unknown, own="0180", year=2026) == frozenset()


def test_a_comparison_is_of_the_others_and_differs_from_the_exact_share_by_noise() -> None:
    sizes = {f"01{number}": 40 + number for number in range(10, 60)}
    made = nation(sizes)
    everybody = made.select(year=2026)
    first = comparing.compared(made, everybody, own="0110", indicator=GOAL, secret=SECRET)
    assert first == comparing.compared(made, everybody, own="0110", indicator=GOAL, secret=SECRET)
    second = comparing.compared(made, everybody, own="0111", indicator=GOAL, secret=SECRET)
    assert first.share is not None
    assert second.share is not None
    assert abs(first.share - 50) < 2
    assert first.share != second.share
    assert comparing.like(made, own="0110", year=2026) == frozenset(sizes)
    assert np.count_nonzero(made.select(year=2026, county="01")) == 50


def test_the_noise_follows_from_the_installations_secret_and_from_the_figures() -> None:
    sizes = {f"01{number}": 40 + number for number in range(10, 60)}
    made = nation(sizes)
    everybody = made.select(year=2026)
    shares = {
        comparing.compared(made, everybody, own="0110", indicator=GOAL, secret=bytes([number] * 32)).share
        for number in range(20)
    }
    assert len(shares) > 10
    # Two cases more from whomever it is: were the noise that of before, the sum would change by exactly two.
    later = [nation(sizes | {code: number + 2}) for code, number in sizes.items()]
    assert len({comparing.compared(one, everybody, own="", indicator=GOAL, secret=SECRET).share for one in later}) > 10


def test_a_sum_has_one_noise_wherever_it_stands_and_a_nought_moves_it() -> None:
    """Asking again under another name must not let the noise be averaged away, nor tell who has nobody in a sum."""
    sizes = {f"01{number}": 40 + number for number in range(10, 16)}
    made = nation(sizes)
    everybody = made.select(year=2026)
    again = replace(GOAL, code="another", version=9)
    for number in range(20):
        secret = bytes([number] * 32)
        found = [comparing.compared(made, everybody, own="", indicator=one, secret=secret) for one in (GOAL, again)]
        assert found[0] == found[1]
    none_met = nation_rows(sizes | {"0199": 0})
    # Of one more organisation, with a case that met no goal: numerator as before, denominator one more.
    none_met[-1].counts[OLD.places["units"]["all"]] = none_met[-1].counts[OLD.places["goal"]["not_met"]] = 1
    larger = compiling.compiled(none_met, target=OLD, packages=VERSIONS)
    moved = 0
    for number in range(40):
        secret = bytes([number] * 32)
        before, after = (
            comparing._noisy(one, list(range(len(one.rows))), GOAL.numerator, secret) for one in (made, larger)
        )
        moved += before != after
    assert moved > 25


def test_of_the_others_it_is_told_how_many_were_not_asked_by_the_same_ones() -> None:
    rows = nation_rows(dict.fromkeys((f"01{number}" for number in range(10, 20)), 300))
    for one in rows:
        one.counts[OLD.places["goal"]["not_asked"]] = 100
        one.counts[OLD.places["units"]["all"]] = 400
    made = compiling.compiled(rows, target=OLD, packages=VERSIONS)
    found = comparing.compared(made, made.select(year=2026), own="0110", indicator=GOAL, secret=SECRET)
    assert found.share == pytest.approx(50, abs=1)
    assert found.not_asked == pytest.approx(25, abs=1)
    # Who hides how many cases there were can't stand behind the share alone.
    rows[1:8] = [replace(one, statuses=suppressed(OLD, "units", "all")) for one in rows[1:8]]
    made = compiling.compiled(rows, target=OLD, packages=VERSIONS)
    found = comparing.compared(made, made.select(year=2026), own="0110", indicator=GOAL, secret=SECRET)
    assert (found.share, found.not_asked, found.others, found.hidden) == (None, None, 2, comparing.FEW)
    # One that has nearly all cases stands out, however evenly the question was asked.
    rows = nation_rows({"0110": 50, "0111": 40, "0112": 40, "0113": 40})
    rows[-1].counts[OLD.places["units"]["all"]] = 900
    made = compiling.compiled(rows, target=OLD, packages=VERSIONS)
    found = comparing.compared(made, made.select(year=2026), own="0110", indicator=GOAL, secret=SECRET)
    assert (found.share, found.not_asked, found.hidden) == (None, None, comparing.FEW)


def test_who_subtracts_two_groups_that_differ_by_one_seldom_finds_its_figure() -> None:
    """County and country of one page, with one organisation between them: stronger than what shares alone let do."""
    sizes = {"0110": 40, "0111": 44, "0112": 52, "0113": 47, "0301": 31}
    made = nation(sizes)
    county, country = (made.select(year=2026, county=one) for one in ("01", ""))
    truth = sizes["0301"] // 2
    hits = 0
    for number in range(100):
        secret = bytes([number] * 32)
        sums = [
            comparing._noisy(made, [int(at) for at in np.flatnonzero(chosen)], GOAL.numerator, secret)
            for chosen in (county, country)
        ]
        hits += sums[1] - sums[0] == truth
    assert hits < 25


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
        "Osäkerhet",
        "Underlag 2026",
        "PATRIARK",
        "Hur många som är utsatta",
    ):
        assert words in page
    assert "Kommun 14" not in page
    made = browser.get("/delivered/figures.pdf")
    with pikepdf.open(io.BytesIO(made.content)) as document:
        assert document.Root.MarkInfo.Marked
        assert "Stockholms stad" in str(document.docinfo.get("/Title") or document.open_metadata().get("dc:title"))
    watching = signed_in(analyst)
    national = shown(watching.get("/delivered/nation/"))
    assert "Metodkarta" in national
    assert "Metoder i länen" in national
    assert re.search(r"Stockholm 5 ", national), "five have delivered in the county"
    assert watching.get("/delivered/").status_code == 403
    assert browser.get("/delivered/nation/").status_code == 403


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
    heads = re.findall(r"<thead>.*?</thead>", browser.get("/delivered/").content.decode())
    assert max(head.count("<th ") for head in heads) <= 6, "the report's page of A4 has room for no more"
    assert 'aria-current="page">2025<' in browser.get("/delivered/?year=2025").content.decode()
    told = {year: re.findall(r"målet nåddes helt eller delvis ([^A-ZÅÄÖ]*)", pages[year]) for year in pages}
    for _over_time, shares, not_asked in told.values():
        assert [len(re.findall(r"[0-9] %", one.replace("\u00a0", " "))) for one in (shares, not_asked)] == [5, 4], told
    assert told[2025][1:] != told[2026][1:]
    persons = pages[2025][pages[2025].index("Personer som tillfrågats") :].replace("\u00a0", " ")
    safer = re.findall(r"känner sig tryggare, helt eller delvis ([^A-ZÅÄÖ]*)", persons)
    assert [len(re.findall(r"[0-9] %", one)) for one in safer[1:]] == [5, 4], safer
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
    assert "Goal attainment" in shown(reader.get("/en/available/"))
    (row,) = deliveries.delivered()
    assert row.organisations == 2
