"""``samsyn mailbox``: takes in e-mail as it comes. A process of its own, because it waits at another server."""

import logging
import signal
import threading
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from imapclient.exceptions import IMAPClientError

from samsyn.channels import mailbox
from samsyn.privacy import keys

log = logging.getLogger("samsyn.channels")
# A server may cut a connection that idles for half an hour (RFC 2177); five minutes also finds what its push missed.
IDLE = 300
LONGEST_PAUSE = 300


class Command(BaseCommand):
    """Take in letters until told to stop."""

    help = "Take in e-mail from the mailbox in SAMSYN_MAILBOX until told to stop."

    def add_arguments(self, parser: Any) -> None:
        """Let the operator try it once."""
        parser.add_argument("--once", action="store_true", help="take in what lies there, say how much, and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        """Take in, wait for more, and begin anew with a growing pause when the server or the database fails."""
        if not settings.SAMSYN_MAILBOX:
            raise CommandError("SAMSYN_MAILBOX is not set: there is no mailbox to take in from.")
        try:
            where = mailbox.place(settings.SAMSYN_MAILBOX)
        except mailbox.BadAddress as error:
            raise CommandError(str(error)) from error
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        pause = 1
        while not stopping.is_set():
            close_old_connections()
            try:
                self._work(where, stopping, once=options["once"])
                pause = 1
            except (OSError, IMAPClientError, DatabaseError, keys.KeyUnusable) as error:
                if options["once"]:
                    raise CommandError(f"The mailbox could not be read: {type(error).__name__}") from error
                log.error("the mailbox could not be read, trying again: %s", type(error).__name__)
                stopping.wait(pause)
                pause = min(LONGEST_PAUSE, pause * 2)
            if options["once"]:
                return

    def _work(self, where: mailbox.Place, stopping: threading.Event, *, once: bool) -> None:
        with mailbox.connect(where) as box:
            while not stopping.is_set():
                taken = mailbox.take_in(box, where, at=timezone.now())
                if taken.read or taken.refused:
                    log.info("letters taken in: %s, refused: %s", taken.read, taken.refused)
                if once:
                    print(f"Taken in: {taken.read}. Refused: {taken.refused}.")
                    return
                box.idle()
                try:
                    until = time.monotonic() + IDLE
                    # In steps, so that a signal ends the wait soon.
                    while not stopping.is_set() and time.monotonic() < until and not box.idle_check(timeout=1):
                        pass
                finally:
                    box.idle_done()
                close_old_connections()
