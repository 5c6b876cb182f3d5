"""The difference between two versions, as sentences that a reader understands. Pure."""

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _

from samsyn.questions import law
from samsyn.questions.asking import applies_to, in_active_language
from samsyn.questions.content import TARGET_FIELDS, Content

Label = Callable[[str, str], str]


def lowest_level_of_instrument(before: Content, after: Content) -> str:
    """Return the smallest level that the change may be published as: patch, minor or major.

    Major when an answer that could be given no longer can, or a question is asked of others; minor when something is
    added; patch when only words and places differ.
    """
    old = {question["code"]: question for question in before["questions"]}
    new = {question["code"]: question for question in after["questions"]}
    level = "minor" if set(new) - set(old) else "patch"
    if set(old) - set(new):
        return "major"
    for code in set(old) & set(new):
        was, now = old[code], new[code]
        if any(was[field] != now[field] for field in ("kind", "list_code", "unit", "concept")):
            return "major"
        if (was["condition_question"], was["condition_values"]) != (now["condition_question"], now["condition_values"]):
            return "major"
        if set(was["states"]) - set(now["states"]) or _loses_options(was["options"], now["options"]):
            return "major"
        if any(was[field] != now[field] for field in ("options", "states", "required_at_close", "more")):
            level = "minor"
    return level


def _loses_options(was: Sequence[str], now: Sequence[str]) -> bool:
    # No options means the whole list: narrowing it to some loses the others.
    return bool(now) and (not was or bool(set(was) - set(now)))


def lowest_level_of_template(before: Content, after: Content) -> str:
    """Return the smallest level that the change may be published as; another target group is a major change."""
    if any(before.get(field) != after.get(field) for field in TARGET_FIELDS):
        return "major"
    old, new = ({item["code"] for item in content["items"]} for content in (before, after))
    if old - new:
        return "major"
    return "minor" if new - old or before["standard_minutes"] != after["standard_minutes"] else "patch"


def of_instrument(before: Content, after: Content, *, label: Label) -> list[str]:
    """Return what differs between two versions of a question set, most important first."""
    old = {question["code"]: question for question in before["questions"]}
    new = {question["code"]: question for question in after["questions"]}
    found = [
        _("Borttagen fråga: «%(question)s».") % {"question": _name(question)}
        for code, question in old.items()
        if code not in new
    ]
    found += [
        (_("Ny lokal fråga: «%(question)s».") if question["local"] else _("Ny fråga: «%(question)s»."))
        % {"question": _name(question)}
        for code, question in new.items()
        if code not in old
    ]
    for code, question in new.items():
        if code in old:
            found += _of_question(old[code], question, label)
    found += _moved([code for code in old if code in new], [code for code in new if code in old], new)
    found += _changed_text(_("Påminnelsen"), before, after, "reminder")
    return found


def _name(question: Content) -> str:
    return in_active_language(question["wording_sv"], question["wording_en"])


def _changed_text(name: str, before: Content, after: Content, field: str) -> list[str]:
    languages = {"sv": _("på svenska"), "en": _("på engelska")}
    found = []
    for language, in_language in languages.items():
        was, now = before[f"{field}_{language}"], after[f"{field}_{language}"]
        values = {"name": name, "language": in_language, "was": was, "now": now}
        if was == now:
            continue
        if not was:
            found.append(_("%(name)s %(language)s är ny: «%(now)s».") % values)
        elif not now:
            found.append(_("%(name)s %(language)s är borttagen. Den var «%(was)s».") % values)
        else:
            found.append(_("%(name)s %(language)s var «%(was)s» och är nu «%(now)s».") % values)
    return found


def _of_question(was: Content, now: Content, label: Label) -> list[str]:
    name = {"question": _name(was)}
    found = _changed_text(_("Frågan «%(question)s»") % name, was, now, "wording")
    found += _changed_text(_("Hjälptexten till «%(question)s»") % name, was, now, "hint")
    found += _of_options(was, now, label)
    switches = {
        ("required_at_close", True): _("«%(question)s» måste nu besvaras innan samtalet avslutas."),
        ("required_at_close", False): _("«%(question)s» behöver inte längre besvaras innan samtalet avslutas."),
        ("more", True): _("«%(question)s» har flyttats till «Fler frågor»."),
        ("more", False): _("«%(question)s» visas nu alltid."),
    }
    found += [text % name for (field, value), text in switches.items() if was[field] != now[field] == value]
    other = ("kind", "list_code", "unit", "concept", "states", "condition_question", "condition_values", "core")
    if any(was[field] != now[field] for field in other):
        found.append(_("«%(question)s» besvaras på ett annat sätt än förut.") % name)
    return found


