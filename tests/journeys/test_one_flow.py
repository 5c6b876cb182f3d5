"""One flow: a call by SIP, the queue, the desk, a supervision booked out of it, a follow-up by link, a measurement.

What an adviser, a professional, a team lead and the programs of their own do on one day, with the web processes killed
while the adviser is writing.
"""

import email
import email.policy
import os
import re
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.channels import sipp
from tests.journeys.conftest import Demonstration, become
from tests.journeys.test_reference_call import open_desk, wait_saved

PATIENCE = 60_000
STOCKHOLM = ZoneInfo("Europe/Stockholm")
TO = "handledning.q7canary@kommun.example"
# Sector, profession, municipality, a new matter, main concern, status: as in the reference call.
CALL = ("1", "Tab", "s", "o", "c", "Tab", "m", "o", "t", "Tab", "Tab", "4", "Tab", "2")


@pytest.mark.timeout(600)
def test_from_a_ringing_telephone_to_the_report_of_a_measurement(
    page: Page, chromium: Browser, demonstration: Demonstration, tmp_path: Path
) -> None:
    page.context.set_default_timeout(PATIENCE)
    open_the_line(page, demonstration)
    with Caller(demonstration.sip_port, tmp_path) as caller:
        contact = answer_out_of_the_queue(page, demonstration)
    assert (caller.heard.succeeded, caller.heard.failed) == (1, 0)

    register_while_the_web_processes_are_killed(page, demonstration)
    starts_at = book_supervision_in_two_weeks(page, contact)
    check_khal_shows(the_mail(demonstration, "METHOD:REQUEST"), starts_at, tmp_path)

    agree_and_close(page, contact)
    answer_by_link(chromium, link_of(the_mail(demonstration, "/svar/")))

    report = measure_two_weeks(page, demonstration)
    assert "5 av 5 kontakter i urvalet, 100 procent" in report
    kept = demonstration.rows(
        "SELECT state, outcome, extract(epoch FROM answered_at - arrived_at)::float, is_out_of_hours"
        " FROM channels_call WHERE adapter = 'sip'"
    )
    ((state, outcome, waited, is_out_of_hours),) = kept
    assert (state, outcome, is_out_of_hours) == ("closed", "answered", False)
    assert abs(float(str(waited)) - caller.heard.rang[0]) < sipp.ALLOWED


class Caller:
    """SIPp, which rings until somebody answers, says nothing for two seconds and hangs up."""

    heard: sipp.Heard

    def __init__(self, port: int, folder: Path) -> None:
        self.folder = folder / "sipp"
        self.folder.mkdir()
        self.thread = threading.Thread(target=self._call, args=[port])

    def _call(self, port: int) -> None:
        self.heard = sipp.call(port, 1, a_second=1, talk_ms=2000, folder=self.folder)

    def __enter__(self) -> "Caller":
        self.thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.thread.join(180)


def open_the_line(page: Page, demonstration: Demonstration) -> None:
    """Let the team lead open it today from morning to night, whatever weekday it is."""
    become(page, demonstration, "lead")
    page.goto(f"{demonstration.staff}/queue/hours/")
    form = page.locator("form", has=page.get_by_role("button", name="Spara dagen"))
    form.locator("[name=day]").fill(datetime.now(STOCKHOLM).date().isoformat())
    form.locator("[name=first]").fill("00:00")
    form.locator("[name=last]").fill("23:59")
    form.get_by_role("button", name="Spara dagen").click()
    page.get_by_text("0.00–23.59").or_(page.get_by_text("00:00–23:59")).first.wait_for()


def answer_out_of_the_queue(page: Page, demonstration: Demonstration) -> str:
    """See the call come and its waiting time grow, answer it, and return the address of its contact."""
    become(page, demonstration, "adviser")
    page.goto(f"{demonstration.staff}/queue/")
    waiting = page.locator("[data-waited]").first
    waiting.wait_for()
    expect(waiting).to_have_text(re.compile(r"00:0[2-9]|00:[1-5]\d"), timeout=PATIENCE)
    page.get_by_role("button", name="Svara").first.click()
    page.wait_for_url(re.compile(r"/desk/[0-9a-f-]{36}/$"))
    expect(page.locator(".who").first).to_contain_text(re.compile(r"väntade 00:\d\d"))
    return page.url


