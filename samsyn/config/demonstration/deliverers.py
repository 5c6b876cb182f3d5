"""Made-up municipalities that deliver, each quarter since 2025, and a vendor that tries its export out. Invented figures."""

import io
import random
from datetime import UTC, date, datetime, timedelta

from samsyn.deliveries import actions, packages, periods, queries
from samsyn.deliveries.checking import offline
from samsyn.deliveries.checking.formats import TableFormat
from samsyn.deliveries.survey import actions as survey
from samsyn.people import actions as people
from samsyn.people.actors import SYSTEM
from samsyn.people.models import Organisation
from samsyn.people.roles import Regime, Role

PACKAGE = "municipal_core"
# The tables, and how many of the cases of a quarter stand in each: whom it is safe to ask when a case closes is fewer.
TABLES = {"case": 1.0, "person": 0.6}
# Code, name, county, cases a quarter, system; the first is the persona's. Real places, invented figures.
MUNICIPALITIES = (
    ("0580", "Linköpings kommun", "05", 38, "Treserva"),
    ("0581", "Norrköpings kommun", "05", 34, "Lifecare"),
    ("0583", "Motala kommun", "05", 12, "Viva"),
    ("0586", "Mjölby kommun", "05", 9, "Lifecare"),
    ("0180", "Stockholms stad", "01", 150, "Eget system"),
    ("0380", "Uppsala kommun", "03", 55, "Lifecare"),
    ("1280", "Malmö stad", "12", 120, "Treserva"),
    ("1480", "Göteborgs stad", "14", 130, "Treserva"),
)
# Who is late with the latest quarter, so that the register has somebody to remind.
LATE = ("0583", "0586")
TODAY = date(2026, 11, 20)
WEIGHTS = {"not_asked": 0.5, "unknown": 0.6, "not_applicable": 0.4}


def figures(form: TableFormat, *, cases: int, seed: str) -> list[int]:
    """Return made-up counts that hang together: each case once in each variable of one answer."""
    dice = random.Random(seed)  # noqa: S311
    made = [0] * form.size
    units = form.places["units"]["all"]
    for _case in range(cases):
        division = dice.choices(range(form.width), [0.8, 0.13, 0.02, 0.05])[0]
        made[units + division] += 1
        for variable in form.variables[1:]:
            answers = form.places[variable.code]
            weights = [WEIGHTS.get(answer, 1 + 1 / (1 + place)) for place, answer in enumerate(answers)]
            number = dice.choice((1, 1, 2)) if variable.is_multiple else 1
            for answer in dict.fromkeys(dice.choices(list(answers), weights, k=number)):
                made[answers[answer] + division] += 1
    return made


def as_file(form: TableFormat, *, code: str, period: str, counts: list[int]) -> io.BytesIO:
    """Return counts as the file that a system would send."""
    keys = zip(form.each_cell(), counts, strict=True)
    rows = [[code, period, form.name, form.table, *key, str(count), "normal"] for key, count in keys]
    return io.BytesIO(offline.as_csv(form, rows))


def load() -> None:
    """Write the register and let every municipality deliver what it has to."""
    dice = random.Random(11)  # noqa: S311
    at = datetime(2025, 1, 10, 8, 0, tzinfo=UTC)
    for place, (code, name, county, cases, system) in enumerate(MUNICIPALITIES):
        organisation = people.create_organisation(
            name=name, kind="deliverer", regime=Regime.AUTHORITY, by=SYSTEM, at=at
        )
        new = actions.NewDeliverer(code, name, "municipality", county, organisation.pk)
        deliverer_id = actions.add_deliverer(new=new, by=SYSTEM, at=at)
        for version, first in (("1.0.0", "2025K1"), ("2.0.0", "2026K1")):
            for table in TABLES:
                agreed = actions.NewAgreement(PACKAGE, version, table, "quarter", first, system=system)
                actions.make_agreement(deliverer_id=deliverer_id, new=agreed, by=SYSTEM, at=at)
        sender = queries.sender_named(code, by=SYSTEM)
        for period in periods.between("2025K1", TODAY):
            if period == "2026K3" and code in LATE:
                continue
            version = "1.0.0" if period < "2026" else "2.0.0"
            number = max(1, round(dice.gauss(cases, cases / 8)))
            came = periods.last_day(period) + timedelta(days=dice.randrange(5, 34))
            for table, share in TABLES.items():
                form = packages.format_of(PACKAGE, version, table)
                counts = figures(form, cases=max(1, round(share * number)), seed=f"{code}{period}{table}")
                file = as_file(form, code=code, period=period, counts=counts)
                received = actions.Received(file=file, door="rest", accepts_warnings=True)
                actions.receive(
                    received=received, sender=sender, at=datetime(came.year, came.month, came.day, 9, tzinfo=UTC)
                )
        if place == 0:
            _persona("deliverer", "Uppgiftslämnare 1", organisation, at)
    organisation = people.create_organisation(
        name="Exempelsystem AB", kind="deliverer", regime=Regime.AUTHORITY, by=SYSTEM, at=at
    )
    _survey()
    new = actions.NewDeliverer("556000-0001", "Exempelsystem AB", "vendor", "", organisation.pk)
    actions.add_deliverer(new=new, by=SYSTEM, at=at)
    _persona("vendor", "Systemleverantör 1", organisation, at)


def _persona(name: str, pseudonym: str, organisation: Organisation, at: datetime) -> None:
    account = people.create_account(name=name, pseudonym=pseudonym, organisation=organisation, by=SYSTEM, at=at)
    people.give_role(account_id=account.pk, role=Role.DELIVERER, by=SYSTEM, at=at)


def _survey() -> None:
    """Let most answer last year's survey of methods, close it, and open this year's."""
    dice = random.Random(5)  # noqa: S311
    at = datetime(2025, 10, 1, 8, 0, tzinfo=UTC)
    first = survey.NewRound(year=2025, version="1.0.0", closes_on=date(2025, 11, 1))
    made = survey.open_round(new=first, by=SYSTEM, at=at)
    for code, *_rest in MUNICIPALITIES[:-1]:
        given: dict[str, list[str]] = {}
        for tool, weights in (
            ("patriark", (5, 2, 1)),
            ("freda", (7, 1, 0)),
            ("other_tool", (1, 4, 2)),
            ("own_tool", (3, 3, 1)),
        ):
            given[f"{tool}_used"] = dice.choices([["yes"], ["no"], ["unknown"]], weights)[0]
            given[f"{tool}_for"] = sorted(dice.sample(["adult", "child", "perpetrator", "relative"], 2))
            given[f"{tool}_since"] = [dice.choice(["from_2015", "from_2020", "from_2023"])]
            given[f"{tool}_trained"] = [dice.choice(["few", "some", "many", "unknown"])]
        given["freda_parts"] = ["short", "danger"]
        sender = queries.sender_named(code, by=SYSTEM)
        survey.answer(round_id=made, given=given, sender=sender, at=at + timedelta(days=dice.randrange(3, 25)))
    survey.close_round(round_id=made, by=SYSTEM, at=datetime(2025, 11, 4, 8, 0, tzinfo=UTC))
    second = survey.NewRound(year=2026, version="1.0.0", closes_on=date(2026, 12, 18))
    survey.open_round(new=second, by=SYSTEM, at=datetime(2026, 11, 2, 8, 0, tzinfo=UTC))
