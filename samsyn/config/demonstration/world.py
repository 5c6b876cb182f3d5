"""The made-up world: matters, exposed persons and contacts whose margins are those of the published statistics.

Deterministic: the same seed gives the same world. Nothing in it was ever told by anybody. Pure Python, no Django.

Quotas, not chances, give the margins: for each year and each answer the published share decides how many units carry
it, and a score (who is likelier) with seeded noise decides which. So every page looks like the real thing, and the
yearly figures agree with the published ones within a percentage point (``tests/config/test_world.py``).
"""

import csv
import math
import random
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from samsyn.config.demonstration import recent

FIRST_DAY = date(2014, 3, 13)
MUNICIPALITIES = Path(__file__).parents[2] / "vocabulary" / "data" / "lists" / "municipality.csv"
LAST_DAY = date(2026, 11, 20)

# Year: (matters, exposed persons). To 2020 as published, report of 2021-02-16; later years are invented.
VOLUMES: Mapping[int, tuple[int, int]] = {
    2014: (187, 255),
    2015: (298, 443),
    2016: (455, 619),
    2017: (600, 798),
    2018: (959, 1081),
    2019: (1019, 1054),
    2020: (784, 907),
    2021: (812, 948),
    2022: (846, 991),
    2023: (893, 1049),
    2024: (941, 1102),
    2025: (978, 1151),
    2026: (887, 1043),
}
# 2 290 further mentioned persons for 5 157 exposed ones (same report).
MENTIONED_PER_PERSON = 2290 / 5157
SEXUAL_SINCE = 2017  # the variable was probably recorded only from 2017: 232 of 3 840 persons
LATER_VARIABLES_SINCE = 2021

CASE_KIND = {"single_person": 0.65, "woman_with_children": 0.13, "siblings": 0.13, "other": 0.09}
SEX = {"girl_woman": 0.80, "boy_man": 0.13, "unknown": 0.07}
# Under 18: 56 % in all, as published; how the rest is divided is invented.
AGE = {
    "0_6": 0.09,
    "7_12": 0.14,
    "13_15": 0.17,
    "16_17": 0.163,
    "18_21": 0.13,
    "22_25": 0.08,
    "26_plus": 0.127,
    "unknown": 0.10,
}
MINORS = frozenset({"0_6", "7_12", "13_15", "16_17"})
PERPETRATOR = {"parents": 0.66, "siblings": 0.17, "partner": 0.15, "other_relatives": 0.16}
EXPOSURE = {
    "control": 0.46,
    "psychological": 0.41,
    "physical": 1771 / 5157,
    "sexual": 232 / 3840,
    "marriage": 0.19,
    "abduction": 0.13,
    "fgm": 0.05,
}
MENTIONED_AGE = {"under_18": 0.664, "18_plus": 0.19, "unknown": 0.146}
SECTOR = {
    "social_services": 0.47,
    "school": 0.21,
    "health_care": 0.11,
    "police": 0.06,
    "other_authority": 0.06,
    "non_profit": 0.04,
    "private_person": 0.04,
    "other": 0.01,
}
PROFESSION = {
    "social_services": ("social_worker", "social_manager", "social_services_other"),
    "school": ("school_counsellor", "teacher", "principal", "school_nurse"),
    "health_care": ("midwife", "nurse", "health_care_counsellor"),
}
# About the counties' shares of the population, with more calls from the centre's own county.
COUNTY = {
    "01": 0.215,
    "03": 0.038,
    "04": 0.031,
    "05": 0.085,
    "06": 0.038,
    "07": 0.022,
    "08": 0.024,
    "09": 0.005,
    "10": 0.016,
    "12": 0.125,
    "13": 0.031,
    "14": 0.160,
    "17": 0.026,
    "18": 0.032,
    "19": 0.028,
    "20": 0.026,
    "21": 0.030,
    "22": 0.021,
    "23": 0.011,
    "24": 0.022,
    "25": 0.014,
}
# Where callers work is recorded in a table of its own from this year on.
PLACES_SINCE = 2026
# Towns have numbers from 80 up within their county (SCB's older register); they call more, the county's first most.
COUNTY_TOWN, TOWN, RURAL = 12.0, 4.0, 1.0
# One call each in this quarter, whatever the chances: so that protection always has something to show.
SINGLE_CALLS = ((2026, 3), ("2403", "2422", "2425"))
SUBJECT = {
    "acute": 0.14,
    "concrete_tips": 0.52,
    "risk_assessment": 0.27,
    "placement": 0.16,
    "cooperation": 0.18,
    "law": 0.24,
    "authority_failure": 0.07,
}
ADVICE = {
    "protection": 0.31,
    "concern_report": 0.38,
    "police_report": 0.19,
    "travel_ban": 0.09,
    "cooperation": 0.36,
    "law": 0.22,
    "other": 0.11,
}
REFERRAL = {"social_services": 0.21, "police": 0.10, "resource_centre": 0.12, "victims_line": 0.06, "consular": 0.03}
# Contacts that are no matter, as shares of all contacts, and repeated contacts for each matter: invented.
NO_MATTER = {"information_only": 0.055, "hang_up": 0.022, "silent": 0.018, "wrong_number": 0.016, "test": 0.006}
REPEATS_PER_MATTER = 0.34
MATTER_OUTCOMES = frozenset({"answered", "referred", "booked", "will_return"})
# More calls before the summer holidays and in the autumn, few in July.
MONTHS = (1.0, 1.0, 1.1, 1.05, 1.25, 1.15, 0.55, 0.8, 1.1, 1.1, 1.05, 0.75)
HOURS = {"before_09": 0.03, "09_10": 0.33, "10_11": 0.34, "11_12": 0.24, "after_12": 0.06}
LENGTHS = {"under_10": 0.18, "10_20": 0.41, "20_40": 0.33, "40_plus": 0.08}

