"""The API: what programs that read Statistics Sweden get from us, what they are refused, and that it says so itself."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from django.conf import settings
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import CHECKS
from schemathesis.generation import GenerationMode
from urllib3 import HTTPResponse

from samsyn.statistics import queries
from samsyn.statistics.limits import Window, client_of
from samsyn.statistics.models import PublishedTable, Release
from samsyn.statistics.views import endpoints
from tests.statistics.test_pdf import table_document
from tests.statistics.test_releases import AT, facts, published

__all__ = ["facts", "published"]
pytestmark = pytest.mark.django_db
TABLE = "/api/v2/tables/sex-quarter"


@pytest.fixture(autouse=True)
def in_the_tests_transaction(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(queries, "PUBLIC", "default")
    monkeypatch.setattr(endpoints, "_window", Window(endpoints.SECONDS))
    monkeypatch.setattr(settings, "SAMSYN_API_CALLS", 0)
    yield


@pytest.fixture
def stored(db: None) -> None:
    """Two small tables, stored as a publication stores them: quick, where what they say does not matter."""
    for code, kind in (("sex", "quarter"), ("age", "cumulative")):
        period = {"kind": kind, "quarter": "2026-q2", "first_day": "2026-04-01", "last_day": "2026-06-30"}
        PublishedTable.objects.create(
            source="release", quarter="2026-q2", revision=0, kind=kind, code=code, position=1,
            document=table_document(code=code, period=period), content_hash=code * 20, published_at=AT,
        )  # fmt: skip


@pytest.fixture
def reader() -> Client:
    return Client(headers={"host": settings.SAMSYN_PUBLIC_HOST})


def document(code: str = "sex", kind: str = "quarter") -> dict[str, Any]:
    found = queries.published_table("2026-q2", kind, code)
    assert found is not None
    return found.document


def test_every_published_table_is_listed_and_can_be_had_whole(published: Release, reader: Client) -> None:
    listed = reader.get("/api/v2/tables?lang=en&pageSize=1000").json()
    names = {one["id"] for one in listed["tables"]}
    stored = PublishedTable.objects.filter(source="release").values_list("code", "kind")
    assert names == {f"{code}-{kind}" for code, kind in stored}
    assert listed["page"]["totalElements"] == len(names)
    hidden = 0
    for name in sorted(names):
        code, _dash, kind = name.rpartition("-")
        made = reader.get(f"/api/v2/tables/{name}/data").json()
        rows = document(code, kind)["rows"]
        cells = [cell for row in rows for cell in row["cells"]]
        assert made["value"] == [cell["v"] if cell else None for cell in cells]
        for at, cell in enumerate(cells):
            if cell and cell.get("hidden"):
                hidden += 1
                assert made["status"][str(at)] == "hidden"
    assert hidden


def test_a_choice_in_the_address_and_in_the_body_is_the_same(stored: None, reader: Client) -> None:
    row = "a"
    by_address = reader.get(f"{TABLE}/data?valueCodes[row]={row},sum&valuecodes[content]=count&valuecodes[time]=TOP(1)")
    body = {
        "selection": [
            {"variableCode": "row", "valueCodes": [row, "sum"]},
            {"variableCode": "content", "valueCodes": ["count"]},
            {"variableCode": "time", "valueCodes": ["2026K2"]},
        ]
    }
    by_body = reader.post(f"{TABLE}/data", json.dumps(body), content_type="application/json")
    assert by_address.json() == by_body.json()
    assert by_address.json()["size"] == [2, 1, 1]
    query = {
        "query": [
            {"code": "row", "selection": {"filter": "item", "values": [row, "sum"]}},
            {"code": "content", "selection": {"filter": "all", "values": ["cou*"]}},
            {"code": "time", "selection": {"filter": "top", "values": ["1"]}},
        ],
        "response": {"format": "json-stat2"},
    }
    first = reader.post("/api/v1/sv/support_call/sex-quarter", json.dumps(query), content_type="text/plain")
    assert first.json() == by_body.json()


def test_the_first_api_as_its_readers_walk_it(stored: None, reader: Client) -> None:
    (database,) = reader.get("/api/v1/en/").json()
    tables = reader.get(f"/api/v1/en/{database['dbid']}/").json()
    assert {one["type"] for one in tables} == {"t"}
    address = f"/api/v1/en/{database['dbid']}/{tables[0]['id']}"
    variables = {one["code"]: one for one in reader.get(address).json()["variables"]}
    assert variables["time"]["time"] is True
    assert variables["time"]["values"] == ["2026K2"]
    plain = reader.post(address, json.dumps({"response": {"format": "json"}}), content_type="application/json").json()
    assert {one["type"] for one in plain["columns"]} >= {"t", "c"}
    assert plain["data"]
    assert reader.get("/api/v1/en/?config").json()["CORS"] is True


@pytest.mark.parametrize("form", ["csv", "px", "xlsx", "json-stat2"])
def test_each_format_is_what_it_says(stored: None, reader: Client, form: str) -> None:
    made = reader.get(f"{TABLE}/data?outputFormat={form}&lang=en")
    assert made.status_code == 200
    assert made["Content-Type"] == endpoints.FORMATS[form]
    assert made["Access-Control-Allow-Origin"] == "*"
    assert made["Content-Language"] == "en"
    again = reader.get(f"{TABLE}/data?outputFormat={form}&lang=en", headers={"if-none-match": made["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_correction_is_seen_at_once(stored: None, reader: Client) -> None:
    before = reader.get(f"{TABLE}/data")
    table = PublishedTable.objects.get(source="release", kind="quarter", code="sex")
    changed = {**table.document, "title": {"sv": "Rättad", "en": "Corrected"}}
    PublishedTable.objects.create(
        source="release", quarter="2026-q2", revision=1, kind="quarter", code="sex", position=table.position,
        document=changed, content_hash="f" * 64, published_at=table.published_at,
    )  # fmt: skip
    after = reader.get(f"{TABLE}/data", headers={"if-none-match": before["ETag"]})
    assert after.status_code == 200
    assert "Rättad" in after.json()["label"]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v2/tables/nothing-quarter", 404),
        ("/api/v2/tables/sex-quarter/data?valuecodes[row]=x'%20OR%201=1--", 400),
        ("/api/v2/tables/sex-quarter/data?valuecodes[nothing]=1", 400),
        ("/api/v2/tables/sex-quarter/data?valuecodes[row]=*&valuecodes[time]=*", 400),
        ("/api/v2/tables/sex-quarter/data?valuecode[row]=total", 400),
        ("/api/v2/tables/sex-quarter/data?outputFormat=parquet", 400),
        ("/api/v2/tables/sex-quarter/data?outputFormat=csv&outputFormatParams=UseNothing", 400),
        ("/api/v2/tables/sex-quarter/data?outputFormat=csv&heading=time&stub=time", 400),
        ("/api/v2/tables/sex-quarter/data?outputFormat=csv&heading=nothing", 400),
        ("/api/v2/tables?pageSize=0", 400),
        ("/api/v2/tables?pageNumber=99", 404),
        ("/api/v2/tables?pastDays=%00", 400),
        ("/api/v2/tables?lang=ar", 400),
        ("/api/v2/config?surprise=1", 400),
        ("/api/v1/ar/", 400),
        ("/api/v1/sv/nothing/", 404),
        ("/api/v1/sv/nothing/sex-quarter", 404),
    ],
)
def test_a_question_without_an_answer_is_told_why(stored: None, reader: Client, address: str, status: int) -> None:
    refused = reader.get(address)
    assert refused.status_code == status
    assert refused["Content-Type"] == "application/problem+json"
    told = refused.json()
    assert told["status"] == status
    assert told["title"]
    assert refused["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "body",
    [
        "{", "[]", "\x00", "[" * 100_000, '{"selection": 1}', '{"selection": [1]}', '{"selection": [{"variableCode": 1}]}',
        '{"selection": [{"variableCode": "row", "valueCodes": "total"}]}',
        '{"selection": [{"variableCode": "row", "valueCodes": []}]}',
        '{"selection": [{"variableCode": "row", "valueCodes": ["*"], "codelist": "agg_x"}]}',
        '{"selection": [], "placement": {"stub": "row"}}',
    ],
)  # fmt: skip
def test_a_malformed_query_is_told_why(stored: None, reader: Client, body: str) -> None:
    refused = reader.post(f"{TABLE}/data", body, content_type="application/json")
    assert refused.status_code == 400
    assert refused.json()["title"]


@pytest.mark.parametrize(
    "body",
    [
        '{"query": 1}',
        '{"query": [{"code": "row", "selection": {"filter": "agg:x", "values": ["1"]}}]}',
        '{"query": [{"code": "row", "selection": {"filter": "top", "values": ["1", "2"]}}]}',
        '{"response": {"format": "png"}}',
        '{"response": 5}',
    ],
)
def test_a_malformed_query_of_the_first_api_is_told_why(stored: None, reader: Client, body: str) -> None:
    refused = reader.post("/api/v1/en/support_call/sex-quarter", body, content_type="application/json")
    assert refused.status_code == 400
    assert refused.json()["title"]


def test_a_body_as_large_as_a_mail_is_refused_unread(stored: None, reader: Client) -> None:
    refused = reader.post(f"{TABLE}/data", b" " * 600_000, content_type="application/json")
    assert refused.status_code == 413


def test_other_sites_may_ask_and_nothing_else_takes_a_body(stored: None, reader: Client) -> None:
    strange = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors", "origin": "https://example.org"}
    preflight = reader.options(f"{TABLE}/data", headers=strange)
    assert preflight.status_code == 204
    assert "POST" in preflight["Access-Control-Allow-Methods"]
    assert reader.post(f"{TABLE}/data", "{}", content_type="application/json", headers=strange).status_code == 200
    assert reader.post("/", "{}", content_type="application/json").status_code == 405
    assert reader.post("/api/v2/tables", "{}", content_type="application/json").status_code == 405
    assert reader.delete(f"{TABLE}/data").status_code == 405
    staff = Client(headers={"host": settings.SAMSYN_STAFF_HOST})
    assert staff.get(f"{TABLE}/data").status_code == 404


def test_who_asks_too_often_is_told_when_to_come_again(
    stored: None, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "SAMSYN_API_CALLS", 3)
    monkeypatch.setattr(endpoints, "_window", Window(3600))
    statuses = [reader.get("/api/v2/config").status_code for _call in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    assert int(reader.get("/api/v2/config")["Retry-After"]) >= 1
    assert (
        Client(headers={"host": settings.SAMSYN_PUBLIC_HOST}, REMOTE_ADDR="192.0.2.7").get("/api/v2/config").status_code
        == 200
    )


def test_a_window_forgets() -> None:
    window = Window(10)
    assert [window.wait("a", calls=2, now=100.0 + at) for at in range(3)] == [0, 0, 8]
    assert window.wait("a", calls=2, now=110.0) == 0
    assert window.counts == {"a": 1}
    assert client_of("2001:db8::1") == client_of("2001:db8::ffff") != client_of("2001:db8:0:1::1")
    assert client_of("not an address") == ""


def test_the_page_for_people_links_to_answers(stored: None, reader: Client) -> None:
    for path, words in (("/api/", "Samma API som SCB"), ("/en/api/", "The same API as Statistics Sweden")):
        page = reader.get(path)
        assert words in page.content.decode()
        for address in (page.context["example_url"], page.context["list_url"], page.context["description_url"]):
            assert reader.get(address.split(settings.SAMSYN_PUBLIC_HOST)[1]).status_code == 200


# What we say of ourselves is true: schemathesis makes questions from our OpenAPI document and holds the answers to it.
# Whether a code exists is more than a schema can say, so a well-formed question may still be answered with 400.
LEFT_OUT = {"positive_data_acceptance"}


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_the_api_is_as_it_says(stored: None, reader: Client, mode: GenerationMode) -> None:
    told = json.loads(reader.get("/api/openapi.json").content)
    for parameter in (one for path in told["paths"].values() for ways in path.values() for one in ways["parameters"]):
        # A name made of chance is in no database: here are the ones that are.
        known = {"name": ["sex-quarter", "age-cumulative"], "database": ["support_call"]}.get(parameter["name"])
        if known and parameter["in"] == "path" and mode is GenerationMode.POSITIVE:
            parameter["schema"] = {"enum": known}
    schema = schemathesis.openapi.from_dict(told)
    checks = [check for check in CHECKS.get_all() if check.__name__ not in LEFT_OUT]
    tried: dict[str, set[int]] = {}
    for found in schema.get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and operation.label == "GET /api/openapi.json":
            continue  # takes nothing that could be wrong

        @hypothesis_settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode))
        def try_it(case: Any) -> None:
            answer = answered(reader, case)
            case.validate_response(answer, checks=checks)
            tried.setdefault(case.operation.label, set()).add(answer.status_code)

        try_it()
    assert len(tried) == 12 - (mode is GenerationMode.NEGATIVE)
    assert all((200 in statuses) or mode is GenerationMode.NEGATIVE for statuses in tried.values()), tried
    assert not any(status >= 500 for statuses in tried.values() for status in statuses)


def answered(reader: Client, case: Any) -> requests.Response:
    """Send what schemathesis made through Django's own client, and return the answer as schemathesis reads it."""
    sent = requests.Request(**case.as_transport_kwargs(base_url=f"http://{settings.SAMSYN_PUBLIC_HOST}")).prepare()
    assert sent.method
    assert sent.url
    body = sent.body.encode() if isinstance(sent.body, str) else sent.body or b""
    address = sent.url.removeprefix(f"http://{settings.SAMSYN_PUBLIC_HOST}")
    kind = sent.headers.get("Content-Type", "")
    given = {
        name: value for name, value in sent.headers.items() if name.lower() not in {"content-type", "content-length"}
    }
    got = reader.generic(sent.method, address, body, content_type=kind, headers=given)
    answer = requests.Response()
    answer.status_code, answer._content, answer.url, answer.request = got.status_code, got.content, sent.url, sent
    answer.headers.update(dict(got.items()))
    answer.raw = HTTPResponse(headers=dict(got.items()), status=got.status_code)
    return answer