def register_while_the_web_processes_are_killed(page: Page, demonstration: Demonstration) -> None:
    page.locator("input[name=sector]:focus").wait_for(state="attached")
    for number, key in enumerate(CALL):
        if number == len(CALL) // 2:
            kill_web_processes(demonstration)
        page.keyboard.press(key)
    wait_saved(page)
    contact_id = page.url.rstrip("/").rpartition("/")[2]
    stored = demonstration.rows("SELECT code, values FROM contacts_answer WHERE contact_id = %s", contact_id)
    said = {str(code): values for code, values in stored}
    assert (said["sector"], said["municipality"], said["main_concern"]) == (
        ["social_services"], ["0583"], ["abduction"],
    )  # fmt: skip


def kill_web_processes(demonstration: Demonstration) -> None:
    """Kill what answers for the centre at once, as a fault of the machine would; its parent starts others."""
    served: dict[int, int] = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            command = (place / "cmdline").read_bytes()
            parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has just ended
            continue
        if b"samsyn.config.wsgi" in command and f"127.0.0.1:{demonstration.port}\0".encode() in command:
            served[int(place.name)] = parent
    workers = [process for process, parent in served.items() if parent in served]
    assert len(workers) == 2
    for process in workers:
        os.kill(process, signal.SIGKILL)


def book_supervision_in_two_weeks(page: Page, contact: str) -> datetime:
    """Book it out of the contact, with an invitation to the professional, and return when it begins."""
    page.get_by_role("link", name="Boka tid").click()
    for weeks in (2, 3, 4):  # over Christmas nobody supervises
        page.locator("select[name=kind]").select_option("supervision")
        page.locator("form.filters [name=day]").first.fill(
            (datetime.now(STOCKHOLM).date() + timedelta(weeks=weeks)).isoformat()
        )
        page.get_by_role("button", name="Visa", exact=True).click()
        page.get_by_role("heading", name=re.compile("Lediga tider: Handledning")).wait_for()
        if page.locator("input[name=slot]").count():
            break
    slot = page.locator("input[name=slot]").first
    value = str(slot.get_attribute("value"))
    slot.check()
    page.get_by_label("Kallelse till, e-post i arbetet").fill(TO)
    page.get_by_role("button", name="Boka", exact=True).click()
    page.get_by_text("Handledning bokad").wait_for()
    page.get_by_role("link", name="Tillbaka till samtalet").click()
    page.wait_for_url(contact)
    return datetime.fromisoformat(value.partition("@")[2].rstrip("Z")).replace(tzinfo=UTC)


def the_mail(demonstration: Demonstration, with_words: str) -> EmailMessage:
    """Return the mail to the professional that has these words in it, when it has gone out."""
    deadline = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < deadline:
        for file in (demonstration.state / "centre" / "mail").glob("*"):
            for written in file.read_bytes().split(b"\n" + b"-" * 79 + b"\n"):
                mail = email.message_from_bytes(written, policy=email.policy.default)
                assert isinstance(mail, EmailMessage)
                if mail["To"] == TO and any(with_words in part for part in parts(mail)):
                    return mail
        time.sleep(0.5)
    raise AssertionError(f"no mail with {with_words}")


def parts(mail: EmailMessage) -> list[str]:
    return [str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text"]


def link_of(mail: EmailMessage) -> str:
    found = re.search(r"https?://\S+/svar/\S+", parts(mail)[0])
    assert found
    return found[0]


def check_khal_shows(mail: EmailMessage, starts_at: datetime, folder: Path) -> None:
    """Open the invitation in a calendar program that is not ours."""
    (file,) = [part for part in parts(mail) if "BEGIN:VCALENDAR" in part]
    (folder / "kallelse.ics").write_text(file, newline="")
    (folder / "calendar").mkdir()
    config = folder / "khal"
    config.write_text(
        f"[calendars]\n[[c]]\npath = {folder / 'calendar'}\n[sqlite]\npath = {folder / 'khal.db'}\n"
        "[locale]\nlocal_timezone = Europe/Stockholm\ndefault_timezone = Europe/Stockholm\ntimeformat = %H:%M\n"
        "dateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\ndatetimeformat = %Y-%m-%d %H:%M\n"
        "longdatetimeformat = %Y-%m-%d %H:%M\n"
    )
    khal = [sys.executable, "-W", "ignore", "-m", "khal", "-c", str(config)]
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "XDG_DATA_HOME": str(folder), "XDG_CACHE_HOME": str(folder)}
    local = starts_at.astimezone(STOCKHOLM)
    shown = ""
    for command in (
        ["import", "--batch", "-a", "c", str(folder / "kallelse.ics")],
        ["list", "--format", "{start-long-full} {title}", "--day-format", "", f"{local:%Y-%m-%d}", "1d"],
    ):
        done = subprocess.run([*khal, *command], capture_output=True, text=True, timeout=90, env=environment)
        assert not done.returncode, done.stderr
        shown = done.stdout.strip()
    assert shown == f"{local:%Y-%m-%d %H:%M} Bokat möte"


