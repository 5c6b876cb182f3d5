"""Addresses of the room."""

from django.urls import path

from samsyn.aggregates import views

app_name = "aggregates"
urlpatterns = [
    path("", views.packages, name="packages"),
    path("agreements/propose", views.propose, name="propose"),
    path("agreements/<uuid:agreement_id>/decide", views.decide_agreement, name="decide_agreement"),
    path("make", views.make, name="make"),
    path("<uuid:package_id>/", views.package, name="package"),
    path("<uuid:package_id>/decide", views.decide_package, name="decide_package"),
    path("<uuid:package_id>/file", views.file, name="file"),
]
