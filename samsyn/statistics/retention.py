"""How long releases are kept: for good, they are what the public has read."""

from django.utils.translation import gettext_lazy as _

from samsyn.privacy.retention import RetentionRule

RULES = (
    RetentionRule(
        code="statistical_releases",
        title=_("Publiceringar med sina celler och dokument"),
        keep=None,
        decision="statistical_releases",
    ),
)
