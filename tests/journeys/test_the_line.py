"""The line for exposed persons from a first chat to the country's figures, as README tells it.

Somebody who reads Arabic chats, is given six words and leaves by a key; comes back to another supporter, who opens the
story by the words and in no other way; the network is drawn, a referral to a shelter that doesn't exist is
followed up; an administrator reads nothing; the case is erased, and a backup of before can't be read either; the
quarter reaches the centre.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from psycopg import sql
from psycopg.types.json import Jsonb

from samsyn.config import drill
from samsyn.config.database import address
from tests.journeys.conftest import Demonstration
from tests.journeys.quarterly_package import hand_over_a_quarter, hand_over_cases
from tests.journeys.test_supporters import after_a_button, at_work, draw_a_cousin, note
from tests.journeys.test_visitor import kept, leave_by_key
from tests.journeys.test_visitor_chat import begin, new_phone, say, take

SAID = "أخي يقرأ هاتفي. ماذا أفعل؟"
STORY = "Brodern läser telefonen. Vaktelägg fyrtioett."
SHELTER = "Skyddat boende Vaktelboet, påhittat"
DATABASE, COPY = "samsyn_operator", "samsyn_operator_yesterday"
# What a case consists of in the database, each with the column that names the case.
TABLES = {"cases_case": "id", "cases_casecode": "case_id", "cases_casetext": "case_id"}


@pytest.fixture
def two(demonstration: Demonstration, chromium: Browser) -> Iterator[tuple[Page, Page]]:
    """Two supporters, each in a browser of their own, with open keys."""
    pages = tuple(at_work(chromium, demonstration, persona) for persona in ("Stödjare 1", "Stödjare 2"))
    yield pages  # type: ignore[misc]
    for page in pages:
        page.context.close()


@pytest.mark.timeout(900)
def test_from_a_first_chat_to_the_figures_of_the_country(
    page: Page, demonstration: Demonstration, chromium: Browser, two: tuple[Page, Page], tmp_path: Path
) -> None:
    first, second = two
    code, case = first_day(demonstration, chromium, first)
    next_day(demonstration, chromium, second, code, case)
    draw_a_cousin(second)
    refer(second)
    the_administrator_reads_nothing(demonstration, chromium, case)
    with yesterdays_backup(demonstration, tmp_path) as backup:
        erase(demonstration, second, case)
        the_backup_cannot_be_read(demonstration, second, backup, code, case)
    hand_over_a_quarter(page, demonstration, tmp_path)
    hand_over_cases(page, demonstration, tmp_path)


def on_duty(desk: Page, demonstration: Demonstration) -> None:
    desk.goto(f"{demonstration.operator}/cases/")
    desk.get_by_role("button", name="Gå i tjänst").click()
    expect(desk.get_by_text("Du är i tjänst.")).to_be_visible()


def first_day(demonstration: Demonstration, chromium: Browser, supporter: Page) -> tuple[str, str]:
    """Chat, be given words for coming back, leave by a key; return the words and the case's address."""
    phone, desk = new_phone(chromium), supporter.context.new_page()
    phone.goto(f"{demonstration.public}/health")
    begin(phone, demonstration)
    expect(phone.locator("html")).to_have_attribute("dir", "rtl")
    take(supporter, demonstration)
    say(phone, SAID)
    expect(supporter.locator("[data-lines]")).to_contain_text(SAID)
    on_duty(desk, demonstration)
    assert after_a_button(desk, desk.get_by_role("button", name="Öppna med kod", exact=True)) == []
    code = desk.locator(".big-code").first.inner_text()
    assert len(code.split()) == 6
    desk.get_by_role("link", name="Koden är sagd, öppna ärendet").click()
    note(desk, STORY)
    case = desk.url
    say(supporter, code)
    expect(phone.locator("[data-lines]")).to_contain_text(code)
    phone.locator("h1").click()
    leave_by_key(phone, "Escape")
    expect(supporter.locator("main")).to_contain_text("lämnade hastigt")
    phone.go_back()
    expect(phone.locator("body")).not_to_contain_text(code.split()[0])
    assert phone.context.cookies(demonstration.visitors) == []
    phone.context.close()
    desk.goto(f"{demonstration.operator}/cases/")
    desk.get_by_role("button", name="Gå ur tjänst och lås").click()
    # Off duty nobody has the story any more, not even who wrote it down.
    assert STORY not in opened(desk, case)
    return code, case


