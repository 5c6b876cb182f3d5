"""``samsyn load``: bring the reviewed data files of all rooms into the database, any number of times."""

from typing import Any

from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand

from samsyn.config.installation import refuse_the_wrong_one

# Lower rooms first: questions name code lists, the history names definitions.
ORDER = ("load_vocabulary", "load_questions", "load_channels", "load_bookings", "load_history")


class Command(BaseCommand):
    """Load code lists, questions and templates, and the published history."""

    requires_system_checks = ()  # as in ``grant``
    help = "Load the reviewed data files of all rooms (idempotent)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run each room's own loader where the room is installed."""
        refuse_the_wrong_one()
        known = get_commands()
        for name in ORDER:
            if name in known:
                call_command(name, stdout=self.stdout)
