"""``samsyn create_first_account NAME PSEUDONYM ORGANISATION``: the first system administrator of an installation."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from samsyn.people import actions, queries
from samsyn.people.actors import SYSTEM
from samsyn.people.refusals import Refused
from samsyn.people.roles import Role


class Command(BaseCommand):
    """Set up the installation and its first account; refused when there is an account already."""

    help = "Set up the installation with its first system administrator and print the start password once."

    def add_arguments(self, parser: Any) -> None:
        """Name the three things that are needed."""
        parser.add_argument("name", help="sign-in name")
        parser.add_argument("pseudonym", help="a word and a number, such as 'Administratör 1'")
        parser.add_argument("organisation", help="the organisation's name")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Make everything in one transaction."""
        if queries.accounts():
            raise CommandError("There is an account already: its administrator makes the others.")
        at, kind = timezone.now(), settings.SAMSYN_INSTALLATION
        try:
            actions.set_up_installation(name=kind, by=SYSTEM, at=at)
            organisation = actions.create_organisation(
                name=options["organisation"], kind=kind, regime=actions.REGIMES[kind], by=SYSTEM, at=at
            )
            account = actions.create_account(
                name=options["name"], pseudonym=options["pseudonym"], organisation=organisation, by=SYSTEM, at=at
            )
            actions.give_role(account_id=account.pk, role=Role.SYSTEM_ADMINISTRATOR, by=SYSTEM, at=at)
            password = actions.reset_sign_in(account_id=account.pk, by=SYSTEM, at=at)
        except Refused as refused:
            raise CommandError(str(refused.message)) from refused
        self.stdout.write(f"Start password, shown only now: {password}")
