from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from samsyn.audit.models import Event
from samsyn.people.actors import SYSTEM
from samsyn.vocabulary import actions, queries
from samsyn.vocabulary.files import CodeLine, Files, read
from samsyn.vocabulary.models import Change, Code, CodeList, Crosswalk, ListVersion

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary")]


def with_code(files: Files, list_code: str, value: str, **changes: object) -> Files:
    """The files with one code changed."""
    return replace(
        files,
        lists=tuple(
            replace(
                one,
                codes=tuple(replace(c, **changes) if c.value == value else c for c in one.codes),  # type: ignore[arg-type]
            )
            if one.code == list_code
            else one
            for one in files.lists
        ),
    )


def with_new_code(files: Files, list_code: str, code: CodeLine) -> Files:
    return replace(
        files,
        lists=tuple(replace(one, codes=(*one.codes, code)) if one.code == list_code else one for one in files.lists),
    )


def everything() -> list[object]:
    return [
        list(model.objects.order_by("pk").values()) for model in (CodeList, Code, Crosswalk, ListVersion, Change, Event)
    ]


def test_the_same_files_twice_change_nothing(now: datetime) -> None:
    before = everything()
    done = actions.load(files=read(), by=SYSTEM, at=now + timedelta(days=1))
    assert not done.changed
    assert done.kept == []
    assert everything() == before


def test_a_changed_label_makes_a_new_dated_version_with_what_changed(now: datetime) -> None:
    files = with_code(read(), "sector", "school", label_sv="Skola och förskola")
    later = now + timedelta(days=3)
    done = actions.load(files=files, by=SYSTEM, at=later)
    before = CodeList.objects.get(code="sector").version
    assert done.versions == {"sector": before}
    latest = queries.history("sector")[0]
    assert (latest.made_at, latest.made_by) == (later, SYSTEM.pseudonym)
    assert [(c.kind, c.value, c.field, c.before, c.after) for c in latest.changes] == [
        ("code_changed", "school", "label_sv", "Skola", "Skola och förskola")
    ]
    assert queries.label("sector", "school") == "Skola och förskola"


def test_an_added_code_makes_a_new_version_and_keeps_its_first_day(now: datetime) -> None:
    pattern = read().lists[0].codes[0]
    files = with_new_code(read(), "channel", replace(pattern, value="fax", label_sv="Fax", valid_from=date(2027, 1, 1)))
    done = actions.load(files=files, by=SYSTEM, at=now)
    assert set(done.versions) == {"channel"}
    assert not queries.is_valid("channel", "fax", on=date(2026, 12, 31))
    assert queries.is_valid("channel", "fax", on=date(2027, 1, 1))


def test_a_code_closed_in_the_file_is_closed_with_a_new_version(now: datetime) -> None:
    files = with_code(read(), "channel", "email", valid_to=date(2026, 12, 31))
    done = actions.load(files=files, by=SYSTEM, at=now)
    assert set(done.versions) == {"channel"}
    assert [c.kind for c in queries.history("channel")[0].changes] == ["code_closed"]


def test_a_new_order_of_the_file_makes_a_new_version_without_changing_codes(now: datetime) -> None:
    files = read()
    turned = tuple(
        replace(one, codes=tuple(reversed(one.codes))) if one.code == "advice" else one for one in files.lists
    )
    done = actions.load(files=replace(files, lists=turned), by=SYSTEM, at=now)
    assert set(done.versions) == {"advice"}
    assert [c.field for c in queries.history("advice")[0].changes] == ["order"]
    assert next(c.value for c in queries.codes("advice", on=date(2026, 1, 1))) == "other"


def test_a_code_that_left_the_file_stops_the_load(now: datetime) -> None:
    files = read()
    shorter = tuple(replace(one, codes=one.codes[:-1]) if one.code == "advice" else one for one in files.lists)
    before = everything()
    with pytest.raises(actions.Conflict, match="advice:other"):
        actions.load(files=replace(files, lists=shorter), by=SYSTEM, at=now)
    assert everything() == before


def test_a_list_that_left_the_file_stops_the_load(now: datetime) -> None:
    files = read()
    with pytest.raises(actions.Conflict, match="helped"):
        actions.load(files=replace(files, lists=tuple(x for x in files.lists if x.code != "helped")), by=SYSTEM, at=now)


def test_a_first_day_is_never_moved(now: datetime) -> None:
    files = with_code(read(), "advice", "law", valid_from=date(2015, 1, 1))
    with pytest.raises(actions.Conflict, match="advice:law"):
        actions.load(files=files, by=SYSTEM, at=now)


def test_a_changed_comparison_is_closed_and_opened_anew(now: datetime) -> None:
    files = read()
    rows = tuple(
        replace(r, relation="not_comparable") if (r.scheme, r.value) == ("gbvims", "physical") else r
        for r in files.crosswalk
    )
    later = now + timedelta(days=30)
    actions.load(files=replace(files, crosswalk=rows), by=SYSTEM, at=later)
    before = queries.crosswalk("exposure", on=now.date(), scheme="gbvims", value="physical")
    after = queries.crosswalk("exposure", on=later.date(), scheme="gbvims", value="physical")
    assert [r.relation for r in before] == ["exact"]
    assert [r.relation for r in after] == ["not_comparable"]
    assert not actions.load(files=replace(files, crosswalk=rows), by=SYSTEM, at=later).changed


def test_each_list_begins_with_version_one_and_an_event(now: datetime) -> None:
    files = read()
    another = replace(next(one for one in files.lists if one.code == "sex"), code="sex_again")
    actions.load(files=replace(files, lists=(*files.lists, another)), by=SYSTEM, at=now)
    assert all(one.version == 1 for one in queries.lists())
    assert [v.number for v in queries.history("sex_again")] == [1]
    assert [event.subject for event in Event.objects.filter(kind="code_list_loaded")] == ["sex_again"]
