"""``samsyn audit``: verify the log, sign a checkpoint, prove an event. Exit status 1 where something is wrong."""

import base64
import os
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from samsyn.audit import actions, checkpoints, notes, queries
from samsyn.audit.verify import verify

# Where a terminal says its language, the strongest first (POSIX, section 8.2).
TERMINAL = ("LC_ALL", "LC_MESSAGES", "LANG")


class Command(BaseCommand):
    """The operator's way to the log."""

    def run_from_argv(self, argv: list[str]) -> None:
        """Answer in the terminal's language where we speak it."""
        said = next((os.environ[name] for name in TERMINAL if os.environ.get(name)), "")
        spoken = dict(settings.LANGUAGES)
        with translation.override(said[:2] if said[:2] in spoken else settings.LANGUAGE_CODE):
            super().run_from_argv(argv)

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the subcommands."""
        parser.description = _("Händelseloggen: kontrollera, underteckna, bevisa.")
        commands = parser.add_subparsers(dest="command", required=True)
        check = commands.add_parser("verify", help=_("räkna om hela loggen och nämn det första som är fel"))
        check.add_argument("--witness", type=Path, help=_("en kontrollpunkt som har förvarats någon annanstans"))
        check.add_argument("--key", help=_("loggens öppna nyckel (namn+id+nyckel) i stället för installationens egen"))
        commands.add_parser("checkpoint", help=_("för in väntande händelser och underteckna loggens storlek och rot"))
        prove = commands.add_parser("prove", help=_("bevisa att en händelse står i loggen (C2SP tlog-proof)"))
        prove.add_argument("event", type=UUID, help=_("händelsens id"))
        consistent = commands.add_parser("prove-growth", help=_("bevisa att en äldre logg är början på den senaste"))
        consistent.add_argument("size", type=int, help=_("den äldre loggens storlek"))
        export = commands.add_parser(
            "export-checkpoint", help=_("skriv senaste kontrollpunkten, att förvara någon annanstans")
        )
        export.add_argument("--output", type=Path, help=_("fil att skriva till i stället för skärmen"))
        commands.add_parser("public-key", help=_("skriv loggens öppna nyckel"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Run one subcommand."""
        run = {
            "verify": self.verify,
            "checkpoint": self.checkpoint,
            "prove": self.prove,
            "prove-growth": self.prove_growth,
            "export-checkpoint": self.export_checkpoint,
            "public-key": self.public_key,
        }[options["command"]]
        try:
            run(options)
        except checkpoints.KeyMissing as error:
            raise CommandError(_("Installationen har ingen nyckel att underteckna loggen med.")) from error
        except notes.BadKey as error:
            raise CommandError(_("Det där är inte en nyckel till en logg.")) from error

    def verify(self, options: dict[str, Any]) -> None:
        """Recompute everything; exit with 1 on a finding."""
        key = options["key"]
        verifier = notes.Verifier.from_text(key) if key else checkpoints.signer().verifier()
        witness = None
        if options["witness"]:
            try:
                witness = options["witness"].read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise CommandError(_("Vittnets fil kan inte läsas.")) from error
        report = verify(verifier=verifier, witness=witness)
        for finding in report.findings[1:]:
            self.stderr.write(finding.sentence())
        if report.waiting:
            self.stdout.write(_("Händelser som väntar på sin plats: %(number)s.") % {"number": report.waiting})
        if not report.is_whole:
            raise CommandError(report.sentence(), returncode=1)
        self.stdout.write(report.sentence())

    def checkpoint(self, options: dict[str, Any]) -> None:
        """Place what waits and sign."""
        try:
            actions.sequence(at=timezone.now())
            signed = actions.checkpoint(at=timezone.now())
        except actions.ClockWentBack as error:
            raise CommandError(_("Klockan går efter senaste kontrollpunkten: inget undertecknades.")) from error
        except actions.BrokenLog as error:
            message = _("Loggen säger emot sin senaste kontrollpunkt: inget undertecknades. Kör `audit verify`.")
            raise CommandError(message) from error
        self.stdout.write(_("Undertecknade %(size)s händelser.") % {"size": signed.size})

    def prove(self, options: dict[str, Any]) -> None:
        """Write a proof of inclusion to stdout and the event that it is about to stderr."""
        proof = queries.inclusion_proof(event_id=options["event"])
        event = queries.event(event_id=options["event"])
        if event is None:
            raise CommandError(_("Det finns ingen sådan händelse."))
        if proof is None:
            raise CommandError(_("Händelsen är inte undertecknad än. Kör `audit checkpoint`."))
        if not proof.holds(verifier=checkpoints.signer().verifier()):
            raise CommandError(_("Beviset håller inte: händelsen eller loggen är ändrad. Kör `audit verify`."))
        self.stderr.write(event.canonical())
        sys.stdout.write(proof.to_text())

    def prove_growth(self, options: dict[str, Any]) -> None:
        """Write a proof of consistency: the old size, the hashes, and the latest checkpoint."""
        found = queries.consistency_proof(old_size=options["size"])
        if found is None:
            raise CommandError(_("Loggen har aldrig haft den storleken."))
        note, path = found
        hashes = "".join(base64.b64encode(node).decode() + "\n" for node in path)
        # The layout of a request to a C2SP witness (tlog-witness: add-checkpoint).
        sys.stdout.write(f"old {options['size']}\n{hashes}\n{note}")

    def export_checkpoint(self, options: dict[str, Any]) -> None:
        """Write the latest checkpoint."""
        note = queries.latest_note()
        if note is None:
            raise CommandError(_("Loggen är inte undertecknad än. Kör `audit checkpoint`."))
        if options["output"]:
            options["output"].write_text(note, encoding="utf-8")
        else:
            sys.stdout.write(note)

    def public_key(self, options: dict[str, Any]) -> None:
        """Write the key that others check the log with."""
        sys.stdout.write(checkpoints.signer().verifier().to_text() + "\n")
