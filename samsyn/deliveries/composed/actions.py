"""Taking cleared cases in: what a believed package carries is held against the agreement and the vocabulary, then stored."""

import hashlib
from datetime import datetime

from samsyn.deliveries import actions, queries
from samsyn.deliveries.checking import signed
from samsyn.deliveries.composed import files, parts
from samsyn.deliveries.models import DeliveredCase, Deliverer, Delivery
from samsyn.deliveries.policies import Sender


def take_in(*, file: bytes, said: signed.Statement, sender: Sender, at: datetime) -> queries.Receipt:
    """Store the cases of a file whose statement is believed, in the caller's transaction; raise files.NotAFile with a reason.

    They take the place of what was taken in of the quarter before, which is erased: a case that is no longer there was stopped.
    """
    version = parts.tables().get(f"{said.package}/{said.table}")
    if version is None:
        raise files.NotAFile("unknown_choice")
    Deliverer.objects.select_for_update().get(pk=sender.deliverer_id)
    if sender.is_test or not any(
        (one.package, one.version, one.table) == (parts.PACKAGE, version.number, parts.TABLE) and one.wants(said.period)
        for one in queries.agreed(sender.deliverer_id)
    ):
        raise files.NotAFile("not_agreed")
    cases = files.read(file, version=version)
    made = Delivery(
        deliverer_id=sender.deliverer_id,
        door=Delivery.Door.PACKAGE,
        state=Delivery.State.ACCEPTED,
        received_at=at,
        received_by=sender.by.pseudonym,
        sha256=said.sha256,
        size=len(file),
        reading={"kind": "json", "encoding": "", "delimiter": "", "rows": len(cases)},
        package=parts.PACKAGE,
        version=version.number,
        table=parts.TABLE,
        period=said.period,
        format_hash=hashlib.sha256(
            "\n".join(word for part in version.parts for word in part.words()).encode()
        ).hexdigest(),
        counts=[len(cases)],
        statuses="A",
        decided_at=at,
    )
    actions.replace_earlier(made, at)
    DeliveredCase.objects.filter(delivery__replaced_by=made.pk).delete()
    made.save(force_insert=True)
    DeliveredCase.objects.bulk_create(
        DeliveredCase(delivery=made, version=version.number, words=list(words)) for words in cases
    )
    actions.record_delivery(made, sender, at)
    return queries.receipt(made.pk)
