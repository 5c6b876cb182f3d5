"""The operator's door: a signed package of figures or composed cases is believed, held against its statement, and taken in."""

import hashlib
import io
from datetime import datetime, timedelta

from django.db import transaction

from samsyn.audit import actions as audit
from samsyn.audit import notes
from samsyn.deliveries import actions, events, periods, queries
from samsyn.deliveries.checking import signed
from samsyn.deliveries.composed import actions as composed
from samsyn.deliveries.composed import files, parts
from samsyn.deliveries.models import Key
from samsyn.deliveries.policies import Sender
from samsyn.deliveries.reasons import REASONS
from samsyn.people.actors import SYSTEM
from samsyn.people.refusals import Refused

# A package is sent when it is made; an older one is a replay or a forgotten disk, a younger one a wrong clock.
OLDEST, YOUNGEST = timedelta(days=30), timedelta(minutes=10)
LEAST_THRESHOLD = 5


class PackageRefused(Refused):
    """A package was refused as a whole; ``reason`` is a key of REASONS."""

    status = 422

    def __init__(self, reason: str) -> None:
        super().__init__(REASONS[reason])
        self.reason = reason


def receive(*, content: bytes, at: datetime) -> queries.Receipt:
    """Take a signed package in; raise PackageRefused with the reason, which the log keeps too."""
    try:
        return _receive(content, at)
    except PackageRefused as refused:
        with transaction.atomic():
            facts = {"reason": refused.reason, "sha256": hashlib.sha256(content).hexdigest()}
            audit.record(events.PACKAGE_REFUSED, by=SYSTEM, at=at, facts=facts)
        raise


@transaction.atomic
def _receive(content: bytes, at: datetime) -> queries.Receipt:
    try:
        package = signed.opened(content)
        key = _key(package.statement.signer)
        package.check(notes.Verifier.from_text(key.material))
    except signed.BadPackage as problem:
        raise PackageRefused(str(problem.args[0])) from problem
    said = package.statement
    sender = actions.sender_by_key(key)
    _check_statement(said, key, sender.code, at)
    if said.package.startswith(f"{parts.PACKAGE}/"):
        receipt = _cases(package, sender, at)
    else:
        receipt = _figures(package, sender, at)
    key.last_number = said.number
    key.save(update_fields=["last_number"])
    return receipt


def _cases(package: signed.Opened, sender: Sender, at: datetime) -> queries.Receipt:
    try:
        return composed.take_in(file=package.file, said=package.statement, sender=sender, at=at)
    except files.NotAFile as problem:
        raise PackageRefused(str(problem.args[0])) from problem


def _figures(package: signed.Opened, sender: Sender, at: datetime) -> queries.Receipt:
    said = package.statement
    received = actions.Received(
        file=io.BytesIO(package.file),
        door="package",
        accepts_warnings=True,  # nobody sits there to be asked; the numbers and the receipt show what was unlikely
        threshold=said.threshold,
    )
    receipt = actions.receive(received=received, sender=sender, at=at)
    if receipt.period and (f"{receipt.package}/{receipt.version}", receipt.table, receipt.period) != (
        said.package,
        said.table,
        said.period,
    ):
        raise PackageRefused("other_content")
    return receipt


def _key(name: str) -> Key:
    """Return the signer's key, held until the package is in: two at once would count past each other."""
    rows = Key.objects.select_for_update(of=("self",)).select_related("deliverer")
    for key in rows.filter(kind=Key.Kind.SIGNER, ended_at=None, material__startswith=f"{name}+"):
        return key
    raise PackageRefused("unknown_signer")


def _check_statement(said: signed.Statement, key: Key, organisation: str, at: datetime) -> None:
    if said.organisation != organisation:
        raise PackageRefused("other_organisation")
    if said.number <= key.last_number:
        raise PackageRefused("replayed")
    if said.issued < at - OLDEST:
        raise PackageRefused("too_old")
    if said.issued > at + YOUNGEST:
        raise PackageRefused("too_early")
    if said.threshold < LEAST_THRESHOLD:
        raise PackageRefused("not_protected")
    try:
        is_over = periods.last_day(said.period) < queries.today_of(said.issued)
    except ValueError:
        raise PackageRefused("other_content") from None
    if not is_over:
        raise PackageRefused("before_its_period")
