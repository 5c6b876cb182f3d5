"""Addresses of measurements and deviations."""

from django.urls import path

from samsyn.quality import views

app_name = "quality"
urlpatterns = [
    path("", views.periods, name="periods"),
    path("plan/", views.plan_period, name="plan_period"),
    path("<uuid:period_id>/", views.period, name="period"),
    path("<uuid:period_id>/stop/", views.stop_period, name="stop_period"),
    path("<uuid:period_id>/report.csv", views.period_file, name="period_file"),
    path("deviations/", views.deviations, name="deviations"),
    path("deviations/from/<uuid:template_version_id>/", views.report_deviation, name="report_deviation"),
    path("deviations/<uuid:deviation_id>/decide/", views.decide_deviation, name="decide_deviation"),
]
