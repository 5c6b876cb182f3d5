"""Addresses of the room."""

from django.urls import path

from samsyn.aggregates import views
from samsyn.aggregates.composed import views as composed

app_name = "aggregates"
urlpatterns = [
    path("", views.packages, name="packages"),
    path("agreements/propose", views.propose, name="propose"),
    path("agreements/<uuid:agreement_id>/decide", views.decide_agreement, name="decide_agreement"),
    path("composed/", composed.cases, name="composed_cases"),
    path("composed/compose/", composed.compose, name="compose"),
    path("composed/<uuid:case_id>/", composed.case, name="composed_case"),
    path("composed/<uuid:case_id>/change/", composed.change, name="change_composed"),
    path("composed/<uuid:case_id>/decide", composed.decide, name="decide_composed"),
    path("make", views.make, name="make"),
    path("<uuid:package_id>/", views.package, name="package"),
    path("<uuid:package_id>/decide", views.decide_package, name="decide_package"),
    path("<uuid:package_id>/file", views.file, name="file"),
]
