"""Addresses of the public site."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from samsyn.config import views
from samsyn.config.handlers import handler400, handler403, handler404, handler500  # noqa: F401

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", views.health, name="health"),
    path("ready", views.ready, name="ready"),
]
PUBLIC = ("bookings", "channels", "followups", "statistics")
for module in (f"samsyn.{room}.urls_public" for room in PUBLIC):
    if find_spec(module):
        urlpatterns.append(path("", include(module)))
