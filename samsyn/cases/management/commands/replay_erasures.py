"""``samsyn replay_erasures``: after a restore, erase again what was erased, in the keeper and in the database."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from samsyn.cases.actions import endings
from samsyn.people.actors import SYSTEM


class Command(BaseCommand):
    """Replay the ledger of erasure, and let the keeper serve."""

    help = "Erase again, after a restore, what the log or the keeper's ledger says was erased; then the keeper serves."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many cases had come back; their ids are in the log."""
        back = endings.replay_erasures(by=SYSTEM, at=timezone.now())
        self.stdout.write(f"{len(back)} erased cases had come back and are gone again; the keeper serves.")
