"""Addresses of deliveries: the portal, the register, the API."""

from django.urls import path

from samsyn.deliveries.views import api, composed, portal, register, survey

app_name = "deliveries"
TABLE = "<slug:package>/<str:version>/<slug:table>"
NAMES = "<str:package>/<str:version>/<str:table>"
DELIVERY = "<str:delivery_id>"
urlpatterns = [
    path("", portal.home, name="home"),
    path("upload", portal.upload, name="upload"),
    path("reminders", portal.set_address, name="set_address"),
    path("keys/", portal.keys, name="keys"),
    path("<uuid:delivery_id>/", portal.receipt, name="receipt"),
    path("<uuid:delivery_id>/receipt.txt", portal.receipt_file, name="receipt_file"),
    path("<uuid:delivery_id>/decide", portal.decide, name="decide"),
    path(f"template/{TABLE}/<slug:period>.xlsx", portal.template, name="template"),
    path(f"form/{TABLE}/<slug:period>/", portal.fill_in, name="fill_in"),
    path(f"format/{TABLE}.zip", portal.archive, name="archive"),
    path("register/", register.register, name="register"),
    path("register/add", register.add, name="add"),
    path("register/agree", register.agree, name="agree"),
    path("register/remind", register.remind, name="remind"),
    path("composed/", composed.cases, name="composed_cases"),
    path("composed/<uuid:case_id>/", composed.case, name="composed_case"),
    path("survey/", survey.answer, name="answer"),
    path("register/survey/", survey.rounds, name="rounds"),
    path("register/survey/open", survey.open_round, name="open_round"),
    path("register/survey/<uuid:round_id>/", survey.round_page, name="round"),
    path("register/survey/<uuid:round_id>/remind", survey.remind_round, name="remind_round"),
    path("register/survey/<uuid:round_id>/close", survey.close_round, name="close_round"),
    path("api/v1/openapi.json", api.description, name="api_description"),
    path("api/v1/token", api.token, name="api_token"),
    path("api/v1/deliveries", api.deliveries, name="api_deliveries"),
    path(f"api/v1/deliveries/{DELIVERY}", api.delivery, name="api_delivery"),
    path(f"api/v1/deliveries/{DELIVERY}/accept", api.accept, name="api_accept"),
    path(f"api/v1/deliveries/{DELIVERY}/withdraw", api.withdraw, name="api_withdraw"),
    path("api/v1/packages", api.signed_package, name="api_packages"),
    path("api/v1/formats", api.formats, name="api_formats"),
    path(f"api/v1/formats/{NAMES}.zip", api.format_archive, name="api_format_archive"),
    path(f"api/v1/formats/{NAMES}", api.format_description, name="api_format"),
]
