"""``samsyn retention [--dry-run]``: run the retention rules now and print the protocol."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from samsyn.people.actors import SYSTEM
from samsyn.privacy import retention


class Command(BaseCommand):
    """Erase what is due, or only count it."""

    help = "Erase what the retention rules say (--dry-run only counts)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer the dry run."""
        parser.add_argument("--dry-run", action="store_true", help="count what is due and erase nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line for each rule; exit with an error if one failed."""
        is_dry: bool = options["dry_run"]
        protocol = retention.run(retention.declared_rules(), at=timezone.now(), dry_run=is_dry, by=SYSTEM)
        for row in protocol:
            done = f"due {row.due}" if is_dry else f"due {row.due}, erased {row.total} rows in {row.batches} batches"
            self.stdout.write(f"{row.rule.code:24} {done if row.rule.erases else 'kept'} {row.failed}".rstrip())
        if any(row.failed for row in protocol):
            raise CommandError("Some rules failed; what they had erased before is in the protocol.")
