"""Mail goes out in two steps: written with what it belongs to, and handed to the mail server by the clock's work."""

import base64
import json
import logging
import smtplib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.encoders import encode_base64
from email.mime.nonmultipart import MIMENonMultipart
from email.utils import format_datetime
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from samsyn.audit import actions as audit
from samsyn.channels import events, mails, permits
from samsyn.channels.models import OutgoingMail
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, Refused
from samsyn.privacy import sealing

log = logging.getLogger("samsyn.channels")
PURPOSE = "outgoing_mail"
# One minute, five, a quarter, an hour, and then every four hours until a day has gone.
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
LATER = timedelta(hours=4)
GIVE_UP_AFTER = timedelta(hours=24)


@transaction.atomic
def send_neutral_mail(
    *,
    to: str,
    kind: str,
    context: Mapping[str, str],
    by: Actor,
    at: datetime,
    attachments: Sequence[mails.Attachment] = (),
) -> None:
    """Write a mail of a reviewed kind in the active language; it goes out if the caller's transaction does.

    Raise Invalid for what is no address, Refused where this installation sends no mail or the person may not be reached this
    way now, mails.BadMail for a kind that doesn't exist or has other places to fill in.
    """
    if not settings.SAMSYN_SENDS_MAIL:
        raise Refused(_("Den här installationen skickar ingen e-post."))
    try:
        validate_email(to)
    except ValidationError as error:
        raise Invalid(_("Adressen ser inte ut som en e-postadress.")) from error
    written = mails.write(to=to, kind=kind, language=get_language() or "sv", context=context, attachments=attachments)
    not_after = permits.ask(channel=permits.EMAIL, to=to, by=by, at=at)
    OutgoingMail.objects.create(
        kind=kind, sealed=sealing.seal(PURPOSE, _packed(written)), queued_at=at, next_try_at=at, not_after=not_after
    )
    audit.record(events.MAIL_QUEUED, by=by, at=at, facts={"mail": kind})


def send_due_mail(*, by: Actor, at: datetime, most: int = 200) -> int:
    """Hand what is due to the mail server, one transaction a mail, and return how many it took.

    A row goes when the server has taken the mail; a process that is killed between the two sends it once more under the
    same Message-ID. What nobody has taken for a day is given up, and the log says so.
    """
    taken = 0
    connection: BaseEmailBackend | None = None
    try:
        for _number in range(most):
            with transaction.atomic():
                row = (
                    OutgoingMail.objects.select_for_update(skip_locked=True)
                    .filter(next_try_at__lte=at)
                    .order_by("next_try_at")
                    .first()
                )
                if row is None:
                    break
                if row.not_after is not None and at > row.not_after:
                    audit.record(events.MAIL_TOO_LATE, by=by, at=at, facts={"mail": row.kind})
                    row.delete()
                    continue
                connection = connection or get_connection()
                if _hand_over(row, connection, at):
                    row.delete()
                    taken += 1
                else:
                    _put_off(row, by=by, at=at)
    finally:
        if connection is not None:
            connection.close()
    return taken


def _hand_over(row: OutgoingMail, connection: BaseEmailBackend, at: datetime) -> bool:
    written = _unpacked(sealing.unseal(PURPOSE, bytes(row.sealed)))
    message = _message(written, number=row.pk, at=at, connection=connection)
    try:
        return bool(message.send())
    except (OSError, smtplib.SMTPException) as error:
        # A server's answer may repeat the address: only its kind is logged.
        log.warning("the mail server took no mail, trying later: %s", type(error).__name__)
        return False


def _put_off(row: OutgoingMail, *, by: Actor, at: datetime) -> None:
    if at - row.queued_at >= GIVE_UP_AFTER:
        audit.record(events.MAIL_GIVEN_UP, by=by, at=at, facts={"mail": row.kind})
        row.delete()
        return
    row.next_try_at = at + (WAITS[row.tries] if row.tries < len(WAITS) else LATER)
    row.tries += 1
    row.save(update_fields=["tries", "next_try_at"])


def _message(written: mails.Written, *, number: UUID, at: datetime, connection: BaseEmailBackend) -> EmailMessage:
    """Return the message as it goes out: plain text, nothing of the machine or the program, no request for a receipt."""
    sender = settings.SAMSYN_MAIL_FROM
    message = EmailMessage(
        written.subject,
        written.body,
        sender,
        [written.to],
        connection=connection,
        headers={
            "Message-ID": f"<{number}@{sender.rpartition('@')[2]}>",
            "Date": format_datetime(at),
            "Auto-Submitted": "auto-generated",
        },
    )
    for name, mime, content in written.attachments:
        kind, *parameters = (part.strip() for part in mime.split(";"))
        main, _slash, sub = kind.partition("/")
        part = MIMENonMultipart(main, sub)
        for name_of, _equals, value in (parameter.partition("=") for parameter in parameters):
            part.set_param(name_of, value)
        part.set_payload(content)
        encode_base64(part)
        part.add_header("Content-Disposition", "attachment", filename=name)
        message.attach(part)
    return message


def _packed(written: mails.Written) -> str:
    files = [[name, mime, base64.b64encode(content).decode()] for name, mime, content in written.attachments]
    return json.dumps([written.to, written.subject, written.body, files])


def _unpacked(text: str) -> mails.Written:
    to, subject, body, files = json.loads(text)
    return mails.Written(
        to, subject, body, tuple((name, mime, base64.b64decode(content)) for name, mime, content in files)
    )
