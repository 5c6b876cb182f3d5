"""Addresses of the visitor site."""

from django.urls import path

from samsyn.config import views

urlpatterns = [
    path("health", views.health, name="health"),
    path("ready", views.ready, name="ready"),
]
