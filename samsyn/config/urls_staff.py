"""Addresses of the staff site."""

from importlib.util import find_spec

from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from samsyn.config import views
from samsyn.config.handlers import handler400, handler403, handler404, handler500  # noqa: F401

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", views.health, name="health"),
    path("ready", views.ready, name="ready"),
]
urlpatterns += [path("", views.start, name="start")]
ROOMS = {
    "desk/": "samsyn.contacts.urls",
    "bookings/": "samsyn.bookings.urls",
    "follow-ups/": "samsyn.followups.urls",
    "quality/": "samsyn.quality.urls",
    "queue/": "samsyn.channels.urls_queue",
    "phone/": "samsyn.channels.urls_phone",
    "letters/": "samsyn.channels.urls_letters",
    "chats/": "samsyn.channels.urls",
    "releases/": "samsyn.statistics.urls",
    "tables/": "samsyn.statistics.urls_builder",
    "needs/": "samsyn.statistics.urls_needs",
    "deliveries/": "samsyn.deliveries.urls",
    "delivered/": "samsyn.statistics.urls_delivered",
    "inbox/": "samsyn.visitors.urls",
    "anonymity/": "samsyn.anonymity.urls",
    "questions/": "samsyn.questions.urls",
    "vocabulary/": "samsyn.vocabulary.urls",
    "log/": "samsyn.oversight.urls",
    "retention/": "samsyn.oversight.urls_retention",
    "people/": "samsyn.people.urls",
    "account/": "samsyn.people.urls_sign_in",
    "components/": "samsyn.ui.urls",
}
if settings.SAMSYN_INSTALLATION == "operator":
    ROOMS["cases/"] = "samsyn.cases.urls"
    ROOMS["packages/"] = "samsyn.aggregates.urls"
for prefix, module in ROOMS.items():
    try:
        is_furnished = find_spec(module) is not None
    except ModuleNotFoundError:
        is_furnished = False
    if is_furnished and apps.is_installed(module.rpartition(".")[0]):
        urlpatterns.append(path(prefix, include(module)))
