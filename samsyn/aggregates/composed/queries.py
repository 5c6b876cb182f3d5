"""Reads of composed cases: the list, one with its sentences, and those of a quarter that two have cleared."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from samsyn.aggregates import policies
from samsyn.aggregates.models import CHECKLIST, ComposedCase
from samsyn.contacts import queries as contacts
from samsyn.deliveries.composed import parts
from samsyn.deliveries.composed.queries import Story, story
from samsyn.people import queries as people
from samsyn.people.actors import Actor


@dataclass(frozen=True)
class CaseRow:
    """A composed case as those who compose and clear see it; ``seen`` stands for its words as they are now."""

    id: UUID
    words: tuple[str, ...]
    story: Story
    state: str
    state_label: str
    composed_by: UUID
    composed: str
    first_cleared_by: UUID | None
    cleared: tuple[str, ...]
    cleared_in: str
    doubts: tuple[str, ...]
    seen: str


def cases(*, by: Actor) -> list[CaseRow]:
    """Return every composed case: what waits first, then what was sent back, then what was cleared, the latest first."""
    policies.check_can_compose(by)
    rows = list(ComposedCase.objects.order_by("-cleared_in", "words"))
    order = list(ComposedCase.State)
    return _rows(sorted(rows, key=lambda row: order.index(ComposedCase.State(row.state))))


def case(case_id: UUID, *, by: Actor) -> CaseRow:
    """Return one composed case; raise LookupError."""
    policies.check_can_compose(by)
    found = ComposedCase.objects.filter(pk=case_id).first()
    if found is None:
        raise LookupError("no such composed case")
    return _rows([found])[0]


def cleared_words(version: str, period: str) -> list[tuple[str, ...]]:
    """Return the cases of a version that two cleared in a quarter and nobody has stopped, in an order of their words."""
    rows = ComposedCase.objects.filter(version=version, cleared_in=period, state=ComposedCase.State.CLEARED)
    return sorted({tuple(words) for words in rows.values_list("words", flat=True)})


def periods_with_cases(version: str) -> set[str]:
    """Return the quarters in which cases were cleared that nobody has stopped."""
    rows = ComposedCase.objects.filter(version=version, state=ComposedCase.State.CLEARED)
    return set(rows.values_list("cleared_in", flat=True))


def is_rare(words: Sequence[str]) -> bool:
    """Say whether somebody, and fewer than five, among the line's facts of every year has this age, exposure and threat.

    A case that fits nobody is about nobody; one that fits many points to none of them. Between the two people must judge.
    """
    exposures = [code.partition(":") for code in parts.chosen(words, "exposure")]
    wanted: dict[str, Any] = {
        "age_band": parts.chosen(words, "age")[0],
        "perpetrator_relation__contains": list(parts.chosen(words, "threatens")),
        "exposure__contains": [exposure for exposure, _colon, _status in exposures],
    }
    wanted |= {f"{exposure}_status": status for exposure, _colon, status in exposures if status}
    facts = contacts.facts("person", first=(1, 1), last=(9999, 4)).filter(**wanted)
    return 0 < facts[: policies.THRESHOLD].count() < policies.THRESHOLD


def mark_of(words: Sequence[str]) -> str:
    """Return a short digest of a case's words: what a clearing is about."""
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]


def fault_of(version: parts.Version, code: str) -> str | Promise:
    """Say what is wrong with words that make no case, by the code that NotACase gives."""
    if code == "fork":
        return _("Vägskälet gäller inte den åldern, eller så är det fler än två.")
    if code in {"unknown", "order"}:
        return _("Välj bland det som står på sidan.")
    part = version.part(code)
    title = part.title_en if get_language() == "en" else part.title_sv
    if part.results:
        return _("Välj minst ett steg, varje steg högst en gång och med vad det ledde till.")
    if part.least:
        return format_lazy(
            _("{title}: välj minst ett och högst {most}, varje slag en gång."), title=title, most=part.most
        )
    return format_lazy(_("{title}: välj högst {most}."), title=title, most=part.most)


def _rows(rows: Sequence[ComposedCase]) -> list[CaseRow]:
    everybody = {one for row in rows for one in (row.composed_by, row.first_cleared_by, row.second_cleared_by) if one}
    names = people.pseudonyms(everybody)
    return [
        CaseRow(
            id=row.pk,
            words=tuple(row.words),
            story=story(row.version, row.words),
            state=row.state,
            state_label=str(ComposedCase.State(row.state).label),
            composed_by=row.composed_by,
            composed=names.get(row.composed_by, ""),
            first_cleared_by=row.first_cleared_by,
            cleared=tuple(names.get(one, "") for one in (row.first_cleared_by, row.second_cleared_by) if one),
            cleared_in=row.cleared_in,
            doubts=tuple(str(CHECKLIST[code]) for code in row.doubts),
            seen=mark_of(row.words),
        )
        for row in rows
    ]
