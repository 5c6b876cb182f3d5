"""The call desk's pages: parse, call one action or query, render."""

from collections.abc import Mapping
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samsyn.contacts import actions, forms, from_calls, from_chat, policies, queries
from samsyn.contacts import desk as desks
from samsyn.people.access import requires
from samsyn.people.refusals import Invalid
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission
from samsyn.questions import queries as questions
from samsyn.ui import numbers
from samsyn.vocabulary import queries as vocabulary

at_the_desk = requires(Permission.REGISTER_CONTACT)


@at_the_desk
@require_http_methods(["GET", "POST"])
def start(request: StaffRequest) -> HttpResponse:
    """Show the adviser's open drafts; a post opens a contact."""
    if request.method == "POST":
        channel = request.POST.get("channel", "phone")
        policies.check_channel(channel, before="")
        contact_id = actions.open_contact(by=request.actor, at=request.received_at, channel=channel)
        return redirect("desk:contact", contact_id)
    drafts = [
        {"row": row, "channel": vocabulary.label("channel", row.channel)}
        for row in queries.open_drafts(by=request.actor)
    ]
    closed = queries.closed_today(by=request.actor, at=request.received_at)
    return render(request, "contacts/start.html", {"drafts": drafts, "closed": closed})


@at_the_desk
@require_POST
def answer(request: StaffRequest, call_id: UUID) -> HttpResponse:
    """Take a call out of the queue: the desk opens with what is known of it."""
    try:
        contact_id = from_calls.answer_call(call_id=call_id, by=request.actor, at=request.received_at)
    except LookupError as error:
        raise Http404 from error
    return redirect("desk:contact", contact_id)


@at_the_desk
@require_POST
def called_back(request: StaffRequest, call_back_id: UUID) -> HttpResponse:
    """Open the desk for somebody who answered when called back."""
    try:
        contact_id = from_calls.open_called_back(call_back_id=call_back_id, by=request.actor, at=request.received_at)
    except LookupError as error:
        raise Http404 from error
    return redirect("desk:contact", contact_id)


@at_the_desk
@require_GET
def contact(request: StaffRequest, contact_id: UUID) -> HttpResponse:
    """Show the desk with an open contact."""
    draft = _own(request, contact_id)
    if draft.closed_at is not None:
        return render(request, "contacts/closed.html", {"draft": draft})
    return _page(request, draft)


@at_the_desk
@require_POST
def save(request: StaffRequest, contact_id: UUID) -> HttpResponse:
    """Keep the changed field groups (autosave): answers with JSON, and with the checklists when they changed."""
    saved = forms.parse(request.POST, forms.posted_groups(request.POST))
    try:
        kept = actions.save_answers(contact_id=contact_id, saved=saved, by=request.actor, at=request.received_at)
    except LookupError as error:
        raise Http404 from error
    answer: dict[str, object] = {
        "saved_at": numbers.clock(timezone.localtime(kept.saved_at)),
        "now": int(request.received_at.timestamp() * 1000),
        "revision": kept.revision,
    }
    if kept.is_other_template:
        answer["side"] = desks.desk(draft=_own(request, contact_id), at=request.received_at).side.as_data()
    return JsonResponse(answer)


@at_the_desk
@require_POST
def submit(request: StaffRequest, contact_id: UUID) -> HttpResponse:
    """Take the whole desk: save, add or remove a person, give or join a code, close. Works without script."""
    draft = _own(request, contact_id)
    instrument = questions.instrument_version(
        version_id=draft.instrument_version_id, on=timezone.localdate(draft.opened_at)
    )
    what = request.POST.get("do", "save")
    if what == "save" and request.POST.get("code", "").strip():
        what = "join"  # Enter in the field of words
    saved = forms.parse(request.POST, forms.all_groups(instrument, draft))
    actor, at = request.actor, request.received_at
    if what == "add_person":
        number = actions.add_person(contact_id=contact_id, saved=saved, by=actor, at=at)
        return _back(contact_id, f"#person-{number}")
    if what == "close":
        return _close(request, draft, saved)
    if what.startswith("remove_person-"):
        number = forms.person_number(_query(what), "remove_person")
        actions.remove_person(contact_id=contact_id, number=number, saved=saved, by=actor, at=at)
    elif what == "give_code":
        actions.save_answers(contact_id=contact_id, saved=saved, by=actor, at=at)
        code = actions.give_reference_code(contact_id=contact_id, by=actor, at=at)
        return _page(request, _own(request, contact_id), code=code)
    elif what == "join":
        return _join(request, draft, saved)
    elif what == "restart":
        actions.save_answers(contact_id=contact_id, saved=saved, by=actor, at=at)
        actions.restart_timer(contact_id=contact_id, by=actor, at=at)
    elif what == "discard":
        actions.discard_draft(contact_id=contact_id, by=actor, at=at)
        return redirect("desk:start")
    else:
        actions.save_answers(contact_id=contact_id, saved=saved, by=actor, at=at)
    return _back(contact_id)


@at_the_desk
@require_GET
def paper(request: StaffRequest) -> HttpResponse:
    """Show the empty form for an outage, to print on one sheet."""
    instrument = questions.instrument_in_force(at=request.received_at)
    return render(request, "contacts/paper.html", {"instrument": instrument})


# Steps that several views share


def _own(request: StaffRequest, contact_id: UUID) -> queries.Draft:
    try:
        return queries.draft(contact_id=contact_id, by=request.actor)
    except LookupError as error:
        raise Http404 from error


def _page(
    request: StaffRequest,
    draft: queries.Draft,
    *,
    errors: Mapping[str, str] | None = None,
    code: str = "",
    typed_code: str = "",
    code_error: str = "",
    status: int = 200,
) -> HttpResponse:
    shown = desks.desk(draft=draft, at=request.received_at, errors=errors)
    context = {
        "desk": shown,
        "call": from_calls.call_line(draft) or from_chat.chat_line(draft),
        "code": code,
        "typed_code": typed_code,
        "code_error": code_error,
    }
    return render(request, "contacts/desk.html", context, status=status)


def _back(contact_id: UUID, place: str = "") -> HttpResponse:
    answer = redirect("desk:contact", contact_id)
    if place:
        return HttpResponseRedirect(answer.url + place)
    return answer


def _query(what: str) -> QueryDict:
    name, _dash, value = what.partition("-")
    made = QueryDict(mutable=True)
    made[name] = value
    return made


def _close(request: StaffRequest, draft: queries.Draft, saved: actions.Saved) -> HttpResponse:
    try:
        actions.close_contact(contact_id=draft.id, saved=saved, by=request.actor, at=request.received_at)
    except actions.NotComplete as incomplete:
        errors = {missing.field: str(missing.message) for missing in incomplete.missing}
        return _page(request, _own(request, draft.id), errors=errors, status=422)
    contact_id = actions.open_contact(by=request.actor, at=request.received_at)
    return redirect("desk:contact", contact_id)


def _join(request: StaffRequest, draft: queries.Draft, saved: actions.Saved) -> HttpResponse:
    actions.save_answers(contact_id=draft.id, saved=saved, by=request.actor, at=request.received_at)
    typed = request.POST.get("code", "")[:80].replace("\x00", "")
    try:
        if not typed.strip():
            raise Invalid(_("Skriv de tre orden."))
        actions.join_matter(contact_id=draft.id, code=typed, by=request.actor, at=request.received_at)
    except Invalid as refused:
        again = _own(request, draft.id)
        return _page(request, again, typed_code=typed, code_error=str(refused.message), status=422)
    return _back(draft.id)
