"""Addresses of the public site."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from samsyn.config import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", views.health, name="health"),
    path("ready", views.ready, name="ready"),
]
if find_spec("samsyn.statistics.urls_public"):
    urlpatterns.append(path("", include("samsyn.statistics.urls_public")))
