"""Addresses of the anonymity meter."""

from django.urls import path

from samsyn.anonymity import views

app_name = "anonymity"
urlpatterns = [
    path("", views.meter, name="meter"),
    path("tables/<uuid:table_id>", views.table, name="table"),
]
