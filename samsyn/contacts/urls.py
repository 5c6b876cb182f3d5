"""Addresses of the call desk."""

from django.urls import path

from samsyn.contacts import coupling_views, from_chat, views, views_follow_up

app_name = "desk"
urlpatterns = [
    path("", views.start, name="start"),
    path("paper/", views.paper, name="paper"),
    path("booked/<uuid:booking_id>/", coupling_views.open_booked, name="open_booked"),
    path("from-chat/<uuid:chat_id>/", from_chat.from_chat, name="from_chat"),
    path("answer/<uuid:call_id>/", views.answer, name="answer"),
    path("called-back/<uuid:call_back_id>/", views.called_back, name="called_back"),
    path("<uuid:contact_id>/", views.contact, name="contact"),
    path("<uuid:contact_id>/book/", coupling_views.book, name="book"),
    path("<uuid:contact_id>/save/", views.save, name="save"),
    path("<uuid:contact_id>/submit/", views.submit, name="submit"),
    path("<uuid:contact_id>/follow-up/", views_follow_up.follow_up, name="follow_up"),
]
