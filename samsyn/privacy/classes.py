"""Every column of every table is classed once, beside the model, and names the rule by which its rows go."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class FieldClass(Enum):
    """What a column can say about a person. Order: the most guarded first."""

    IDENTIFYING = "identifying"
    SENSITIVE = "sensitive"
    STATISTICAL = "statistical"
    TECHNICAL = "technical"

    @property
    def label(self) -> Promise:
        """Return the name that people read."""
        return _LABELS[self]


_LABELS: dict[FieldClass, Promise] = {
    FieldClass.IDENTIFYING: _("identifierande"),
    FieldClass.SENSITIVE: _("känslig"),
    FieldClass.STATISTICAL: _("statistisk"),
    FieldClass.TECHNICAL: _("teknisk"),
}


@dataclass(frozen=True)
class Classification:
    """The classes of a model's fields, and the code of the retention rule that its rows follow."""

    retention: str
    classes: Mapping[FieldClass, tuple[str, ...]]

    def fields(self, *classes: FieldClass) -> tuple[str, ...]:
        """Return the names of the fields of these classes, in the order in which they were written."""
        return tuple(name for one in classes for name in self.classes[one])

    def of(self, field: str) -> FieldClass:
        """Return the class of a field; raise KeyError if it has none."""
        for one, names in self.classes.items():
            if field in names:
                return one
        raise KeyError(field)


def classify(
    *,
    retention: str,
    identifying: Iterable[str] = (),
    sensitive: Iterable[str] = (),
    statistical: Iterable[str] = (),
    technical: Iterable[str] = (),
) -> Classification:
    """Build a model's classification; ``problems`` holds it against the model."""
    return Classification(
        retention=retention,
        classes={
            FieldClass.IDENTIFYING: tuple(identifying),
            FieldClass.SENSITIVE: tuple(sensitive),
            FieldClass.STATISTICAL: tuple(statistical),
            FieldClass.TECHNICAL: tuple(technical),
        },
    )


def classification_of(model: type[Model]) -> Classification | None:
    """Return the model's own classification, or None if it has none.

    The room ``audit`` lies below this one and says its classes in a plain dictionary. A class that is inherited from an
    abstract parent counts; one inherited from a concrete parent doesn't, because that one speaks of other columns.
    """
    for base in model.__mro__:
        if base is not model and issubclass(base, Model) and hasattr(base, "_meta") and not base._meta.abstract:
            break
        said = vars(base).get("privacy")
        if isinstance(said, Classification):
            return said
        if isinstance(said, dict):
            return classify(**said)
    return None


def problems(model: type[Model], said: Classification) -> list[str]:
    """Return what is wrong with the classification, one sentence each; an empty list means that it holds."""
    label = model._meta.label
    columns = {field.name for field in model._meta.local_concrete_fields}
    columns |= {field.name for field in model._meta.local_many_to_many if field.remote_field.through._meta.auto_created}  # type: ignore[union-attr]
    named = said.fields(*FieldClass)
    found = [f"{label}.{name} has no privacy class" for name in sorted(columns - set(named))]
    found += [f"{label} classes {name}, which is no field of it" for name in sorted(set(named) - columns)]
    found += [f"{label}.{name} is classed twice" for name in sorted({n for n in named if named.count(n) > 1})]
    if not said.retention:
        found.append(f"{label} names no retention rule")
    return found
