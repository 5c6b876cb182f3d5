"""The code lists as the staff reads them: what is valid when, where it comes from, what others call it."""

from collections import defaultdict
from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from samsyn.people.access import requires
from samsyn.people.refusals import Invalid
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission
from samsyn.vocabulary import queries

sees_vocabulary = requires(Permission.SEE_VOCABULARY)
LONGEST_FILTER = 60


@sees_vocabulary
@require_GET
def list_lists(request: StaffRequest) -> HttpResponse:
    """Show every list with how many codes may be used today."""
    today = timezone.localdate(request.received_at)
    rows = []
    for one in queries.lists():
        all_of_it = queries.all_codes(one.code)
        valid = sum(row.is_valid(today) for row in all_of_it)
        rows.append({"list": one, "valid": valid, "other": len(all_of_it) - valid})
    return render(request, "vocabulary/list.html", {"rows": rows})


@sees_vocabulary
@require_GET
def codes(request: StaffRequest, list_code: str) -> HttpResponse:
    """Show a list's codes on a day, those that match some words, and what others call them."""
    try:
        one = queries.code_list(list_code)
    except queries.UnknownList as error:
        raise Http404 from error
    on = _day(request)
    words = " ".join(request.GET.get("words", "").split())[:LONGEST_FILTER]
    shows_all = request.GET.get("all") == "1"
    elsewhere = defaultdict(list)
    names = {scheme.code: scheme.title for scheme in queries.schemes()}
    for row in queries.crosswalk(list_code, on=on):
        elsewhere[row.value].append({"row": row, "scheme": names[row.scheme]})
    parents = queries.labels(one.parent_list) if one.parent_list else {}
    sources = queries.sources()
    rows = [
        {
            "code": row,
            "is_valid": row.is_valid(on),
            "parent": parents.get(row.parent, ""),
            "source": sources.get(row.source),
            "elsewhere": elsewhere[row.value],
        }
        for row in queries.all_codes(list_code)
        if (shows_all or row.is_valid(on)) and _matches(row, words)
    ]
    context = {
        "list": one,
        "rows": rows,
        "on": on,
        "words": words,
        "shows_all": shows_all,
        "has_parents": bool(parents),
        "has_elsewhere": any(row["elsewhere"] for row in rows),
        "history": queries.history(list_code),
    }
    return render(request, "vocabulary/codes.html", context)


@sees_vocabulary
@require_GET
def elsewhere(request: StaffRequest) -> HttpResponse:
    """Show other organisations' classifications and what of them has no code here."""
    today = timezone.localdate(request.received_at)
    schemes = [
        {"scheme": one, "without": queries.categories_without_a_code(one.code, on=today)} for one in queries.schemes()
    ]
    return render(request, "vocabulary/elsewhere.html", {"schemes": schemes})


def _day(request: StaffRequest) -> date:
    given = request.GET.get("on", "")
    if not given:
        return timezone.localdate(request.received_at)
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise Invalid(_("Skriv dagen som 2026-09-16.")) from error


def _matches(row: queries.CodeRow, words: str) -> bool:
    text = f"{row.value} {row.label_sv} {row.label_en}".casefold()
    return all(word in text for word in words.casefold().split())
