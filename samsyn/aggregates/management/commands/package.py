"""``samsyn package``: the key that the receiver believes, and packages as files. Nothing is sent over the net by us."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from samsyn.aggregates import actions, queries, signing
from samsyn.people.actors import SYSTEM
from samsyn.privacy import keys


class Command(BaseCommand):
    """Show the public key, or write what two persons have approved to a folder."""

    help = (
        "Quarterly packages: `package key` prints the public key, `package hand-over 2026K3 --to FOLDER` writes files."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the two things that can be asked for."""
        parser.add_argument("what", choices=["key", "hand-over"])
        parser.add_argument("period", nargs="?", default="")
        parser.add_argument("--to", type=Path, default=Path())

    def handle(self, *args: Any, **options: Any) -> None:
        """Print or write; say so where there is nothing."""
        try:
            if options["what"] == "key":
                self.stdout.write(signing.signer().verifier().to_text())
                return
        except keys.KeyUnusable as error:
            raise CommandError(str(error)) from error
        rows = [
            row
            for row in queries.package_rows(by=SYSTEM)
            if row.period == options["period"] and row.state == "approved"
        ]
        if not rows:
            raise CommandError("Nobody has approved a package of that period.")
        for row in rows:
            name, content = actions.hand_over(package_id=row.id, by=SYSTEM, at=timezone.now())
            (options["to"] / name).write_bytes(content)
            self.stdout.write(name)
