"""A visitor at the forms: writes, is warned, waits where there is no script, comes back with the words."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.conf import settings
from django.test import Client

from samsyn.privacy import floods
from samsyn.visitors import codes, policies
from samsyn.visitors.actions import Left
from samsyn.visitors.models import Box, Message
from samsyn.visitors.views import pages
from tests.visitors.conftest import TEXT, solved

pytestmark = pytest.mark.django_db
Post = Mapping[str, str]


def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's first form."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.split("</form>")[0]))


def with_work(visitor: Client, path: str) -> dict[str, str]:
    """Return the hidden fields of a fresh form, its work done."""
    said = hidden(visitor.get(path).content.decode())
    return said | {"done": solved(said["work"])}


def old_work(purpose: str) -> dict[str, str]:
    """Work of a form that was opened a while ago and has no script."""
    then = int(datetime.now(tz=UTC).timestamp()) - floods.SECONDS_WITHOUT_SCRIPT - 1
    return {"work": floods.new_challenge(purpose, now=then, key=codes.own_key("work")), "done": ""}


def words_in(page: str) -> list[str]:
    return re.findall(r"<li>(\w+)</li>", page.split('class="code"')[1].split("</ol>")[0])


def open_page(visitor: Client, left: Left, path: str = "/ar/k/") -> str:
    answer = visitor.post(path, old_work("open") | {"words": " ".join(left.code.words)})
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_somebody_writes_and_comes_back_without_a_cookie(visitor: Client) -> None:
    answer = visitor.post("/ar/m/", with_work(visitor, "/ar/m/") | {"text": TEXT})
    assert answer.status_code == 200
    words = words_in(answer.content.decode())
    assert len(words) == policies.CODE_WORDS
    typed = "  ".join(words).upper()
    back = visitor.post("/en/k/", with_work(visitor, "/en/k/") | {"words": typed, "do": "open"})
    assert back.status_code == 200
    assert TEXT in unescape(back.content.decode())
    assert "There is no answer yet" in back.content.decode()
    more = hidden(back.content.decode())
    more["done"] = solved(more["work"])
    again = visitor.post("/en/k/", more | {"text": "Och min syster."})
    assert "Och min syster." in again.content.decode()
    assert not visitor.cookies
    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    ("text", "warning"), [("jag 19121212-1212", "personnummer"), ("ring 0701234567", "telefonnummer")]
)
def test_a_number_of_a_person_warns_and_keeps_nothing_until_it_is_sent_anyway(
    visitor: Client, text: str, warning: str
) -> None:
    answer = visitor.post("/sv/m/", old_work("write") | {"text": text})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert warning in page.split("<textarea")[0]
    assert text in page
    assert not Box.objects.exists()
    sent = visitor.post("/sv/m/", hidden(page) | {"text": text})
    assert sent.status_code == 200
    assert Box.objects.count() == 1


def test_without_script_one_waits_and_loses_nothing(visitor: Client) -> None:
    said = hidden(visitor.get("/sv/m/").content.decode())
    answer = visitor.post("/sv/m/", said | {"text": TEXT})
    assert answer.status_code == 429
    page = unescape(answer.content.decode())
    assert "Vänta" in page
    assert TEXT in page
    assert hidden(page)["work"] == said["work"]  # so that the time already waited counts
    assert visitor.post("/sv/m/", old_work("write") | {"text": TEXT}).status_code == 200


def test_without_script_a_minute_has_room_for_a_few(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert visitor.post("/sv/m/", old_work("write") | {"text": "ett"}).status_code == 200
    monkeypatch.setattr(pages, "without_script", floods.Bucket(0))
    full = visitor.post("/sv/m/", old_work("write") | {"text": "två"})
    assert full.status_code == 503
    assert "två" in full.content.decode()
    # Whoever has shown work is not held up by those who haven't.
    assert visitor.post("/sv/m/", with_work(visitor, "/sv/m/") | {"text": "tre"}).status_code == 200


def test_the_same_form_twice_is_told_so(visitor: Client) -> None:
    said = with_work(visitor, "/sv/m/") | {"text": TEXT}
    assert visitor.post("/sv/m/", said).status_code == 200
    again = visitor.post("/sv/m/", said)
    assert again.status_code == 409
    assert "redan skickat" in again.content.decode()
    assert Message.objects.count() == 1


def without_work(page: str) -> str:
    """Return a page without what is drawn anew for every form."""
    return re.sub(r'name="work" value="[^"]*"', "", page)


def test_wrong_and_unknown_words_get_the_same_page(visitor: Client, left: Left) -> None:
    pages = set()
    for locator in (left.code.locator, codes.new_code().locator):
        answer = visitor.post("/sv/k/", old_work("open") | {"words": f"{locator} {codes.new_code().secret}"})
        assert answer.status_code == 403
        pages.add(without_work(answer.content.decode()))
    assert len(pages) == 1
    assert "öppnar ingenting" in pages.pop()


def test_a_slip_of_spelling_is_told_before_anything_is_tried(visitor: Client, left: Left) -> None:
    answer = visitor.post("/sv/k/", old_work("open") | {"words": "inget sådant ord finns"})
    assert answer.status_code == 422
    assert "sex ord" in answer.content.decode()


def test_the_word_for_somebody_came_leads_away_at_once(visitor: Client, left: Left) -> None:
    said = hidden(open_page(visitor, left))
    answer = visitor.post("/ar/k/", said | {"done": solved(said["work"]), "text": left.alarm_word})
    assert (answer.status_code, answer["Location"]) == (303, settings.SAMSYN_EXIT_URL)
    assert "Clear-Site-Data" in answer


def test_everything_goes_when_the_visitor_says_so(visitor: Client, left: Left) -> None:
    said = hidden(open_page(visitor, left))
    answer = visitor.post("/sv/k/", {"box": said["box"], "do": "forget"})
    assert "Allt är raderat" in answer.content.decode()
    assert not Box.objects.exists()
    assert visitor.post("/sv/k/", {"box": said["box"], "do": "more", "text": "x"} | old_work("more")).status_code == 404


@pytest.mark.parametrize("box", ["", "AAAA", "å" * 40])
def test_a_ticket_that_is_not_ours_opens_nothing(visitor: Client, left: Left, box: str) -> None:
    answer = visitor.post("/sv/k/", {"box": box, "do": "more", "text": "x"})
    assert answer.status_code == 403
    assert "stängdes" in answer.content.decode()


def test_a_ticket_lives_twenty_minutes(left: Left, now: datetime) -> None:
    from uuid import uuid4

    from samsyn.visitors import tickets

    box = tickets.OpenBox(uuid4(), b"k" * 32)
    ticket = tickets.new_ticket(box, at=now)
    assert tickets.read_ticket(ticket, at=now + tickets.LIFE) == box
    with pytest.raises(tickets.Expired):
        tickets.read_ticket(ticket, at=now + tickets.LIFE + timedelta(seconds=1))
    with pytest.raises(tickets.Expired):
        tickets.read_ticket(ticket[:-8] + "AAAAAAA=", at=now)


def test_what_nobody_sees_is_taken_out_and_arabic_stays_whole(visitor: Client) -> None:
    from samsyn.visitors import forms

    assert forms.cleaned("a\u202eb\x00c\u2066d\ufffd\r\ne") == "abcd\ne"
    assert forms.cleaned("می\u200cخواهم \u200fسلام") == "می\u200cخواهم \u200fسلام"
    assert len(forms.cleaned("x" * 10**6)) == policies.LONGEST_TEXT + 1