Row = dict[str, object]


@dataclass
class World:
    """The fact rows of each counting unit, as the columns of the fact tables name them."""

    contact: list[Row] = field(default_factory=list)
    matter: list[Row] = field(default_factory=list)
    person: list[Row] = field(default_factory=list)
    mentioned: list[Row] = field(default_factory=list)
    caller_place: list[Row] = field(default_factory=list)


def quarter_of(day: date) -> int:
    """Return 1 to 4."""
    return (day.month + 2) // 3


def whole_week(day: date) -> date | None:
    """Return the Monday of the day's week, or nothing where a quarter's end cuts the week."""
    monday = day - timedelta(days=day.weekday())
    sunday = monday + timedelta(days=6)
    same = (monday.year, quarter_of(monday)) == (sunday.year, quarter_of(sunday))
    return monday if same else None


def quotas(total: int, shares: Mapping[str, float]) -> dict[str, int]:
    """Return whole numbers by the largest remainder, adding up to ``total`` where the shares add up to one."""
    exact = {code: total * share for code, share in shares.items()}
    counts = {code: math.floor(value) for code, value in exact.items()}
    wanted = round(sum(exact.values()))
    for code in sorted(exact, key=lambda c: (counts[c] - exact[c], c))[: wanted - sum(counts.values())]:
        counts[code] += 1
    return counts


def spread(rng: random.Random, total: int, shares: Mapping[str, float]) -> list[str]:
    """Return ``total`` codes in random order, each as often as its share says."""
    codes = [code for code, count in quotas(total, shares).items() for _ in range(count)]
    codes += [next(iter(shares))] * (total - len(codes))
    rng.shuffle(codes)
    return codes[:total]


def choose(rng: random.Random, rows: Sequence[Row], count: int, score: Callable[[Row], float]) -> list[Row]:
    """Return ``count`` rows, the likelier ones oftener (Gumbel noise: an exact quota with unequal chances)."""
    noisy = [(math.log(max(score(row), 1e-6)) - math.log(-math.log(rng.random())), n) for n, row in enumerate(rows)]
    noisy.sort(reverse=True)
    return [rows[n] for _value, n in noisy[:count]]


def opening_days(year: int) -> list[date]:
    """Return the days with an open line: weekdays to 2016, then Monday, Wednesday and Friday."""
    first = max(date(year, 1, 1), FIRST_DAY)
    last = min(date(year, 12, 31), LAST_DAY)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    wanted = {0, 1, 2, 3, 4} if year <= 2016 else {0, 2, 4}
    return [day for day in days if day.weekday() in wanted]


def _dated(rng: random.Random, year: int, count: int) -> list[date]:
    days = opening_days(year)
    return rng.choices(days, weights=[MONTHS[day.month - 1] for day in days], k=count)


