"""The pages of the gate: who sees them, and each step by the person whose step it is."""

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from samsyn.aggregates.models import Agreement, Package
from samsyn.people.middleware import FACTOR
from samsyn.people.models import Account
from tests.aggregates.conftest import CODE, PERSONS

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def browser(account: Account) -> Client:
    client = Client(raise_request_exception=False, headers={"host": settings.SAMSYN_STAFF_HOST})
    client.force_login(account, backend=BACKEND)
    session = client.session
    session[FACTOR] = True
    session.save()
    return client


def said(first: str, last: str) -> dict[str, object]:
    return {
        "receiver": "Centret", "organisation": CODE, "purpose": "Nationell statistik utan uppgifter om enskilda.",
        "tables": [PERSONS], "first_period": first, "last_period": last,
    }  # fmt: skip


def test_from_agreement_to_file_by_two_persons(line: dict[str, Account], facts: object) -> None:
    analyst, publisher = browser(line["analyst"]), browser(line["publisher"])
    year = timezone.now().year - 1
    assert analyst.post("/packages/agreements/propose", said("2026", "x")).status_code == 422
    assert analyst.post("/packages/agreements/propose", said(f"{year}K1", f"{year}K4")).status_code == 302
    agreement = Agreement.objects.get()
    decide = f"/packages/agreements/{agreement.pk}/decide"
    assert analyst.post(decide, {"do": "approve"}).status_code == 403
    assert publisher.post(decide, {"do": "approve"}).status_code == 302
    assert publisher.post("/packages/make", {"what": f"{PERSONS} {year}K4"}).status_code == 403
    assert analyst.post("/packages/make", {"what": "x"}).status_code == 422
    page = analyst.get("/packages/").content.decode()
    assert f'value="{PERSONS} {year}K4"' in page
    made = analyst.post("/packages/make", {"what": f"{PERSONS} {year}K4"})
    package = Package.objects.get()
    address = f"/packages/{package.pk}/"
    assert made["Location"] == address
    assert "Godkänn och underteckna" not in analyst.get(address).content.decode()
    assert "Godkänn och underteckna" in publisher.get(address).content.decode()
    assert analyst.post(f"{address}file").status_code == 409
    assert publisher.post(f"{address}decide", {"do": "nonsense"}).status_code == 422
    assert publisher.post(f"{address}decide", {"do": "approve"}).status_code == 302
    assert "Hämta filen till centret" in analyst.get(address).content.decode()
    file = analyst.post(f"{address}file")
    assert (file.status_code, file["Content-Type"]) == (200, "application/octet-stream")
    assert file.content == bytes(Package.objects.get().content)


@pytest.mark.parametrize("address", ["/packages/", "/packages/make", "/packages/agreements/propose"])
def test_nobody_else_is_let_in(line: dict[str, Account], address: str) -> None:
    supporter = browser(line["supporter"])
    answer = supporter.get(address) if address == "/packages/" else supporter.post(address)
    assert answer.status_code == 403
