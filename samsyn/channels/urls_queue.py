"""Addresses of the queue board, opening hours, call-backs and availability."""

from django.urls import path

from samsyn.channels.views import availability, call_backs, hours, queue

app_name = "queue"
urlpatterns = [
    path("", queue.board, name="board"),
    path("changes/", queue.changes, name="changes"),
    path("presence/", queue.presence, name="presence"),
    path("note/", queue.note, name="note"),
    path("call-backs/", call_backs.call_backs, name="call_backs"),
    path("call-backs/<uuid:call_back_id>/", call_backs.call_back, name="call_back"),
    path("hours/", hours.hours, name="hours"),
    path("availability/", availability.availability, name="availability"),
]
