"""The survey of methods: a round is opened, answered in the portal, reminded of and closed, and then never changes."""

import re
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from samsyn.audit.models import Event
from samsyn.deliveries.models import Deliverer as Register
from samsyn.deliveries.models import Reply, Round
from samsyn.deliveries.survey import actions, answers, queries
from samsyn.people.actors import Actor
from samsyn.people.refusals import Invalid, NotAllowed, Refused
from samsyn.questions.exchange import methods
from tests.deliveries.conftest import AT, Deliverer, SignIn, enrol
from tests.deliveries.test_portal import shown

(PACKAGE,) = methods.versions()
LAST = date(2026, 12, 1)
PATRIARK = {
    "patriark_used": ["yes"],
    "patriark_for": ["adult", "child"],
    "patriark_since": ["from_2020"],
    "patriark_trained": ["few"],
    "freda_used": ["no"],
    "own_tool_used": ["unknown"],
}


def opened(by: Actor, *, year: int = 2026, at: datetime = AT) -> UUID:
    return actions.open_round(
        new=actions.NewRound(year=year, version="1.0.0", closes_on=at.date() + timedelta(40)), by=by, at=at
    )


def replied(round_id: UUID, who: Deliverer, given: dict[str, list[str]], *, at: datetime = AT) -> None:
    actions.answer(round_id=round_id, given=given, sender=who.sender, at=at)


def told(kind: str) -> int:
    return Event.objects.filter(kind=kind).count()


# What is read


def test_the_four_kinds_of_nothing_are_kept_apart() -> None:
    said, problems = answers.read(PACKAGE, {**PATRIARK, "freda_for": ["child"]})
    assert problems == {}
    assert said == PATRIARK, "what hangs on a no isn't answered"
    replies = [said, {"freda_used": ["yes"]}, None, None]
    assert answers.tally("patriark", replies) == answers.Tally("patriark", 1, 0, 0, 1, 2)
    assert answers.tally("freda", replies) == answers.Tally("freda", 1, 1, 0, 0, 2)
    assert answers.tally("own_tool", replies) == answers.Tally("own_tool", 0, 0, 1, 1, 2)
    (target,) = [one for one in PACKAGE.variables if one.code == "patriark_for"]
    assert answers.counted(target, PACKAGE.list_of(target).values, [said, {}]) == [1, 1, 0, 0, 0, 1]


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("patriark_used", ["maybe"]),
        ("patriark_used", ["yes", "no"]),
        ("patriark_used", ["not_asked"]),
        ("patriark_for", ["child", "unknown"]),
    ],
)
def test_what_is_no_answer_of_the_page_is_named_at_its_question(code: str, values: list[str]) -> None:
    _said, problems = answers.read(PACKAGE, {**PATRIARK, code: values})
    assert set(problems) == {code}


def test_an_earlier_answer_is_taken_over_as_far_as_the_questions_still_have_it() -> None:
    earlier = {
        "patriark_used": ["yes"],
        "patriark_for": ["child", "gone"],
        "gone_used": ["yes"],
        "freda_used": ["gone"],
    }
    assert answers.still_known(PACKAGE, earlier) == {"patriark_used": ["yes"], "patriark_for": ["child"]}


# What is done


def test_a_round_asks_the_register_and_neither_vendors_nor_operators(
    stockholm: Deliverer, uppsala: Deliverer, vendor: Deliverer, analyst: Actor
) -> None:
    line = enrol("556000-0002", "Stödlinjen", kind="operator", county="", number=9)
    made = opened(analyst)
    assert [row.code for row in queries.replies(made)] == ["0180", "0380"]
    assert queries.asked(vendor.sender) is None
    assert queries.asked(line.sender) is None
    assert (queries.not_asked(made), told("survey_round_opened")) == (0, 1)
    enrol("0580", "Linköpings kommun", county="05", number=10)
    assert queries.not_asked(made) == 1