def agree_and_close(page: Page, contact: str) -> None:
    """Note the professional's consent to a few questions by link, and close the contact."""
    page.goto(f"{contact}follow-up/")
    page.locator("#to").fill(TO)
    page.locator("[name=asks_direct]").check()
    page.get_by_role("button", name="Anteckna samtycket").click()
    page.wait_for_url(contact)
    page.locator("input[name=sector]:focus").wait_for(state="attached")
    close(page)


def close(page: Page) -> None:
    before = page.url
    page.keyboard.press("F9")
    page.keyboard.press("1")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda now: now != before)
    page.locator("input[name=sector]:focus").wait_for(state="attached")


def answer_by_link(chromium: Browser, link: str) -> None:
    """Answer as the professional does, in a browser of their own; the link is used up then."""
    with chromium.new_context(locale="sv-SE") as professionals:
        page = professionals.new_page()
        page.goto(link)
        names = dict.fromkeys(page.locator("input[type=radio]").evaluate_all("all => all.map(one => one.name)"))
        assert len(names) >= 2
        for name in names:
            page.locator(f"input[name='{name}']").first.check(force=True)
        page.get_by_role("button", name="Skicka svaren").click()
        expect(page.get_by_role("heading", name="Tack")).to_be_visible(timeout=PATIENCE)
        page.goto(link)
        expect(page.get_by_role("button", name="Skicka svaren")).to_have_count(0)


def measure_two_weeks(page: Page, demonstration: Demonstration) -> str:
    """Plan a measurement with two extra questions, let the adviser ask five callers, stop it, and return its report."""
    become(page, demonstration, "lead")
    page.goto(f"{demonstration.staff}/quality/plan/")
    page.locator("summary", has_text="Fråga 2").click()
    today = datetime.now(STOCKHOLM).date()
    for name, value in {
        "title_sv": "Två veckor om planer",
        "title_en": "Two weeks about plans",
        "first_on": today.isoformat(),
        "last_on": (today + timedelta(days=13)).isoformat(),
        "seed": "4711",
        "form-0-wording_sv": "Har ni en plan?",
        "form-0-wording_en": "Do you have a plan?",
        "form-1-wording_sv": "Är planen känd?",
        "form-1-wording_en": "Is the plan known?",
    }.items():
        page.locator(f"[name={name}]").fill(value)
    for name in ("form-0-list_code", "form-1-list_code"):
        page.locator(f"[name={name}]").select_option("yes_no")
    page.get_by_role("button", name="Planera").click()
    page.get_by_text("Färre än fem kontakter i urvalet än så länge.").wait_for()
    measurement = page.url

    open_desk(page, demonstration)
    for number in range(5):
        for key in CALL:
            page.keyboard.press(key)
        for question, answer in (("extra-q1", "yes"), ("extra-q2", "yes" if number else "no")):
            page.locator(f"input[name={question}][value={answer}]").check(force=True)
        wait_saved(page)
        close(page)

    become(page, demonstration, "lead")
    page.goto(measurement)
    page.get_by_role("button", name="Avbryt mätningen och frys rapporten").click()
    page.get_by_role("heading", name="Svarsandel").wait_for()
    assert page.locator("table").count() == 2
    with page.expect_download() as download:
        page.get_by_role("link", name="Hämta som CSV").click()
    assert "Är planen känd?" in download.value.path().read_text("utf-8-sig")
    return page.locator("main").inner_text()
