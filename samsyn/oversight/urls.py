"""Addresses of the log."""

from django.urls import path

from samsyn.oversight import review_views, views

app_name = "oversight"
urlpatterns = [
    path("", views.log, name="log"),
    path("check/", views.check, name="check"),
    path("checkpoint/", views.checkpoint, name="checkpoint"),
    path("review/", review_views.rounds, name="rounds"),
    path("review/overdue/", review_views.overdue, name="overdue"),
    path("review/<slug:week>/", review_views.review, name="review"),
    path("review/<slug:week>/decide", review_views.decide, name="decide"),
    path("<uuid:event_id>/", views.event, name="event"),
    path("<uuid:event_id>/proof/", views.proof, name="proof"),
]
