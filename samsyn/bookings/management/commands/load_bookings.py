"""``samsyn load_bookings``: the kinds of meetings that an installation begins with."""

import tomllib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from samsyn.bookings.models import Kind

FILE = Path(__file__).parents[2] / "data" / "kinds.toml"


class Command(BaseCommand):
    """Run as often as you like: a kind that is there is the team lead's and left alone."""

    requires_system_checks = ()  # as in ``grant``
    help = "Make the kinds of meetings that are missing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make what is missing; say how much that was."""
        found = tomllib.loads(FILE.read_text(encoding="utf-8"))
        made = [Kind.objects.get_or_create(code=code, defaults=row)[1] for code, row in found.items()]
        if options["verbosity"] > 0:
            self.stdout.write(f"New: {sum(made)} kinds of meetings.")
