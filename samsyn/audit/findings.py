"""What a verification of the log can find, and how it says so."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class Problem(StrEnum):
    """What is wrong, in the order in which findings at the same place are told."""

    MISSING_EVENT = "missing_event"
    ALTERED_EVENT = "altered_event"
    MISPLACED_EVENT = "misplaced_event"
    EMPTY_PLACE = "empty_place"
    REWRITTEN = "rewritten"
    CUT_OFF = "cut_off"
    ALTERED_CHECKPOINT = "altered_checkpoint"
    FORGED_CHECKPOINT = "forged_checkpoint"
    CONTRADICTS_WITNESS = "contradicts_witness"
    SHORTER_THAN_WITNESS = "shorter_than_witness"
    UNREADABLE_WITNESS = "unreadable_witness"


_ORDER = {problem: order for order, problem in enumerate(Problem)}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: where (an index of the log, or the size of a checkpoint), and which event."""

    problem: Problem
    index: int
    event_id: UUID | None = None
    kind: str = ""
    # The last index that may be affected, where the place can't be told exactly.
    last: int | None = None
    # Where an event that stands in the wrong place was placed when it was signed.
    belongs_at: int | None = None

    @property
    def place(self) -> tuple[int, int]:
        """Order of findings: first in the log first, and an event before the checkpoint that covers it."""
        return (self.index, _ORDER[self.problem])

    def sentence(self) -> str:
        """Say what is wrong in the active language."""
        return _SENTENCES[self.problem]() % {
            "index": self.index,
            "id": self.event_id or _("okänd"),
            "kind": self.kind or _("okänt"),
            "last": self.index if self.last is None else self.last,
            "belongs": "" if self.belongs_at is None else self.belongs_at,
        }


# Functions, so that the sentence is read in the language of the one who asks.
_SENTENCES = {
    Problem.MISSING_EVENT: lambda: _("Händelse %(index)s saknas: raden med id %(id)s är borta ur loggen."),
    Problem.ALTERED_EVENT: lambda: _(
        "Händelse %(index)s är ändrad: id %(id)s, slag %(kind)s, säger inte längre det som fördes in."
    ),
    Problem.MISPLACED_EVENT: lambda: _(
        "Händelse %(index)s står på fel plats: id %(id)s, slag %(kind)s, fördes in på plats %(belongs)s."
    ),
    Problem.EMPTY_PLACE: lambda: _(
        "Plats %(index)s till %(last)s i loggen är tom. Händelsen som saknar sin plats: id %(id)s, slag %(kind)s."
    ),
    Problem.REWRITTEN: lambda: _(
        "Loggen är omskriven från och med någon av händelserna %(index)s till %(last)s:"
        " den stämmer inte med den undertecknade kontrollpunkten. Först i raden: id %(id)s, slag %(kind)s."
    ),
    Problem.CUT_OFF: lambda: _(
        "Loggen är avkortad: händelserna %(index)s till %(last)s är undertecknade men saknas."
        " Händelsen som saknar sin plats: id %(id)s, slag %(kind)s."
    ),
    Problem.ALTERED_CHECKPOINT: lambda: _("Kontrollpunkten över %(index)s händelser är ändrad efter undertecknandet."),
    Problem.FORGED_CHECKPOINT: lambda: _(
        "Kontrollpunkten över %(index)s händelser bär ingen giltig underskrift av loggens nyckel."
    ),
    Problem.CONTRADICTS_WITNESS: lambda: _(
        "Loggen är en annan än den som vittnet såg: någon av händelserna %(index)s till %(last)s är utbytt."
        " Först i raden: id %(id)s, slag %(kind)s."
    ),
    Problem.SHORTER_THAN_WITNESS: lambda: _(
        "Loggen är avkortad: vittnet såg händelserna %(index)s till %(last)s, men de saknas."
        " Händelsen som saknar sin plats: id %(id)s, slag %(kind)s."
    ),
    Problem.UNREADABLE_WITNESS: lambda: _(
        "Vittnets kontrollpunkt kan inte läsas eller är inte undertecknad av loggens nyckel."
    ),
}


@dataclass(frozen=True)
class Report:
    """The outcome of a verification."""

    size: int
    waiting: int
    checkpoints: int
    signed_size: int
    signed_at: datetime | None
    findings: tuple[Finding, ...]
    # Findings beyond the first hundred are only counted.
    total: int

    @property
    def is_whole(self) -> bool:
        """Nothing was found."""
        return self.total == 0

    @property
    def first(self) -> Finding | None:
        """The finding that comes first in the log."""
        return self.findings[0] if self.findings else None

    def sentence(self) -> str:
        """Say the outcome in the active language, and name what comes first."""
        first = self.first
        if first is None:
            return ngettext(
                "Loggen är hel: %(size)s händelse, varav %(signed)s undertecknad.",
                "Loggen är hel: %(size)s händelser, varav %(signed)s undertecknade.",
                self.size,
            ) % {"size": self.size, "signed": self.signed_size}
        more = self.total - 1
        if not more:
            return first.sentence()
        return (
            first.sentence()
            + " "
            + ngettext("Ytterligare %(more)s fynd.", "Ytterligare %(more)s fynd.", more) % {"more": more}
        )
