"""Addresses of the chat on the public site: Swedish at the root, English under ``en/``; neutral words."""

from django.urls import path

from samsyn.channels.views import streams, visitors

app_name = "chat"
urlpatterns = []
for prefix, language in (("", ""), ("en/", "_en")):
    urlpatterns += [
        path(f"{prefix}chat/", visitors.chat, name=f"chat{language}"),
        path(f"{prefix}chat/write/", visitors.write, name=f"write{language}"),
        path(f"{prefix}chat/end/", visitors.end, name=f"end{language}"),
        path(f"{prefix}chat/stream", streams.visitors, name=f"stream{language}"),
    ]
