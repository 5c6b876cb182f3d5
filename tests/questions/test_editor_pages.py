"""The editor's pages as a browser without script meets them."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import html5lib
import pytest
from django.http import HttpResponse
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from samsyn.people.actors import Actor
from samsyn.questions import models, queries
from tests.questions.conftest import events

SignIn = Callable[[Actor], Client]


def fields_of(page: Any, form: str = "change") -> dict[str, Any]:
    """Return what a browser would post if the person pressed the form's button at once."""
    root = html5lib.parse(page.content.decode(), namespaceHTMLElements=False)
    (found,) = root.findall(f".//form[@id='{form}']")
    values: dict[str, Any] = {}
    for control in found.iter("input"):
        kind = control.get("type", "text")
        if kind in {"checkbox", "radio"} and control.get("checked") is None:
            continue
        values.setdefault(control.get("name"), []).append(
            control.get("value", "on" if kind in {"checkbox", "radio"} else "")
        )
    for select in found.iter("select"):
        chosen = [option.get("value") for option in select.iter("option") if option.get("selected") is not None]
        values[select.get("name")] = chosen or [next(select.iter("option")).get("value")]
    values.pop("csrfmiddlewaretoken", None)
    return values


def text_of(page: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def test_the_team_lead_changes_a_question_and_publishes_it(loaded: None, team_lead: Actor, signed_in: SignIn) -> None:
    browser = signed_in(team_lead)
    assert "Stödsamtal med yrkesverksam" in text_of(browser.get(reverse("questions:list")))
    begun = browser.post(reverse("questions:start_instrument_draft", args=["support_call"]))
    draft = models.InstrumentVersion.objects.get(status="draft")
    assert begun.headers["Location"] == reverse("questions:version", args=[draft.id])
    page = browser.get(reverse("questions:version", args=[draft.id]))
    assert "nationell kärna, låst" in text_of(page)

    address = reverse("questions:change_question", args=[draft.id, "profession"])
    fields = fields_of(browser.get(address))
    fields["wording_sv"] = ["Yrkesroll"]
    assert browser.post(address, fields).status_code == 302
    assert "är nu «Yrkesroll»" in text_of(browser.get(reverse("questions:version", args=[draft.id])))

    address = reverse("questions:publish_instrument", args=[draft.id])
    fields = fields_of(browser.get(address), "publish")
    wrong = browser.post(address, fields | {"level": ["patch"], "valid_from": ["2001-01-01"], "reason": ["Klarare."]})
    assert wrong.status_code == 422
    assert "tidigast i dag" in text_of(wrong)
    right = browser.post(address, fields | {"level": ["patch"], "reason": ["Klarare."]})
    assert right.status_code == 302
    at = timezone.now()
    assert queries.instrument_in_force(at=at).version == 1
    assert queries.instrument_in_force(at=at + timedelta(days=1)).question("profession").wording_sv == "Yrkesroll"
    assert "Ändra" not in text_of(browser.get(reverse("questions:version", args=[draft.id])))


def test_what_is_saved_unchanged_is_unchanged(
    draft: models.InstrumentVersion, team_lead: Actor, signed_in: SignIn
) -> None:
    browser = signed_in(team_lead)
    for question in draft.questions.filter(core=False):
        address = reverse("questions:change_question", args=[draft.id, question.code])
        assert browser.post(address, fields_of(browser.get(address))).status_code == 302, question.code
    assert queries.instrument_changes(version_id=draft.id) == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"options": ["control", "nonsense"]}, "Okänd kod bland svarsalternativen"),
        ({"wording_sv": [""]}, "Det här behöver rättas"),
        ({"wording_sv": ["x" * 121]}, "Det här behöver rättas"),
        ({"wording_sv": ["noll\x00"]}, "Det här behöver rättas"),
        ({"revision": ["x"]}, "Det här behöver rättas"),
    ],
)
def test_what_makes_no_sense_is_answered_with_422_and_changes_nothing(
    draft: models.InstrumentVersion, team_lead: Actor, signed_in: SignIn, change: dict[str, Any], said: str
) -> None:
    browser = signed_in(team_lead)
    address = reverse("questions:change_question", args=[draft.id, "exposure"])
    answer = browser.post(address, fields_of(browser.get(address)) | change)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert queries.instrument_changes(version_id=draft.id) == ()
    assert not events("question_changed")


