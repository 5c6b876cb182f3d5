"""Addresses of the visitors' site: not open yet."""

from django.urls import path

from samsyn.config import views

urlpatterns = [
    path("", views.visitor, name="visitor"),
    path("health", views.health, name="health"),
    path("ready", views.ready, name="ready"),
]
