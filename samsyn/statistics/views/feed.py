"""New and corrected reports for programs that follow us."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from samsyn.people.access import open_to_everyone
from samsyn.statistics import queries, shown
from samsyn.statistics.periods import PeriodKind
from samsyn.statistics.views.kept import kept
from samsyn.statistics.views.pages import KEPT, program, url


@open_to_everyone
@require_safe
@kept
def feed(request: HttpRequest) -> HttpResponse:
    """Tell programs that follow us (Atom, RFC 4287) which reports are new or corrected."""
    mark = queries.edition_mark()
    quarters = queries.published_quarters()
    base = f"{request.scheme}://{request.get_host()}"
    told = Atom1Feed(
        title=_("Samtal till den nationella stödtelefonen"),
        link=base + url("start"),
        description="",
        language=get_language(),
        feed_url=base + url("feed"),
        author_name="Samsyn",
        feed_guid=f"tag:{settings.SAMSYN_PUBLIC_HOST},2014:reports-{get_language()}",
    )
    editions = [(PeriodKind.QUARTER, *one) for one in quarters]
    editions += [(PeriodKind.YEAR, *one) for one in queries.published_years()]
    for kind, quarter, revision, at in sorted(editions, key=lambda one: one[3], reverse=True):
        title, name = shown.report_title(quarter, kind), quarter[:4] if kind is PeriodKind.YEAR else quarter
        tables = queries.published_report(quarter, kind, revision=revision)
        said = [one.document["revision_note"] or shown.text(one.document["headline"]) for one in tables[:1]]
        told.add_item(
            title=_("%(title)s, rättad") % {"title": title} if revision else title,
            link=base + url("report", quarter, kind.value),
            description="".join(said),
            unique_id=f"tag:{settings.SAMSYN_PUBLIC_HOST},2014:{name}-{revision}-{get_language()}",
            pubdate=at,
            updateddate=at,
        )
    answer = HttpResponse(told.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
    answer["ETag"] = f'"feed-{mark}-{program()}-{get_language()}"'
    answer["Cache-Control"] = KEPT
    return answer
