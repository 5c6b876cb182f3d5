"""The bell of a chat's page: a line on which never a word comes, served by a process that knows no key and no person.

Neither side's page sends its cookie along, so none is looked at. Who knows a bell's name (128 bits, on the pages of the
two who write) learns when it rings, and nothing else.
"""

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_GET

from samsyn.people.access import open_to_everyone
from samsyn.ui import bells


@open_to_everyone
@require_GET
def bell(request: HttpRequest, name: str) -> HttpResponseBase:
    """Keep the line open and ring."""
    return bells.answer(bells.rings(name))
