"""Addresses of chats and mailboxes for those who answer."""

from django.urls import path

from samsyn.channels.views import advisers
from samsyn.channels.views.streams import advisers as stream

app_name = "chats"
# What the process of streams serves.
streams = [path("<uuid:chat_id>/stream", stream, name="stream")]
urlpatterns = [
    path("<uuid:chat_id>/", advisers.chat, name="chat"),
    path("<uuid:chat_id>/answer/", advisers.answer, name="answer"),
    path("<uuid:chat_id>/write/", advisers.write, name="write"),
    path("<uuid:chat_id>/end/", advisers.end, name="end"),
    *streams,
]
