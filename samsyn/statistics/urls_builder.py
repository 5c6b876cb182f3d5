"""Addresses of the table builder for the staff."""

from django.urls import path

from samsyn.statistics.views import builder

app_name = "tables"
urlpatterns = [
    path("", builder.ask, name="ask"),
    path("asked/", builder.asked, name="asked"),
    path("<uuid:asked_id>/", builder.table, name="table"),
    path("<uuid:asked_id>/exact/", builder.exact, name="exact"),
    path("<uuid:asked_id>/table.csv", builder.csv, name="csv"),
]
