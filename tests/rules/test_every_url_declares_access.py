"""Deny by default: every view of every site says whom it is for, and strangers get nothing else."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver

from samsyn.people.access import EVERYONE, SIGNED_IN, access_of
from samsyn.people.roles import GRANTS, Permission

SITES = (
    "samsyn.config.urls_staff",
    "samsyn.config.urls_public",
    "samsyn.config.urls_visitor",
    "samsyn.config.demonstration.urls",
)


def views(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern.callback


@pytest.mark.parametrize("site", SITES)
def test_every_view_declares_whom_it_is_for(site: str) -> None:
    found = list(views(import_module(site).urlpatterns))
    assert found
    assert [address for address, view in found if access_of(view) is None] == []


def test_every_permission_is_granted_to_somebody_and_used_or_known() -> None:
    assert set(Permission) == set().union(*GRANTS.values())
    for site in SITES:
        for address, view in views(import_module(site).urlpatterns):
            access = access_of(view)
            assert access is not None
            assert access.whom in {EVERYONE, SIGNED_IN} or isinstance(access.whom, Permission), address


def test_the_ordinary_settings_have_no_persona_page() -> None:
    assert not any("demonstration" in app for app in settings.INSTALLED_APPS)
    addresses = [address for address, _view in views(import_module("samsyn.config.urls_staff").urlpatterns)]
    assert not any("persona" in address for address in addresses)
    assert settings.SAMSYN_PERSONAS is False


@pytest.mark.django_db
def test_a_stranger_sees_no_staff_page() -> None:
    client = Client(headers={"host": settings.SAMSYN_STAFF_HOST})
    checked = 0
    for address, view in views(import_module("samsyn.config.urls_staff").urlpatterns):
        access = access_of(view)
        if "<" in address or access is None or access.whom == EVERYONE:
            continue
        answer = client.get(f"/{address}")
        assert answer.status_code == 302, address
        assert answer["Location"].startswith(settings.SAMSYN_SIGN_IN_URL), address
        checked += 1
    assert checked > 10


@pytest.mark.django_db
def test_the_django_admin_is_nowhere() -> None:
    assert not any("admin" in app for app in settings.INSTALLED_APPS)
    client = Client(headers={"host": settings.SAMSYN_STAFF_HOST})
    assert client.get("/admin/").status_code == 404
