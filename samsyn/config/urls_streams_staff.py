"""Addresses of the staff's host name in the process that keeps streams open, and those that a locked screen leads to."""

from django.apps import apps
from django.urls import include, path

from samsyn.channels.urls import streams as chats
from samsyn.config import views
from samsyn.config.urls_streams_public import handler404

urlpatterns = [
    path("health", views.health, name="health"),
    path("ready", views.ready, name="ready"),
    path("chats/", include(chats)),
    path("people/", include("samsyn.people.urls")),
    path("account/", include("samsyn.people.urls_sign_in")),
]
if apps.is_installed("samsyn.visitors"):
    from samsyn.visitors.urls_streams import desk

    urlpatterns.append(path("inbox/", include(desk)))
__all__ = ["handler404", "urlpatterns"]
