"""Rules of answering, of choosing a template and of editing. Pure: nothing here touches the database."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.people.roles import Permission
from samsyn.questions.asking import STATES, Question, Template
from samsyn.questions.content import Content

ANSWERED = "answered"
NOT_ASKED = "not_asked"
NOT_APPLICABLE = "not_applicable"


# Answering


def split_answer(raw: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """Return posted values as (codes, state): a state is posted like a code, and nothing at all is "not asked"."""
    values = tuple(dict.fromkeys(value for value in raw if value and value not in STATES))
    states = tuple(dict.fromkeys(value for value in raw if value in STATES))
    if len(states) > 1:
        raise Invalid(_("Välj ett av «okänt» och «vill inte svara», inte båda."))
    if states:
        return values, states[0]
    return values, ANSWERED if values else NOT_ASKED


def check_answer(question: Question, values: Sequence[str], state: str = ANSWERED) -> None:
    """Raise Invalid unless this can be kept as the answer to the question on the day it was read for."""
    name = question.wording
    if state and state != ANSWERED:
        if values:
            raise Invalid(_("%(question)s: välj antingen ett svar eller «%(state)s».") % _named(question, state))
        if not _state_is_allowed(question, state):
            raise Invalid(_("%(question)s: «%(state)s» kan inte anges här.") % _named(question, state))
        return
    if not values:
        raise Invalid(_("%(question)s: svar saknas.") % {"question": name})
    if len(values) > 1 and not question.is_multiple:
        raise Invalid(_("%(question)s: bara ett svar kan anges.") % {"question": name})
    if len(set(values)) < len(values):
        raise Invalid(_("%(question)s: samma svar finns två gånger.") % {"question": name})
    offered = {option.value for option in question.options}
    for value in values:
        if value in offered:
            continue
        if value in question.known:
            label = question.label(value)
            raise Invalid(
                _("%(question)s: svaret «%(answer)s» gäller inte den här dagen.") % {"question": name, "answer": label}
            )
        raise Invalid(_("%(question)s: okänd kod.") % {"question": name})


def _state_is_allowed(question: Question, state: str) -> bool:
    if state == NOT_APPLICABLE:
        return question.condition is not None or state in question.states
    return state == NOT_ASKED or state in question.states


def _named(question: Question, state: str) -> dict[str, str]:
    # An unknown state may be anything that somebody posted: it is never shown again.
    return {"question": question.wording, "state": str(STATES[state]).lower() if state in STATES else _("okänd kod")}


def is_asked(question: Question, answers: Mapping[str, Sequence[str]]) -> bool:
    """Say whether the question's condition is met by these answers (code of question → codes)."""
    if question.condition is None:
        return True
    about, wanted = question.condition
    return not set(wanted).isdisjoint(answers.get(about, ()))


# Choosing a template


def choose_template(
    templates: Iterable[Template], *, sector: str | None, main_concern: str | None, contact_kind: str | None = None
) -> Template | None:
    """Return the most specific template that fits: sector and concern, then sector, then concern, then the general.

    The caller's sector decides before the concern: what can be asked and must be told follows the caller's role. The
    concern decides before the kind of contact: who asks for information and is to be abducted is in danger first of all.
    """
    fitting = [
        template
        for template in templates
        if template.adaptation is None
        and template.sector in (None, sector or None)
        and template.contact_kind in (None, contact_kind or None)
        and (not template.situations or (main_concern or "") in template.situations)
    ]
    return min(
        fitting,
        key=lambda t: (t.sector is None, not t.situations, t.contact_kind is None, len(t.situations), t.code),
        default=None,
    )


def choose_variants(templates: Iterable[Template], *, adaptations: Collection[str]) -> tuple[Template, ...]:
    """Return the variants whose lines are added, by code: several may apply at once."""
    return tuple(sorted((one for one in templates if one.adaptation in adaptations), key=lambda one: one.code))


# Editing


def can_edit(actor: Actor) -> bool:
    """Say whether this person may write and publish question sets and templates."""
    return actor.may(Permission.EDIT_QUESTIONS)


def check_can_edit(actor: Actor) -> None:
    """Raise NotAllowed unless this person may write and publish question sets and templates."""
    if not can_edit(actor):
        raise NotAllowed(_("Bara den som leder arbetet på linjen kan ändra frågor och mallar."))


