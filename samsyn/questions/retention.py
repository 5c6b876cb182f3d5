"""How long question sets and templates are kept: for as long as figures rest on them."""

from django.utils.translation import gettext_lazy as _

from samsyn.privacy.retention import RetentionRule

RULES = (
    RetentionRule(
        code="question_sets",
        title=_("Frågeformulär och mallar i alla versioner"),
        keep=None,
        decision="question_sets",
    ),
)
