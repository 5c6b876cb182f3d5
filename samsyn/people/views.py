"""Pages of accounts, roles, the lock and the language: parse, call one action or query, render."""

from urllib.parse import urlencode
from uuid import UUID

from allauth.account import views as account_views
from allauth.account.decorators import reauthentication_required
from allauth.mfa.webauthn.views import LoginWebAuthnView, ReauthenticateWebAuthnView
from django.conf import settings
from django.db import IntegrityError, transaction
from django.forms import Form
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samsyn.people import actions, middleware, policies, queries
from samsyn.people.access import any_signed_in, during_set_up, open_to_everyone, requires, while_locked
from samsyn.people.forms import NewAccountForm, RoleForm
from samsyn.people.models import Organisation
from samsyn.people.refusals import Invalid, Refused
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import FORBIDDEN_PAIRS, GRANTS, Permission, Role

manages_accounts = requires(Permission.MANAGE_ACCOUNTS)


def _next(request: StaffRequest) -> str:
    """Return the page of our own to go back to."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    # A word without a slash would be taken for the name of a view.
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if is_ours else "/"


class SignInWithPasskey(LoginWebAuthnView):  # type: ignore[misc]
    """A passkey as the whole sign-in; one that is not taken leads back to the page, which says so."""

    def form_invalid(self, form: Form) -> HttpResponse:
        """Lead back. Which check it failed is not told: whoever forges one learns nothing."""
        return redirect(f"{reverse('account_login')}?passkey=refused")


class PasskeyAgain(ReauthenticateWebAuthnView):  # type: ignore[misc]
    """A passkey once more, to unlock the screen or before something weighty; a refused one leads back to the page."""

    def form_invalid(self, form: Form) -> HttpResponse:
        """Lead back, and on from there to where one was going."""
        query = urlencode({"passkey": "refused", "next": _next(self.request)})
        return redirect(f"{reverse('mfa_reauthenticate_webauthn')}?{query}")


@manages_accounts
@require_http_methods(["GET", "POST"])
@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]
def accounts(request: StaffRequest) -> HttpResponse:
    """List the accounts; a post makes a new one and shows its start password once."""
    form = _new_account_form(request.POST or None)
    password = made = ""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made, password = _create(request, form)
                form, status = _new_account_form(), 200
            except Invalid as refused:
                form.add_error(None, str(refused.message))
            except IntegrityError:
                form.add_error(None, _("Inloggningsnamnet eller pseudonymen finns redan."))
    known, wanted = queries.accounts(), request.GET.get("change", "")
    changing = next((row.id for row in known if str(row.id) == wanted), None)
    context: dict[str, object] = {"accounts": known, "changing": changing, "form": form, "roles": list(Role)}
    context |= {"password": password, "made": made}
    return render(request, "people/accounts.html", context, status=status)


def _new_account_form(data: QueryDict | None = None) -> NewAccountForm:
    return NewAccountForm(data, organisations=queries.organisations())


@transaction.atomic
def _create(request: StaffRequest, form: NewAccountForm) -> tuple[str, str]:
    data = form.cleaned_data
    chosen = (
        Organisation.objects.filter(pk=data["organisation"]) if data["organisation"] else Organisation.objects.all()
    )
    organisation = chosen.order_by("pk").first()
    if organisation is None:
        raise Invalid(_("Installationen har ingen organisation än."))
    policies.check_role_fits(Role(data["role"]), kind=organisation.kind)
    by, at = request.actor, request.received_at
    account = actions.create_account(
        name=data["name"], pseudonym=data["pseudonym"], organisation=organisation, by=by, at=at
    )
    actions.give_role(account_id=account.pk, role=Role(data["role"]), by=by, at=at)
    return account.pseudonym, actions.reset_sign_in(account_id=account.pk, by=by, at=at)


@manages_accounts
@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]
def account(request: StaffRequest, account_id: UUID) -> HttpResponse:
    """Give or end a role, close the account, or reset its sign-in (then the start password is shown once)."""
    what, by, at = request.POST.get("do", ""), request.actor, request.received_at
    try:
        if what == "close":
            actions.close_account(account_id=account_id, by=by, at=at)
        elif what == "reset":
            password = actions.reset_sign_in(account_id=account_id, by=by, at=at)
            made = next(row.pseudonym for row in queries.accounts() if row.id == account_id)
            context = {
                "accounts": queries.accounts(),
                "form": _new_account_form(),
                "password": password,
                "made": made,
                "roles": list(Role),
            }
            return render(request, "people/accounts.html", context)
        else:
            form = RoleForm(request.POST)
            if not form.is_valid():
                raise Invalid(_("Okänd roll."))
            role = Role(form.cleaned_data["role"])
            change = actions.end_role if what == "end_role" else actions.give_role
            change(account_id=account_id, role=role, by=by, at=at)
    except LookupError as error:
        raise Http404 from error
    return redirect("people:accounts")


def change_password(request: StaffRequest) -> HttpResponseBase:
    """Change the password; who signs in with a passkey or through the organisation alone has none to change."""
    if not request.user.has_usable_password():  # type: ignore[union-attr]
        raise Refused(_("Det här kontot har inget lösenord att byta."))
    answer: HttpResponseBase = account_views.password_change(request)
    return answer


@any_signed_in
@require_GET
def roles(request: StaffRequest) -> HttpResponse:
    """Show what each role may do, and which roles nobody holds together: from the same data that decides."""
    table = [(permission.label, [permission in GRANTS[role] for role in Role]) for permission in Permission]
    pairs = [tuple(role.label for role in sorted(pair)) for pair in sorted(FORBIDDEN_PAIRS, key=sorted)]
    return render(request, "people/roles.html", {"roles": list(Role), "table": table, "pairs": pairs})


@while_locked
@require_POST
def lock(request: StaffRequest) -> HttpResponse:
    """Lock the screen now."""
    if not request.is_locked:
        middleware.lock(request)
    return redirect("people:locked")


@while_locked
@require_GET
def locked(request: StaffRequest) -> HttpResponse:
    """Show the locked screen: nothing of any contact."""
    if not request.is_locked:
        return redirect(_next(request))
    context = {
        "next": _next(request),
        "sign_in_again": settings.SAMSYN_SIGN_IN_URL if settings.SAMSYN_PERSONAS else "",
        "has_ways": not settings.SAMSYN_PERSONAS or queries.has_second_factor(request.actor.account_id),
    }
    return render(request, "people/locked.html", context)


@any_signed_in
@require_POST
def extend(request: StaffRequest) -> HttpResponse:
    """Take a sign of life: being here has set the time of activity."""
    request.session[middleware.SEEN] = int(request.received_at.timestamp())
    return JsonResponse({"seconds": settings.SAMSYN_IDLE_LOCK_SECONDS})


@open_to_everyone
@require_POST
def language(request: StaffRequest) -> HttpResponse:
    """Choose the language of the staff site."""
    code = request.POST.get("language", "")
    if code not in dict(settings.LANGUAGES):
        raise Invalid(_("Okänt språk."))
    if request.account is not None:
        actions.choose_language(account_id=request.actor.account_id, language=code)
    else:
        request.session["samsyn_language"] = code
    return redirect(_next(request))


@during_set_up
@require_GET
def second_factor(request: StaffRequest) -> HttpResponse:
    """Lead a person without a second factor to one."""
    if queries.has_second_factor(request.actor.account_id):
        return redirect("start")
    return render(request, "people/second_factor.html")


@open_to_everyone
@require_GET
def no_sign_up(request: StaffRequest) -> HttpResponse:
    """Say who makes accounts."""
    return render(request, "people/no_sign_up.html", status=404)
