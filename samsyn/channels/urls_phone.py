"""The address that a phone provider calls."""

from django.urls import path

from samsyn.channels.views import phone

app_name = "phone"
urlpatterns = [path("<str:secret>/<slug:step>/", phone.phone_event, name="event")]
