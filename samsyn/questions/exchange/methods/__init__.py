"""The package that the survey of methods asks (*metodenkäten*) in all its versions, as reviewed files."""

from pathlib import Path

from samsyn.questions.exchange import reviewed
from samsyn.questions.exchange.package import Package

CODE = "survey_of_methods"
# The tools that are asked about, and what the core package's variable "method" calls them.
TOOLS: dict[str, tuple[str, ...]] = {
    "patriark": ("patriark",),
    "freda": ("freda_short", "freda_description", "freda_danger"),
    "other_tool": ("other_tool",),
    "own_tool": ("own_tool",),
}


def versions() -> tuple[Package, ...]:
    """Return every version of the package, the oldest first."""
    return reviewed.versions(Path(__file__).parent)
