"""The format as a Frictionless data package, so that a vendor checks an export without us, with foreign tools. Pure.

What Table Schema can't say is listed in the package itself: the relation of count and status, that no cell may be absent,
and that a file is about one organisation and one period.
"""

import io
import json
import zipfile
from typing import Any

from samsyn.deliveries.checking.formats import LARGEST_COUNT, STATUSES, TableFormat
from samsyn.deliveries.checking.texts import RULES

NOT_SAID = (
    "A count stands exactly where the status is normal or estimated.",
    "Every cell of the table has a row.",
    "A code belongs to its variable (the schema lists the codes of all variables together).",
    "A file is about one organisation and one period.",
    "Nothing in the file is about a single person.",
)
# The date of a file in an archive, always the same: the same format gives the same bytes.
_DATE = (2026, 1, 1, 0, 0, 0)


def schema(form: TableFormat) -> dict[str, Any]:
    """Return the Table Schema of a table, by the headings of our templates."""
    heads = dict(zip(form.columns, form.headings, strict=True))
    allowed: dict[str, list[str]] = {
        "package": [form.name],
        "table": [form.table],
        "variable": list(form.places),
        "code": sorted({answer for answers in form.places.values() for answer in answers}),
        "status": list(STATUSES),
        **{one.code: [item.code for item in one.codes] for one in form.breakdowns},
    }
    fields: list[dict[str, Any]] = []
    for column in form.columns:
        if column == "count":
            limits = {"minimum": 0, "maximum": LARGEST_COUNT}
            fields.append({"name": heads[column], "type": "integer", "constraints": limits})
            continue
        constraints: dict[str, Any] = {"required": True}
        if column in allowed:
            constraints["enum"] = allowed[column]
        if column == "period":
            constraints["pattern"] = "20[0-9]{2}(M(0[1-9]|1[0-2])|K[1-4])?"
        fields.append({"name": heads[column], "type": "string", "constraints": constraints})
    key = [heads[name] for name in form.columns if name not in {"count", "status"}]
    return {"fields": fields, "primaryKey": key, "missingValues": [""]}


def package(form: TableFormat, *, path: str = "leverans.csv") -> dict[str, Any]:
    """Return the descriptor of a package whose resource is a delivered file."""
    return {
        "name": f"{form.package}-{form.version}-{form.table}".replace("_", "-"),
        "title": form.title_sv,
        "version": form.version,
        "samsyn:formatHash": form.content_hash,
        "samsyn:notExpressed": list(NOT_SAID),
        "resources": [
            {
                "name": form.table.replace("_", "-"),
                "path": path,
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "dialect": {"delimiter": ";", "csv": {"delimiter": ";"}},
                "schema": schema(form),
            }
        ],
    }


def empty_rows(form: TableFormat, *, organisation: str, period: str) -> list[list[str]]:
    """Return a file's rows with nothing counted: every cell missing."""
    return [[organisation, period, form.name, form.table, *key, "", "saknas"] for key in form.each_cell()]


def as_csv(form: TableFormat, rows: list[list[str]]) -> bytes:
    """Return rows as a file in the form that we write ourselves."""
    lines = [form.headings, *rows]
    return "".join(";".join(line) + "\r\n" for line in lines).encode()


def archive(form: TableFormat) -> bytes:
    """Return the package as a ZIP: descriptor, an example to write over, the format as data, and every rule's words."""
    rules = {code: {"sv": [one.wrong_sv, one.do_sv], "en": [one.wrong_en, one.do_en]} for code, one in RULES.items()}
    example = as_csv(form, empty_rows(form, organisation="0000", period="2026K1"))
    parts = {
        "datapackage.json": _json(package(form)),
        "leverans.csv": example,
        "format.json": _json(form.as_data()),
        "rules.json": _json(rules),
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in parts.items():
            out.writestr(zipfile.ZipInfo(name, _DATE), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _json(data: Any) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()
