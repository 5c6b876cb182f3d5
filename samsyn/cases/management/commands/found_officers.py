"""``samsyn found_officers NAME NAME NAME``: write the first three officers into the keeper's list, once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from samsyn.cases import queries
from samsyn.cases.actions import keys
from samsyn.people import queries as people
from samsyn.people.actors import SYSTEM
from samsyn.people.refusals import Refused
from samsyn.people.roles import Role


class Command(BaseCommand):
    """Let the keeper trust three officers; the list is never written a second time."""

    help = "Write the first three key officers, by their sign-in names, into the keeper's own list (once)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take three sign-in names."""
        parser.add_argument("names", nargs=3)

    def handle(self, *args: Any, **options: Any) -> None:
        """Check that the three are officers with keys, then found them."""
        found = {}
        for name in options["names"]:
            try:
                actor = people.actor_named(name)
                found[actor.account_id] = queries.certificate(actor.account_id)["public"]
            except LookupError as error:
                raise CommandError(f"{name} has no account, or no keys yet.") from error
            if Role.KEY_OFFICER not in actor.roles:
                raise CommandError(f"{name} is no key officer.")
        try:
            keys.found_officers(officers=found, by=SYSTEM, at=timezone.now())
        except Refused as refused:
            raise CommandError(str(refused.message)) from refused
        self.stdout.write("The keeper trusts these three officers.")
