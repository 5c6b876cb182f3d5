"""Addresses of incoming e-mail."""

from django.urls import path

from samsyn.channels.views import letters

app_name = "letters"
urlpatterns = [
    path("", letters.list_letters, name="list"),
    path("<uuid:letter_id>/", letters.open_letter, name="open"),
    path("<uuid:letter_id>/answer/", letters.answer_letter, name="answer"),
    path("<uuid:letter_id>/erase/", letters.erase_letter, name="erase"),
]
