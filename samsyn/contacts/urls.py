"""Addresses of the call desk."""

from django.urls import path

from samsyn.contacts import views

app_name = "desk"
urlpatterns = [
    path("", views.start, name="start"),
    path("paper/", views.paper, name="paper"),
    path("<uuid:contact_id>/", views.contact, name="contact"),
    path("<uuid:contact_id>/save/", views.save, name="save"),
    path("<uuid:contact_id>/submit/", views.submit, name="submit"),
]
