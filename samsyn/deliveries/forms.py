"""Forms of the portal and of the register."""

import base64
import binascii
import hashlib
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from samsyn.audit import notes
from samsyn.deliveries import actions, packages
from samsyn.deliveries.composed import parts
from samsyn.deliveries.models import Agreement, Deliverer, Key
from samsyn.deliveries.survey.actions import NewRound
from samsyn.people.texts import Words


class FileForm(forms.Form):
    """A file to deliver."""

    file = forms.FileField(label=_("Fil (CSV eller XLSX)"), allow_empty_file=True)


class AddressForm(forms.Form):
    """Where reminders go."""

    address = forms.EmailField(
        label=_("E-post för påminnelser"),
        required=False,
        help_text=_("En funktionsbrevlåda, ingen persons. Mejlet säger bara att något väntar här."),
    )


class KeyForm(forms.Form):
    """A public key of an organisation's system: OpenSSH for SFTP, or a key that signs packages."""

    kind = forms.ChoiceField(
        label=_("Till"), choices=[(kind.value, kind.label) for kind in (Key.Kind.SSH, Key.Kind.SIGNER)]
    )
    material = forms.CharField(label=_("Publik nyckel"), max_length=900, widget=forms.Textarea(attrs={"rows": 3}))

    def clean(self) -> dict[str, Any]:
        """Read the key and give it its fingerprint."""
        data = super().clean() or {}
        text = " ".join(str(data.get("material", "")).split())
        try:
            data["fingerprint"] = _ssh(text) if data.get("kind") == Key.Kind.SSH else _signer(text)
        except (ValueError, binascii.Error, notes.BadKey):
            raise ValidationError(_now("Det är ingen sådan nyckel.")) from None
        data["material"] = " ".join(text.split()[:2]) if data.get("kind") == Key.Kind.SSH else text
        return data


def _ssh(text: str) -> str:
    kind, blob, *_comment = text.split(" ")
    if kind not in {"ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "ssh-rsa"}:
        raise ValueError("another kind of key")
    data = base64.b64decode(blob, validate=True)
    if not data.startswith(len(kind).to_bytes(4, "big") + kind.encode()):
        raise ValueError("not a key")
    return hashlib.sha256(data).hexdigest()


def _signer(text: str) -> str:
    return hashlib.sha256(notes.Verifier.from_text(text).to_text().encode()).hexdigest()


class DelivererForm(forms.Form):
    """An organisation that is to deliver."""

    code = forms.RegexField(r"^[0-9A-Za-z-]{2,20}\Z", label=_("Kommunkod eller organisationsnummer"), max_length=20)
    name = Words(label=_("Namn"), max_length=120)
    kind = forms.ChoiceField(label=_("Slag"), choices=Deliverer.Kind.choices)
    county = forms.RegexField(r"^[0-9]{2}\Z", label=_("Länskod"), max_length=2, required=False)

    def new(self) -> actions.NewDeliverer:
        """Build what was asked for; call only on a valid form."""
        return actions.NewDeliverer(**self.cleaned_data)


class AgreementForm(forms.Form):
    """What a deliverer is to deliver from a period on."""

    deliverer = forms.ChoiceField(label=_("Uppgiftslämnare"))
    table = forms.ChoiceField(label=_("Tabell"))
    frequency = forms.ChoiceField(label=_("Hur ofta"), choices=Agreement.Frequency.choices, initial="quarter")
    first_period = forms.RegexField(r"^20[0-9]{2}(M(0[1-9]|1[0-2])|K[1-4])?\Z", label=_("Från och med"), max_length=7)
    due_days = forms.IntegerField(label=_("Dagar efter periodens slut"), min_value=1, max_value=365, initial=30)
    system = Words(label=_("Verksamhetssystem"), max_length=60, required=False)

    def __init__(self, *args: Any, deliverers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tables = [(f"{one.name}/{one.table}", f"{one.name} {one.table}") for one in packages.formats().values()]
        tables += [(name, name.replace(f"/{parts.TABLE}", f" {parts.TABLE}")) for name in parts.tables()]
        for name, choices in (("deliverer", deliverers), ("table", tables)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 (declared above)
            field.choices = choices

    def new(self) -> actions.NewAgreement:
        """Build what was asked for; call only on a valid form."""
        data = self.cleaned_data
        package, version, table = data["table"].split("/")
        return actions.NewAgreement(
            package=package,
            version=version,
            table=table,
            frequency=data["frequency"],
            first_period=data["first_period"],
            due_days=data["due_days"],
            system=data["system"],
        )


class RoundForm(forms.Form):
    """A round of the survey to open."""

    year = forms.IntegerField(label=_("År"), min_value=2020, max_value=2100)
    version = forms.ChoiceField(label=_("Version av frågorna"))
    closes_on = forms.DateField(label=_("Sista svarsdag"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, versions: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["version"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (declared above)
        field.choices = [(one, one) for one in versions]

    def new(self) -> NewRound:
        """Build what was asked for; call only on a valid form."""
        return NewRound(**self.cleaned_data)
