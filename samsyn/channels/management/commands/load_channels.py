"""``samsyn load_channels``: the queues that an installation begins with, and their hours."""

import tomllib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from samsyn.channels.models import OpeningHours, Queue

FILE = Path(__file__).parents[2] / "data" / "queues.toml"


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


class Command(BaseCommand):
    """Run as often as you like: a queue that is there is the team lead's and left alone."""

    requires_system_checks = ()  # as in ``grant``
    help = "Make the queues that are missing, with their opening hours."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make what is missing; say how much that was."""
        found = tomllib.loads(FILE.read_text(encoding="utf-8"))
        made = 0
        for code, row in found.items():
            hours = row.pop("hours")
            with transaction.atomic():
                queue, is_new = Queue.objects.get_or_create(code=code, defaults=row)
                if is_new:
                    made += 1
                    OpeningHours.objects.bulk_create(
                        OpeningHours(queue=queue, weekday=day, first_minute=_minute(first), last_minute=_minute(last))
                        for day, first, last in hours
                    )
        if options["verbosity"] > 0:
            self.stdout.write(f"New: {made} queues.")
