"""A cube as JSON-stat 2.0 (json-stat.org/full, class dataset): what statistical programs read by themselves.

A value that isn't there is null and has a status: ``hidden`` (protected), ``missing`` or ``empty`` (the table has no such
figure). What PxWeb's readers look for stands in ``extension.px`` and in the extension of each dimension.
"""

import json
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from samsyn.statistics import shown
from samsyn.statistics.cubes import CONTENT, DECIMALS, EMPTY, HIDDEN, MISSING, TIME, Cube, Dimension


def dataset(cube: Cube) -> dict[str, Any]:
    """Return the cube with its figures as a JSON-stat dataset in the active language."""
    status = {str(at): standing for at, standing in enumerate(cube.standings) if standing}
    return {**metadata(cube), "value": list(cube.values), "status": status}


def metadata(cube: Cube) -> dict[str, Any]:
    """Return all of the dataset but the figures."""
    latest = cube.latest
    codes = [one.code for one in cube.dimensions]
    roles = {"metric": CONTENT, "time": TIME}
    return {
        "version": "2.0",
        "class": "dataset",
        "label": label(cube),
        "source": shown.text(latest["report"]["title"]),
        "updated": cube.updated,
        "note": [*shown.reservations(latest), *shown.notes(latest), *shown.marks(latest)],
        "id": codes,
        "size": list(cube.size),
        "role": {role: [code] for role, code in roles.items() if code in codes},
        "dimension": {one.code: _dimension(one) for one in cube.dimensions},
        "extension": {
            "language": get_language(),
            "period": latest["period"],
            "counted": shown.text(latest["counted"]),
            "standing": latest["status"],
            "revision": latest["revision"],
            "definitions": latest["definitions"],
            "threshold": latest["threshold"],
            "status_meaning": {
                HIDDEN: _("dold för att skydda enskilda"),
                MISSING: _("uppgift saknas"),
                EMPTY: _("tabellen har ingen sådan uppgift"),
            },
            "px": {
                "tableid": cube.name,
                "language": get_language(),
                "contents": shown.text(latest["title"]),
                "decimals": 0,
                "official-statistics": False,
                # Cells may be hidden and a person may stand in several rows: sums of cells mean nothing.
                "aggregallowed": False,
                "subject-code": latest["report"]["code"],
                "subject-area": shown.text(latest["report"]["title"]),
            },
        },
    }


def as_bytes(cube: Cube) -> bytes:
    """Return the dataset as UTF-8."""
    return json.dumps(dataset(cube), ensure_ascii=False, separators=(",", ":")).encode()


def label(cube: Cube) -> str:
    """Name the table by its letter, title and kind of period."""
    return f"{shown.caption(cube.latest)}. {shown.kind_title(cube.latest['period']['kind'])}"


def _dimension(one: Dimension) -> dict[str, Any]:
    category: dict[str, Any] = {
        "index": {category.code: at for at, category in enumerate(one.categories)},
        "label": {category.code: shown.text(category.label) for category in one.categories},
    }
    if one.code == CONTENT:
        category["unit"] = {
            category.code: {"base": unit(category.measure), "decimals": DECIMALS.get(category.measure, 0)}
            for category in one.categories
        }
    extension: dict[str, Any] = {"elimination": bool(one.whole), "show": "value"}
    if one.whole:
        extension["eliminationValueCode"] = one.whole
    return {"label": shown.text(one.label), "category": category, "extension": extension}


def unit(measure: str) -> str:
    """Name the unit of a measure; a share is given in per cent."""
    return _("procent") if measure == "share" else _("antal")
