"""Delivered figures of made-up organisations, of two versions of the core package."""

from uuid import UUID

from samsyn.deliveries.checking.formats import TableFormat
from samsyn.deliveries.queries import Figures
from samsyn.questions.exchange import core
from samsyn.statistics.delivered import compiling, indicators
from tests.deliveries.files import core_format

OLD, NEW = core_format("1.0.0"), core_format("2.0.0")
VERSIONS = core.versions()
GOAL = next(one for one in indicators.indicators() if one.code == "goal_reached")
GOAL_CELLS = [*GOAL.numerator.cells(OLD), *GOAL.denominator.cells(OLD)]


def figures(
    form: TableFormat, counts: list[int], *, code: str = "0180", period: str = "2026K1", statuses: str = ""
) -> Figures:
    return Figures(code, code[:2], period, form, counts, statuses or "A" * form.size, UUID(int=0))


def nation_rows(sizes: dict[str, int]) -> list[Figures]:
    rows = []
    for code, size in sizes.items():
        counts = [0] * OLD.size
        counts[OLD.places["units"]["all"]] = size
        counts[OLD.places["goal"]["whole"]] = size // 2
        counts[OLD.places["goal"]["not_met"]] = size - size // 2
        rows.append(figures(OLD, counts, code=code))
    return rows


def nation(sizes: dict[str, int]) -> compiling.Compilation:
    return compiling.compiled(nation_rows(sizes), target=OLD, packages=VERSIONS)


def suppressed(form: TableFormat, variable: str, answer: str) -> str:
    at = form.places[variable][answer]
    return "A" * at + "Q" + "A" * (form.size - at - 1)


def marked(form: TableFormat, cells: list[int], status: str = "M") -> str:
    return "".join(status if at in cells else "A" for at in range(form.size))
