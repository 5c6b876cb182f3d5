"""The supporter's pages: my cases, a case, its texts, whom it is shared with, how it ends."""

import hashlib
import json
from dataclasses import replace
from datetime import date
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samsyn.cases import forks, forms, network, pictures, policies, queries, referrals, safe_contact, words
from samsyn.cases.actions import cases as actions
from samsyn.cases.actions import codes, endings, keys, sharing
from samsyn.cases.models import Case
from samsyn.cases.views.access import who, with_keys
from samsyn.people.access import requires
from samsyn.people.keeping import token
from samsyn.people.refusals import Invalid, Refused
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission
from samsyn.vocabulary import queries as vocabulary

supports = requires(Permission.SUPPORT_PERSONS)


@supports
@require_GET
def list(request: StaffRequest) -> HttpResponse:  # noqa: A001 (the address is named so)
    """Show the person's cases, the way in by code, and whether keys and duty are in order."""
    try:
        is_unlocked = keys.is_unlocked(token=token(request), by=request.actor)
    except Refused:
        is_unlocked = False
    cases = queries.my_cases(by=request.actor, at=request.received_at)
    today = timezone.localdate(request.received_at)
    context = {
        "cases": cases,
        "due": [row for row in cases if row.follow_up_on and row.follow_up_on <= today],
        "is_unlocked": is_unlocked,
        "keys": queries.keys_of(request.actor.account_id),
        "on_duty": queries.is_on_duty(request.actor.account_id),
        "requests": queries.share_requests(by=request.actor),
        "overrides": queries.overrides_to_confirm(by=request.actor, at=request.received_at),
        "grounds": policies.GROUNDS,
        "rights": words.RIGHTS,
    }
    return render(request, "cases/list.html", context)


@supports
@require_POST
def duty(request: StaffRequest) -> HttpResponse:
    """Go on or off duty."""
    change = keys.begin_duty if request.POST.get("do") == "begin" else keys.end_duty
    change(by=request.actor, at=request.received_at)
    return redirect("cases:list")


@supports
@require_POST
@with_keys
def create(request: StaffRequest) -> HttpResponse:
    """Open a new case: an ordinary one, or one that only the caller's code opens."""
    concerns_child = forms.ticked(request.POST, "concerns_child")
    if request.POST.get("kind") == "ordinary":
        case_id = actions.create_case(concerns_child=concerns_child, **who(request))
        return redirect("cases:case", case_id)
    given = codes.create_by_code(
        concerns_child=concerns_child, with_duress=forms.ticked(request.POST, "with_duress"),
        with_recovery=forms.ticked(request.POST, "with_recovery"), **who(request),
    )  # fmt: skip
    return render(request, "cases/given_code.html", {"given": given})


@supports
@require_POST
@with_keys
def open_by_code(request: StaffRequest) -> HttpResponse:
    """Open a case with the words that the caller says."""
    opened = codes.open_by_code(code=request.POST.get("code", "")[:200], **who(request))
    return render(request, "cases/opened.html", {"opened": opened})


