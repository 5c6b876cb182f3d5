"""Every page of the visitors' site: one title, no cookie, nothing from elsewhere, a way out, and all languages whole."""

import re

import pytest
from django.conf import settings
from django.test import Client

from samsyn.visitors import content

EDITIONS = list(content.ORDER)
PATHS = ["", "l/", "m/", "k/", *[f"{number}/" for number in range(1, 10)]]


def lix(text: str) -> float:
    """Return Björnsson's readability: words a sentence, and the share of words longer than six letters."""
    words = re.findall(r"\w+", text)
    sentences = max(1, len(re.findall(r"[.!?:]+", text)))
    return len(words) / sentences + 100 * sum(len(word) > 6 for word in words) / len(words)


@pytest.mark.parametrize("code", EDITIONS)
@pytest.mark.parametrize("path", PATHS)
def test_a_page_gives_nothing_away(visitor: Client, code: str, path: str) -> None:
    answer = visitor.get(f"/{code}/{path}")
    assert answer.status_code == 200
    text = answer.content.decode()
    assert not answer.cookies
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Request-OTR"] == "1"
    assert answer["X-Robots-Tag"].startswith("noindex")
    assert answer["Content-Language"] == content.editions()[code].language
    assert re.findall(r"<title>(.*?)</title>", text) == ["Information"]
    assert "samsyn" not in text.lower()
    assert not re.search(r"localStorage|serviceWorker|manifest|og:", text)
    # The only address of somebody else's is where the way out leads, and nothing fetches it.
    assert set(re.findall(r"https?://[^\"'\s]+", text)) == {settings.SAMSYN_EXIT_URL}
    assert text.count(settings.SAMSYN_EXIT_URL) == 1


@pytest.mark.parametrize("code", EDITIONS)
def test_the_way_out_comes_first_and_the_page_knows_its_direction(visitor: Client, code: str) -> None:
    text = visitor.get(f"/{code}/").content.decode()
    first = re.search(r"<(?:a|button|input|textarea|summary)\b[^>]*>", text)
    assert first
    assert 'class="exit"' in first[0]
    assert 'href="/x/"' in first[0]
    edition = content.editions()[code]
    assert f'<html lang="{edition.language}" dir="{edition.direction}"' in text
    for other in content.editions().values():
        if other.code != code:
            assert f'href="/{other.code}/" lang="{other.language}" hreflang="{other.language}"' in text


def test_the_root_speaks_swedish_without_leading_elsewhere(visitor: Client) -> None:
    answer = visitor.get("/", headers={"accept-language": "ar"})
    assert answer.status_code == 200
    assert answer["Content-Language"] == "sv"


@pytest.mark.parametrize("code", EDITIONS)
def test_an_edition_says_everything_that_the_swedish_one_says(code: str) -> None:
    first, other = content.editions()[content.FIRST], content.editions()[code]
    assert set(other.words) == set(first.words)
    assert [topic.key for topic in other.topics] == [topic.key for topic in first.topics]
    for name, text in other.words.items():
        assert set(re.findall(r"%\(\w+\)s", text)) == set(re.findall(r"%\(\w+\)s", first.words[name])), name
    for mine, its in zip(first.topics, other.topics, strict=True):
        assert its.text
        assert len(its.points) <= len(mine.points)


def test_no_text_has_a_number_that_is_not_a_fact_with_a_source() -> None:
    allowed = {"112", "14", "18", "90", "10", "15"}
    for edition in content.editions().values():
        for topic in edition.topics:
            for text in (topic.title, *topic.text, *topic.points):
                assert set(re.findall(r"\d+", text)) <= allowed, (edition.code, topic.key)
    for fact in content.facts().values():
        assert fact.source, fact.key
        assert fact.noted_on.year >= 2026, fact.key
        assert set(fact.name) >= ({"sv", "en"} if fact.kind == "law" else {"sv", "en", "ar"}), fact.key
    used = {fact.key for edition in content.editions().values() for topic in edition.topics for fact in topic.facts}
    assert used == set(content.facts())


def test_a_fact_without_a_source_is_refused() -> None:
    row = '[one]\nkind="number"\nnumber="1"\nname={sv="A"}\nsource=" "\nnoted_on=2026-01-01\nstatus="to be verified"\n'
    with pytest.raises(content.BadData):
        content._facts(row)


@pytest.mark.parametrize(("code", "most"), [("sv", 35), ("sv1", 25), ("sv2", 25)])
def test_reading_levels_are_what_they_are_called(code: str, most: int) -> None:
    for topic in content.editions()[code].topics:
        assert lix(" ".join([*topic.text, *topic.points])) < most, topic.key


@pytest.mark.parametrize("path", ["/sv/77/", "/xx/", "/sv/nothing/", "/ar/77/", "/static/none"])
def test_an_error_is_as_neutral_as_a_page(visitor: Client, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status_code == 404
    text = answer.content.decode()
    assert "<title>Information</title>" in text
    assert "samsyn" not in text.lower()
    assert answer["Content-Language"] == ("ar" if path.startswith("/ar") else "sv")
    assert visitor.put("/sv/").status_code == 405


def test_the_way_out_without_script_clears_and_leads_away(visitor: Client) -> None:
    answer = visitor.get("/x/")
    assert (answer.status_code, answer["Location"]) == (302, settings.SAMSYN_EXIT_URL)
    assert answer["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    told = visitor.post("/x/")
    assert told.status_code == 204
    assert told["Clear-Site-Data"] == '"cache", "cookies", "storage"'


def test_another_site_can_send_nothing_here(visitor: Client) -> None:
    answer = visitor.post("/sv/m/", {"text": "hej"}, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
