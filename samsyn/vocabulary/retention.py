"""Code lists are kept: without them no figure can be understood."""

from django.utils.translation import gettext_lazy as _

from samsyn.privacy.retention import RetentionRule

RULES = (RetentionRule(code="vocabulary", title=_("Kodlistor och deras ändringar"), keep=None, decision="vocabulary"),)
