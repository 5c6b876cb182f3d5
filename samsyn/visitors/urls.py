"""Addresses of the desk's inbox."""

from django.urls import path

from samsyn.visitors.urls_streams import desk as streams
from samsyn.visitors.views import chats, inbox

app_name = "inbox"
urlpatterns = [
    path("", inbox.inbox, name="inbox"),
    path("chats/", chats.queue, name="chats"),
    path("chats/<uuid:chat_id>/", chats.chat, name="chat"),
    path("chats/<uuid:chat_id>/<int:seen>/", chats.news, name="news"),
    path("<uuid:box_id>/", inbox.box, name="box"),
    *streams,
]
