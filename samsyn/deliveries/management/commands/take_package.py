"""``samsyn take_package FILE``: take a signed package in that came on a disk or by mail, through the same door as REST."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from samsyn.deliveries import doors, signed_packages


class Command(BaseCommand):
    """Take one package in."""

    help = "Take a signed package in from a file; says why where it is refused."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Name the file."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the receipt, or the reason."""
        file: Path = options["file"]
        if file.stat().st_size > doors.LARGEST_BODY:
            raise CommandError("too_large")
        try:
            receipt = signed_packages.receive(content=file.read_bytes(), at=timezone.now())
        except signed_packages.PackageRefused as refused:
            raise CommandError(f"{refused.reason}: {refused.message}") from refused
        self.stdout.write(f"{receipt.state} {receipt.deliverer} {receipt.table} {receipt.period} {receipt.id}")
        for line in receipt.faults:
            self.stdout.write(f"{line.row} {line.column}: {line.wrong}")
        if receipt.state == "refused":
            raise CommandError("The file in the package has faults.")
