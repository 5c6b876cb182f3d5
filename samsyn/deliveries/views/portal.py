"""Pages of those who deliver: what is due, a file or a form, the receipt, the organisation's keys."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samsyn.deliveries import (
    actions,
    completeness,
    doors,
    form_rows,
    packages,
    periods,
    queries,
    reminders,
    signed_packages,
    workbooks,
)
from samsyn.deliveries.checking import offline, signed
from samsyn.deliveries.checking.formats import TableFormat
from samsyn.deliveries.forms import AddressForm, FileForm, KeyForm
from samsyn.deliveries.policies import Sender
from samsyn.deliveries.survey import queries as survey
from samsyn.people.access import requires
from samsyn.people.refusals import Invalid
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission

delivers = requires(Permission.DELIVER)
# Periods of tables on the first page, the latest first; what is not delivered is shown however old it is.
SHOWN = 12
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _sender(request: StaffRequest) -> Sender:
    return queries.deliverer_of(request.actor)


@delivers
@require_GET
def home(request: StaffRequest) -> HttpResponse:
    """Show what the organisation has to deliver and what it has delivered."""
    return _home(request, FileForm(), None)


def _home(request: StaffRequest, form: FileForm, address: AddressForm | None, *, status: int = 200) -> HttpResponse:
    sender = _sender(request)
    today = queries.today_of(request.received_at)
    expected = completeness.of_deliverer(sender.deliverer_id, today=today)
    context = {
        "form": form,
        "address_form": address or AddressForm(initial={"address": reminders.address_of(sender)}),
        "name": queries.name_of(sender.deliverer_id),
        "code": sender.code,
        "is_test": sender.is_test,
        "expected": [one for at, one in enumerate(expected) if at < SHOWN or one.state != completeness.DELIVERED],
        "is_shortened": any(one.state == completeness.DELIVERED for one in expected[SHOWN:]),
        "reminded": [one for one in expected if one.reminded_at and one.state != completeness.DELIVERED],
        "receipts": queries.receipts(sender, most=20),
        "formats": list(queries.formats_for(sender).values()),
        "survey": survey.asked(sender),
        "latest": periods.period_of(today, periods.Frequency.QUARTER),
    }
    return render(request, "deliveries/home.html", context, status=status)


@delivers
@require_POST
def set_address(request: StaffRequest) -> HttpResponse:
    """Keep or forget where the organisation is told that something waits."""
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _home(request, FileForm(), form, status=422)
    reminders.set_address(address=form.cleaned_data["address"], sender=_sender(request), at=request.received_at)
    return redirect("deliveries:home")


@delivers
@require_POST
def upload(request: StaffRequest) -> HttpResponse:
    """Take a file in and go to its receipt."""
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _home(request, form, None, status=422)
    file = form.cleaned_data["file"].file
    if file.read(len(signed.HEAD)) == signed.HEAD:
        # A signed package goes through its own door, whoever carries it here: its key says whose it is.
        file.seek(0)
        with doors.room(), doors.turn():
            receipt = signed_packages.receive(content=file.read(), at=request.received_at)
        return redirect("deliveries:receipt", receipt.id)
    file.seek(0)
    return _received(request, actions.Received(file=file, door="portal"))


def _received(request: StaffRequest, received: actions.Received) -> HttpResponse:
    receipt = _check(request, received)
    return redirect("deliveries:receipt", receipt.id)


def _check(request: StaffRequest, received: actions.Received) -> queries.Receipt:
    with doors.room(), doors.turn():
        return actions.receive(received=received, sender=_sender(request), at=request.received_at)


@delivers
@require_GET
def receipt(request: StaffRequest, delivery_id: UUID) -> HttpResponse:
    """Show one receipt: the faults with what to do, or what to look at before it counts."""
    try:
        found = queries.receipt(delivery_id, sender=_sender(request))
    except LookupError as error:
        raise Http404 from error
    return render(request, "deliveries/receipt.html", {"receipt": found})


@delivers
@require_GET
def receipt_file(request: StaffRequest, delivery_id: UUID) -> HttpResponse:
    """Hand a receipt out as a text file, as it lies beside a file that came by SFTP: with everything that is missing."""
    try:
        found = queries.receipt(delivery_id, sender=_sender(request))
    except LookupError as error:
        raise Http404 from error
    headers = {"Content-Disposition": f'attachment; filename="kvitto-{delivery_id}.txt"'}
    return HttpResponse(found.as_text(), content_type="text/plain; charset=utf-8", headers=headers)


@delivers
@require_POST
def decide(request: StaffRequest, delivery_id: UUID) -> HttpResponse:
    """Let a checked delivery count, or take one back."""
    act = {"accept": actions.accept, "withdraw": actions.withdraw}.get(request.POST.get("do", ""))
    if act is None:
        raise Invalid(_("Välj en av knapparna på sidan."))
    try:
        act(delivery_id=delivery_id, sender=_sender(request), at=request.received_at)
    except LookupError as error:
        raise Http404 from error
    return redirect("deliveries:receipt", delivery_id)


def _format(sender: Sender, package: str, version: str, table: str, period: str) -> TableFormat:
    try:
        form = packages.format_of(package, version, table)
        periods.frequency_of(period)
    except (LookupError, ValueError) as error:
        raise Http404 from error
    if (form.name, form.table) not in queries.formats_for(sender):
        raise Http404
    return form


@delivers
@require_GET
def template(request: StaffRequest, package: str, version: str, table: str, period: str) -> HttpResponse:
    """Hand out the workbook to fill in."""
    sender = _sender(request)
    form = _format(sender, package, version, table, period)
    content = workbooks.template(form, organisation=sender.code, period=period)
    headers = {"Content-Disposition": f'attachment; filename="{form.package}-{form.table}-{period}.xlsx"'}
    return HttpResponse(content, content_type=_XLSX, headers=headers)


@delivers
@require_http_methods(["GET", "POST"])
def fill_in(request: StaffRequest, package: str, version: str, table: str, period: str) -> HttpResponse:
    """Show the table as a form; a post goes the same way as a file."""
    sender = _sender(request)
    form = _format(sender, package, version, table, period)
    problems: dict[int, str] = {}
    status = 200
    if request.method == "POST":
        file = form_rows.as_file(form, request.POST, organisation=sender.code, period=period)
        receipt = _check(request, actions.Received(file=file, door="form"))
        if receipt.state != "refused":
            return redirect("deliveries:receipt", receipt.id)
        status = 422
        problems = {line.row - 2: f"{line.wrong} {line.do}" for line in receipt.faults}
    context: dict[str, Any] = {
        "format": form,
        "period": period,
        "columns": form_rows.columns(form),
        "sections": form_rows.sections(form, request.POST, problems),
        "problems": sorted(set(problems.values())),
        "number_of_problems": len(problems),
    }
    return render(request, "deliveries/fill_in.html", context, status=status)


@delivers
@require_http_methods(["GET", "POST"])
def keys(request: StaffRequest) -> HttpResponse:
    """List the organisation's keys; a post adds one, ends one, or makes credentials that are shown once."""
    sender, at = _sender(request), request.received_at
    form, made, secret, status = KeyForm(), None, "", 200
    what = request.POST.get("do", "")
    if what == "client":
        made, secret = actions.make_client(sender=sender, at=at)
    elif what == "end":
        try:
            actions.end_key(key_id=UUID(request.POST.get("key", "")), sender=sender, at=at)
        except (LookupError, ValueError) as error:
            raise Http404 from error
        return redirect("deliveries:keys")
    elif request.method == "POST":
        form = KeyForm(request.POST)
        if form.is_valid():
            actions.add_key(sender=sender, at=at, **form.cleaned_data)
            return redirect("deliveries:keys")
        status = 422
    context = {"keys": queries.keys(sender.deliverer_id), "form": form, "made": made, "secret": secret}
    return render(request, "deliveries/keys.html", context, status=status)


@delivers
@require_GET
def archive(request: StaffRequest, package: str, version: str, table: str) -> HttpResponse:
    """Hand out the format as a data package to check files with at home."""
    form = _format(_sender(request), package, version, table, "2026")
    headers = {"Content-Disposition": f'attachment; filename="{form.package}-{form.version}-{form.table}.zip"'}
    return HttpResponse(offline.archive(form), content_type="application/zip", headers=headers)
