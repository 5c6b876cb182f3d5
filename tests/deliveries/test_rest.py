"""The REST door: credentials, tokens, idempotency, problem+json, and that it is as its OpenAPI document says."""

import base64
import json
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

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

from samsyn.deliveries import actions, doors
from samsyn.deliveries.models import Delivery
from tests.deliveries.conftest import AT, FORM, Deliverer
from tests.deliveries.figures import as_file
from tests.deliveries.files import as_xlsx

V1 = "/deliveries/api/v1"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def system() -> Client:
    return Client(headers={"host": settings.SAMSYN_STAFF_HOST}, raise_request_exception=False)


def token_of(system: Client, deliverer: Deliverer) -> str:
    client_id, secret = actions.make_client(sender=deliverer.sender, at=AT)
    asked = urlencode({"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret})
    told = system.post(f"{V1}/token", asked, content_type="application/x-www-form-urlencoded")
    assert told.status_code == 200
    return str(told.json()["access_token"])


def sent(system: Client, token: str, content: bytes, *, key: str = "k", kind: str = "text/csv", **headers: str) -> Any:
    given_headers = {"authorization": f"Bearer {token}", "idempotency-key": key, **headers}
    return system.post(f"{V1}/deliveries", content, content_type=kind, headers=given_headers)


def test_a_system_delivers_and_reads_its_receipt(system: Client, stockholm: Deliverer) -> None:
    token = token_of(system, stockholm)
    told = sent(system, token, stockholm.file())
    assert told.status_code == 202
    assert told.json()["state"] == "accepted"
    again = system.get(told["Location"], headers={"authorization": f"Bearer {token}"})
    assert again.json() == told.json()
    listed = system.get(f"{V1}/deliveries", headers={"authorization": f"Bearer {token}"}).json()
    assert [one["id"] for one in listed["deliveries"]] == [told.json()["id"]]
    assert sent(system, token, stockholm.file()).json()["id"] == told.json()["id"]
    assert sent(system, token, stockholm.file(persons=61)).status_code == 409
    workbook = as_xlsx(FORM, [row.split(";") for row in stockholm.file("2026K1").decode().splitlines()[1:]])
    assert sent(system, token, workbook, key="x", kind=XLSX).json()["state"] == "accepted"


def test_a_faulty_file_comes_back_with_what_to_do_in_the_callers_language(system: Client, stockholm: Deliverer) -> None:
    token = token_of(system, stockholm)
    content = stockholm.file().replace(b"goal;whole;", b"goal;hole;", 1)
    told = sent(system, token, content, **{"accept-language": "en"}).json()
    assert (told["state"], told["numberOfFaults"]) == ("refused", 1)
    (line,) = told["faults"]
    assert line["message"] == "There is no such code for the variable goal."
    assert line["action"].endswith("Was whole meant?")
    assert line["column"] == "kod"


def test_unlikely_figures_wait_for_the_sender(system: Client, stockholm: Deliverer) -> None:
    token = token_of(system, stockholm)
    bearer = {"authorization": f"Bearer {token}"}
    for at, quarter in enumerate(("2025K3", "2025K4", "2026K1")):
        sent(system, token, stockholm.file(quarter), key=f"k{at}")
    told = sent(system, token, stockholm.file(persons=500), key="big").json()
    assert (told["state"], told["warnings"][0]["rule"]) == ("checked", "units_jump")
    assert system.post(f"{V1}/deliveries/{told['id']}/accept", headers=bearer).json()["state"] == "accepted"
    assert system.post(f"{V1}/deliveries/{told['id']}/accept", headers=bearer).status_code == 409
    assert system.post(f"{V1}/deliveries/{told['id']}/withdraw", headers=bearer).json()["state"] == "withdrawn"
    at_once = sent(system, token, stockholm.file(persons=500), key="sure", **{"samsyn-accept-warnings": "true"})
    assert at_once.json()["state"] == "accepted"


def test_what_is_no_token_opens_nothing(system: Client, stockholm: Deliverer, uppsala: Deliverer) -> None:
    token = token_of(system, stockholm)
    mine = sent(system, token, stockholm.file()).json()["id"]
    theirs = {"authorization": f"Bearer {token_of(system, uppsala)}"}
    assert system.get(f"{V1}/deliveries/{mine}", headers=theirs).status_code == 404
    assert system.post(f"{V1}/deliveries/{mine}/withdraw", headers=theirs).status_code == 404
    for wrong in ("", "Bearer x", "Basic x", f"Bearer {token[:-1]}", f"Bearer {token}x", "Bearer \xff"):
        told = system.get(f"{V1}/deliveries", headers={"authorization": wrong})
        assert (told.status_code, told["Content-Type"]) == (401, "application/problem+json"), wrong
        assert "WWW-Authenticate" in told.headers
    from samsyn.deliveries.models import Key

    key = Key.objects.get(deliverer_id=stockholm.id)
    actions.end_key(key_id=key.pk, sender=stockholm.sender, at=AT)
    assert system.get(f"{V1}/deliveries", headers={"authorization": f"Bearer {token}"}).status_code == 401


def test_a_token_is_for_who_knows_the_secret(system: Client, stockholm: Deliverer) -> None:
    client_id, secret = actions.make_client(sender=stockholm.sender, at=AT)
    form = "application/x-www-form-urlencoded"
    basic = "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    by_header = system.post(
        f"{V1}/token", "grant_type=client_credentials", content_type=form, headers={"authorization": basic}
    )
    assert by_header.json()["token_type"] == "Bearer"
    assert by_header["Cache-Control"] == "no-store"
    for asked, error in (
        ({"grant_type": "client_credentials", "client_id": client_id, "client_secret": "x"}, "invalid_client"),
        ({"grant_type": "client_credentials", "client_id": uuid4(), "client_secret": secret}, "invalid_client"),
        ({"grant_type": "client_credentials"}, "invalid_client"),
        ({"grant_type": "password", "client_id": client_id, "client_secret": secret}, "unsupported_grant_type"),
    ):
        assert system.post(f"{V1}/token", urlencode(asked), content_type=form).json()["error"] == error
    assert system.post(f"{V1}/token", "{}", content_type="application/json").json()["error"] == "invalid_request"
    assert secret not in json.dumps(list(stockholm_keys(stockholm)), default=str)


def stockholm_keys(deliverer: Deliverer) -> Any:
    from samsyn.deliveries.models import Key

    return Key.objects.filter(deliverer_id=deliverer.id).values()


def test_malformed_sendings_are_told_why(system: Client, stockholm: Deliverer, monkeypatch: pytest.MonkeyPatch) -> None:
    token = token_of(system, stockholm)
    assert sent(system, token, stockholm.file(), key="").status_code == 400
    assert sent(system, token, stockholm.file(), key="två ord").status_code == 400
    assert sent(system, token, stockholm.file(), kind="application/pdf").status_code == 415
    assert sent(system, token, stockholm.file(), **{"samsyn-accept-warnings": "perhaps"}).status_code == 400
    monkeypatch.setattr(doors, "LARGEST_BODY", 1000)
    too_large = sent(system, token, stockholm.file())
    assert (too_large.status_code, too_large.json()["status"]) == (413, 413)
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        refused = system.generic(method, f"{V1}/deliveries")
        assert (refused.status_code, refused["Allow"]) == (405, "GET, POST")
    assert system.get("/deliveries/api/v2/x").status_code == 404
    assert not Delivery.objects.exists()


def test_formats_are_open_to_vendors(system: Client, db: None) -> None:
    listed = system.get(f"{V1}/formats").json()["formats"]
    assert {one["table"] for one in listed} >= {"case", "person"}
    assert system.get(f"{V1}/formats/municipal_core/1.0.0/case").json()["columns"][0] == "organisation"
    assert system.get(f"{V1}/formats/municipal_core/1.0.0/case.zip").content.startswith(b"PK")
    assert system.get(f"{V1}/formats/municipal_core/9.0.0/case").status_code == 404


# Whether a header is a key in use, or a body a file in order, is more than a schema can say.
LEFT_OUT = {"positive_data_acceptance"}
# These take nothing, or any bytes at all.
NOTHING_TO_BREAK = {"GET /openapi.json", "GET /formats", "GET /deliveries", "POST /packages"}


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_the_api_is_as_it_says(system: Client, stockholm: Deliverer, mode: GenerationMode) -> None:
    token = token_of(system, stockholm)
    ours = sent(system, token, as_file(FORM, "0180", "2026K2", persons=7)).json()["id"]
    told = json.loads(system.get(f"{V1}/openapi.json").content)
    known = {"id": [ours], "package": ["municipal_core"], "version": ["1.0.0"], "table": ["case"]}
    if mode is GenerationMode.POSITIVE:
        for path in told["paths"].values():
            for parameter in path.get("parameters", ()):
                parameter["schema"] = {"enum": known[parameter["name"]]}
    schema = schemathesis.openapi.from_dict(told)
    # Our own token stands for the one that schemathesis would make up.
    left_out = LEFT_OUT | {"ignored_auth"}
    checks = [check for check in CHECKS.get_all() if check.__name__ not in left_out]
    tried: dict[str, set[int]] = {}
    for found in schema.get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and operation.label in NOTHING_TO_BREAK:
            continue  # takes nothing that could be wrong

        @hypothesis_settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode))
        def try_it(case: Any) -> None:
            answer = answered(system, case, token)
            # Whatever bytes come are a file: what is wrong with it stands in its receipt.
            held = [
                c
                for c in checks
                if case.operation.label != "POST /deliveries" or c.__name__ != "negative_data_rejection"
            ]
            case.validate_response(answer, checks=held)
            tried.setdefault(case.operation.label, set()).add(answer.status_code)

        try_it()
    assert len(tried) == 11 - 4 * (mode is GenerationMode.NEGATIVE)
    assert not any(status >= 500 for statuses in tried.values() for status in statuses)
    if mode is GenerationMode.POSITIVE:
        # What is decided once stays decided: a second acceptance is refused, and so is a made-up secret.
        once = {"POST /token", "POST /packages", "POST /deliveries/{id}/accept", "POST /deliveries/{id}/withdraw"}
        assert all(statuses & {200, 202} or label in once for label, statuses in tried.items()), tried


def answered(system: Client, case: Any, token: str) -> requests.Response:
    """Send what schemathesis made through Django's own client, and return the answer as schemathesis reads it."""
    base = f"http://{settings.SAMSYN_STAFF_HOST}{V1}"
    made = requests.Request(**case.as_transport_kwargs(base_url=base)).prepare()
    assert made.method
    assert made.url
    body = made.body.encode() if isinstance(made.body, str) else made.body or b""
    address = made.url.removeprefix(f"http://{settings.SAMSYN_STAFF_HOST}")
    kind = made.headers.get("Content-Type", "")
    headers = {n: v for n, v in made.headers.items() if n.lower() not in {"content-type", "content-length"}}
    headers["Authorization"] = f"Bearer {token}"
    got = system.generic(made.method, address, body, content_type=kind, headers=headers)
    answer = requests.Response()
    answer.status_code, answer._content, answer.url, answer.request = got.status_code, got.content, made.url, made
    answer.headers.update(dict(got.items()))
    answer.raw = HTTPResponse(headers=dict(got.items()), status=got.status_code)
    return answer
