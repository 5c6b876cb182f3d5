"""The meter's page and the table that its script reads. Nothing is posted here: what is told stays in the browser."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from samsyn.anonymity import packing, queries
from samsyn.anonymity.attributes import attributes
from samsyn.anonymity.models import PopulationTable
from samsyn.people.access import requires
from samsyn.people.requests import StaffRequest
from samsyn.people.roles import Permission
from samsyn.vocabulary import queries as vocabulary

# Whoever works with code lists may ask what they give away; the table is public statistics.
may_measure = requires(Permission.SEE_VOCABULARY)
# Why one asks on although few people fit. Danger to life stands first: nothing is in its way.
REASONS = (
    _("Fara för någons liv"),
    _("Personen vill själv berätta, och vet att anonymiteten kan gå förlorad"),
    _("Hjälpen går inte att ge utan den uppgiften"),
)


@may_measure
@require_GET
def meter(request: StaffRequest) -> HttpResponse:
    """Show the meter. Its controls have no names, so that no form could send what is chosen."""
    today = timezone.localdate(request.received_at)
    in_county: dict[str, list[tuple[str, str]]] = {}
    for row in vocabulary.codes("municipality", on=today):
        in_county.setdefault(row.parent, []).append((row.value, row.label))
    counties = [(row.value, row.label, in_county.get(row.value, [])) for row in vocabulary.codes("county", on=today)]
    said = attributes()
    groups: dict[str, list[object]] = {}
    for one in said.attributes:
        groups.setdefault(one.group, []).append(one)
    context = {
        "table": queries.table_in_force(),
        "counties": counties,
        "bands": [_band(row) for row in vocabulary.codes("age_band", on=today)],
        "ages": range(packing.AGES - 1),
        "groups": [*groups.values()],
        "said": said,
        "reasons": REASONS,
    }
    return render(request, "anonymity/meter.html", context)


def _band(row: vocabulary.CodeRow) -> tuple[str, str]:
    """Return a band as the script reads it ("13-15"; "26-100" for 26 or older), and its label."""
    first, _between, last = row.value.partition("_")
    return f"{first}-{last if last.isdigit() else packing.AGES - 1}", row.hint or row.label


@may_measure
@require_GET
def table(request: StaffRequest, table_id: UUID) -> HttpResponse:
    """Return the whole country's table: one that was asked for by municipality would say where the person lives."""
    try:
        content = queries.compressed(table_id)
    except PopulationTable.DoesNotExist as error:
        raise Http404 from error
    return HttpResponse(content, content_type="application/octet-stream", headers={"Content-Encoding": "gzip"})
