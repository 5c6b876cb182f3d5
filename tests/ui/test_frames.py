"""The frames: parts that vanish when empty, languages, pages for what went wrong."""

from collections.abc import Iterator
from typing import Any

import html5lib
import pytest
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import set_urlconf
from django.utils import translation

from samsyn.ui import views


@pytest.fixture(autouse=True)
def addresses() -> Iterator[None]:
    set_urlconf("tests.ui.urls")
    yield
    set_urlconf(None)


def rendered(text: str, path: str = "/", site: str = "staff", **context: object) -> str:
    request: Any = RequestFactory().get(path)
    request.site_name = site
    return str(engines["django"].from_string(text).render(context, request))


def test_a_heading_becomes_the_first_heading_and_empty_parts_leave_nothing() -> None:
    html = rendered('{% extends "ui/base.html" %}{% block heading %}Listor{% endblock %}')
    assert '<div class="heading"><h1>Listor</h1></div>' in html
    assert "<aside" not in html
    assert "<footer" not in html


def test_a_heading_with_its_own_markup_is_left_alone() -> None:
    html = rendered('{% extends "ui/public.html" %}{% block heading %}<h1>Listor</h1><p>Alla</p>{% endblock %}')
    assert html.count("<h1>") == 1


def test_the_side_and_the_buttons_come_when_they_have_content() -> None:
    parts = "{% block aside %}<p>Vid sidan</p>{% endblock %}{% block footer %}<p>x</p>{% endblock %}"
    html = rendered('{% extends "ui/base.html" %}' + parts)
    assert '<aside class="side"' in html.replace(' aria-label="Vid sidan om"', "")
    assert '<footer class="actions">' in html


@pytest.mark.parametrize(
    ("path", "language", "link"),
    [
        ("/tables/4?from=2020", "sv", "/en/tables/4?from=2020"),
        ("/en/tables/4", "en", "/tables/4"),
    ],
)
def test_a_public_page_links_to_itself_in_the_other_language(path: str, language: str, link: str) -> None:
    with translation.override(language):
        html = rendered("{% load ui %}{% language_switch %}", path, "public")
    assert f'href="{link}"' in html


def test_a_public_page_without_translation_goes_by_no_link_that_leads_nowhere() -> None:
    html = rendered("{% load ui %}{% language_switch %}", "/only-swedish", "public")
    assert html.strip() == ""


def test_a_staff_page_changes_language_by_a_post_that_leads_back() -> None:
    html = rendered("{% load ui %}{% language_switch %}", "/tables/4?from=1")
    assert 'method="post" action="/language"' in html
    assert 'name="next" value="/tables/4?from=1"' in html
    assert 'name="language" value="en" lang="en"' in html


@pytest.mark.parametrize("name", ["400", "403", "404", "500", "refused"])
def test_every_page_for_what_went_wrong_needs_no_context_and_is_valid(name: str) -> None:
    html = render_to_string(f"ui/{name}.html")
    html5lib.HTMLParser(strict=True).parse(html)
    assert 'href="/"' in html


def test_a_refusal_says_what_and_leads_back_and_is_never_markup() -> None:
    html = render_to_string(
        "ui/refused.html", {"message": "<b>Nej</b>", "back_url": "/tables/4", "back_label": "Till listan"}
    )
    assert "&lt;b&gt;Nej" in html
    assert 'href="/tables/4">Till listan' in html


def test_handlers_answer_with_the_right_status() -> None:
    request = RequestFactory().get("/")
    assert views.bad_request(request).status_code == 400
    assert views.forbidden(request).status_code == 403
    assert views.not_found(request).status_code == 404
    answer = views.server_error(request)
    assert answer.status_code == 500
    assert "{%" not in answer.content.decode()
