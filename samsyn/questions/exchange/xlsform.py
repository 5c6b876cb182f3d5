"""XLSForm, the workbook that ODK, KoboToolbox, SurveyCTO and others read, and back."""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from samsyn.questions.exchange import form as forms
from samsyn.questions.exchange.carried import lost
from samsyn.questions.exchange.form import Form, Item, NotAForm, Option
from samsyn.questions.exchange.package import Condition, ListReference, Mode, Package, Text, Wording

LANGUAGES = (("sv", "Svenska (sv)"), ("en", "English (en)"), ("easy", "Lätt svenska (sv-x-lattlast)"))
MODES = {str(mode): mode for mode in Mode}
TYPES = {"single": "select_one", "multiple": "select_multiple"}
# Our own column: where Swedish stands in for easy Swedish, so that coming back it is none. Other programs leave it alone.
WITHOUT_EASY = "without_easy"
# Our own columns, too: what a variable is called, its version, and the list that its answers come from.
OF_THE_VARIABLE = ("variable_sv", "variable_en", "variable_version", "code_list", "code_list_version")
# Our own sheets: the words in other modes, left out where there are none, and what is said of the package as a whole.
OTHER_MODES = "other_modes"
READ_ME = "read_me"
# What a form may hold when somebody sends one: more is no form, and would keep others waiting.
MOST_ROWS = 5000
MOST_BYTES = 10_000_000
MOST_BYTES_UNPACKED = 50_000_000
_ONE = r"selected\(\s*\$\{([A-Za-z_][\w.-]*)\}\s*,\s*'([^']*)'\s*\)"
_CONDITION = re.compile(rf"\s*{_ONE}(\s+or\s+{_ONE})*\s*\Z")


def as_xlsx(package: Package, *, mode: Mode | None = None) -> bytes:
    """Return the package as a workbook with the sheets survey, choices, settings, other_modes and read_me.

    Other programs leave the last two alone: ``other_modes`` has the words of the questions in other modes than the
    form's own, ``read_me`` what is said of the package as a whole, and what the format can't carry.
    """
    form = forms.of_package(package, mode=mode)
    book = Workbook()
    for sheet in book.worksheets:
        book.remove(sheet)
    _fill(book.create_sheet("survey"), _survey(form))
    _fill(book.create_sheet("choices"), _choices(form))
    settings = ["form_title", "form_id", "version", "default_language"]
    _fill(book.create_sheet("settings"), [settings, [form.title.sv, form.code, form.version, LANGUAGES[0][1]]])
    if any(item.others for item in form.items):
        _fill(book.create_sheet(OTHER_MODES), _other_modes(form))
    _fill(book.create_sheet(READ_ME), _read_me(form))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(sheet: Any, rows: Iterable[Sequence[str]]) -> None:
    for at, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if value:
                # As text, whatever it begins with: a label is never a formula.
                cell = sheet.cell(at, column)
                cell.value = value
                cell.data_type = "s"


def _in_languages(text: Text | None) -> list[str]:
    return [getattr(text, key) for key, _name in LANGUAGES] if text else [""] * len(LANGUAGES)


def _headings(name: str) -> list[str]:
    return [f"{name}::{language}" for _key, language in LANGUAGES]


def _survey(form: Form) -> Iterator[list[str]]:
    yield [
        "type",
        "name",
        *_headings("label"),
        *_headings("hint"),
        "required",
        "relevant",
        "constraint",
        "mode",
        WITHOUT_EASY,
        *OF_THE_VARIABLE,
    ]
    for item in form.items:
        reasons = [option.value for option in item.options if option.is_reason]
        yield [
            f"{TYPES[item.kind]} {item.code}",
            item.code,
            *_in_languages(_whole(item.text)),
            *_in_languages(item.help and _whole(item.help)),
            "yes" if item.is_required else "",
            _relevant(item.condition),
            _alone(reasons) if item.kind == "multiple" else "",
            str(item.mode or ""),
            _without_easy(item.text, item.help),
            *_of_the_variable(item),
        ]


def _of_the_variable(item: Item) -> list[str]:
    listed = item.code_list
    return [*_in_languages(item.label)[:2], str(item.version), *([listed.code, str(listed.version)] if listed else [])]


