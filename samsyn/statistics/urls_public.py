"""Addresses of the public site: Swedish at the root, English under ``en/``; neutral words."""

from django.urls import path, re_path

from samsyn.statistics.views import (
    api,
    api_first,
    available,
    catalogue,
    feed,
    finding,
    methods,
    public,
    quality,
    question_bank,
    timetable,
)

app_name = "figures"
QUARTER = r"(?P<quarter>20\d\d-q[1-4])"
KIND = r"(?P<kind>quarter|year_to_date|cumulative|year)"
CODE = r"(?P<code>[a-z0-9_]{1,40})"

EDITION = r"edition-(?P<edition>[1-9]\d{0,2})"

# What is looked up among names is no pattern here: a wrong one is answered in the API's own words.
NAME = r"(?P<name>[^/]+)"
LANGUAGE = r"(?P<lang>[^/]+)"
DATABASE = r"(?P<database>[^/]+)"

urlpatterns = [
    path("api/openapi.json", api.description, name="api_description"),
    path("api/v2/config", api.config, name="api_config"),
    path("api/v2/tables", api.tables, name="api_tables"),
    re_path(rf"^api/v2/tables/{NAME}$", api.table, name="api_table"),
    re_path(rf"^api/v2/tables/{NAME}/metadata$", api.metadata, name="api_metadata"),
    re_path(rf"^api/v2/tables/{NAME}/defaultselection$", api.default_selection, name="api_default_selection"),
    re_path(rf"^api/v2/tables/{NAME}/data$", api.data, name="api_data"),
    re_path(rf"^api/v1/{LANGUAGE}/?$", api_first.databases, name="api_databases"),
    re_path(rf"^api/v1/{LANGUAGE}/{DATABASE}/?$", api_first.database, name="api_database"),
    re_path(rf"^api/v1/{LANGUAGE}/{DATABASE}/{NAME}$", api_first.table, name="api_first_table"),
    re_path(r"^api/v[12](?:/.*)?$", api.nothing, name="api_nothing"),
    path("catalogue.jsonld", catalogue.json_ld, name="catalogue_json_ld"),
    path("catalogue.ttl", catalogue.turtle, name="catalogue_turtle"),
]
for prefix, language in (("", ""), ("en/", "_en")):
    urlpatterns += [
        path(prefix, public.start, name=f"start{language}"),
        path(f"{prefix}feed.atom", feed.feed, name=f"feed{language}"),
        path(f"{prefix}calendar/", timetable.calendar, name=f"calendar{language}"),
        path(f"{prefix}calendar.ics", timetable.calendar_file, name=f"calendar_file{language}"),
        path(f"{prefix}about/", public.about, name=f"about{language}"),
        path(f"{prefix}quality/", quality.declaration, name=f"quality{language}"),
        path(f"{prefix}available/", available.available, name=f"available{language}"),
        path(f"{prefix}methods/", methods.methods, name=f"methods{language}"),
        path(f"{prefix}methods/<slug:tool>/", methods.method, name=f"method{language}"),
        path(f"{prefix}question-bank/", question_bank.question_bank, name=f"question_bank{language}"),
        re_path(
            rf"^{prefix}question-bank/{CODE}/{NAME}/files/(?P<slug>[a-z]{{1,20}})$",
            question_bank.question_file,
            name=f"question_file{language}",
        ),
        path(f"{prefix}definitions/", public.definitions, name=f"definitions{language}"),
        path(f"{prefix}accessibility/", public.accessibility, name=f"accessibility{language}"),
        path(f"{prefix}api/", public.programs, name=f"programs{language}"),
        path(f"{prefix}search/", finding.search, name=f"search{language}"),
        re_path(rf"^{prefix}topics/{CODE}/$", finding.topic, name=f"topic{language}"),
        path(f"{prefix}history/", public.history_page, name=f"history{language}"),
        re_path(rf"^{prefix}{QUARTER}/{KIND}/$", public.report, name=f"report{language}"),
        re_path(rf"^{prefix}{QUARTER}/{KIND}/report\.pdf$", public.report_pdf, name=f"report_pdf{language}"),
        re_path(rf"^{prefix}{QUARTER}/{KIND}/{CODE}/$", public.table, name=f"table{language}"),
        re_path(rf"^{prefix}{QUARTER}/{KIND}/{EDITION}/$", public.report_edition, name=f"report_edition{language}"),
        re_path(
            rf"^{prefix}{QUARTER}/{KIND}/{CODE}/{EDITION}/$", public.table_edition, name=f"table_edition{language}"
        ),
        re_path(rf"^{prefix}{QUARTER}/{KIND}/{CODE}/chart/$", public.embed, name=f"embed{language}"),
        re_path(rf"^{prefix}{QUARTER}/{KIND}/{CODE}\.pdf$", public.table_pdf, name=f"table_pdf{language}"),
        re_path(
            rf"^{prefix}{QUARTER}/{KIND}/{CODE}\.(?P<ending>csv|xlsx|json|px)$", public.file, name=f"file{language}"
        ),
    ]
