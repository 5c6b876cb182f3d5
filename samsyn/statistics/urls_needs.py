"""Addresses of what the staff watches: needs and the service's own indicators."""

from django.urls import path

from samsyn.statistics.views import monitoring

app_name = "needs"
urlpatterns = [
    path("", monitoring.needs, name="needs"),
    path("indicators/", monitoring.indicators, name="indicators"),
    path("indicators/<slug:code>/", monitoring.indicator, name="indicator"),
]
