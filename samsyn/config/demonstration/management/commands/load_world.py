"""``samsyn load_world``: the made-up world, once; a second run finds it there and changes nothing."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from samsyn.anonymity import actions as anonymity
from samsyn.audit import actions as audit
from samsyn.config.demonstration import called, exposed_line, followed, handed_over, made_up_population, world
from samsyn.config.demonstration.booked import load_bookings
from samsyn.config.demonstration.personas import PERSONAS
from samsyn.config.demonstration.personas import at as personas_at
from samsyn.people import actions as people
from samsyn.people import queries as people_queries
from samsyn.people.actors import SYSTEM
from samsyn.people.roles import Regime, Role
from samsyn.vocabulary import queries as vocabulary

# When the earlier quarters of the demonstration were drafted, approved and published.
PUBLISHED = {
    (2026, 1): datetime(2026, 4, 15, 7, 0, tzinfo=UTC),
    (2026, 2): datetime(2026, 7, 15, 7, 0, tzinfo=UTC),
}
# When what the municipalities delivered of 2025 was.
YEAR_PUBLISHED = datetime(2026, 8, 20, 7, 0, tzinfo=UTC)
# What visitors of the demonstration have written.
MESSAGES = (
    ("sv", "Mina föräldrar läser min telefon och jag får inte träffa mina vänner. Vad kan jag göra?"),
    ("ar", "عائلتي تريد أن نسافر في الصيف وأنا خائفة. هل يمكن أن تساعدوني؟"),
)
ANSWER = "Tack för att du skriver. Det är inte ditt fel. Berätta så mycket du själv vill."
# How many hours ago, and the letter; the last one's charset is none.
_HEAD = "From: {}\nContent-Type: text/plain; charset={}\n"
LETTERS = (
    (
        3,
        _HEAD.format("kurator@skolan.example", "utf-8")
        + "Subject: Fråga om en elev\n\nHej! Kan ni ringa mig på 08-465 004 35 i eftermiddag?",
    ),
    (
        20,
        _HEAD.format("handlaggare@kommunen.example", "utf-8")
        + "Subject: Stöd i ett ärende\n\nVi behöver prata igenom en skyddsbedömning. Det gäller 19811228-9874. När har ni öppet?",
    ),
    (26, _HEAD.format("info@okand.example", "x-okand") + "Subject: Hej\n\nHej"),
)


class Command(BaseCommand):
    """Load personas, facts and the releases of earlier quarters."""

    requires_system_checks = ()  # as in ``grant``
    help = "Load the demonstration's personas, facts and earlier releases (only if they are missing)."

    def add_arguments(self, parser: Any) -> None:
        """Let measurements ask for a larger world."""
        parser.add_argument("--scale", type=float, default=1.0)
        parser.add_argument("--without-releases", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load in one transaction: a start that is interrupted leaves nothing half done."""
        if people_queries.account_named(PERSONAS[0].name) is not None:
            return
        self.load_world(options)
        if settings.SAMSYN_INSTALLATION == "operator":
            from samsyn.config.demonstration import composed_cases

            # What was loaded happened long ago, and the keeper opens nothing under a log that nobody signed.
            audit.sequence(at=timezone.now())
            audit.checkpoint(at=timezone.now())
            with composed_cases.own_keeper():
                composed_cases.load(at=timezone.now())
                self.load_messages()

    def load_world(self, options: dict[str, Any]) -> None:
        """Load what stands in the database alone, all or nothing."""
        with transaction.atomic():
            self.load_people()
            self.load_population()
            if settings.SAMSYN_INSTALLATION == "centre":
                self.load_facts(options["scale"])
                self.load_deliveries()
                load_bookings()
                followed.load(
                    adviser=people_queries.actor_named("adviser"),
                    lead=people_queries.actor_named("lead"),
                    at=timezone.now(),
                )
                self.load_letters()
                if not options["without_releases"]:
                    self.load_releases()
            else:
                # A line of its own, smaller than the professionals': many of its counts have to be hidden.
                self.load_facts(0.6 * options["scale"], seed=2022)
                analyst, publisher = (people_queries.actor_named(name) for name in ("analyst", "publisher"))
                handed_over.load_agreement(analyst=analyst, publisher=publisher)
                handed_over.load_cases(analyst=analyst, publisher=publisher)

    def load_people(self) -> None:
        """Make the organisation and the personas."""
        now = timezone.now()
        people.set_up_installation(name=settings.SAMSYN_INSTALLATION, by=SYSTEM, at=now)
        is_centre = settings.SAMSYN_INSTALLATION == "centre"
        organisation = people.create_organisation(
            name="Nationellt kompetenscentrum" if is_centre else "Stödlinjen",
            kind="centre" if is_centre else "operator",
            regime=Regime.AUTHORITY if is_centre else Regime.OPERATOR,
            by=SYSTEM,
            at=now,
        )
        # Nobody reviews their own unit.
        reviewing = people.create_organisation(
            name=f"{organisation.name}, granskning",
            kind=organisation.kind,
            regime=Regime(organisation.regime),
            by=SYSTEM,
            at=now,
        )
        for persona in (one for one in personas_at(settings.SAMSYN_INSTALLATION) if not one.is_outside):
            unit = reviewing if Role.LOG_REVIEWER in persona.roles else organisation
            account = people.create_account(
                name=persona.name, pseudonym=persona.pseudonym, organisation=unit, by=SYSTEM, at=now
            )
            for role in persona.roles:
                people.give_role(account_id=account.pk, role=role, by=SYSTEM, at=now)

    def load_population(self) -> None:
        """Give the anonymity meter a population that doesn't exist."""
        now = timezone.now()
        codes = sorted(row.value for row in vocabulary.codes("municipality", on=timezone.localdate(now)))
        anonymity.load_table(table=made_up_population.table(codes), by=SYSTEM, at=now)

    def load_messages(self) -> None:
        """Leave two messages of visitors, one of them answered. Nobody keeps their words: they cannot be opened again."""
        from samsyn.privacy.floods import Shown
        from samsyn.visitors import actions as visitors
        from samsyn.visitors import queries as boxes

        now = timezone.now()
        for number, (edition, text) in enumerate(MESSAGES):
            work = Shown(id=bytes([number]) * 32, expires=int(now.timestamp()), by_script=True)
            at = now - timedelta(hours=20 - number)
            visitors.leave_message(text=text, edition=edition, shown=work, at=at)
        supporter = people_queries.actor_named("supporter")
        visitors.answer(box_id=boxes.boxes()[0].id, text=ANSWER, by=supporter, at=now - timedelta(hours=12))

    def load_letters(self) -> None:
        """Let some letters wait, each with something else to heed. Nobody ever wrote them."""
        from samsyn.channels import actions as channels
        from samsyn.channels import letter_reading

        now = timezone.now()
        for number, (hours, raw) in enumerate(LETTERS):
            words, refusal = None, ""
            try:
                words = letter_reading.read(raw.encode())
            except letter_reading.CannotRead as refused:
                refusal = refused.code
            channels.take_letter(
                place=f"demonstration {number}",
                words=words,
                refusal=refusal,
                arrived_at=now - timedelta(hours=hours),
                by=SYSTEM,
                at=now,
            )

    def load_facts(self, scale: float, *, seed: int = 2014) -> None:
        """Store the facts in an order that says nothing about which belong together."""
        from samsyn.channels import actions as channels
        from samsyn.contacts import actions as contacts

        made = world.generate(scale=scale, seed=seed)
        if settings.SAMSYN_INSTALLATION == "centre":
            channels.add_call_facts(rows=called.beside(made.contact))
        else:
            exposed_line.as_asked(made)
        shuffle = random.Random(1).shuffle  # noqa: S311
        for rows in vars(made).values():
            shuffle(rows)
        contacts.add_facts(**vars(made))

    def load_deliveries(self) -> None:
        """Let other organisations deliver, and give two of them a person to try it as."""
        from samsyn.config.demonstration import deliverers, implementing

        deliverers.load()
        implementing.load(by=people_queries.actor_named("lead"))
        handed_over.load_operator()

    def load_releases(self) -> None:
        """Publish the earlier quarters by the two persons that it takes."""
        from samsyn.config.demonstration import releases

        analyst = people_queries.actor_named("analyst")
        publisher = people_queries.actor_named("publisher")
        for (year, quarter), at in PUBLISHED.items():
            releases.publish_quarter(year=year, quarter=quarter, drafted_by=analyst, approved_by=publisher, at=at)
        releases.publish_year(year=2025, drafted_by=analyst, approved_by=publisher, at=YEAR_PUBLISHED)
