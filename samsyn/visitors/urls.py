"""Addresses of the desk's inbox."""

from django.urls import path

from samsyn.visitors.views import inbox

app_name = "inbox"
urlpatterns = [
    path("", inbox.inbox, name="inbox"),
    path("<uuid:box_id>/", inbox.box, name="box"),
]
