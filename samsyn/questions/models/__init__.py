"""The room's tables, by noun. Triggers (second and fourth migration) keep published and decided versions as they are."""

from samsyn.questions.models.instruments import InForce, Instrument, InstrumentVersion, Question, Section
from samsyn.questions.models.packages import BankItem, Implementation, Package, PackageVersion
from samsyn.questions.models.templates import Template, TemplateItem, TemplateVersion
from samsyn.questions.models.versions import Version

__all__ = [
    "BankItem",
    "Implementation",
    "InForce",
    "Instrument",
    "InstrumentVersion",
    "Package",
    "PackageVersion",
    "Question",
    "Section",
    "Template",
    "TemplateItem",
    "TemplateVersion",
    "Version",
]
