"""Why a signed package is refused: a code for the log and for programs, a sentence for people."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, Promise] = {
    "not_a_package": _("Det är inget paket."),
    "unknown_signer": _("Nyckeln som har undertecknat paketet är okänd eller avslutad."),
    "bad_signature": _("Underskriften stämmer inte."),
    "changed_file": _("Filen är inte den som undertecknades."),
    "replayed": _("Paketet är redan mottaget, eller äldre än ett som är det."),
    "too_old": _("Paketet är för gammalt. Gör ett nytt."),
    "too_early": _("Paketet är daterat framåt i tiden. Kontrollera klockan."),
    "other_organisation": _("Paketet gäller en annan organisation än den som nyckeln hör till."),
    "before_its_period": _("Paketet är gjort innan perioden var slut."),
    "not_protected": _("Paketet säger inte att små tal är skyddade."),
    "other_content": _("Filen gäller något annat än paketet säger."),
    "not_agreed": _("Överenskommelsen omfattar inte det som paketet innehåller."),
    "unknown_choice": _("Ett fall i paketet har något som inte går att välja. Ingenting togs emot."),
}