def test_a_local_question_with_a_taken_code_is_answered_with_422(
    draft: models.InstrumentVersion, team_lead: Actor, signed_in: SignIn
) -> None:
    browser = signed_in(team_lead)
    address = reverse("questions:add_local_question", args=[draft.id])
    fields = fields_of(browser.get(address)) | {
        "wording_sv": ["Behövs tolk?"],
        "wording_en": ["Interpreter needed?"],
        "list_code": ["yes_no"],
        "section": ["given"],
        "kind": ["single"],
    }
    assert browser.post(address, fields).status_code == 302
    assert draft.questions.get(local=True).code == "local_behovs_tolk"
    fields["revision"] = fields_of(browser.get(address))["revision"]
    again = browser.post(address, fields)
    assert again.status_code == 422
    assert "Det finns redan en fråga med kortnamnet local_behovs_tolk" in text_of(again)
    for wrong in ({"list_code": ["nonsense"]}, {"section": ["nonsense"]}, {"kind": ["text"]}, {"code": ["Å b"]}):
        assert browser.post(address, fields | wrong).status_code == 422
    assert draft.questions.filter(local=True).count() == 1


def test_an_older_page_is_answered_with_409(
    draft: models.InstrumentVersion, team_lead: Actor, signed_in: SignIn
) -> None:
    browser = signed_in(team_lead)
    address = reverse("questions:change_question", args=[draft.id, "profession"])
    older = fields_of(browser.get(address))
    move = reverse("questions:move_question", args=[draft.id, "sex"])
    assert browser.post(move, {"revision": 1, "direction": "up"}).status_code == 302
    late = browser.post(address, older | {"wording_sv": ["Yrkesroll"]})
    assert late.status_code == 409
    assert "Någon annan har ändrat utkastet" in text_of(late)
    assert draft.questions.get(code="profession").wording_sv == "Yrke"
    assert browser.post(move, {"revision": "²", "direction": "up"}).status_code == 409


def test_the_locked_core_says_why_it_cannot_be_changed(
    draft: models.InstrumentVersion, team_lead: Actor, signed_in: SignIn
) -> None:
    answer = signed_in(team_lead).get(reverse("questions:change_question", args=[draft.id, "sector"]))
    assert answer.status_code == 409
    assert "nationella kärnan" in text_of(answer)


def test_the_preview_asks_as_the_desk_does(
    draft: models.InstrumentVersion, team_lead: Actor, signed_in: SignIn
) -> None:
    page = signed_in(team_lead).get(reverse("questions:preview", args=[draft.id])).content.decode()
    for question in queries.instrument_version(version_id=draft.id, on=timezone.localdate()).questions:
        assert f'name="{question.code}"' in page
    assert "Be om avidentifiering" in page


def test_a_follow_up_question_names_the_field_that_decides(instrument: queries.Instrument) -> None:
    page = Template("{% load questions %}{% ask question=question name=name %}")
    follow_up = page.render(Context({"question": instrument.question("fgm_status"), "name": "p2-fgm_status"}))
    assert 'data-asked-if="p2-exposure" data-asked-values="fgm"' in follow_up
    assert 'name="p2-fgm_status" value="worry"' in follow_up
    other = page.render(Context({"question": instrument.question("sex"), "name": "p2-sex"}))
    assert "data-asked-if" not in other


def test_a_template_is_saved_before_it_is_published(
    template_draft: models.TemplateVersion, team_lead: Actor, signed_in: SignIn
) -> None:
    browser = signed_in(team_lead)
    address = reverse("questions:template_version", args=[template_draft.id])
    fields = fields_of(browser.get(address)) | {"standard_minutes": ["25"], "publish": ["1"]}
    answer = browser.post(address, fields)
    assert answer.headers["Location"] == reverse("questions:publish_template", args=[template_draft.id])
    assert "Normaltiden var 15 minuter" in text_of(browser.get(answer.headers["Location"]))


def test_the_team_lead_changes_a_template(
    template_draft: models.TemplateVersion, team_lead: Actor, signed_in: SignIn
) -> None:
    browser = signed_in(team_lead)
    address = reverse("questions:template_version", args=[template_draft.id])
    fields = fields_of(browser.get(address))
    assert browser.post(address, fields).status_code == 302
    assert queries.template_changes(version_id=template_draft.id) == ()

    fields = fields_of(browser.get(address)) | {"standard_minutes": ["25"], "line-0-place": ["9"]}
    fields |= {"line-6-text_sv": ["Vem som hämtar"], "line-6-text_en": ["Who picks up"]}
    assert browser.post(address, fields).status_code == 302
    sentences = queries.template_changes(version_id=template_draft.id)
    assert "Normaltiden var 15 minuter och är nu 25 minuter." in sentences
    assert "Fråga om: «Vem som hämtar» är ny." in sentences
    assert "Raderna står i en annan ordning." in sentences

    half = fields_of(browser.get(address)) | {"line-0-text_en": [""]}
    wrong = browser.post(address, half)
    assert wrong.status_code == 422
    assert "på båda språken" in text_of(wrong)
    for change in ({"law": ["nonsense"]}, {"sector": ["nonsense"]}, {"line-0-code": ["nonsense"]}):
        answer = browser.post(address, fields_of(browser.get(address)) | change)
        assert answer.status_code == 422, change
    assert browser.post(address, {}).status_code == 422
    assert queries.template_changes(version_id=template_draft.id) == sentences


