"""Addresses of the bells, apart: the process that keeps lines open loads nothing else of this room's pages."""

from django.urls import path

from samsyn.visitors.views.bell import bell

visitors = [path("s/<slug:name>/stream", bell, name="bell")]
desk = [path("chats/<slug:name>/stream", bell, name="bell")]
