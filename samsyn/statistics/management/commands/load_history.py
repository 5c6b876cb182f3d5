"""``samsyn load_history``: the published history from its reviewed file; a second run changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from samsyn.people.actors import SYSTEM
from samsyn.statistics import actions, history


class Command(BaseCommand):
    """Load every historical series."""

    help = "Load the published historical series (idempotent)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Store what is new or changed."""
        for document in history.documents():
            if actions.load_history(document=document, by=SYSTEM, at=timezone.now()):
                self.stdout.write(f"{document['code']}: loaded")
