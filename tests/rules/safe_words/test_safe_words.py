"""Nothing that reaches a person's own device or inbox reveals what it is about, and nothing carries who."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from samsyn.channels import mails
from samsyn.followups import actions as followups
from samsyn.people.actors import SYSTEM, Actor
from samsyn.quality import tables
from tests.followups.conftest import ADDRESS, PHONE, agreed, call, line, path_of, public, sent  # noqa: F401
from tests.rules.hostile import Lines
from tests.rules.safe_words import collecting
from tests.rules.safe_words.collecting import Artefact, revealing

pytestmark = pytest.mark.django_db(databases=["default", "public"])


def everything(now: datetime, client: Client) -> list[Artefact]:
    return [
        *collecting.mails_of_every_kind(now),
        *collecting.texts_of_the_channels(),
        *collecting.titles_of_templates(),
        *collecting.constants(),
        *collecting.pages_of_the_open_sites(client),
        Artefact("file name", "report", tables.file_name(1)),
    ]


def test_nothing_that_leaves_the_house_reveals_what_it_is_about(line: None, now: datetime, client: Client) -> None:  # noqa: F811
    found = everything(now, client)
    kinds = {one.kind for one in found}
    assert kinds >= {"mail", "text of a channel", "page title", "log line", "file name", "public page", "calendar"}
    assert sum(one.kind == "mail" for one in found) >= 2 * 2 * len(mails.texts())
    assert revealing(found) == []


def test_nothing_shows_itself_on_a_locked_screen() -> None:
    assert collecting.scripts_that_notify() == []


def test_a_whole_follow_up_says_neither_who_nor_what_anywhere(
    line: None,  # noqa: F811
    adviser: Actor,
    now: datetime,
    public: Client,  # noqa: F811
) -> None:
    today = datetime.now(tz=now.tzinfo)
    seen: list[Artefact] = []
    with Lines() as lines:
        call(adviser, today, wish=agreed(direct=True))
        call(adviser, today - timedelta(days=40), wish=agreed(months=(1,)))
        call(adviser, today, wish=agreed(to=PHONE, way="phone", months=(1,)))
        followups.ask_due(by=SYSTEM, at=today)
        for mail in sent():
            path = path_of(mail)
            wrong = {"changed": ADDRESS, "treatment": ADDRESS}
            seen += [
                Artefact("mail", mail.subject, f"{mail.subject}\n{mail.body}"),
                Artefact("page of a link", "asked", collecting.words_of(public.get(path))),
                Artefact("page of a link", "in English", collecting.words_of(public.get("/en" + path))),
                Artefact("page of a link", "wrong", collecting.words_of(public.post(path, wrong))),
                Artefact(
                    "page of a link",
                    "taken",
                    collecting.words_of(public.post(path, {"changed": "better", "treatment": "5"})),
                ),
                Artefact("page of a link", "over", collecting.words_of(public.get(path))),
            ]
    seen.append(Artefact("log lines", "follow-up", lines.text))
    assert len(sent()) == 2
    assert [one.text for one in seen if "Tack för svaren" in one.text]
    assert revealing(seen, planted=[ADDRESS, PHONE, "q7canary"]) == []


# Numbers and periods, and headings that the code itself gives; everything else that a title shows may be about somebody.
HARMLESS = {"row.number", "row.version", "period", "package.period", "round.week"}
FIXED = {
    ("ui/refused.html", "title"),
    ("public/done.html", "title"),
    ("releases/release.html", "title"),  # the quarter
}


def test_no_tab_of_a_closed_room_is_named_by_its_data() -> None:
    found = {(place, one) for place, one in collecting.data_in_titles() if one not in HARMLESS}
    assert found == FIXED


# Each collector is proven to find what is planted, by the same registry that it reads.


def test_a_planted_mail_is_found(now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planted = tmp_path / "mails.toml"
    shutil.copy(mails._FILE, planted)
    with planted.open("a", encoding="utf-8") as file:
        file.write(
            '\n[new_kind]\nsubject_sv = "Ditt stödsamtal"\nbody_sv = "x"\nsubject_en = "x"\nbody_en = "Violence"\n'
        )
    monkeypatch.setattr(mails, "_FILE", planted)
    mails.texts.cache_clear()
    try:
        found = revealing(collecting.mails_of_every_kind(now))
    finally:
        monkeypatch.undo()
        mails.texts.cache_clear()
    assert [one.rpartition(": ")[2] for one in found] == ["stöd", "Violen"]


@pytest.mark.parametrize(
    ("place", "content", "collect"),
    [
        ("channels/data/sms.toml", '[reminder]\nbody_sv = "Stödlinjen söker dig"', collecting.texts_of_the_channels),
        (
            "cases/templates/x.html",
            '{% block title %}{% translate "Hedersförtryck" %}{% endblock %}',
            collecting.titles_of_templates,
        ),
        ("cases/jobs.py", 'log.info("a call about violence")', collecting.constants),
        ("cases/views.py", "x = f'attachment; filename=\"tvang-tvång-{a}.csv\"'", collecting.constants),
        ("cases/exports.py", 'def file_name(n):\n    return "heder.csv"', collecting.constants),
        ("cases/feeds.py", 'import icalendar\nSUMMARY = "Möte om könsstympning"', collecting.constants),
    ],
)
def test_a_planted_text_is_found(tmp_path: Path, place: str, content: str, collect: Any) -> None:
    root = tmp_path / "samsyn"
    file = root / place
    file.parent.mkdir(parents=True)
    file.write_text(content, encoding="utf-8")
    assert revealing(collect(root))


def test_a_planted_title_that_shows_data_is_found(tmp_path: Path) -> None:
    file = tmp_path / "samsyn/cases/templates/cases/x.html"
    file.parent.mkdir(parents=True)
    said = "{% blocktranslate with a=one.title %}{{ a }}, {{ b }}{% endblocktranslate %}"
    file.write_text("{% block title %}{{ two.name|isolated }} " + said + "{% endblock %}", encoding="utf-8")
    assert {one for _place, one in collecting.data_in_titles(tmp_path / "samsyn")} == {"one.title", "b", "two.name"}


def test_a_planted_name_number_or_address_is_found() -> None:
    seen = [Artefact("log lines", "x", f'{{"message": "mail to {ADDRESS.upper()}"}}')]
    assert revealing(seen, planted=[ADDRESS])
    assert revealing(seen, planted=[PHONE]) == []


def test_every_word_of_the_list_is_found_and_has_its_reason() -> None:
    for word in collecting.SOURCES["word"]:
        assert revealing([Artefact("mail", "x", f"om {word['stem']} i dag")]), word
        assert word["reason"].strip()
    harmless = "Bokat möte. Two minutes will do. Hotell, offert, Hederlig? Nej: lunch."
    assert [one.rpartition(": ")[2] for one in revealing([Artefact("mail", "x", harmless)])] == ["Heder"]