def test_a_new_template_is_begun_and_published_from_its_page(loaded: None, team_lead: Actor, signed_in: SignIn) -> None:
    browser = signed_in(team_lead)
    address = reverse("questions:create_template")
    new = {"title_sv": "Bortförande, polis", "title_en": "Abduction, police", "minutes": "20"}
    assert browser.post(address, new | {"title_en": "åäö"}).status_code in {302, 422}
    models.TemplateVersion.objects.filter(status="draft").delete()
    models.Template.objects.filter(versions=None).delete()
    begun = browser.post(address, new)
    page = browser.get(begun.headers["Location"])
    fields = fields_of(page) | {"sector": ["police"], "situations": ["abduction"], "law": ["lvu_travel_ban"]}
    fields |= {
        "line-0-text_sv": ["När"],
        "line-0-text_en": ["When"],
        "line-2-text_sv": ["Vem"],
        "line-2-text_en": ["Who"],
    }
    assert browser.post(begun.headers["Location"], fields).status_code == 302
    draft = models.TemplateVersion.objects.get(status="draft")
    publishing = reverse("questions:publish_template", args=[draft.id])
    fields = fields_of(browser.get(publishing), "publish") | {"level": ["major"], "reason": ["Ny."]}
    assert browser.post(publishing, fields).status_code == 302
    in_force = queries.templates_in_force(at=timezone.now() + timedelta(days=1))
    assert "abduction_police" in {template.code for template in in_force}


def test_others_are_refused_at_every_address(
    draft: models.InstrumentVersion, template_draft: models.TemplateVersion, adviser: Actor, signed_in: SignIn
) -> None:
    browser = signed_in(adviser)
    version, template = [draft.id], [template_draft.id]
    addresses = {
        "list": [],
        "start_instrument_draft": ["support_call"],
        "version": version,
        "preview": version,
        "change_reminder": version,
        "add_local_question": version,
        "publish_instrument": version,
        "discard_instrument_draft": version,
        "change_question": [draft.id, "sex"],
        "move_question": [draft.id, "sex"],
        "remove_local_question": [draft.id, "sex"],
        "create_template": [],
        "start_template_draft": ["general"],
        "template_version": template,
        "publish_template": template,
        "discard_template_draft": template,
    }
    from samsyn.questions.urls import urlpatterns

    of_packages = [pattern for pattern in urlpatterns if str(pattern.pattern).startswith("packages/")]
    assert {pattern.name for pattern in urlpatterns} == set(addresses) | {pattern.name for pattern in of_packages}
    kinds = {"uuid": str(draft.id), "slug": "municipal", "int": 1}
    filled = {
        str(pattern.name): [kinds[kind] for kind in re.findall(r"<(\w+):", str(pattern.pattern))]
        for pattern in of_packages
    }
    for name, arguments in {**addresses, **filled}.items():
        address = reverse(f"questions:{name}", args=arguments)
        assert browser.get(address).status_code == 403, name
        assert browser.post(address).status_code == 403, name


def test_a_version_that_does_not_exist_is_not_found(loaded: None, team_lead: Actor, signed_in: SignIn) -> None:
    nobody = ["00000000-0000-0000-0000-000000000000"]
    browser = signed_in(team_lead)
    for name in ("version", "preview", "publish_instrument", "template_version", "publish_template"):
        assert browser.get(reverse(f"questions:{name}", args=nobody)).status_code == 404, name


def test_looking_writes_nothing_and_gives_valid_pages(
    draft: models.InstrumentVersion, template_draft: models.TemplateVersion, team_lead: Actor, signed_in: SignIn
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = signed_in(team_lead)
    pages = [
        reverse("questions:list"),
        *(
            reverse(f"questions:{name}", args=[draft.id])
            for name in ("version", "preview", "change_reminder", "add_local_question", "publish_instrument")
        ),
        reverse("questions:change_question", args=[draft.id, "exposure"]),
        reverse("questions:create_template"),
        *(reverse(f"questions:{name}", args=[template_draft.id]) for name in ("template_version", "publish_template")),
        *(reverse("questions:template_version", args=[t.id]) for t in models.TemplateVersion.objects.all()[:3]),
    ]
    browser.get(pages[0])  # the first request after signing in is recorded as the sign-in
    for page in pages:
        with CaptureQueriesContext(connection) as captured:
            shown = browser.get(page)
        assert shown.status_code == 200
        html5lib.HTMLParser(strict=True).parse(shown.content.decode())
        for query in captured.captured_queries:
            written = re.match(r"(INSERT INTO|UPDATE|DELETE FROM) \"(\w+)", query["sql"])
            assert not written or written[2] in {"django_session", "people_account"}, query["sql"]
