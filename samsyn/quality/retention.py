"""Plans and reports stay; deviations stay with what was decided about them."""

from django.utils.translation import gettext_lazy as _

from samsyn.privacy.retention import RetentionRule

RULES = (
    RetentionRule(
        code="measurement_periods", title=_("Mätningar: plan och rapport"), keep=None, decision="measurements"
    ),
    RetentionRule(code="deviations", title=_("Avvikelser från mallar, i koder"), keep=None, decision="deviations"),
)
