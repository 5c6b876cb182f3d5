"""Addresses of the chat on the public site: Swedish at the root, English under ``en/``; neutral words."""

from django.urls import path

from samsyn.channels.views import visitors
from samsyn.channels.views.streams import visitors as stream

app_name = "chat"
urlpatterns = []
# What the process of streams serves.
streams = []
for prefix, language in (("", ""), ("en/", "_en")):
    urlpatterns += [
        path(f"{prefix}chat/", visitors.chat, name=f"chat{language}"),
        path(f"{prefix}chat/write/", visitors.write, name=f"write{language}"),
        path(f"{prefix}chat/end/", visitors.end, name=f"end{language}"),
    ]
    streams += [path(f"{prefix}chat/stream", stream, name=f"stream{language}")]
urlpatterns += streams
