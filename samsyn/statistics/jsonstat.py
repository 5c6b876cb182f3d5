"""A published table as JSON-stat 2.0 (json-stat.org/full, class dataset): what statistical programs read by themselves.

Dimensions in order: ``row`` (the table's rows) and ``content`` (its columns). Values are row-major; a value that isn't
there is null and has a status: ``hidden`` (protected), ``missing`` or ``empty`` (the table has no such figure).
"""

import json
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from samsyn.statistics import shown
from samsyn.statistics.shown import Document

DECIMALS = {"count": 0, "share": 2, "mean_per_month": 0}


def dataset(document: Document) -> dict[str, Any]:
    """Return the table as a JSON-stat dataset in the active language."""
    rows, columns = document["rows"], document["columns"]
    values: list[int | float | None] = []
    status: dict[str, str] = {}
    for row in rows:
        for cell in row["cells"]:
            reason = _missing(cell)
            if reason:
                status[str(len(values))] = reason
            values.append(None if reason or cell is None else cell["v"])
    is_over_time = any(row["kind"] == "time" for row in rows)
    return {
        "version": "2.0",
        "class": "dataset",
        "label": shown.caption(document),
        "source": shown.text(document["report"]["title"]),
        "updated": document["frozen_at"],
        "note": [*shown.reservations(document), *shown.notes(document), *shown.marks(document)],
        "id": ["row", "content"],
        "size": [len(rows), len(columns)],
        "role": {"metric": ["content"], **({"time": ["row"]} if is_over_time else {})},
        "dimension": {
            "row": {
                "label": shown.text(document["row_head"]) or _("Rad"),
                "category": {
                    "index": [row["code"] for row in rows],
                    "label": {row["code"]: shown.text(row["label"]) for row in rows},
                },
            },
            "content": {
                "label": _("Innehåll"),
                "category": {
                    "index": [column["code"] for column in columns],
                    "label": {column["code"]: shown.text(column["label"]) for column in columns},
                    "unit": {column["code"]: _unit(column["measure"]) for column in columns},
                },
            },
        },
        "value": values,
        "status": status,
        "extension": {
            "language": get_language(),
            "period": document["period"],
            "counted": shown.text(document["counted"]),
            "standing": document["status"],
            "revision": document["revision"],
            "definitions": document["definitions"],
            "threshold": document["threshold"],
            "status_meaning": {
                "hidden": _("dold för att skydda enskilda"),
                "missing": _("uppgift saknas"),
                "empty": _("tabellen har ingen sådan uppgift"),
            },
        },
    }


def as_bytes(document: Document) -> bytes:
    """Return the dataset as UTF-8."""
    return json.dumps(dataset(document), ensure_ascii=False, separators=(",", ":")).encode()


def _missing(cell: dict[str, Any] | None) -> str:
    if cell is None:
        return "empty"
    if cell.get("hidden"):
        return "hidden"
    return "missing" if cell["v"] is None else ""


def _unit(measure: str) -> dict[str, Any]:
    """Return the unit of a measure; a share is given in per cent."""
    return {"base": _("procent") if measure == "share" else _("antal"), "decimals": DECIMALS.get(measure, 0)}
