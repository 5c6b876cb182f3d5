"""The staff site with the persona page in front."""

from django.urls import path

from samsyn.config.demonstration import views
from samsyn.config.handlers import handler400, handler403, handler404, handler500  # noqa: F401
from samsyn.config.urls_staff import urlpatterns as staff

urlpatterns = [
    path("personas/", views.personas, name="personas"),
    path("personas/sign-in/", views.sign_in_as, name="sign_in_as"),
    *staff,
]
