"""Addresses of the operator's cases and keys."""

from django.urls import path

from samsyn.cases.views import cases, contact, exports, keys, officers, returns

app_name = "cases"
urlpatterns = [
    path("", cases.list, name="list"),
    path("keys/", keys.keys, name="keys"),
    path("officers/", officers.officers, name="officers"),
    path("duty/", cases.duty, name="duty"),
    path("create/", cases.create, name="create"),
    path("open/", cases.open_by_code, name="open_by_code"),
    path("ties/", cases.ties, name="ties"),
    path("overrides/", contact.overrides, name="overrides"),
    path("returns/", returns.returns, name="returns"),
    path("emergency/", cases.emergency, name="emergency"),
    path("approve/<uuid:request_id>/", cases.approve, name="approve"),
    path("<uuid:case_id>/", cases.case, name="case"),
    path("<uuid:case_id>/correct/", cases.correct, name="correct"),
    path("<uuid:case_id>/contact/", contact.contact, name="contact"),
    path("<uuid:case_id>/share/", cases.share, name="share"),
    path("<uuid:case_id>/code/", cases.change_code, name="change_code"),
    path("<uuid:case_id>/end/", cases.end, name="end"),
    path("<uuid:case_id>/export/", exports.export, name="export"),
    path("<uuid:case_id>/<slug:kind>/", cases.part, name="part"),
]