def _read_me(form: Form) -> Iterator[list[str]]:
    yield ["about", *(language for _key, language in LANGUAGES)]
    yield ["title", *_in_languages(form.title)]
    yield ["purpose", *_in_languages(form.purpose)]
    yield ["valid_from", form.valid_from]
    yield ["valid_to", form.valid_to]
    yield ["not carried", *(lost("xlsform", key) for key, _language in LANGUAGES[:2])]


def _without_easy(text: Text, help_text: Text | None) -> str:
    return " ".join(name for name, said in (("label", text), ("hint", help_text)) if said and not said.easy)


def _other_modes(form: Form) -> Iterator[list[str]]:
    yield ["name", "mode", *_headings("label"), *_headings("hint"), WITHOUT_EASY]
    for item in form.items:
        for one in item.others:
            words = [*_in_languages(_whole(one.text)), *_in_languages(one.help and _whole(one.help))]
            yield [item.code, str(one.mode), *words, _without_easy(one.text, one.help)]


def _whole(text: Text) -> Text:
    """Return the text with Swedish where easy Swedish is missing: a language without words shows a dash."""
    return text if text.easy else Text(text.sv, text.en, text.sv)


def _relevant(condition: Condition | None) -> str:
    if condition is None:
        return ""
    return " or ".join(f"selected(${{{condition.variable}}}, '{value}')" for value in condition.values)


def _alone(reasons: Sequence[str]) -> str:
    """Return the rule that a reason for no answer is never chosen beside an answer."""
    chosen = " or ".join(f"selected(., '{reason}')" for reason in reasons)
    return f"not(({chosen}) and count-selected(.) > 1)" if chosen else ""


def _choices(form: Form) -> Iterator[list[str]]:
    yield ["list_name", "name", *_headings("label"), "is_reason", WITHOUT_EASY]
    for item in form.items:
        for option in item.options:
            is_reason = "yes" if option.is_reason else ""
            without = "" if option.label.easy else "label"
            yield [item.code, option.value, *_in_languages(_whole(option.label)), is_reason, without]


# Foreign forms, and our own coming back


def read(raw: bytes) -> Form:
    """Return the form in a workbook; raise NotAForm where it is none. What isn't taken in is named in ``left_out``."""
    sheets = _sheets(raw)
    if "survey" not in sheets:
        raise NotAForm("there is no sheet called survey")
    left_out: list[str] = []
    settings = next(iter(sheets.get("settings", [])), {})
    choices: dict[str, list[Option]] = {}
    for row in sheets.get("choices", []):
        listed = row.get("list_name") or row.get("list name", "")
        label = _read_text(row, "label") or Text(row.get("name", ""), "")
        choices.setdefault(listed, []).append(Option(row.get("name", ""), label, row.get("is_reason") == "yes"))
    others: dict[str, list[Wording]] = {}
    for row in sheets.get(OTHER_MODES, []):
        mode, text = MODES.get(row.get("mode", "")), _read_text(row, "label")
        if mode is None or text is None:
            left_out.append(f"{row.get('name', '')}: {OTHER_MODES}")
        else:
            others.setdefault(row.get("name", ""), []).append(Wording(mode, text, _read_text(row, "hint")))
    items = tuple(_read_items(sheets["survey"], choices, others, left_out))
    if not items:
        raise NotAForm("the form has no questions")
    names = [item.code for item in items]
    if len(set(names)) < len(names):
        raise NotAForm(f"{next(name for name in names if names.count(name) > 1)} is there twice")
    about = {item.condition.variable for item in items if item.condition}
    if not about <= set(names):
        raise NotAForm(f"a condition is on {sorted(about - set(names))[0]}, which is not there")
    notes = {row.get("about", ""): row for row in sheets.get(READ_ME, [])}
    valid_from, valid_to = (notes.get(name, {}).get(LANGUAGES[0][1], "") for name in ("valid_from", "valid_to"))
    return Form(
        code=settings.get("form_id", ""),
        version=settings.get("version", ""),
        title=_whole_text(notes.get("title", {})) or Text(settings.get("form_title", ""), ""),
        items=items,
        left_out=tuple(left_out),
        purpose=_whole_text(notes.get("purpose", {})),
        valid_from=valid_from,
        valid_to=valid_to,
    )


