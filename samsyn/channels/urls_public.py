"""Addresses of chat and mailbox on the public site: Swedish at the root, English under ``en/``; neutral words."""

from django.urls import path

from samsyn.channels.views import mailbox, visitors
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
        path(f"{prefix}chat/later/", mailbox.letter, name=f"letter{language}"),
        path(f"{prefix}chat/later/open/", mailbox.open_mailbox, name=f"open{language}"),
        path(f"{prefix}chat/later/close/", mailbox.close_mailbox, name=f"close{language}"),
    ]
    streams += [path(f"{prefix}chat/stream", stream, name=f"stream{language}")]
urlpatterns += streams
