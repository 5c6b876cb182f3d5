"""What all doors have in common: how large a file may be, and that files which are checked leave room for everybody else."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.utils.translation import gettext as _

from samsyn.people.refusals import Refused

# A file of some 100,000 rows; the core package has 220. What is larger comes by SFTP, to a process of its own.
LARGEST_BODY = 8 << 20
LARGEST_SFTP = 64 << 20
# Of the eight threads of a process at most two check files at once and two more read one or wait, so that no flood of
# them reaches the others' pages: half of the threads are always free for those.
AT_ONCE = BoundedSemaphore(2)
INSIDE = BoundedSemaphore(4)
WAIT_SECONDS = 20
COME_BACK_SECONDS = 30


@contextmanager
def room() -> Iterator[None]:
    """Hold one of the places for files, from the reading of one to its receipt; raise Refused at once where none is free.

    A file can't be left to be checked later: what may be about persons is never stored before it is checked.
    """
    if not INSIDE.acquire(blocking=False):
        raise _full()
    try:
        yield
    finally:
        INSIDE.release()


@contextmanager
def turn() -> Iterator[None]:
    """Wait in the room for the turn to be checked; raise Refused where it doesn't come."""
    if not AT_ONCE.acquire(timeout=WAIT_SECONDS):
        raise _full()
    try:
        yield
    finally:
        AT_ONCE.release()


def _full() -> Refused:
    return Refused(_("Många filer kontrolleras just nu. Försök igen strax."), status=503)
