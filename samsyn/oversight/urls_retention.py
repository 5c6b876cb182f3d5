"""Address of the retention page."""

from django.urls import path

from samsyn.oversight import views

app_name = "retention"
urlpatterns = [path("", views.retention, name="list")]