def _whole_text(row: dict[str, str]) -> Text | None:
    """Return what stands in the columns of our languages, or nothing where there is no Swedish."""
    swedish, english, easy = (row.get(language, "") for _key, language in LANGUAGES)
    return Text(swedish, english, easy) if swedish else None


def _sheets(raw: bytes) -> dict[str, list[dict[str, str]]]:
    if len(raw) > MOST_BYTES:
        raise NotAForm("the file is too large for a form")
    try:
        if sum(one.file_size for one in ZipFile(io.BytesIO(raw)).infolist()) > MOST_BYTES_UNPACKED:
            raise NotAForm("the file is too large for a form")
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        return {sheet.title.strip().lower(): list(_rows(sheet)) for sheet in book.worksheets}
    except (
        BadZipFile,
        InvalidFileException,
        KeyError,
        ValueError,
        OSError,
        TypeError,
        IndexError,
        AttributeError,
    ) as error:
        raise NotAForm(f"not an Excel workbook: {error}") from error


def _rows(sheet: Any) -> Iterator[dict[str, str]]:
    rows = sheet.iter_rows(values_only=True, max_row=MOST_ROWS, max_col=60)
    headings = [str(value or "").strip() for value in next(rows, ())]
    for row in rows:
        said = {
            name: str(value).strip() for name, value in zip(headings, row, strict=False) if value is not None and name
        }
        if said:
            yield said


def _read_items(
    rows: Iterable[dict[str, str]],
    choices: dict[str, list[Option]],
    others: dict[str, list[Wording]],
    left_out: list[str],
) -> Iterator[Item]:
    for row in rows:
        kind, _space, listed = row.get("type", "").partition(" ")
        name = row.get("name", "")
        if kind in ("begin", "end", "begin_group", "end_group", "begin_repeat", "end_repeat", "note", "calculate", ""):
            if kind.endswith("repeat") or listed == "repeat" or kind == "calculate":
                left_out.append(f"{name or row.get('type', '')}: {kind} {listed}".strip())
            continue
        options: tuple[Option, ...] = ()
        kinds = {"select_one": "single", "select_multiple": "multiple"}
        if kind in kinds:
            if listed.split(" ")[0] not in choices:
                raise NotAForm(f"{name}: the list {listed} is not there")
            options = tuple(choices[listed.split(" ")[0]])
        if not name:
            raise NotAForm(f"a question of type {kind} has no name")
        if any(row.get(column) for column in ("calculation", "choice_filter", "repeat_count")):
            left_out.append(f"{name}: calculation or filter")
        text = _read_text(row, "label") or Text(name, "")
        help_text = _read_text(row, "hint")
        yield Item(
            code=name,
            text=text,
            kind=kinds.get(kind, kind),
            help=help_text,
            options=options,
            is_required=row.get("required", "").lower() in ("yes", "true", "true()"),
            condition=_read_condition(row.get("relevant", ""), name, left_out),
            mode=MODES.get(row.get("mode", "")),
            others=tuple(others.get(name, ())),
            **_read_variable(row),
        )


def _read_variable(row: dict[str, str]) -> dict[str, Any]:
    swedish, english, version, listed, list_version = (row.get(column, "") for column in OF_THE_VARIABLE)
    return {
        "label": Text(swedish, english) if swedish else None,
        "version": forms.number(version),
        "code_list": ListReference(listed, forms.number(list_version)) if listed else None,
    }


def _read_condition(said: str, name: str, left_out: list[str]) -> Condition | None:
    if not said:
        return None
    found = re.findall(_ONE, said)
    if _CONDITION.match(said) and len({about for about, _value in found}) == 1:
        return Condition(found[0][0], tuple(value for _about, value in found))
    left_out.append(f"{name}: {said}")
    return None


def _read_text(row: dict[str, str], name: str) -> Text | None:
    """Return the words in our languages; a form without languages, or in others, gives its first words as they are."""
    by_language = {
        heading.partition("::")[2]: value for heading, value in row.items() if heading.split("::")[0] == name
    }
    if not by_language:
        return None
    swedish, english, easy = (
        next((v for key, v in by_language.items() if key.endswith(f"({code})")), "")
        for code in ("sv", "en", "sv-x-lattlast")
    )
    words = swedish or english or next(iter(by_language.values()))
    return Text(words, english, "" if name in row.get(WITHOUT_EASY, "").split() else easy)
