"""``samsyn check_log``: the nightly check, whose outcome the log's page shows."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from samsyn.audit import checkpoints
from samsyn.oversight import actions
from samsyn.people.actors import SYSTEM


class Command(BaseCommand):
    """Sign what waits, verify everything, and record the outcome."""

    help = "Kontrollera hela loggen och skriv utfallet i den."

    def handle(self, *args: Any, **options: Any) -> None:
        """End with status 1 on a finding."""
        try:
            report = actions.check_log(by=SYSTEM, at=timezone.now())
        except checkpoints.KeyMissing as error:
            raise CommandError(_("Installationen har ingen nyckel att underteckna loggen med.")) from error
        if not report.is_whole:
            raise CommandError(report.sentence(), returncode=1)
        self.stdout.write(report.sentence())