def opened(desk: Page, case: str) -> str:
    """Return what the case's address shows to this person."""
    desk.goto(case)
    return desk.locator("body").inner_text()


def next_day(demonstration: Demonstration, chromium: Browser, supporter: Page, code: str, case: str) -> None:
    """Come back to somebody else: nothing opens the story but the words that were said."""
    phone = new_phone(chromium)
    begin(phone, demonstration)
    take(supporter, demonstration)
    say(phone, code.upper())
    expect(supporter.locator("[data-lines]")).to_contain_text(code.upper())
    assert kept(phone) == [0, 0, 0]
    answer = supporter.goto(case)
    assert answer is not None
    assert answer.status == 404
    on_duty(supporter, demonstration)
    assert STORY not in opened(supporter, case)
    assert after_a_button(supporter, with_the_words(supporter, demonstration, code)) == []
    supporter.get_by_role("link", name="Till ärendet").click()
    assert supporter.url == case
    expect(supporter.locator(".timeline")).to_contain_text(STORY)
    phone.context.close()


def with_the_words(supporter: Page, demonstration: Demonstration, code: str) -> Locator:
    """Write the words into their field, and return the button that tries them."""
    supporter.goto(f"{demonstration.operator}/cases/")
    supporter.get_by_label("De sex orden").fill(code)
    return supporter.get_by_role("button", name="Öppna med koden")


def refer(supporter: Page) -> None:
    """Agree on a shelter that doesn't exist, by keyboard; on its day the case asks how it went, until somebody says."""
    first = supporter.get_by_role("group", name="Slussning 1")
    supporter.get_by_role("link", name="Ändra slussningar").press("Enter")
    supporter.wait_for_url("**/referrals/")
    first.get_by_label("Slag av aktör").focus()
    supporter.keyboard.type("Ideell")
    supporter.keyboard.press("Tab")
    supporter.keyboard.type(SHELTER)
    first.get_by_label("Följs upp").fill((datetime.now(UTC) - timedelta(days=1)).date().isoformat())
    supporter.keyboard.press("Control+Enter")
    supporter.wait_for_url(re.compile(r"/cases/[\w-]{36}/$"))
    to_follow_up = supporter.locator(".notice", has_text="Slussningar att följa upp")
    expect(to_follow_up).to_contain_text(f"Ideell: {SHELTER}")
    to_follow_up.get_by_role("link").press("Enter")
    supporter.wait_for_url("**/referrals/")
    first.get_by_label("Hur det gick").focus()
    supporter.keyboard.type("Tog emot")
    supporter.keyboard.press("Control+Enter")
    supporter.wait_for_url(re.compile(r"/cases/[\w-]{36}/$"))
    expect(supporter.locator("main")).not_to_contain_text(SHELTER)
    expect(supporter.locator("aside")).to_contain_text(f"Ideell {SHELTER}")
    expect(supporter.locator("aside")).to_contain_text("Tog emot")


def the_administrator_reads_nothing(demonstration: Demonstration, chromium: Browser, case: str) -> None:
    """No page leads there for whoever gives roles, and the database in their hands holds no word of it."""
    page = chromium.new_context().new_page()
    page.goto(f"{demonstration.operator}/personas/")
    page.locator("button[name=name][value=administrator]").click()
    page.wait_for_load_state()
    assert page.locator("a[href^='/cases/']").count() == 0
    for there in (case, f"{demonstration.operator}/cases/", f"{demonstration.operator}/cases/overrides/"):
        answer = page.goto(there)
        assert answer is not None
        assert answer.status == 403
        expect(page.locator("body")).not_to_contain_text("Vaktel")
    page.context.close()


