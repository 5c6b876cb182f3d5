"""Which checklists fit a contact: the template's, and those of every variant that applies, with the time that they take.

Which template it is follows from the caller's sector, the kind of contact and the main concern, and is kept with the
contact. The variants follow from its answers: whom one talks with may become clear late, and a talk has several.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from samsyn.contacts.facts import Replies
from samsyn.questions import policies, queries
from samsyn.questions.asking import Item, Template
from samsyn.vocabulary.queries import STATES

# Questions whose answers choose the template, and those that bring variants with them.
CHOSEN_BY = ("sector", "main_concern", "contact_kind")
VARIED_BY = ("adaptation", "caller_role")


@dataclass(frozen=True)
class Checklists:
    """A template and its variants; without a template there are none."""

    template: Template | None = None
    variants: tuple[Template, ...] = ()

    @property
    def ask(self) -> tuple[Item, ...]:
        """Return what to ask about; a variant's lines carry its name, so that no two are the same."""
        return self._lines("ask")

    @property
    def inform(self) -> tuple[Item, ...]:
        """Return what to inform of."""
        return self._lines("inform")

    @property
    def minutes(self) -> int | None:
        """Return the standard length, or nothing without a template."""
        if self.template is None:
            return None
        return self.template.standard_minutes + sum(one.standard_minutes for one in self.variants)

    def _lines(self, name: str) -> tuple[Item, ...]:
        if self.template is None:
            return ()
        added = [
            replace(item, code=f"{one.adaptation}-{item.code}") for one in self.variants for item in getattr(one, name)
        ]
        return (*getattr(self.template, name), *added)


def choose_template(said: Mapping[str, str], *, opened_at: datetime) -> UUID | None:
    """Return the template that fits answers as they stand now (code of question: code) for a contact of that time."""
    template = policies.choose_template(
        queries.templates_in_force(at=opened_at),
        sector=said.get("sector"),
        main_concern=said.get("main_concern"),
        contact_kind=said.get("contact_kind"),
    )
    return template.version_id if template else None


def checklists(*, template_version_id: UUID | None, replies: Replies, opened_at: datetime) -> Checklists:
    """Return the checklists of a contact whose template is known."""
    if template_version_id is None:
        return Checklists()
    template = queries.template_version(version_id=template_version_id)
    said = _codes(replies[name].values for name in VARIED_BY if name in replies)
    if not said:
        return Checklists(template)
    return Checklists(template, policies.choose_variants(queries.templates_in_force(at=opened_at), adaptations=said))


def _codes(answers: Iterable[Sequence[str]]) -> frozenset[str]:
    return frozenset(code for answer in answers for code in answer if code not in STATES)
