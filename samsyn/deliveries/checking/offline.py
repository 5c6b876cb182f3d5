"""The format as a Frictionless data package, so that a vendor checks an export without us, with foreign tools. Pure.

What Table Schema can't say is listed in the package itself, with the rule of ours that says it (``rules.json``).
"""

import io
import json
import zipfile
from typing import Any

from samsyn.deliveries.checking.formats import LARGEST_COUNT, STATUSES, TableFormat
from samsyn.deliveries.checking.texts import RULES

# Each sentence with the rules that find it here and that no schema of a table finds.
NOT_SAID = (
    ("A count stands exactly where the status is normal or estimated.", ("count_missing", "count_not_wanted")),
    ("Every cell of the table has a row.", ("cells_missing", "cells_missing_among")),
    ("A file is about one organisation and one period, and they are the sender's own.",
     ("not_constant", "organisation_other", "period_not_over", "period_not_agreed")),
    ("Nothing in the file is about a single person.",
     ("personal_number", "contact_detail", "free_text", "individual_column", "row_per_person", "no_count_column")),
    ("Columns may stand in any order, under their English names, separated by comma or tab, and in Windows-1252.", ()),
)  # fmt: skip
# The date of a file in an archive, always the same: the same format gives the same bytes.
_DATE = (2026, 1, 1, 0, 0, 0)
_DIALECT = {"delimiter": ";", "csv": {"delimiter": ";"}}
_CODES = "koder"


def schema(form: TableFormat) -> dict[str, Any]:
    """Return the Table Schema of a table by itself, by the headings of our templates."""
    heads = dict(zip(form.columns, form.headings, strict=True))
    allowed: dict[str, list[str]] = {
        "package": [form.name],
        "table": [form.table],
        "variable": list(form.places),
        "code": sorted({answer for answers in form.places.values() for answer in answers}),
        "status": list(STATUSES),
        **{one.code: [item.code for item in one.codes] for one in form.breakdowns},
    }
    patterns = {"period": "20[0-9]{2}(M(0[1-9]|1[0-2])|K[1-4])?", "organisation": "[0-9A-Za-z-]{2,20}"}
    fields: list[dict[str, Any]] = []
    for column in form.columns:
        if column == "count":
            limits = {"minimum": 0, "maximum": LARGEST_COUNT}
            fields.append({"name": heads[column], "type": "integer", "constraints": limits})
            continue
        constraints: dict[str, Any] = {"required": True}
        if column in allowed:
            constraints["enum"] = allowed[column]
        if column in patterns:
            constraints["pattern"] = patterns[column]
        fields.append({"name": heads[column], "type": "string", "constraints": constraints})
    key = [heads[name] for name in form.columns if name not in {"count", "status"}]
    return {"fields": fields, "primaryKey": key, "missingValues": [""]}


def package(form: TableFormat, *, path: str = "leverans.csv") -> dict[str, Any]:
    """Return the descriptor of a package: a delivered file, and the codes of each variable that it points into."""
    heads = dict(zip(form.columns, form.headings, strict=True))
    pair = [heads["variable"], heads["code"]]
    points = {"fields": pair, "reference": {"resource": _CODES, "fields": pair}}
    return {
        "name": f"{form.package}-{form.version}-{form.table}".replace("_", "-"),
        "title": form.title_sv,
        "version": form.version,
        "samsyn:formatHash": form.content_hash,
        "samsyn:notExpressed": [{"text": text, "rules": list(rules)} for text, rules in NOT_SAID],
        "resources": [
            _resource(form.table.replace("_", "-"), path, {**schema(form), "foreignKeys": [points]}),
            _resource(
                _CODES,
                "koder.csv",
                {
                    "fields": [
                        *({"name": name, "type": "string", "constraints": {"required": True}} for name in pair),
                        {"name": "svenska", "type": "string"},
                        {"name": "english", "type": "string"},
                    ],
                    "primaryKey": pair,
                },
            ),
        ],
    }


def _resource(name: str, path: str, described: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "type": "table",
        "path": path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": _DIALECT,
        "schema": described,
    }


def empty_rows(form: TableFormat, *, organisation: str, period: str) -> list[list[str]]:
    """Return a file's rows with nothing counted: every cell missing."""
    return [[organisation, period, form.name, form.table, *key, "", "saknas"] for key in form.each_cell()]


def as_csv(form: TableFormat, rows: list[list[str]]) -> bytes:
    """Return rows as a file in the form that we write ourselves."""
    return _lines([list(form.headings), *rows])


def _lines(rows: list[list[str]]) -> bytes:
    return "".join(";".join(row) + "\r\n" for row in rows).encode()


def _codes(form: TableFormat) -> bytes:
    heads = dict(zip(form.columns, form.headings, strict=True))
    rows = [[heads["variable"], heads["code"], "svenska", "english"]]
    for variable in form.variables:
        named = {one.code: (one.label_sv, one.label_en) for one in variable.codes}
        rows += [[variable.code, answer, *map(_plain, named.get(answer, ("", "")))] for answer in variable.answers]
    return _lines(rows)


def _plain(label: str) -> str:
    # Labels are words to read beside the codes; what separates columns is not needed in them.
    return label.replace(";", ",").replace('"', "'")


def archive(form: TableFormat) -> bytes:
    """Return the package as a ZIP: descriptor, an example to write over, the codes, the format as data, all rules' words."""
    rules = {code: {"sv": [one.wrong_sv, one.do_sv], "en": [one.wrong_en, one.do_en]} for code, one in RULES.items()}
    example = as_csv(form, empty_rows(form, organisation="0000", period="2026K1"))
    parts = {
        "datapackage.json": _json(package(form)),
        "leverans.csv": example,
        "koder.csv": _codes(form),
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
