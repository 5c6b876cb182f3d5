"""Pages of those who look after deliveries: who delivers, what has come and how soon, who is to be reminded."""

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from samsyn.deliveries import actions, completeness, queries
from samsyn.deliveries.forms import AgreementForm, DelivererForm
from samsyn.people.access import requires
from samsyn.people.refusals import Invalid
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission

# As many as a page of 100 kB has room for beside the names of all other municipalities.
ROWS = 100


@requires(Permission.SEE_DELIVERIES)
@require_GET
def register(request: StaffRequest) -> HttpResponse:
    """Show completeness and timeliness, who has not delivered, and the register."""
    return _register(request, DelivererForm(), None)


def _register(
    request: StaffRequest, deliverer: DelivererForm, agreement: AgreementForm | None, *, status: int = 200
) -> HttpResponse:
    rows = queries.deliverers()
    choices = [(str(one.id), f"{one.code} {one.name}") for one in rows if not one.is_test]
    periods = completeness.of_all(today=queries.today_of(request.received_at))
    wanted = request.GET.get("period", "")
    chosen = next((one for one in periods if (one.period == wanted if wanted else one.late)), None)
    if wanted and chosen is None:
        raise Http404
    late = chosen.late if chosen else ()
    context = {
        "periods": periods,
        "chosen": chosen,
        "late": late[:ROWS],
        "others": late[ROWS:],
        "sends_mail": settings.SAMSYN_SENDS_MAIL,
        "may_remind_all": any(one.state == completeness.LATE for one in late),
        "deliverers": rows,
        "deliverer_form": deliverer,
        "agreement_form": agreement or AgreementForm(deliverers=choices),
    }
    return render(request, "deliveries/register.html", context, status=status)


@requires(Permission.MANAGE_DELIVERERS)
@require_POST
def add(request: StaffRequest) -> HttpResponse:
    """Write an organisation into the register."""
    form = DelivererForm(request.POST)
    if form.is_valid():
        try:
            actions.add_deliverer(new=form.new(), by=request.actor, at=request.received_at)
            return redirect("deliveries:register")
        except Invalid as refused:
            form.add_error("code", str(refused.message))
    return _register(request, form, None, status=422)


@requires(Permission.MANAGE_DELIVERERS)
@require_POST
def agree(request: StaffRequest) -> HttpResponse:
    """Write down what an organisation delivers."""
    choices = [(str(one.id), one.code) for one in queries.deliverers() if not one.is_test]
    form = AgreementForm(request.POST, deliverers=choices)
    if form.is_valid():
        try:
            deliverer_id = UUID(form.cleaned_data["deliverer"])
            by, at = request.actor, request.received_at
            actions.make_agreement(deliverer_id=deliverer_id, new=form.new(), by=by, at=at)
            return redirect("deliveries:register")
        except Invalid as refused:
            form.add_error(None, str(refused.message))
    return _register(request, DelivererForm(), form, status=422)


@requires(Permission.MANAGE_DELIVERERS)
@require_POST
def remind(request: StaffRequest) -> HttpResponse:
    """Remind one organisation, or everybody who is late with a period."""
    given, period = request.POST.get("agreement", ""), request.POST.get("period", "")[:7]
    if given and not (given.isascii() and given.isdigit() and len(given) < 15):
        raise Invalid(_("Välj en av raderna på sidan."))
    agreement_id = int(given) if given else None
    try:
        actions.remind(agreement_id=agreement_id, period=period, by=request.actor, at=request.received_at)
    except LookupError as error:
        raise Http404 from error
    return redirect(f"{reverse('deliveries:register')}?period={period}")
