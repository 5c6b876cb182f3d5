"""Addresses of the public site: Swedish at the root, English under ``en/``; neutral words."""

from django.urls import path, re_path

from samsyn.statistics.views import catalogue, public

app_name = "figures"
QUARTER = r"(?P<quarter>20\d\d-q[1-4])"
KIND = r"(?P<kind>quarter|year_to_date|cumulative)"
CODE = r"(?P<code>[a-z0-9_]{1,40})"

urlpatterns = [
    path("catalogue.jsonld", catalogue.json_ld, name="catalogue_json_ld"),
    path("catalogue.ttl", catalogue.turtle, name="catalogue_turtle"),
]
for prefix, language in (("", ""), ("en/", "_en")):
    urlpatterns += [
        path(prefix, public.start, name=f"start{language}"),
        path(f"{prefix}feed.atom", public.feed, name=f"feed{language}"),
        path(f"{prefix}about/", public.about, name=f"about{language}"),
        path(f"{prefix}definitions/", public.definitions, name=f"definitions{language}"),
        path(f"{prefix}accessibility/", public.accessibility, name=f"accessibility{language}"),
        path(f"{prefix}history/", public.history_page, name=f"history{language}"),
        re_path(rf"^{prefix}{QUARTER}/{KIND}/$", public.report, name=f"report{language}"),
        re_path(rf"^{prefix}{QUARTER}/{KIND}/report\.pdf$", public.report_pdf, name=f"report_pdf{language}"),
        re_path(rf"^{prefix}{QUARTER}/{KIND}/{CODE}/$", public.table, name=f"table{language}"),
        re_path(rf"^{prefix}{QUARTER}/{KIND}/{CODE}\.pdf$", public.table_pdf, name=f"table_pdf{language}"),
        re_path(rf"^{prefix}{QUARTER}/{KIND}/{CODE}\.(?P<ending>csv|xlsx|json)$", public.file, name=f"file{language}"),
    ]