def test_an_answer_is_changed_until_the_round_is_closed_and_never_afterwards(
    stockholm: Deliverer, uppsala: Deliverer, analyst: Actor
) -> None:
    made = opened(analyst)
    replied(made, stockholm, {"freda_used": ["yes"]})
    replied(made, stockholm, PATRIARK)
    found = queries.round_by_id(made)
    assert (found.asked, found.answered, found.share) == (2, 1, 50)
    actions.close_round(round_id=made, by=analyst, at=AT)
    with pytest.raises(Refused):
        replied(made, uppsala, PATRIARK)
    for change in (
        lambda: Reply.objects.filter(round_id=made).update(answers={}, answered_at=AT),
        lambda: Round.objects.filter(pk=made).update(closed_at=None),
        lambda: Reply.objects.filter(round_id=made).delete(),
        lambda: Reply.objects.create(round_id=made, deliverer=Register.objects.get(code="0180")),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    (row,) = [one for one in queries.replies(made) if one.answers is not None]
    assert (row.code, row.answers) == ("0180", PATRIARK)
    assert (told("survey_round_answered"), told("survey_round_closed")) == (2, 1)


def test_a_round_that_makes_no_sense_is_refused_and_nothing_is_opened(
    stockholm: Deliverer, analyst: Actor, outsider: Actor
) -> None:
    for wrong in (
        actions.NewRound(2026, "9.9.9", LAST),
        actions.NewRound(2031, "1.0.0", LAST),
        actions.NewRound(2026, "1.0.0", date(2026, 10, 1)),
    ):
        with pytest.raises(Invalid):
            actions.open_round(new=wrong, by=analyst, at=AT)
    with pytest.raises(NotAllowed):
        opened(outsider)
    assert not Round.objects.exists()
    made = opened(analyst)
    with pytest.raises(Refused):
        opened(analyst, year=2027)
    actions.close_round(round_id=made, by=analyst, at=AT)
    with pytest.raises(Refused):
        opened(analyst)
    assert told("survey_round_opened") == 1


def test_who_has_not_answered_is_reminded_alone_or_all_at_once(
    stockholm: Deliverer, uppsala: Deliverer, analyst: Actor
) -> None:
    made = opened(analyst)
    actions.remind(round_id=made, code="0380", by=analyst, at=AT)
    assert {row.code: bool(row.reminded_at) for row in queries.replies(made)} == {"0180": False, "0380": True}
    replied(made, uppsala, PATRIARK)
    actions.remind(round_id=made, code="", by=analyst, at=AT)
    assert told("deliverer_reminded") == 2
    with pytest.raises(LookupError):
        actions.remind(round_id=made, code="0380", by=analyst, at=AT)


def test_who_did_not_answer_is_counted_from_figures_where_there_are_enough(db: None, analyst: Actor) -> None:
    organisations = [enrol(f"0{code}", f"Kommun {code}", number=code) for code in range(114, 123)]
    for number, one in enumerate(organisations[:7]):
        # Four have cases with PATRIARK, one with a tool of its own.
        cells = {"patriark": 2 if number < 4 else 0, "own_tool": 1 if number == 0 else 0}
        one.send(_with_methods(one, cells), accepts_warnings=True)
    made = opened(analyst)
    replied(made, organisations[8], PATRIARK)
    actions.close_round(round_id=made, by=analyst, at=AT)
    assert queries.round_by_id(made).from_figures == {
        "organisations": 7,
        "patriark": 4,
        "freda": 0,
        "other_tool": 0,
        "own_tool": None,
    }


def test_a_hidden_figure_of_one_who_did_not_answer_is_no_nought(db: None, analyst: Actor) -> None:
    organisations = [enrol(f"0{code}", f"Kommun {code}", number=code) for code in range(114, 122)]
    for number, one in enumerate(organisations):
        file = _with_methods(one, {})
        if number == 0:
            file = re.sub(rb"(;freda_danger;girl_woman;)0;[^;\r\n]*", rb"\1;undertryckt", file)
            assert b"undertryckt" in file
        one.send(file, accepts_warnings=True)
    made = opened(analyst)
    actions.close_round(round_id=made, by=analyst, at=AT)
    found = queries.round_by_id(made).from_figures
    assert (found["organisations"], found["freda"], found["patriark"]) == (8, None, 0)


def _with_methods(one: Deliverer, cells: dict[str, int]) -> bytes:
    """Return a file in which only these methods were used."""
    lines = one.file("2026K2").decode().split("\r\n")
    found = []
    for line in lines:
        parts = line.split(";")
        if (
            len(parts) > 7
            and parts[4] == "method"
            and parts[5] not in {"talk", "not_asked", "unknown", "not_applicable"}
        ):
            parts[7] = str(cells.get(parts[5], 0)) if parts[6] == "girl_woman" else "0"
        found.append(";".join(parts))
    return "\r\n".join(found).encode()


# The pages


def test_a_round_is_opened_answered_and_closed_by_its_people(
    stockholm: Deliverer, uppsala: Deliverer, signed_in: SignIn, analyst: Actor
) -> None:
    centre, browser = signed_in(analyst), signed_in(stockholm.actor)
    today = timezone.localdate()
    assert "Ingen omgång har öppnats än" in shown(centre.get("/deliveries/register/survey/"))
    assert browser.get("/deliveries/survey/").status_code == 404
    asked = {"year": today.year, "version": "1.0.0", "closes_on": today + timedelta(30)}
    wrong = asked | {"closes_on": today - timedelta(1)}
    assert "redan varit" in shown(centre.post("/deliveries/register/survey/open", wrong), 422)
    page = centre.post("/deliveries/register/survey/open", asked)["Location"]
    assert "0 av 2 tillfrågade har svarat" in shown(centre.get(page))
    assert "Svara på enkäten" in shown(browser.get("/deliveries/"))
    made = str(Round.objects.get().pk)
    assert "minst en fråga" in shown(browser.post("/deliveries/survey/", {"round": made}), 422)
    refused = browser.post("/deliveries/survey/", PATRIARK | {"round": made, "freda_used": "hej"})
    assert "Välj bland svaren" in shown(refused, 422)
    assert 'value="adult" id="patriark_for-adult" checked' in refused.content.decode()
    assert not Reply.objects.filter(answers__isnull=False).exists()
    assert browser.post("/deliveries/survey/", PATRIARK | {"round": made}).status_code == 302
    assert "Ändra svaret" in shown(browser.get("/deliveries/"))
    assert centre.post(f"{page}remind", {"code": "0180"}).status_code == 404
    assert centre.post(f"{page}remind", {}).status_code == 302
    assert "Centret påminde" in shown(signed_in(uppsala.actor).get("/deliveries/"))
    assert "Stockholms stad" in shown(centre.get(page))
    assert browser.get(page).status_code == 403
    assert browser.post(f"{page}close").status_code == 403
    assert centre.post(f"{page}close").status_code == 302
    assert browser.post("/deliveries/survey/", PATRIARK | {"round": made}).status_code == 404
    assert "Stäng för gott" not in shown(centre.get(page))


def test_the_form_stands_as_it_was_answered_in_the_last_round(
    stockholm: Deliverer, signed_in: SignIn, analyst: Actor
) -> None:
    first = opened(analyst, year=2025, at=datetime(2025, 10, 1, tzinfo=UTC))
    replied(first, stockholm, PATRIARK, at=datetime(2025, 10, 2, tzinfo=UTC))
    actions.close_round(round_id=first, by=analyst, at=datetime(2025, 11, 2, tzinfo=UTC))
    opened(analyst)
    browser = signed_in(stockholm.actor)
    answer = browser.get("/deliveries/survey/")
    assert "Ifyllt med ert svar från 2025" in shown(answer)
    assert 'value="few" id="patriark_trained-few" checked' in answer.content.decode()
    assert Reply.objects.filter(answers__isnull=False).count() == 1, "nothing is stored by looking"
    stale = {"round": str(first), **PATRIARK}
    assert browser.post("/deliveries/survey/", stale).status_code == 409
    assert Reply.objects.filter(answers__isnull=False).count() == 1
