"""Addresses of follow-up for staff."""

from django.urls import path

from samsyn.followups.views import staff

app_name = "followups"
urlpatterns = [
    path("", staff.results, name="results"),
    path("effects/", staff.effects, name="effects"),
    path("due/", staff.due, name="due"),
    path("<uuid:follow_up_id>/", staff.follow_up, name="follow_up"),
    path("<uuid:follow_up_id>/withdraw/", staff.withdraw, name="withdraw"),
    path("occasions/<uuid:occasion_id>/", staff.call, name="call"),
]
