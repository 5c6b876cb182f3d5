"""Addresses that the frame of staff pages leads to; the small server of this folder answers them."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def nothing(request: HttpRequest) -> HttpResponse:
    """Stand for a page of another room; the small server never calls it."""
    return HttpResponse()


people = [
    path("lock", nothing, name="lock"),
    path("extend", nothing, name="extend"),
    path("language", nothing, name="language"),
]
urlpatterns = [
    path("", include((people, "people"))),
    path("tables/<int:number>", nothing),
    path("en/tables/<int:number>", nothing),
    path("only-swedish", nothing),
]
