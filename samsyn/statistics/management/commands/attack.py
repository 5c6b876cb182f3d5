"""``samsyn attack``: read everything ever published as an attacker would, and say what can be worked out."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from samsyn.people.actors import SYSTEM
from samsyn.statistics import actions
from samsyn.ui import numbers


class Command(BaseCommand):
    """Attack all releases together; the exit status is 1 where a single count can be worked out."""

    help = "Try to work out hidden counts from everything that was ever published (exit status 1 if any can be)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the result; the log keeps it too."""
        found = actions.attack_everything(by=SYSTEM, at=timezone.now())
        self.stdout.write(
            _("%(releases)s publiceringar, %(tried)s dolda tal prövade på %(seconds)s s.")
            % {
                "releases": numbers.number(found.releases),
                "tried": numbers.number(found.audit.tried),
                "seconds": numbers.decimal(found.audit.seconds),
            }
        )
        if found.audit.narrowest is not None:
            one = found.audit.narrowest
            low, high = (_bound(one.low), _bound(one.high))
            self.stdout.write(_("Smalaste intervallet är %(low)s till %(high)s.") % {"low": low, "high": high})
        if found.leaks:
            self.stderr.write(_("Publicerade tabeller visar dolda tal: %(number)s.") % {"number": len(found.leaks)})
        count = found.audit.recovered + len(found.leaks)
        if not found.is_safe:
            for name in (*found.audit.names, *found.leaks)[:20]:
                self.stderr.write(str(name))
            raise CommandError(
                _("%(n)s celler kan räknas ut, %(unsafe)s är för smalt inringade.")
                % {"n": count, "unsafe": found.audit.unsafe},
                returncode=1,
            )
        self.stdout.write(_("0 celler kan räknas ut."))


def _bound(value: float) -> str:
    return "∞" if value == float("inf") else numbers.number(round(value))
