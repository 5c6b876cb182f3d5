"""What the log says about measurements and deviations."""

from django.utils.translation import gettext_lazy as _lazy

from samsyn.audit.events import declare

PERIOD_PLANNED = declare(
    "period_planned",
    _lazy("%(actor)s planerade mätning %(number)s, %(first_on)s till %(last_on)s, %(questions)s frågor"),
    facts=("number", "first_on", "last_on", "questions", "sample", "nth", "seed"),
)
PERIOD_STOPPED = declare("period_stopped", _lazy("%(actor)s avbröt mätning %(number)s"), facts=("number",))
PERIOD_REPORTED = declare(
    "period_reported",
    _lazy("%(actor)s avslutade mätning %(number)s och fryste dess rapport"),
    facts=("number",),
)
DEVIATION_REPORTED = declare(
    "deviation_reported",
    _lazy("%(actor)s anmälde en avvikelse från version %(version)s av mallen %(template)s"),
    facts=("template", "version"),
)
_DECISIONS = {"keep": _lazy("mallen behålls"), "revise": _lazy("mallen ändras")}
DEVIATION_DECIDED = declare(
    "deviation_decided",
    _lazy("%(actor)s beslutade om en avvikelse från mallen %(template)s: %(decision)s"),
    facts=("template", "decision"),
    words={"decision": lambda code: _DECISIONS[code]},
)