def _of_options(was: Content, now: Content, label: Label) -> list[str]:
    old, new = was["options"], now["options"]
    if old == new:
        return []
    name = _name(was)
    if not new:
        return [_("«%(question)s»: alla svar i kodlistan kan nu väljas.") % {"question": name}]
    if not old:
        answers = ", ".join(label(now["list_code"], value) for value in new)
        return [_("«%(question)s»: bara de här svaren kan nu väljas: %(answers)s.") % _answer(name, answers)]
    gone = [label(now["list_code"], value) for value in old if value not in new]
    added = [label(now["list_code"], value) for value in new if value not in old]
    found = []
    if gone:
        found.append(_("«%(question)s»: går inte längre att välja: %(answers)s.") % _answer(name, ", ".join(gone)))
    if added:
        found.append(_("«%(question)s»: går nu att välja: %(answers)s.") % _answer(name, ", ".join(added)))
    return found


def _answer(question: str, answers: str) -> dict[str, str]:
    return {"question": question, "answers": answers}


def _moved(before: list[str], after: list[str], questions: dict[str, Any]) -> list[str]:
    """Name the fewest questions whose move explains the new order."""
    kept: set[str] = set()
    for block in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks():
        kept.update(after[block.b : block.b + block.size])
    found = []
    for index, code in enumerate(after):
        if code in kept:
            continue
        name = _name(questions[code])
        if index == 0 or questions[after[index - 1]]["section"] != questions[code]["section"]:
            found.append(_("«%(question)s» har flyttats och står nu först under sin rubrik.") % {"question": name})
        else:
            previous = _name(questions[after[index - 1]])
            values = {"question": name, "previous": previous}
            found.append(_("«%(question)s» har flyttats och står nu efter «%(previous)s».") % values)
    return found


def of_template(before: Content, after: Content, *, label: Label) -> list[str]:
    """Return what differs between two versions of a template."""
    found = _changed_text(_("Rubriken"), before, after, "title")
    if any(before.get(field) != after.get(field) for field in TARGET_FIELDS):
        targets = {"now": applies_to(after), "was": applies_to(before)}
        found.append(_("Mallen gäller nu för %(now)s. Förut: %(was)s.") % targets)
    if before["standard_minutes"] != after["standard_minutes"]:
        minutes = {"was": before["standard_minutes"], "now": after["standard_minutes"]}
        found.append(_("Normaltiden var %(was)s minuter och är nu %(now)s minuter.") % minutes)
    found += _of_items(before, after)
    references = law.references()
    for text, keys in (
        (_("Vilar nu också på: %(law)s."), [key for key in after["law"] if key not in before["law"]]),
        (_("Vilar inte längre på: %(law)s."), [key for key in before["law"] if key not in after["law"]]),
    ):
        found += [text % {"law": references[key].title if key in references else key} for key in keys]
    return found


def _of_items(before: Content, after: Content) -> list[str]:
    headings = {"ask": _("Fråga om"), "inform": _("Informera om")}
    old = {item["code"]: item for item in before["items"]}
    new = {item["code"]: item for item in after["items"]}
    found = []
    for code, item in old.items():
        if code not in new:
            values = {"list": headings[item["kind"]], "text": in_active_language(item["text_sv"], item["text_en"])}
            found.append(_("%(list)s: «%(text)s» är borttagen.") % values)
    for code, item in new.items():
        values = {"list": headings[item["kind"]], "text": in_active_language(item["text_sv"], item["text_en"])}
        if code not in old:
            found.append(_("%(list)s: «%(text)s» är ny.") % values)
        else:
            name = _("%(list)s: raden") % values
            found += _changed_text(name, old[code], item, "text")
    if [code for code in old if code in new] != [code for code in new if code in old]:
        found.append(_("Raderna står i en annan ordning."))
    return found
