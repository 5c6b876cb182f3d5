"""Who may open a view: declared on the view itself, denied where nothing is declared."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from samsyn.people.roles import Permission

View = TypeVar("View", bound=Callable[..., Any])
EVERYONE = "everyone"
SIGNED_IN = "signed_in"
# When: a view of the work needs an open screen and a finished sign-in; some serve to get there.
AT_WORK = "at_work"
DURING_SET_UP = "during_set_up"
WHILE_LOCKED = "while_locked"


@dataclass(frozen=True)
class Access:
    """Whom a view is for, and when."""

    whom: Permission | str
    when: str = AT_WORK


def _declared(access: Access) -> Callable[[View], View]:
    def declare(view: View) -> View:
        view.samsyn_access = access  # type: ignore[attr-defined]
        return view

    return declare


def access_of(view: Any) -> Access | None:
    """Return what the view declares, or None."""
    access = getattr(view, "samsyn_access", None)
    return access if isinstance(access, Access) else None


def requires(permission: Permission) -> Callable[[View], View]:
    """Declare that the view demands a permission."""
    return _declared(Access(permission))


def open_to_everyone(view: View) -> View:
    """Declare that anybody may open the view."""
    return _declared(Access(EVERYONE))(view)


def any_signed_in(view: View) -> View:
    """Declare that every signed-in person may open the view."""
    return _declared(Access(SIGNED_IN))(view)


def during_set_up(view: View) -> View:
    """Declare that a signed-in person may open the view before the second factor is in place."""
    return _declared(Access(SIGNED_IN, DURING_SET_UP))(view)


def while_locked(view: View) -> View:
    """Declare that a signed-in person may open the view while the screen is locked."""
    return _declared(Access(SIGNED_IN, WHILE_LOCKED))(view)
