"""Addresses of the public host name in the process that keeps streams open: nothing that would load the other rooms."""

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.urls import path

from samsyn.config import views

if apps.is_installed("samsyn.visitors"):
    from samsyn.visitors.urls_streams import visitors as chat
else:
    from samsyn.channels.urls_public import streams as chat

urlpatterns = [
    path("health", views.health, name="health"),
    path("ready", views.ready, name="ready"),
    *chat,
]


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a script: there is no page here."""
    return HttpResponse(status=404)
