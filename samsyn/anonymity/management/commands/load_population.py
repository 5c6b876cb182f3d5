"""``samsyn load_population FILE``: load a table of people by municipality, age and sex for the anonymity meter."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from samsyn.anonymity import actions, files
from samsyn.people.actors import SYSTEM


class Command(BaseCommand):
    """Load a table, all of it or nothing, and print its sums."""

    help = "Load a table of people by municipality, age and sex (format: samsyn/anonymity/files.py)."

    def add_arguments(self, parser: Any) -> None:
        """Take the file."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Check the file, load it, and print what is to be held against the source."""
        now = timezone.now()
        try:
            text = options["file"].read_text(encoding="utf-8")
            table = files.read(text, today=timezone.localdate(now))
            is_new = actions.load_table(table=table, by=SYSTEM, at=now)
        except (OSError, UnicodeDecodeError, files.BadTable) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{table.version}: {table.total} people in {len(table.counts)} municipalities")
        for county, total in table.totals_by_county().items():
            self.stdout.write(f"  {county}: {total}")
        if table.is_made_up:
            self.stdout.write("The figures are MADE UP, and the meter says so.")
        self.stdout.write("Loaded: compare the sums with the source." if is_new else "It is loaded already.")
