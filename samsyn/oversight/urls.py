"""Addresses of the log."""

from django.urls import path

from samsyn.oversight import views

app_name = "oversight"
urlpatterns = [
    path("", views.log, name="log"),
    path("check/", views.check, name="check"),
    path("checkpoint/", views.checkpoint, name="checkpoint"),
    path("<uuid:event_id>/", views.event, name="event"),
    path("<uuid:event_id>/proof/", views.proof, name="proof"),
]
