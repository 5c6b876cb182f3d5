"""Addresses of the code lists."""

from django.urls import path

from samsyn.vocabulary import views

app_name = "vocabulary"
urlpatterns = [
    path("", views.list_lists, name="list"),
    path("elsewhere/", views.elsewhere, name="elsewhere"),
    path("<slug:list_code>/", views.codes, name="codes"),
]