def _time(day: date) -> Row:
    return {"year": day.year, "quarter": quarter_of(day), "week": whole_week(day)}


def _some(rng: random.Random, shares: Mapping[str, float]) -> list[str]:
    return [code for code, share in shares.items() if rng.random() < share] or ["not_asked"]


def _persons(rng: random.Random, year: int, matters: list[Row], count: int) -> list[Row]:
    """Divide the persons among the matters and give each an answer to every question, by quota."""
    places = list(matters)
    families = [m for m in matters if m["case_kind"] in {"siblings", "woman_with_children"}] or matters
    places += rng.choices(families, k=count - len(matters))
    persons: list[Row] = []
    for matter in places:
        matter["person_count"] = int(str(matter.get("person_count", 0))) + 1
        copied = ("year", "quarter", "week", "sector", "case_kind")
        persons.append({name: matter[name] for name in copied} | {"exposure": [], "perpetrator_relation": []})
    _assign(
        rng, persons, "sex", SEX, lambda p, sex: 6.0 if p["case_kind"] == "woman_with_children" and sex[0] == "g" else 1
    )
    _assign(rng, persons, "age_band", AGE, _age_score)
    for code, share in PERPETRATOR.items():
        for person in choose(rng, persons, round(share * count), lambda p, c=code: _relation_score(p, c)):  # type: ignore[misc]
            _codes(person, "perpetrator_relation").append(code)
    for code, share in EXPOSURE.items():
        if code == "sexual" and year < SEXUAL_SINCE:
            continue
        for person in choose(rng, persons, round(share * count), lambda p, c=code: _exposure_score(p, c)):  # type: ignore[misc]
            _codes(person, "exposure").append(code)
    for person in persons:
        _finish(rng, year, person)
    return persons


def _codes(row: Row, name: str) -> list[str]:
    codes = row[name]
    if not isinstance(codes, list):
        raise TypeError(name)
    return codes


def _assign(
    rng: random.Random, rows: list[Row], name: str, shares: Mapping[str, float], score: Callable[[Row, str], float]
) -> None:
    """Give every row one code of ``name``; the rarest code chooses first."""
    left = list(rows)
    counts = quotas(len(rows), shares)
    for code in sorted(counts, key=lambda c: counts[c])[:-1]:
        for row in choose(rng, left, counts[code], lambda r, c=code: score(r, c)):  # type: ignore[misc]
            row[name] = code
        left = [row for row in left if name not in row]
    for row in left:
        row[name] = max(counts, key=lambda c: counts[c])


def _age_score(person: Row, age: str) -> float:
    if person["case_kind"] == "woman_with_children":
        return 8.0 if age in {"22_25", "26_plus"} else 0.6
    if person["case_kind"] == "siblings":
        return 3.0 if age in MINORS else 0.4
    return 1.0


def _relation_score(person: Row, relation: str) -> float:
    is_minor = person["age_band"] in MINORS
    if relation == "parents":
        return 4.0 if is_minor else 1.0
    if relation == "partner":
        return 0.15 if is_minor else 4.0
    return 1.4 if is_minor else 1.0


def _exposure_score(person: Row, exposure: str) -> float:
    age, girl = str(person["age_band"]), person["sex"] == "girl_woman"
    likelier = {
        "control": age in {"13_15", "16_17", "18_21"},
        "marriage": age in {"16_17", "18_21", "13_15"},
        "abduction": age in MINORS,
        "sexual": girl and age not in {"0_6", "7_12"},
        "fgm": girl and age in MINORS,
    }
    if exposure == "fgm" and not girl:
        return 0.05
    return 2.5 if likelier.get(exposure) else 1.0


