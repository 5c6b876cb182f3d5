"""What is said of a delivered year beside its figures: how whole they are, who is left out, and where they break. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from samsyn.statistics.definitions.model import Text


@dataclass(frozen=True)
class Extent:
    """Who has delivered: codes of those that count, of those that delivered a part, and of those that have the question."""

    whole: frozenset[str]
    part: frozenset[str]
    having: frozenset[str]


def broken(year: int) -> Text:
    """Say that a table has no figures because its question was changed."""
    return Text(
        f"Bryts {year}: någon lämnade i en version av frågan som inte kan läsas tillsammans med de andras.",
        f"Broken in {year}: somebody delivered in a version of the question that can't be read together with the others'.",
    )


def told(extent: Extent, counted: frozenset[str], year: int) -> list[Text]:
    """Say how whole the figures are: who counts, of those that have the question, and who is left out and why."""
    whole, having = extent.whole, extent.having
    said = [
        Text(
            f"Lämnat hela {year}: {len(whole)} av {len(having)} kommuner som har frågorna. {len(counted)} räknas här.",
            f"Delivered the whole of {year}: {len(whole)} of {len(having)} municipalities that have the questions."
            f" {len(counted)} are counted here.",
        )
    ]
    if extent.part:
        said.append(
            Text(
                f"{len(extent.part)} har bara lämnat en del av året och räknas inte med: det som saknas är ingen nolla.",
                f"{len(extent.part)} delivered only a part of the year and are left out: what is missing is no nought.",
            )
        )
    if counted and whole - counted:
        said.append(
            Text(
                f"{len(whole - counted)} räknas inte med: ett av deras tal är dolt eller saknas, eller så går svaren inte ihop"
                " med antalet.",
                f"{len(whole - counted)} are left out: one of their numbers is hidden or missing, or the answers don't add up to"
                " how many there are.",
            )
        )
    return said


def told_by_county(extent: Extent, counties: Sequence[tuple[str, Text]]) -> list[Text]:
    """Say the same of each county in which somebody has the question."""
    told = []
    for code, label in counties:
        having, whole = ([one for one in group if one[:2] == code] for group in (extent.having, extent.whole))
        if having:
            told.append((label, len(whole), len(having)))
    if not told:
        return []
    return [
        Text(
            "Lämnat hela året, efter län: " + ", ".join(f"{label.sv} {n} av {m}" for label, n, m in told) + ".",
            "Delivered the whole year, by county: " + ", ".join(f"{label.en} {n} of {m}" for label, n, m in told) + ".",
        )
    ]
