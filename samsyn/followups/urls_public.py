"""The address of a link: nothing in it but the token."""

from django.urls import path

from samsyn.followups.views import public

app_name = "answers"
urlpatterns = [
    path("svar/<slug:token>/", public.answer, name="answer"),
    path("en/svar/<slug:token>/", public.answer, name="answer_en"),
]
