"""Addresses of the public site."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from samsyn.config import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", views.health, name="health"),
    path("ready", views.ready, name="ready"),
]
for module in ("samsyn.bookings.urls_public", "samsyn.followups.urls_public", "samsyn.statistics.urls_public"):
    if find_spec(module):
        urlpatterns.append(path("", include(module)))
