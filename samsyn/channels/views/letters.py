"""Incoming e-mail: the list, a letter, and what is done about it."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from samsyn.channels import actions, letter_reading, queries
from samsyn.channels.queries.letters import FOUND
from samsyn.people.access import requires
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission

reads_letters = requires(Permission.REGISTER_CONTACT)


@reads_letters
@require_GET
def list_letters(request: StaffRequest) -> HttpResponse:
    """Show the letters that wait, without their words."""
    return render(request, "channels/letters.html", {"letters": queries.letters(by=request.actor)})


@reads_letters
@require_POST
def open_letter(request: StaffRequest, letter_id: UUID) -> HttpResponse:
    """Show a letter's words; a post, because the log says who read it."""
    try:
        words = actions.open_letter(letter_id=letter_id, by=request.actor, at=request.received_at)
    except LookupError as error:
        raise Http404 from error
    context = {
        "letter_id": letter_id,
        "words": words,
        "pieces": tuple(letter_reading.marked(words.text)),
        "found": [FOUND[code] for code in words.found if code in FOUND],
    }
    return render(request, "channels/letter.html", context)


@reads_letters
@require_POST
def answer_letter(request: StaffRequest, letter_id: UUID) -> HttpResponse:
    """Ask the sender to call, and erase the letter."""
    try:
        actions.answer_letter(letter_id=letter_id, by=request.actor, at=request.received_at)
    except LookupError as error:
        raise Http404 from error
    return redirect("letters:list")


@reads_letters
@require_POST
def erase_letter(request: StaffRequest, letter_id: UUID) -> HttpResponse:
    """Erase a letter that is dealt with."""
    try:
        actions.erase_letter(letter_id=letter_id, by=request.actor, at=request.received_at)
    except LookupError as error:
        raise Http404 from error
    return redirect("letters:list")
