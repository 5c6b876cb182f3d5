"""Forms of the account pages."""

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from samsyn.people.roles import Role


class NewAccountForm(forms.Form):
    """A new account: how the person signs in, and what colleagues see."""

    name = forms.CharField(label=_("Inloggningsnamn"), max_length=40)
    pseudonym = forms.CharField(
        label=_("Pseudonym"), max_length=50, help_text=_("Ett ord och ett nummer: Rådgivare 3.")
    )
    role = forms.ChoiceField(label=_("Roll"), choices=[(role.value, role.label) for role in Role])


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey: as a rule it is the whole sign-in, without name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].label = _("Logga in med nyckeln ensam, utan lösenord")
        self.fields["passwordless"].help_text = ""
        self.fields["name"].label = _("Namn på nyckeln")


class RoleForm(forms.Form):
    """A role to give or to end."""

    role = forms.ChoiceField(label=_("Roll"), choices=[(role.value, role.label) for role in Role])