class Backup:
    """The operator's database as it was, restored beside the running one."""

    def __init__(self, demonstration: Demonstration, folder: Path) -> None:
        self.demonstration, self.folder = demonstration, folder

    @property
    def url(self) -> str:
        return address(self.demonstration.server, database=COPY)

    def __enter__(self) -> "Backup":
        self.server(sql.SQL("CREATE DATABASE {} TEMPLATE template0"))
        drill.restored(self.demonstration.server, name=DATABASE, copy=COPY, folder=self.folder)
        return self

    def __exit__(self, *_error: object) -> None:
        self.server(sql.SQL("DROP DATABASE {} WITH (FORCE)"))

    def server(self, statement: sql.SQL) -> None:
        with psycopg.connect(self.demonstration.server, autocommit=True) as connection:
            connection.execute(statement.format(sql.Identifier(COPY)))

    def samsyn(self, *command: str) -> str:
        environment = {**self.demonstration.environment("operator"), "DATABASE_URL": self.url}
        done = subprocess.run(
            [sys.executable, "-m", "samsyn", *command], capture_output=True, text=True, cwd=os.getcwd(),
            env=environment | {"PUBLIC_DATABASE_URL": self.url},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout


def yesterdays_backup(demonstration: Demonstration, folder: Path) -> Backup:
    return Backup(demonstration, folder)


def erase(demonstration: Demonstration, supporter: Page, case: str) -> None:
    opened(supporter, case)
    handle = supporter.locator("h1 [translate=no]").inner_text()
    supporter.get_by_role("link", name="Avsluta, dra sig ur eller radera").click()
    supporter.locator("#handle").fill(handle)
    supporter.get_by_role("button", name="Radera för alltid").click()
    expect(supporter.get_by_role("heading", name="Ärenden", exact=True)).to_be_visible()


def the_backup_cannot_be_read(
    demonstration: Demonstration, supporter: Page, backup: Backup, code: str, case: str
) -> None:
    """The rows come back from the backup, and neither the words nor a key of anybody's opens them; the drill erases them."""
    case_id = case.rstrip("/").rpartition("/")[2]
    dump = subprocess.run(
        [drill.program("pg_dump", version=server_version(backup.url)), backup.url], capture_output=True, check=True
    ).stdout
    assert case_id.encode() in dump
    for word in ("Vaktel", "Brodern läser"):
        assert word.encode() not in dump
    live = address(demonstration.server, database=DATABASE)
    with psycopg.connect(backup.url) as old, psycopg.connect(live) as now:
        for table, column in TABLES.items():
            query = sql.SQL("SELECT to_jsonb(t) FROM {} t WHERE {} = %s").format(
                sql.Identifier(table), sql.Identifier(column)
            )
            rows = [row for (row,) in old.execute(query, [case_id]).fetchall()]
            assert rows
            put = sql.SQL("INSERT INTO {0} SELECT * FROM jsonb_populate_record(NULL::{0}, %s)").format(
                sql.Identifier(table)
            )
            for row in rows:
                now.execute(put, [Jsonb(row)])
    button = with_the_words(supporter, demonstration, code)
    with supporter.expect_navigation() as refused:
        button.click()
    assert refused.value is not None
    assert refused.value.status == 409
    assert STORY not in opened(supporter, case)
    assert "1 erased cases had come back and are gone again" in backup.samsyn("replay_erasures")
    with psycopg.connect(backup.url) as restored:
        assert restored.execute("SELECT count(*) FROM cases_case WHERE id = %s", [case_id]).fetchone() == (0,)


def server_version(url: str) -> int:
    with psycopg.connect(url) as connection:
        return connection.info.server_version // 10_000
