"""Addresses of what others have delivered: one's own figures, and the nation's for those who watch."""

from django.urls import path

from samsyn.statistics.views import delivered

app_name = "delivered"
urlpatterns = [
    path("", delivered.own, name="own"),
    path("figures.pdf", delivered.own_pdf, name="own_pdf"),
    path("nation/", delivered.nation, name="nation"),
]
