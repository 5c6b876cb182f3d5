"""Tables of the whole population are kept: what the meter said rests on them."""

from django.utils.translation import gettext_lazy as _

from samsyn.privacy.retention import RetentionRule

RULES = (RetentionRule(code="population_tables", title=_("Befolkningstabeller"), keep=None, decision="vocabulary"),)
