"""Addresses of the visitors' site, which only the operator has."""

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path

from samsyn.config import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", views.health, name="health"),
    path("ready", views.ready, name="ready"),
]
if apps.is_installed("samsyn.visitors"):
    urlpatterns.append(path("", include("samsyn.visitors.urls_site")))
