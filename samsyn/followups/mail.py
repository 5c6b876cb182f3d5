"""The mails of a follow-up: a neutral text and a link, sent by the channels. What they are about is never said."""

from datetime import datetime

from samsyn.channels import actions as channels
from samsyn.followups import links
from samsyn.people.actors import Actor

DIRECT = "questions_link"
EFFECT = "questions_link_later"
REMINDER = "questions_link_reminder"


def send_link(*, to: str, kind: str, token: str, by: Actor, at: datetime) -> None:
    """Send the link in the caller's transaction."""
    channels.send_neutral_mail(to=to, kind=kind, context={"link": links.url(token)}, by=by, at=at)
