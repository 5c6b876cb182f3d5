"""How long the room's rows are kept: agreements and what was handed over stay, as the receiver's figures do."""

from django.utils.translation import gettext_lazy as _

from samsyn.privacy.retention import RetentionRule

RULES = (
    RetentionRule(
        code="aggregates",
        title=_("Överenskommelser med centret, kvartalspaket och sammansatta fall"),
        keep=None,
        decision="aggregates",
    ),
)
