"""Addresses of the staff's pages of bookings."""

from django.urls import path

from samsyn.bookings.views import making, staff

app_name = "bookings"
urlpatterns = [
    path("", staff.week, name="week"),
    path("book/", making.book, name="book"),
    path("times/", staff.times, name="times"),
    path("times/feeds/<uuid:feed_id>/", staff.revoke, name="revoke"),
    path("kinds/", staff.kinds, name="kinds"),
    path("<uuid:booking_id>/", staff.meeting, name="meeting"),
    path("<uuid:booking_id>/video/", staff.video, name="video"),
]
