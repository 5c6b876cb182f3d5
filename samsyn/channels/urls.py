"""Addresses of the chat for those who answer."""

from django.urls import path

from samsyn.channels.views import advisers, streams

app_name = "chats"
urlpatterns = [
    path("", advisers.chats, name="list"),
    path("<uuid:chat_id>/", advisers.chat, name="chat"),
    path("<uuid:chat_id>/answer/", advisers.answer, name="answer"),
    path("<uuid:chat_id>/write/", advisers.write, name="write"),
    path("<uuid:chat_id>/end/", advisers.end, name="end"),
    path("<uuid:chat_id>/stream", streams.advisers, name="stream"),
]
