"""``samsyn load_questions``: publish the question sets and templates that come with the programme."""

import tomllib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from samsyn.people.actors import SYSTEM
from samsyn.people.refusals import Refused
from samsyn.questions import actions
from samsyn.questions.actions.loading import LoadError
from samsyn.questions.exchange import core, methods

DATA = Path(__file__).parents[2] / "data"
# Beside the question set and the templates of the line itself.
FOLLOW_UPS = ("direct_follow_up.toml", "effect_follow_up.toml")


def read(name: str) -> dict[str, Any]:
    """Return a data file's content."""
    with (DATA / name).open("rb") as file:
        return tomllib.load(file)


class Command(BaseCommand):
    """Run as often as you like: what is published already is left alone."""

    help = "Publish the question sets and templates that come with the programme (after load_vocabulary)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load every file; say how much was new."""
        at = timezone.now()
        line = settings.SAMSYN_LINE
        templates = read(f"{line}_templates.toml")
        common = {name: value for name, value in templates.items() if name != "template"}
        try:
            new_instruments = [
                actions.load_instrument(source=read(name), by=SYSTEM, at=at) for name in (f"{line}.toml", *FOLLOW_UPS)
            ]
            new_templates = [
                actions.load_template(source={**common, **source}, by=SYSTEM, at=at) for source in templates["template"]
            ]
            new_packages = [
                actions.load_package(source=source, by=SYSTEM, at=at)
                for source in (*core.versions(), *methods.versions())
            ]
        except (LoadError, Refused) as error:
            raise CommandError(str(getattr(error, "message", error))) from error
        if options["verbosity"] > 0:
            new = f"{sum(new_instruments)} question sets, {sum(new_templates)} templates, {sum(new_packages)} packages"
            self.stdout.write(f"New: {new}.")
