"""Addresses of accounts, roles, the lock and the language."""

from django.urls import path

from samsyn.people import views

app_name = "people"
urlpatterns = [
    path("accounts/", views.accounts, name="accounts"),
    path("accounts/<uuid:account_id>/", views.account, name="account"),
    path("roles/", views.roles, name="roles"),
    path("lock/", views.lock, name="lock"),
    path("locked/", views.locked, name="locked"),
    path("extend/", views.extend, name="extend"),
    path("language/", views.language, name="language"),
    path("second-factor/", views.second_factor, name="second_factor"),
]
