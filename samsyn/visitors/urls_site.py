"""Addresses of the visitors' site. They stand in the browser's history, so they say nothing."""

from django.urls import path

from samsyn.visitors.urls_streams import visitors as streams
from samsyn.visitors.views import chat, site

app_name = "site"
urlpatterns = [
    path("", site.start, name="first"),
    path("x/", site.leave, name="leave"),
    path("<slug:code>/", site.start, name="start"),
    path("<slug:code>/l/", site.languages, name="languages"),
    path("<slug:code>/m/", site.write, name="write"),
    path("<slug:code>/c/", chat.chat, name="chat"),
    path("<slug:code>/c/<int:seen>/", chat.news, name="news"),
    path("<slug:code>/k/", site.come_back, name="come_back"),
    path("<slug:code>/<int:number>/", site.topic, name="topic"),
    *streams,
]
