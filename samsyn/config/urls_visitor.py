"""Addresses of the visitors' site, which only the operator has."""

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path

from samsyn.config import views
from samsyn.config.handlers import handler400, handler403, handler404, handler500  # noqa: F401

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", views.health, name="health"),
    path("ready", views.ready, name="ready"),
]
if apps.is_installed("samsyn.visitors"):
    urlpatterns.append(path("", include("samsyn.visitors.urls_site")))