def check_is_current(*, status: str, revision: int, seen_revision: int) -> None:
    """Raise Refused if the draft is published already, or was changed after the editor opened the page."""
    if status != "draft":
        raise Refused(_("Versionen är redan publicerad och ändras aldrig. Börja på en ny version."))
    if revision != seen_revision:
        raise Refused(
            _("Någon annan har ändrat utkastet sedan du öppnade sidan. Ingenting sparades. Öppna sidan på nytt.")
        )


def check_question_is_open(*, core: bool) -> None:
    """Raise Refused if the question belongs to the locked national core."""
    if core:
        raise Refused(
            _(
                "Frågan hör till den nationella kärnan och är låst: om den ändrades lokalt "
                "skulle landets siffror inte kunna läggas ihop."
            )
        )


def check_question_is_local(*, local: bool) -> None:
    """Raise Refused unless the question was added here: the nation's questions stay in the set."""
    if not local:
        raise Refused(_("Bara lokala frågor kan tas bort. Den här kan flyttas till «Fler frågor»."))


def check_publication_date(*, valid_from: date, today: date, latest: date | None) -> None:
    """Raise Invalid unless the version begins today or later, and not before one that is published already."""
    if valid_from < today:
        raise Invalid(_("En version kan börja gälla tidigast i dag."))
    if latest is not None and valid_from < latest:
        raise Invalid(
            _("Den senast publicerade versionen börjar gälla %(date)s. Välj den dagen eller en senare.")
            % {"date": latest.isoformat()}
        )


LEVELS = ("patch", "minor", "major")


def check_level(*, level: str, lowest: str) -> None:
    """Raise Invalid if the change is called smaller than it is."""
    if level not in LEVELS:
        raise Invalid(_("Välj hur stor ändringen är."))
    if LEVELS.index(level) < LEVELS.index(lowest):
        if lowest == "major":
            raise Invalid(_("Något har tagits bort. Det är en större ändring: svaren kan inte jämföras rakt av."))
        raise Invalid(_("Något har lagts till. Det är mer än en rättelse: välj tillägg eller större ändring."))


def check_conditions_follow(order: Sequence[str], conditions: Mapping[str, str]) -> None:
    """Raise Invalid if a question would be asked before the one that decides whether it is asked."""
    for code, about in conditions.items():
        if about not in order:
            raise Invalid(_("Frågan %(code)s hänger på en fråga som inte finns.") % {"code": code})
        if order.index(about) >= order.index(code):
            raise Invalid(_("En följdfråga måste stå efter den fråga som den hänger på."))


def check_core_is_kept(*, before: Content, after: Content) -> None:
    """Raise Refused if a locked question is changed, gone or new; where it stands is free."""
    place = {"section", "row"}

    def core(content: Content) -> dict[str, dict[str, Any]]:
        return {
            question["code"]: {name: value for name, value in question.items() if name not in place}
            for question in content["questions"]
            if question["core"]
        }

    if core(before) != core(after):
        raise Refused(_("Den nationella kärnan kan inte ändras här."))


def check_instrument_is_whole(content: Content, *, known: Mapping[str, frozenset[str]]) -> None:
    """Raise Invalid if a question can't be asked: no list, unknown options, no heading, an impossible condition."""
    sections = {section["code"] for section in content["sections"]}
    questions = {question["code"]: question for question in content["questions"]}
    if not questions:
        raise Invalid(_("Frågeformuläret har inga frågor."))
    for code, question in questions.items():
        codes = known.get(question["list_code"], frozenset())
        if not codes:
            raise Invalid(_("Frågan %(code)s använder en kodlista som inte finns.") % {"code": code})
        if not codes.issuperset(question["options"]):
            raise Invalid(_("Frågan %(code)s har ett svarsalternativ som inte finns i kodlistan.") % {"code": code})
        if question["section"] not in sections:
            raise Invalid(_("Frågan %(code)s saknar rubrik.") % {"code": code})
        if not set(question["states"]) <= set(STATES):
            raise Invalid(_("Frågan %(code)s har ett okänt svarsläge.") % {"code": code})
        about = questions.get(question["condition_question"])
        if about and not known[about["list_code"]].issuperset(question["condition_values"]):
            raise Invalid(_("Frågan %(code)s hänger på ett svar som inte finns.") % {"code": code})
    check_conditions_follow(
        list(questions), {c: q["condition_question"] for c, q in questions.items() if q["condition_question"]}
    )


def check_template_is_whole(content: Content) -> None:
    """Raise Invalid if a template gives the adviser nothing to ask about or to inform of."""
    kinds = {item["kind"] for item in content["items"]}
    if kinds != {"ask", "inform"}:
        raise Invalid(_("En mall behöver minst en sak att fråga om och en att informera om."))
