"""Addresses of the releases for the staff."""

from django.urls import path

from samsyn.statistics.views import releases

app_name = "releases"
urlpatterns = [
    path("", releases.list_releases, name="list"),
    path("<uuid:release_id>/", releases.release, name="release"),
    path("<uuid:release_id>/step/", releases.step, name="step"),
    path("<uuid:release_id>/coarsen/", releases.coarsen, name="coarsen"),
    path("<uuid:release_id>/protocol/", releases.protocol, name="protocol"),
    path("<uuid:release_id>/time/", releases.publication_time, name="publication_time"),
    path("<uuid:release_id>/revise/", releases.revise, name="revise"),
    path("<uuid:release_id>/documents/", releases.documents, name="documents"),
]
