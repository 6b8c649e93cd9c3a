from django.urls import path

from desk import views
from desk.apis import AgentPresenceApi, AwayReasonListApi

app_name = "desk"

urlpatterns = [
    path("", views.desk, name="desk"),
    path("service-worker.js", views.service_worker, name="service-worker"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    *[
        path(f"app-icon-{size}.png", views.app_icon, {"size": size}, name=f"app-icon-{size}")
        for size in views.ICON_SIZES
    ],
    path("contacts/", views.desk, name="contacts"),
    path("contacts/<int:pk>/", views.desk, name="contact"),
    path("board/", views.desk, name="board"),
    path("group-sends/", views.desk, name="group-sends"),
    path("group-sends/new/", views.desk, name="group-send-new"),
    path("group-sends/<int:pk>/", views.desk, name="group-send"),
]

api_urlpatterns = [
    path("agents/<int:agent_id>/presence/", AgentPresenceApi.as_view(), name="agent-presence"),
    path("away-reasons/", AwayReasonListApi.as_view(), name="away-reasons"),
]