def _finish(rng: random.Random, year: int, person: Row) -> None:
    """Add what follows from the answers, and the questions that came later."""
    exposure = _codes(person, "exposure")
    for name, code in (("marriage_status", "marriage"), ("abduction_status", "abduction"), ("fgm_status", "fgm")):
        chosen = rng.choices(("worry", "plan", "completed", "unknown"), weights=(50, 20, 22, 8))[0]
        person[name] = chosen if code in exposure else "not_applicable"
    if not exposure:
        exposure.append("unknown")
    relation = _codes(person, "perpetrator_relation")
    if not relation:
        relation.append("unknown")
    person["main_concern"] = _main_concern(rng, exposure)
    later = year >= LATER_VARIABLES_SINCE
    number = rng.choices(("one", "two", "three", "more_than_three", "unknown"), weights=(18, 34, 12, 14, 22))[0]
    person["perpetrator_number"] = number if later else "not_asked"
    person["abroad_now"] = (
        rng.choices(("no", "yes", "risk", "unknown"), weights=(70, 7, 12, 11))[0] if later else "not_asked"
    )
    person["disability"] = (
        rng.choices(("no", "yes", "unknown", "not_asked"), weights=(30, 7, 23, 40))[0] if later else "not_asked"
    )
    person["lgbtq"] = rng.choices(("not_asked", "yes"), weights=(97, 3))[0] if later else "not_asked"


def _main_concern(rng: random.Random, exposure: Sequence[str]) -> str:
    for code in ("abduction", "fgm", "marriage"):
        if code in exposure and rng.random() < 0.8:
            return code
    if "physical" in exposure or "sexual" in exposure:
        return "violence"
    if "psychological" in exposure:
        return "threat"
    return "control" if "control" in exposure else "unknown"


def _matters(rng: random.Random, year: int, count: int) -> list[Row]:
    kinds = spread(rng, count, CASE_KIND)
    sectors = spread(rng, count, SECTOR)
    counties = spread(rng, count, COUNTY)
    matters: list[Row] = []
    for day, kind, sector, county in zip(_dated(rng, year, count), kinds, sectors, counties, strict=True):
        matters.append(
            _time(day)
            | {
                "day": day,
                "sector": sector,
                "county": county,
                "case_kind": kind,
                "concern_status": rng.choices(("worry", "plan", "completed", "unknown"), weights=(44, 17, 31, 8))[0],
                "danger_now": rng.choices(("no", "yes", "unknown"), weights=(74, 16, 10))[0],
                "actors_engaged": _some(
                    rng, {"social_services": 0.45, "school": 0.28, "police": 0.16, "health_care": 0.12}
                ),
            }
        )
    return matters


def _contact(rng: random.Random, day: date, sector: str, county: str, order: str, outcome: str) -> Row:
    is_matter = outcome in MATTER_OUTCOMES
    professions = PROFESSION.get(sector)
    return _time(day) | {
        "hour_band": rng.choices(tuple(HOURS), weights=tuple(HOURS.values()))[0],
        "channel": rng.choices(("phone", "booked_call", "video", "email"), weights=(86, 8, 4, 2))[0],
        "outcome": outcome,
        "sector": sector,
        "profession": rng.choice(professions) if professions else "not_asked",
        "county": county,
        "length_band": rng.choices(tuple(LENGTHS), weights=tuple(LENGTHS.values()))[0] if is_matter else "under_10",
        "contact_order": order,
        "caller_subject": _some(rng, SUBJECT) if is_matter else ["not_asked"],
        "advice": _some(rng, ADVICE) if is_matter else ["not_asked"],
        "referral": _some(rng, REFERRAL) if is_matter else ["not_asked"],
        "duty_informed": rng.choices(("yes", "no", "not_asked"), weights=(58, 12, 30))[0] if is_matter else "not_asked",
        "helped": rng.choices(("5", "4", "3", "2", "not_asked"), weights=(28, 24, 6, 2, 40))[0]
        if is_matter
        else "not_asked",
        "template": "not_asked",
        "adherence_band": "not_asked",
        "instrument_version": 1,
        **dict.fromkeys(("contact_kind", "caller_role", "language", "interpreter"), "not_asked"),
        "adaptation": ["not_asked"],
    }


