"""``samsyn work``: what runs by the clock. One process an installation; a second one does no harm, it finds nothing.

Every minute: give new audit events their places in the log and sign a checkpoint; close and count calls; offer free times
to those who wait; at the operator, destroy again what was erased and shut accounts whose emergency nobody reviewed. Every
hour: the retention rules, and log reviews that are late. Every five seconds: hand over what is to be mailed. At its time:
publish the release that somebody set a time for, end a measurement, send the links of follow-ups.
"""

import logging
import signal
import threading
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from samsyn.audit import actions as audit
from samsyn.audit import checkpoints
from samsyn.bookings import actions as bookings
from samsyn.channels import actions as channels
from samsyn.config.installation import refuse_the_wrong_one
from samsyn.followups import actions as followups
from samsyn.oversight import actions as oversight
from samsyn.people.actors import SYSTEM
from samsyn.people.refusals import Refused
from samsyn.privacy import keys, retention, sealing
from samsyn.quality import actions as quality
from samsyn.statistics import actions as statistics
from samsyn.statistics import pdf
from samsyn.statistics import queries as statistics_queries

log = logging.getLogger("samsyn.work")
# security.md 5: a signed checkpoint at least every 60 s.
CHECKPOINT_EVERY = timedelta(seconds=60)
RETENTION_EVERY = timedelta(hours=1)
# Somebody sits and waits for the link that confirms a booked time.
MAIL_EVERY = timedelta(seconds=5)


class Command(BaseCommand):
    """Run the clock's work until told to stop."""

    help = "Sign the log every minute, run the retention rules every hour, publish releases at their time."

    def handle(self, *args: Any, **options: Any) -> None:
        """Loop with a wait that a signal ends at once; a failing database is tried again, never hidden."""
        refuse_the_wrong_one()
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        next_retention = timezone.now()
        while True:
            close_old_connections()
            now = timezone.now()
            _look_after_cases(now)
            try:
                audit.sequence(at=now)
                audit.checkpoint(at=now)
                quality.end_periods_that_are_over(at=now)
                followups.ask_due(by=SYSTEM, at=now)
                if now >= next_retention:
                    retention.run(retention.declared_rules(), at=now, dry_run=False, by=SYSTEM)
                    next_retention = now + RETENTION_EVERY
                    oversight.escalate_overdue(by=SYSTEM, at=now)
                channels.sweep_chats(by=SYSTEM, at=now)
                channels.sweep_calls(by=SYSTEM, at=now)
                channels.count_visitors_chats()
            except (DatabaseError, audit.ClockWentBack, audit.BrokenLog, checkpoints.KeyMissing) as error:
                log.error("the clock's work failed, trying again in a minute: %s", type(error).__name__)
            _offer_times(timezone.now())
            if _mail_until(timezone.now() + _publish(timezone.now()), stopping):
                return


def _look_after_cases(now: datetime) -> None:
    """Destroy again what was erased, which a keeper that starts after a restore waits for, and shut unreviewed accounts."""
    if not apps.is_installed("samsyn.cases"):
        return
    from samsyn.cases.actions import endings, sharing

    for do in (endings.replay_erasures, sharing.suspend_unreviewed):
        try:
            do(by=SYSTEM, at=now)
        except (DatabaseError, Refused) as error:
            log.error("cases could not be looked after, trying again in a minute: %s", type(error).__name__)


def _offer_times(now: datetime) -> None:
    """Let go of held times that nobody confirmed, and offer what is free to those who wait, where mail can go out."""
    if not settings.SAMSYN_SENDS_MAIL:
        return
    try:
        bookings.make_offers(at=now, by=SYSTEM)
    except (DatabaseError, keys.KeyUnusable, sealing.Unsealable) as error:
        log.error("no time was offered, trying again in a minute: %s", type(error).__name__)


def _mail_until(end: datetime, stopping: threading.Event) -> bool:
    """Hand over what is to be mailed until a point in time; return True as soon as the work is to stop."""
    while (now := timezone.now()) < end:
        try:
            channels.send_due_mail(by=SYSTEM, at=now)
        except (DatabaseError, keys.KeyUnusable, sealing.Unsealable) as error:
            log.error("mail could not be handed over, trying again: %s", type(error).__name__)
        if stopping.wait(min(MAIL_EVERY, max(end - timezone.now(), timedelta(0))).total_seconds()):
            return True
    return stopping.is_set()


def _publish(now: datetime) -> timedelta:
    """Publish what has its time, and return how long to wait: a minute, or less where a time comes before that."""
    try:
        statistics.publish_due(at=now)
        coming = statistics_queries.next_publication()
    # RuntimeError is the typesetter's: a report that cannot be set stays unpublished, and the log is signed all the same.
    except (DatabaseError, pdf.NotTagged, RuntimeError) as error:
        log.error("the release was not published, trying again in a minute: %s", type(error).__name__)
        return CHECKPOINT_EVERY
    if coming is None:
        return CHECKPOINT_EVERY
    return min(CHECKPOINT_EVERY, max(coming[1] - timezone.now(), timedelta(0)))
