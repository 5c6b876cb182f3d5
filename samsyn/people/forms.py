"""Forms of the account pages."""

from collections.abc import Iterable
from typing import Any

from allauth.core import context
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.utils.translation import gettext_lazy as _

from samsyn.people import actions
from samsyn.people.roles import Role
from samsyn.people.texts import Words


class NewAccountForm(forms.Form):
    """A new account: how the person signs in, and what colleagues see."""

    name = Words(label=_("Inloggningsnamn"), max_length=40)
    pseudonym = Words(label=_("Pseudonym"), max_length=50, help_text=_("Ett ord och ett nummer: Rådgivare 3."))
    role = forms.ChoiceField(label=_("Roll"), choices=[(role.value, role.label) for role in Role])
    organisation = forms.TypedChoiceField(label=_("Organisation"), coerce=int, empty_value="", required=False)

    def __init__(self, *args: Any, organisations: Iterable[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (declared above)
        field.choices = list(organisations)


class _CarefulForm(forms.Form):
    """Reads what a passkey says; the libraries below raise anything at all for what no passkey says."""

    def full_clean(self) -> None:
        """Check the form; an answer that cannot be taken apart is an error of the form, not a fault of ours."""
        try:
            super().full_clean()
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError):
            self.cleaned_data = {}
            self.add_error(None, _("Svaret från nyckeln gick inte att läsa. Försök igen."))


class _CountedForm(_CarefulForm):
    """A passkey that is used: one whose count of uses went back was copied, and nobody can tell which one this is."""

    def clean_credential(self) -> Any:
        """Return whose passkey it is."""
        said = self.cleaned_data["credential"]
        found = super().clean_credential()  # type: ignore[misc]
        count = auth.parse_authentication_response(said).response.authenticator_data.counter
        at = context.request.received_at
        if not actions.count_passkey_use(authenticator_id=found.pk, count=count, at=at):
            raise forms.ValidationError(
                _("Nyckeln kan vara kopierad och används inte mer. Logga in på ett annat sätt och ta bort den.")
            )
        return found


class AddPasskeyForm(_CarefulForm, AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey: as a rule it is the whole sign-in, without name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].label = _("Logga in med nyckeln ensam, utan lösenord")
        self.fields["passwordless"].help_text = ""
        self.fields["name"].label = _("Namn på nyckeln")


class PasskeyForm(_CountedForm, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey as the second step."""


class PasskeySignInForm(_CountedForm, LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey as the whole sign-in."""


class PasskeyAgainForm(_CountedForm, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey, once more."""


class RoleForm(forms.Form):
    """A role to give or to end."""

    role = forms.ChoiceField(label=_("Roll"), choices=[(role.value, role.label) for role in Role])