def _contacts(rng: random.Random, year: int, matters: list[Row]) -> Iterator[Row]:
    outcomes = {"answered": 0.63, "referred": 0.17, "booked": 0.12, "will_return": 0.08}
    repeats = round(len(matters) * REPEATS_PER_MATTER)
    for matter, outcome in zip(matters, spread(rng, len(matters), outcomes), strict=True):
        yield _contact(rng, _day(matter), str(matter["sector"]), str(matter["county"]), "first", outcome)
    again = rng.choices(matters, k=repeats)
    orders = spread(rng, repeats, {"repeat": 0.86, "repeat_code_lost": 0.14})
    waits, days = rng.choices(range(1, 43), k=repeats), opening_days(year)
    for matter, wait, order in zip(again, waits, orders, strict=True):
        day = _soon(days, _day(matter), wait)
        yield _contact(rng, day, str(matter["sector"]), str(matter["county"]), order, "answered")
    none = round((len(matters) + repeats) * sum(NO_MATTER.values()) / (1 - sum(NO_MATTER.values())))
    total = sum(NO_MATTER.values())
    codes = spread(rng, none, {code: share / total for code, share in NO_MATTER.items()})
    for code, day in zip(codes, _dated(rng, year, none), strict=True):
        is_person = code == "information_only"
        sector = rng.choices(tuple(SECTOR), weights=tuple(SECTOR.values()))[0] if is_person else "not_asked"
        county = rng.choices(tuple(COUNTY), weights=tuple(COUNTY.values()))[0] if is_person else "not_asked"
        yield _contact(rng, day, sector, county, "not_asked", code)


def _places(rng: random.Random, contacts: Sequence[Row], municipalities: Mapping[str, Sequence[str]]) -> list[Row]:
    """Return where the callers of contacts about a matter work: a municipality of the contact's county."""
    found: list[Row] = []
    quarter, singles = SINGLE_CALLS
    left = list(singles)
    for contact in contacts:
        if contact["outcome"] not in MATTER_OUTCOMES:
            continue
        county, when = str(contact["county"]), (contact["year"], contact["quarter"])
        choices = [code for code in municipalities[county] if code not in singles or when != quarter]
        if left and when == quarter and county == left[0][:2]:
            chosen = left.pop(0)
        else:
            weights = [COUNTY_TOWN if code[2:] == "80" else TOWN if code[2:] > "80" else RURAL for code in choices]
            chosen = rng.choices(choices, weights=weights)[0]
        found.append({"year": contact["year"], "quarter": contact["quarter"], "municipality": chosen})
    return found


def _soon(days: Sequence[date], day: date, wait: int) -> date:
    """Return the first day with an open line that many days later, or one of the year's last."""
    at = bisect_left(days, day + timedelta(days=wait))
    return days[at] if at < len(days) else max(day, days[-1 - wait % 12])


def _day(matter: Row) -> date:
    day = matter["day"]
    if not isinstance(day, date):
        raise TypeError(day)
    return day


def municipalities_by_county() -> dict[str, list[str]]:
    """Return the codes of the municipalities of each county, from the vocabulary's reviewed list."""
    found: dict[str, list[str]] = {}
    with MUNICIPALITIES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["parent"], []).append(row["value"])
    return found


def generate(*, seed: int = 2014, scale: float = 1.0) -> World:
    """Return the world; ``scale`` multiplies every year's volume (for measurements)."""
    world = World()
    municipalities = municipalities_by_county()
    for year, (matter_count, person_count) in VOLUMES.items():
        # A year depends on nothing but the seed and itself: a longer world has the same early years.
        rng = random.Random(f"{seed}/{year}")  # noqa: S311
        matters = _matters(rng, year, round(matter_count * scale))
        # Changes of later years have chances of their own: what a year was without them stays as it was.
        later = random.Random(f"{seed}/{year}/later")  # noqa: S311
        persons = _persons(rng, year, matters, round(person_count * scale))
        if year == recent.RISING_YEAR:
            recent.raise_abduction(later, persons, minors=MINORS)
            recent.move_county(later, matters)
        first_of_each: dict[int, Row] = {}
        for person, matter in zip(persons, matters, strict=False):
            first_of_each[id(matter)] = person
        for matter in matters:
            matter["main_concern"] = first_of_each[id(matter)]["main_concern"]
        contacts = list(_contacts(rng, year, matters))
        recent.add_later_practice(later, contacts)
        world.contact.extend(contacts)
        if year >= PLACES_SINCE:
            # By chances of its own: what came later moves nothing that was there before.
            world.caller_place.extend(_places(random.Random(f"{seed}/{year}/places"), contacts, municipalities))  # noqa: S311
        world.person.extend(persons)
        mentioned = round(len(persons) * MENTIONED_PER_PERSON)
        for day, age in zip(_dated(rng, year, mentioned), spread(rng, mentioned, MENTIONED_AGE), strict=True):
            world.mentioned.append(_time(day) | {"age_group": age})
        for matter in matters:
            del matter["day"]
        world.matter.extend(matters)
    return world
