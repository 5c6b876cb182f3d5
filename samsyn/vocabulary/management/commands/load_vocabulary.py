"""``samsyn load_vocabulary``: bring the reviewed code lists into the database; the same files twice change nothing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from samsyn.people.actors import SYSTEM
from samsyn.vocabulary import actions
from samsyn.vocabulary.files import BadFile, read


class Command(BaseCommand):
    """Load the code lists and the crosswalk."""

    help = "Load the reviewed code lists and their crosswalk (idempotent)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load all or nothing, and say what changed."""
        try:
            done = actions.load(files=read(), by=SYSTEM, at=timezone.now())
        except (BadFile, actions.Conflict) as error:
            raise CommandError(str(error)) from error
        for code, number in done.versions.items():
            self.stdout.write(f"{code}: version {number}")
        for scheme, (opened, closed) in done.crosswalk.items():
            self.stdout.write(f"{scheme}: {opened} comparisons opened, {closed} closed")
        for line in done.kept:
            self.stdout.write(line)
        if not done.changed:
            self.stdout.write("Code lists are up to date.")
