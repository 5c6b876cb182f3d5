"""Needs and indicators out of the facts: who may see them, that they agree with counting row by row, and what they hide."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import set_urlconf
from django.utils import translation

from samsyn.config.demonstration import world
from samsyn.contacts import actions as contacts
from samsyn.contacts import queries as contact_queries
from samsyn.people import actions as people
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.middleware import FACTOR
from samsyn.people.models import Account
from samsyn.people.roles import Regime, Role
from samsyn.statistics.control import LEAST_POINTS
from samsyn.statistics.definitions.loader import BadDefinition, standard_report
from samsyn.statistics.definitions.model import Break, Text
from samsyn.statistics.monitoring import definitions, series, shown
from samsyn.statistics.needs import Verdict
from samsyn.statistics.periods import Quarter
from samsyn.statistics.views import monitoring
from tests.oracle import tables

AT = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
LAST = Quarter(2026, 3)
COLUMNS = {unit: contact_queries.columns(unit) for unit in ("contact", "matter", "person", "mentioned")}  # type: ignore[arg-type]
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made() -> world.World:
    """The years that the pages compare; the earlier ones would only take time."""
    whole = world.generate()
    return world.World(
        *(
            [row for row in rows if int(str(row["year"])) >= 2022]
            for rows in (whole.contact, whole.matter, whole.person)
        )
    )


@pytest.fixture
def facts(db: None, made: world.World) -> world.World:
    contacts.add_facts(contact=made.contact, matter=made.matter, person=made.person)
    return made


def opened(view: Any, path: str, by: Actor, *arguments: str, language: str = "sv") -> str:
    """The page as it looks on a given day, without what differs from one request to the next."""
    request: Any = RequestFactory().get(path, headers={"host": settings.SAMSYN_STAFF_HOST})
    request.actor, request.account, request.received_at, request.is_locked = by, None, AT, False
    request.site_name = "staff"
    set_urlconf("samsyn.config.urls_staff")
    try:
        with translation.override(language):
            answer = view(request, *arguments)
    finally:
        set_urlconf(None)
    assert answer.status_code == 200
    html: str = answer.content.decode()
    return re.sub(r"\s+", " ", html[html.index("<main") : html.index("</main>")])


def rows(html: str) -> dict[str, list[str]]:
    """Every table row of a page by its head."""
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", html):
        head, *cells = (re.sub("<[^>]*>", "", cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row))
        found[head] = cells
    return found


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.TEAM_LEAD, 200),
        (Role.ANALYST, 200),
        (Role.PUBLISHER, 200),
        (Role.ADVISER, 403),
        (Role.LOG_REVIEWER, 403),
        (Role.SYSTEM_ADMINISTRATOR, 403),
    ],
)
def test_team_leads_and_those_who_see_drafts_see_needs_and_nobody_else(role: Role, status: int, now: datetime) -> None:
    organisation = people.create_organisation(name="Centret", kind="centre", regime=Regime.AUTHORITY, by=SYSTEM, at=now)
    account = people.create_account(name="nagon", pseudonym="Någon 1", organisation=organisation, by=SYSTEM, at=now)
    people.give_role(account_id=account.pk, role=role, by=SYSTEM, at=now)
    Account.objects.filter(pk=account.pk).update(password_is_temporary=False)
    client = Client(headers={"host": settings.SAMSYN_STAFF_HOST})
    client.force_login(account)
    session = client.session
    session[FACTOR] = True
    session.save()
    for path in ("/needs/", "/needs/?window=quarter", "/needs/indicators/"):
        assert client.get(path).status_code == status
    assert client.post("/needs/").status_code in {403, 405}
    if status == 200:
        for path in ("/needs/?window=month", "/needs/indicators/nothing/", "/needs/indicators/answered/"):
            assert client.get(path).status_code == 404  # an indicator without a single contact has nothing to show
    public = Client(headers={"host": settings.SAMSYN_PUBLIC_HOST})
    assert public.get("/needs/").status_code == 404


def test_the_planted_rises_stand_first_and_in_words(facts: world.World, team_lead: Actor) -> None:
    html = opened(monitoring.needs, "/needs/", team_lead)
    headings = re.findall(r'<h3 id="[^"]*">(.*?)</h3>', html)
    assert {"Bortförande ökar", "Västmanland ökar"} <= set(headings)
    assert all("kan vara slump" not in heading for heading in headings)
    table = rows(html)
    assert table["Bortförande"][-1] in {"▲ ökar", "kan vara slump"}  # an exposure and a main concern have this name
    assert table["Västmanland"][-1] == "▲ ökar"
    assert table["Sexuellt våld"][-1] == "kan vara slump"
    assert table["Oskuldskontroll"][-1] == "frågan är ny"
    assert "Benjamini och Hochberg 1995" in html
    assert "kvartal 4, 2026, räknas inte med" in html  # written with spaces that never break a line
    english = opened(monitoring.needs, "/needs/", team_lead, language="en")
    assert "Abduction: rising" in english
    assert "slump" not in english


def test_the_running_quarter_changes_nothing(facts: world.World, analyst: Actor) -> None:
    pages = [
        (monitoring.needs, "/needs/", ()),
        (monitoring.needs, "/needs/?window=quarter", ()),
        (monitoring.indicators, "/needs/indicators/", ()),
    ]
    before = [opened(view, path, analyst, *more) for view, path, more in pages]
    running = [row | {"exposure": ["fgm"]} for row in facts.person if (row["year"], row["quarter"]) == (2026, 4)]
    contacts.add_facts(person=running * 3)
    assert [opened(view, path, analyst, *more) for view, path, more in pages] == before


def test_one_and_four_persons_look_the_same(facts: world.World, analyst: Actor) -> None:
    looks = set()
    for _ in range(4):
        # One more whose sex is "other" instead of unknown, in the latest quarter.
        unknown = contact_queries.FACTS["person"]._default_manager.filter(year=2026, quarter=3, sex="unknown")
        one = unknown.first()
        assert one is not None
        unknown.filter(pk=one.pk).update(sex="other")
        for path in ("/needs/", "/needs/?window=quarter"):
            html = opened(monitoring.needs, path, analyst)
            assert rows(html)["Annat"][-1] == "för få"
            looks.add((path, html))
    assert len(looks) == 2


def test_what_is_watched_agrees_with_counting_row_by_row(facts: world.World) -> None:
    of_unit = {"person": facts.person, "contact": facts.contact, "matter": facts.matter}
    first = Quarter(2025, 4)
    compared = 0
    for variable in definitions.variables():
        kept = of_unit[variable.unit]
        if variable.population.variable:
            kept = [row for row in kept if row[variable.population.variable] in variable.population.members]
        not_asked = tables.counted(
            kept, first=first.pair, last=LAST.pair, where={variable.variable: series.NOT_IN_THE_BASE}
        )
        whole = tables.counted(kept, first=first.pair, last=LAST.pair)
        for one in series.watched(variable, last=LAST):
            chosen = slice(first.index, LAST.index + 1)
            events = tables.counted(kept, first=first.pair, last=LAST.pair, where={variable.variable: [one.code]})
            assert int(one.events[chosen].sum()) == events
            assert int(one.bases[chosen].sum()) == whole - not_asked
            compared += 1
    assert compared > 50


def test_a_code_is_compared_from_the_quarter_in_which_it_could_first_be_used() -> None:
    found = {one.code: one for one in series.watched(definitions.variables()[0], last=LAST)}
    assert Quarter.at(found["control"].first) == Quarter(2014, 1)
    assert Quarter.at(found["sexual"].first) == Quarter(2017, 1)
    assert Quarter.at(found["virginity_check"].first) == Quarter(2026, 1)
    _variables, seen = monitoring._read(LAST, 4)
    assert {one.code: one.verdict for one in seen}["virginity_check"] is Verdict.NOT_COMPARABLE


def test_indicators_agree_with_counting_row_by_row(facts: world.World) -> None:
    asked = {one.code: one for one in definitions.indicators()}
    helped = series.control_chart(asked["helped"], last=LAST)
    repeats = series.control_chart(asked["repeats"], last=LAST)
    matters = series.control_chart(asked["matters"], last=LAST)
    assert helped is not None
    assert repeats is not None
    assert matters is not None
    quarter: dict[str, Any] = {"first": LAST.pair, "last": LAST.pair}
    of_matter = {"outcome": ("answered", "referred", "booked", "will_return")}
    good = tables.counted(facts.contact, **quarter, where=of_matter | {"helped": ("4", "5")})
    rated = tables.counted(facts.contact, **quarter, where=of_matter | {"helped": ("1", "2", "3", "4", "5")})
    again = tables.counted(facts.contact, **quarter, where={"contact_order": ("repeat", "repeat_code_lost")})
    new = tables.counted(facts.matter, **quarter)
    assert helped.chart.values[-1] == pytest.approx(good / rated)
    assert repeats.chart.values[-1] == pytest.approx(again / new)
    assert matters.chart.values[-1] == pytest.approx(new / 3)
    assert matters.moving is not None

    # Limits begin anew where an indicator breaks, and the drawing says when and why.
    reason = Text("Frågan ställs till alla.", "Everybody is asked.")
    parted = series.control_chart(replace(asked["helped"], breaks=(Break(Quarter(2024, 1), reason),)), last=LAST)
    assert parted is not None
    assert len(parted.chart.phases) == 2
    assert len({value for value in np.round(parted.chart.centre, 9) if not np.isnan(value)}) == 2
    with translation.override("sv"):
        assert any("Frågan ställs till alla." in note for note in shown.figure(parted).notes)
    # A quarter with fewer than five is a gap and not part of the limits.
    rare = series.control_chart(replace(asked["no_matter"], counted=("wrong_number",)), last=LAST)
    assert rare is not None
    assert any(rare.few)
    seen = [value for value, few in zip(rare.chart.values, rare.few, strict=True) if not few]
    assert all(np.isnan(rare.chart.values[at]) for at, few in enumerate(rare.few) if few)
    assert min(value for value in seen if not np.isnan(value)) > 0


def test_the_page_of_indicators_says_what_is_out_of_control(facts: world.World, team_lead: Actor) -> None:
    html = opened(monitoring.indicators, "/needs/indicators/", team_lead)
    table = rows(html)
    assert "(uppåt)" in table["Informerade om anmälningsplikt"][-1]
    assert table["Standardlängden hölls"][-1] == "stabilt det senaste året"
    assert html.count("<svg") == len(definitions.indicators())
    assert len(html) < 100_000
    assert LEAST_POINTS <= 11  # the youngest indicator has eleven quarters
    english = opened(monitoring.indicators, "/needs/indicators/", team_lead, language="en")
    assert "Informed of the duty to report" in english
    one = opened(monitoring.indicator, "/needs/indicators/matters/", team_lead, "matters")
    assert one.count("<svg") == 2
    assert len(rows(one)) == series.QUARTERS_SHOWN + 1


VARIABLE = {"code": "x", "title": {"sv": "T", "en": "T"}, "whole": {"sv": "W", "en": "W"}}
INDICATOR = {
    "code": "x",
    "title": {"sv": "T", "en": "T"},
    "meaning": {"sv": "M", "en": "M"},
    "unit": "contact",
    "variable": "outcome",
    "counted": ["answered"],
    "chart": "p",
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"definition": "nothing"},
        {"definition": "persons_total"},
        {"definition": "county"},
        {"unit": "person", "variable": "county", "list": "county"},
        {"unit": "person", "variable": "sex", "list": "sex", "least_window": 2},
        {"unit": "person", "variable": "sex", "list": "sex", "colour": "red"},
        {"unit": "person", "variable": "sex", "list": "sex", "whole": {"sv": "W"}},
    ],
)
def test_a_wrong_variable_is_refused_with_its_place(wrong: dict[str, Any]) -> None:
    known = {one.code: one for one in standard_report().definitions}
    with pytest.raises(BadDefinition, match="file"):
        definitions.read_variables("file", {"variables": [VARIABLE | wrong]}, known, COLUMNS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"chart": "pie"},
        {"variable": "sex"},
        {"counted": []},
        {"chart": "u"},
        {"chart": "u", "per": "contact"},
        {"population": "everybody"},
        {"valid_from": "2013-q1"},
        {"breaks": [{"before": "2020-q1"}]},
    ],
)
def test_a_wrong_indicator_is_refused_with_its_place(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadDefinition, match="file"):
        definitions.read_indicators("file", {"indicators": [INDICATOR | wrong]}, COLUMNS)
    with pytest.raises(BadDefinition, match="one code"):
        definitions.read_indicators("file", {"indicators": [INDICATOR, INDICATOR]}, COLUMNS)
