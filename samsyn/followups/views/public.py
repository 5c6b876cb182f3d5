"""The page of a link: a few questions, no cookie, no script, nothing that says what the call was about."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from samsyn.followups import actions, forms, queries
from samsyn.people.access import open_to_everyone
from samsyn.people.refusals import Invalid


# Without a cookie there is nothing that another site could make a browser send along: who has the link may answer.
@csrf_exempt
@open_to_everyone
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Ask the questions of a link; a post answers them once, or takes the consent back."""
    at = request.received_at  # type: ignore[attr-defined]
    other = reverse("answers:answer" if get_language() == "en" else "answers:answer_en", args=[token])
    context: dict[str, object] = {"other_language_url": other}
    try:
        link = queries.open_link(token=token, at=at)
        if request.method == "POST":
            return _take(request, token, link, context)
    except LookupError:
        return _page(request, "answers/over.html", {}, status=410)
    return _page(request, "answers/answer.html", context | _asked(link))


def _take(request: HttpRequest, token: str, link: queries.OpenLink, context: dict[str, object]) -> HttpResponse:
    at = request.received_at  # type: ignore[attr-defined]
    if request.POST.get("do") == "withdraw" and link.can_be_withdrawn:
        actions.withdraw_by_link(token=token, at=at)
        return _page(request, "answers/withdrawn.html", {})
    codes = [question.code for question in link.instrument.questions]
    try:
        raw = forms.raw_answers(request.POST, codes)
        actions.answer_by_link(token=token, raw=raw, at=at)
    except Invalid as refused:
        raw = {}
        shown = context | _asked(link, error=str(refused.message))
        return _page(request, "answers/answer.html", shown, status=422)
    return _page(request, "answers/thanks.html", {})


def _asked(link: queries.OpenLink, error: str = "") -> dict[str, object]:
    return {"questions": link.instrument.questions, "can_be_withdrawn": link.can_be_withdrawn, "error": error}


def _page(request: HttpRequest, template: str, context: dict[str, object], *, status: int = 200) -> HttpResponse:
    answer = render(request, template, context, status=status)
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answer["Cache-Control"] = "no-store"
    return answer
