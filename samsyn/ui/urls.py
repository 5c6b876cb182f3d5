"""Addresses of the component page."""

from django.urls import path

from samsyn.ui.gallery import views

app_name = "ui"
urlpatterns = [path("", views.gallery, name="gallery")]