@supports
@require_POST
@with_keys
def change_code(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Give the case new words."""
    given = codes.change_code(
        case_id=case_id, with_duress=forms.ticked(request.POST, "with_duress"),
        with_recovery=forms.ticked(request.POST, "with_recovery"), **who(request),
    )  # fmt: skip
    return render(request, "cases/given_code.html", {"given": given})


@supports
@require_http_methods(["GET", "POST"])
@with_keys
def case(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Show a case; a post writes a note, or shows one that the person has just agreed to."""
    if "agreed" in request.POST:
        opened = actions.open_case(case_id=case_id, agreed=request.POST["agreed"][:36], **who(request))
        return render(request, "cases/case.html", _shown(request, opened))
    if request.method == "POST":
        kind = forms.chosen(request.POST, "kind", words.NOTE_KINDS)
        said = forms.text(request.POST, "text", required=True)
        asks_first = forms.ticked(request.POST, "asks_first")
        actions.add_note(case_id=case_id, kind=kind, text=said, asks_first=asks_first, **who(request))
        return redirect("cases:case", case_id)
    opened = actions.open_case(case_id=case_id, **who(request))
    return render(request, "cases/case.html", _shown(request, opened))


def _shown(request: StaffRequest, opened: actions.OpenCase) -> dict[str, object]:
    relatives = network.from_data(opened.single.get("network", []))
    rules = safe_contact.from_data(opened.single.get("rules"))
    plan = opened.single.get("plan", {})
    notes = sorted(opened.notes, key=lambda note: str(note.said["at"]), reverse=True)
    today = timezone.localdate(request.received_at)
    sent = [
        {
            "actor": vocabulary.label("referral", one.actor),
            "whom": one.whom,
            "day": one.follow_up_on,
            "outcome": words.OUTCOMES[one.outcome],
            "is_due": one.is_due(today) and opened.is_open,
        }
        for one in referrals.from_data(opened.single.get(actions.REFERRALS, []))
    ]
    return {
        "case": opened,
        "is_by_code": opened.kind == Case.Kind.BY_CODE,
        "notes": [
            {
                "at": _when(str(note.said["at"])),
                "kind": words.NOTE_KINDS.get(str(note.said["kind"]), ""),
                "text": note.said["text"],
                "version": note.version,
                "object": note.object,
                "is_withheld": note.is_withheld,
                "asks_first": bool(note.said.get(actions.ASKS_FIRST)),
                "is_own": note.author_id == request.actor.account_id,
            }
            for note in notes
        ],
        "note_kinds": words.NOTE_KINDS,
        "picture": pictures.picture(relatives) if relatives else None,
        "goals": [{**goal, "kind": words.GOAL_KINDS.get(goal["kind"], "")} for goal in opened.single.get("goals", [])],
        "referrals": sent,
        "due": [one for one in sent if one["is_due"]],
        "plan": [
            (topic, words.TOPIC_STATES[plan[code]["state"]], plan[code]["text"])
            for code, topic in words.TOPICS.items()
            if code in plan
        ],
        "rules": rules,
        "rules_stale": bool(
            rules and today - date.fromisoformat(rules.confirmed_on) > safe_contact.STALE_AFTER
        ),
        "channels": [words.CHANNELS[channel] for channel in rules.channels] if rules else [],
        "all_channels": words.CHANNELS,
        "weekdays": [words.WEEKDAYS[day] for day in rules.weekdays] if rules else [],
        "summary": opened.single.get("summary", ""),
        "overrides": queries.overrides_of(opened.id),
        "may_write": opened.may("write") and opened.is_open,
        "may_share": opened.may("share"),
        "forks": forks.beside(concerns_child=opened.concerns_child),
    }  # fmt: skip


def _when(at: str) -> object:
    from datetime import datetime

    return timezone.localtime(datetime.fromisoformat(at))


@supports
@require_POST
@with_keys
def correct(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Write a new version of one's own note."""
    said = forms.text(request.POST, "text", required=True)
    name = request.POST.get("object", "")[:36]
    actions.correct_note(case_id=case_id, object_name=name, text=said, **who(request))
    return redirect("cases:case", case_id)


@supports
@require_http_methods(["GET", "POST"])
@with_keys
def part(request: StaffRequest, case_id: UUID, kind: str) -> HttpResponse:
    """Show one part of the case for editing: network, goals, referrals, plan, rules or summary; a post saves it.

    Not over what a colleague has saved since the page was opened: that is told (409), and saving once more replaces it.
    """
    if kind not in actions.SINGLE:
        raise Http404
    value = _value(request, kind) if request.method == "POST" else None
    opened = actions.open_case(case_id=case_id, **who(request))
    seen = _mark(opened.single.get(kind))
    is_changed = request.method == "POST" and request.POST.get("seen", seen) != seen
    if request.method == "POST" and not is_changed:
        actions.save_single(case_id=case_id, kind=kind, value=value, **who(request))
        if request.POST.get("do") == "more":
            return redirect("cases:part", case_id, kind)
        return redirect("cases:case", case_id)
    if is_changed:
        opened = replace(opened, single={**opened.single, kind: value})
    today = timezone.localdate(request.received_at)
    context = {"case": opened, "seen": seen, "is_changed": is_changed, **_fields(opened, kind, today=today)}
    return render(request, f"cases/{kind}.html", context, status=409 if is_changed else 200)


def _mark(value: object) -> str:
    """Return what tells one version of a text from another, without telling how many there were."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def _value(request: StaffRequest, kind: str) -> object:
    post = request.POST
    if kind == "network":
        return network.as_data(forms.relatives(post))
    if kind == "plan":
        return forms.plan(post)
    if kind == "goals":
        return forms.goals(post)
    if kind == actions.REFERRALS:
        return referrals.as_data(forms.referred(post, today=timezone.localdate(request.received_at)))
    if kind == "rules":
        return forms.rules(post, today=timezone.localdate(request.received_at)).as_data()
    return forms.text(post, "text")


def _fields(opened: actions.OpenCase, kind: str, *, today: date) -> dict[str, object]:
    value = opened.single.get(kind)
    if kind == "network":
        relatives = network.from_data(value or [])
        rows = [(number, one.relation, one.marks) for number, one in enumerate(relatives)]
        rows += [(number, "", frozenset()) for number in range(len(rows), min(len(rows) + 3, network.MOST))]
        return {
            "rows": rows, "relations": words.RELATIONS, "marks": words.MARKS,
            "picture": pictures.picture(relatives) if relatives else None,
        }  # fmt: skip
    if kind == "plan":
        plan = value or {}
        empty = {"state": "", "text": ""}
        return {"topics": [(code, topic, plan.get(code, empty)) for code, topic in words.TOPICS.items()],
                "states": words.TOPIC_STATES}  # fmt: skip
    if kind == "goals":
        goals = value or []
        blank = {"kind": "need", "text": "", "done": False}
        lines = [*goals, blank, blank, blank][: forms.MOST_GOALS]
        return {"rows": [*enumerate(lines)], "kinds": words.GOAL_KINDS}
    if kind == actions.REFERRALS:
        sent = referrals.as_data(referrals.from_data(value or []))
        no_one = {"actor": "", "whom": "", "follow_up_on": "", "outcome": referrals.NOT_ASKED}
        shown = [(one, _actors(one["actor"], today=today)) for one in [*sent, no_one, no_one, no_one][: referrals.MOST]]
        return {"rows": [(number, *row) for number, row in enumerate(shown)], "outcomes": words.OUTCOMES}
    if kind == "rules":
        return {
            "rules": safe_contact.from_data(value) or safe_contact.Rules(from_hour=9, to_hour=15),
            "channels": words.CHANNELS, "weekdays": words.WEEKDAYS, "voicemail": words.VOICEMAIL,
        }  # fmt: skip
    return {"text": value or ""}


def _actors(chosen: str, *, today: date) -> dict[str, str]:
    """Return the kinds of actor that are offered today, and the one that was chosen while it was."""
    offered = {row.value: row.label for row in vocabulary.codes("referral", on=today)}
    return offered | ({chosen: vocabulary.label("referral", chosen)} if chosen else {})


@supports
@require_http_methods(["GET", "POST"])
@with_keys
def share(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Show who may open the case; a post gives or takes access, replaces the key, or keeps whom the person won't meet."""
    asked = False
    if request.method == "POST":
        what = request.POST.get("do", "")
        if what == "revoke":
            sharing.revoke(case_id=case_id, account_id=forms.identity(request.POST, "account"), **who(request))
        elif what == "replace":
            sharing.replace_key(case_id=case_id, **who(request))
        elif what == "exclude":
            sharing.exclude(
                case_id=case_id, values=forms.lines(request.POST, "values"), by=request.actor, at=request.received_at
            )
            return redirect("cases:case", case_id)
        else:
            rights = tuple(right for right in words.RIGHTS if right in {"read", *request.POST.getlist("rights")})
            asked = not sharing.share_case(
                case_id=case_id, to=forms.identity(request.POST, "to"), purpose=request.POST.get("purpose", ""),
                rights=rights, days=forms.days(request.POST), **who(request),
            )  # fmt: skip
        if not asked:
            return redirect("cases:share", case_id)
    access = actions.access_to(case_id=case_id, by=request.actor, at=request.received_at)
    if access.grant is None or "share" not in access.grant.rights:
        raise Http404
    grants = queries.grants_of(case_id, at=request.received_at)
    context = {
        "case": access.case, "grants": grants, "asked": asked, "purposes": policies.PURPOSES, "rights": words.RIGHTS,
        "colleagues": queries.supporters(apart_from=[grant.account_id for grant in grants]),
        "days": policies.GRANT_DAYS,
    }  # fmt: skip
    return render(request, "cases/share.html", context)


@supports
@require_POST
def approve(request: StaffRequest, request_id: UUID) -> HttpResponse:
    """Approve a colleague's sharing as the second person."""
    try:
        sharing.approve_share(request_id=request_id, by=request.actor, at=request.received_at)
    except LookupError as error:
        raise Http404 from error
    return redirect("cases:list")


@supports
@require_http_methods(["GET", "POST"])
def ties(request: StaffRequest) -> HttpResponse:
    """Declare one's own ties."""
    if request.method == "POST":
        sharing.declare_ties(values=forms.lines(request.POST, "values"), by=request.actor, at=request.received_at)
        return redirect("cases:ties")
    return render(request, "cases/ties.html", {"count": queries.tie_count(request.actor.account_id)})


@supports
@require_http_methods(["GET", "POST"])
@with_keys
def end(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Show the ways in which a case ends for somebody; a post takes one of them."""
    by, at = request.actor, request.received_at
    if request.method == "POST":
        what = request.POST.get("do", "")
        if what == "withdraw":
            sharing.withdraw(case_id=case_id, by=by, at=at)
        elif what == "close":
            endings.close_case(case_id=case_id, **who(request))
            return redirect("cases:case", case_id)
        elif what == "erase":
            _check_handle(request, case_id)
            endings.erase_case(case_id=case_id, by=by, at=at)
        return redirect("cases:list")
    access = actions.access_to(case_id=case_id, by=by, at=at)
    context = {
        "case": access.case, "may_erase": access.speaks_for_person, "may_close": "write" in access.rights,
        "may_export": "share" in access.rights,
    }  # fmt: skip
    return render(request, "cases/end.html", context)


def _check_handle(request: StaffRequest, case_id: UUID) -> None:
    access = actions.access_to(case_id=case_id, by=request.actor, at=request.received_at)
    if " ".join(request.POST.get("handle", "").lower().split()) != access.case.handle:
        raise Invalid(_("Skriv ärendets två ord för att radera det."))


@supports
@require_POST
def emergency(request: StaffRequest) -> HttpResponse:
    """Ask two officers to let one read a case in an emergency."""
    sharing.ask_emergency(
        handle=request.POST.get("handle", "")[:80], ground=request.POST.get("ground", ""), by=request.actor,
        at=request.received_at,
    )  # fmt: skip
    return redirect("cases:list")
