"""The operator and the centre of the demonstration have agreed on quarterly packages; none is made: that is to be tried."""

import os
from datetime import UTC, datetime

from samsyn.deliveries import actions as deliveries
from samsyn.deliveries import queries, support_line
from samsyn.people import actions as people
from samsyn.people.actors import SYSTEM, Actor
from samsyn.people.roles import Regime, Role

CODE, NAME = "556000-0002", "Stödlinjen"
FIRST, LAST = "2026K1", "2027K4"
AT = datetime(2026, 1, 9, 8, 0, tzinfo=UTC)


def load_operator() -> None:
    """Write the operator into the centre's register, with its public key and a person who carries its packages."""
    from samsyn.deliveries.forms import KeyForm

    organisation = people.create_organisation(name=NAME, kind="deliverer", regime=Regime.OPERATOR, by=SYSTEM, at=AT)
    new = deliveries.NewDeliverer(CODE, NAME, "operator", "", organisation.pk)
    deliverer_id = deliveries.add_deliverer(new=new, by=SYSTEM, at=AT)
    for form in support_line.newest():
        agreed = deliveries.NewAgreement(form.package, form.version, form.table, "quarter", FIRST)
        deliveries.make_agreement(deliverer_id=deliverer_id, new=agreed, by=SYSTEM, at=AT)
    account = people.create_account(
        name="carrier", pseudonym="Uppgiftslämnare 2", organisation=organisation, by=SYSTEM, at=AT
    )
    people.give_role(account_id=account.pk, role=Role.DELIVERER, by=SYSTEM, at=AT)
    key = KeyForm({"kind": "signer", "material": os.environ.get("SAMSYN_DEMONSTRATION_SIGNER", "")})
    if key.is_valid():  # a world that is loaded without an operator beside it has none
        deliveries.add_key(sender=queries.sender_named(CODE, by=SYSTEM), at=AT, **key.cleaned_data)


def load_agreement(*, analyst: Actor, publisher: Actor) -> None:
    """Let two persons of the operator agree to hand its tables over."""
    from samsyn.aggregates import actions

    new = actions.NewAgreement(
        receiver="Nationellt kompetenscentrum",
        purpose="Nationell statistik om hedersrelaterat våld och förtryck, utan uppgifter om enskilda.",
        organisation=CODE,
        tables=tuple(f"{one.name}/{one.table}" for one in support_line.newest()),
        first_period=FIRST,
        last_period=LAST,
    )
    made = actions.propose_agreement(new=new, by=analyst, at=AT)
    actions.approve_agreement(agreement_id=made, by=publisher, at=AT)
