"""What the operator and the centre of the demonstration have agreed on, and what has gone from one to the other.

Composed cases have been handed over once, for the second quarter of 2026. The third quarter's packages are to be tried: no
figures are counted yet, one case is cleared, and one waits for a second person. Everything is invented.
"""

import hashlib
import os
from datetime import UTC, date, datetime

from samsyn.deliveries import actions as deliveries
from samsyn.deliveries import queries, support_line
from samsyn.deliveries.checking.signed import Statement
from samsyn.deliveries.composed import actions as composed
from samsyn.deliveries.composed import files, parts
from samsyn.people import actions as people
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.queries import actor_named
from samsyn.people.roles import Regime, Role

CODE, NAME = "556000-0002", "Stödlinjen"
FIRST, LAST = "2026K1", "2027K4"
AT = datetime(2026, 1, 9, 8, 0, tzinfo=UTC)
HANDED_OVER_ON, SECOND_QUARTER = datetime(2026, 7, 14, 9, 0, tzinfo=UTC), "2026K2"
# Who composed it, who cleared it and when, and its words.
CASES: tuple[tuple[str, tuple[str, ...], date, tuple[str, ...]], ...] = (
    ("supporter", ("supporter2", "lead"), date(2026, 6, 11), (
        "caller:relative", "age:16_17", "exposure:control", "exposure:marriage:worry", "threatens:parents",
        "threatens:siblings", "protects:grandparent", "needed:guidance", "needed:between_authorities",
        "tried:own_talk:better", "tried:report:unchanged", "tried:meeting:much_better", "hindered:cooperation",
        "fork:duty_to_report",
    )),
    ("supporter2", ("supporter", "lead"), date(2026, 9, 17), (
        "caller:self", "age:22_25", "exposure:psychological", "exposure:physical", "threatens:partner",
        "threatens:other_relatives", "protects:friend", "needed:supporting_talk", "tried:police_report:unchanged",
        "tried:protection:better", "tried:guided_on:better", "hindered:resources", "fork:police_report_adult",
    )),
    ("lead", ("supporter",), date(2026, 11, 5), (
        "caller:friend", "age:13_15", "exposure:control", "exposure:virginity_check", "threatens:siblings",
        "threatens:other_relatives", "protects:school_or_work", "needed:guidance", "tried:report:too_early",
        "hindered:knowledge", "fork:duty_to_report",
    )),
)  # fmt: skip


def load_operator() -> None:
    """Write the operator into the centre's register, with its public key and a person who carries its packages."""
    from samsyn.deliveries.forms import KeyForm

    organisation = people.create_organisation(name=NAME, kind="deliverer", regime=Regime.OPERATOR, by=SYSTEM, at=AT)
    new = deliveries.NewDeliverer(CODE, NAME, "operator", "", organisation.pk)
    deliverer_id = deliveries.add_deliverer(new=new, by=SYSTEM, at=AT)
    for form in support_line.newest():
        agreed = deliveries.NewAgreement(form.package, form.version, form.table, "quarter", FIRST)
        deliveries.make_agreement(deliverer_id=deliverer_id, new=agreed, by=SYSTEM, at=AT)
    version = parts.newest()
    agreed = deliveries.NewAgreement(parts.PACKAGE, version.number, parts.TABLE, "quarter", FIRST)
    deliveries.make_agreement(deliverer_id=deliverer_id, new=agreed, by=SYSTEM, at=AT)
    account = people.create_account(
        name="carrier", pseudonym="Uppgiftslämnare 2", organisation=organisation, by=SYSTEM, at=AT
    )
    people.give_role(account_id=account.pk, role=Role.DELIVERER, by=SYSTEM, at=AT)
    key = KeyForm({"kind": "signer", "material": os.environ.get("SAMSYN_DEMONSTRATION_SIGNER", "")})
    if key.is_valid():  # a world that is loaded without an operator beside it has none
        deliveries.add_key(sender=queries.sender_named(CODE, by=SYSTEM), at=AT, **key.cleaned_data)
    file = files.write(version, [CASES[0][-1]])
    said = Statement(
        signer="",
        number=1,
        issued=HANDED_OVER_ON,
        organisation=CODE,
        package=version.name,
        table=parts.TABLE,
        period=SECOND_QUARTER,
        threshold=5,
        size=len(file),
        sha256=hashlib.sha256(file).hexdigest(),
    )
    # What the door does once it believes a package; the operator beside it is loaded at the same time, so none is there yet.
    composed.take_in(file=file, said=said, sender=queries.sender_named(CODE, by=SYSTEM), at=HANDED_OVER_ON)


def load_agreement(*, analyst: Actor, publisher: Actor) -> None:
    """Let two persons of the operator agree to hand its tables over."""
    from samsyn.aggregates import actions
    from samsyn.aggregates import queries as aggregates

    new = actions.NewAgreement(
        receiver="Nationellt kompetenscentrum",
        purpose="Nationell statistik om hedersrelaterat våld och förtryck, och fall att lära av, utan uppgifter om enskilda.",
        organisation=CODE,
        tables=tuple(aggregates.offered()),
        first_period=FIRST,
        last_period=LAST,
    )
    made = actions.propose_agreement(new=new, by=analyst, at=AT)
    actions.approve_agreement(agreement_id=made, by=publisher, at=AT)


def load_cases(*, analyst: Actor, publisher: Actor) -> None:
    """Let the operator's people compose and clear, and hand over what was cleared in the second quarter."""
    from samsyn.aggregates import actions
    from samsyn.aggregates.composed import actions as composing
    from samsyn.aggregates.composed import queries as composed_cases
    from samsyn.aggregates.models import CHECKLIST

    for composer, clearers, day, words in CASES:
        at = datetime(day.year, day.month, day.day, 9, 0, tzinfo=UTC)
        made = composing.compose(words=words, of_several=True, by=actor_named(composer), at=at)
        for name in clearers:
            seen = composed_cases.mark_of(words)
            composing.clear(case_id=made, seen=seen, holds=tuple(CHECKLIST), by=actor_named(name), at=at)
    package = actions.make_package(table=list(parts.tables())[-1], period=SECOND_QUARTER, by=analyst, at=HANDED_OVER_ON)
    actions.approve_package(package_id=package, by=publisher, at=HANDED_OVER_ON)
    actions.hand_over(package_id=package, by=publisher, at=HANDED_OVER_ON)
