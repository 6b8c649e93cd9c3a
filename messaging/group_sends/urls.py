from django.urls import path

from messaging.group_sends import apis, recipient_apis

api_urlpatterns = [
    path("group-sends/", apis.GroupSendListApi.as_view(), name="group-send-list"),
    path("group-sends/<int:pk>/", apis.GroupSendApi.as_view(), name="group-send"),
    path("group-sends/<int:pk>/start/", apis.GroupSendStartApi.as_view(), name="group-send-start"),
    path("group-sends/<int:pk>/pause/", apis.GroupSendPauseApi.as_view(), name="group-send-pause"),
    path("group-sends/<int:pk>/resume/", apis.GroupSendResumeApi.as_view(), name="group-send-resume"),
    path("group-sends/<int:pk>/cancel/", apis.GroupSendCancelApi.as_view(), name="group-send-cancel"),
    path("group-sends/<int:pk>/retry/", apis.GroupSendRetryApi.as_view(), name="group-send-retry"),
    path("group-sends/<int:pk>/to-myself/", apis.GroupSendToMyselfApi.as_view(), name="group-send-to-myself"),
    path("group-sends/<int:pk>/results/", apis.GroupSendResultsApi.as_view(), name="group-send-results"),
    path("group-sends/<int:pk>/recipients/", recipient_apis.RecipientListApi.as_view(), name="group-send-recipients"),
    path(
        "group-sends/<int:pk>/recipients/<int:recipient>/retry/",
        recipient_apis.RecipientRetryApi.as_view(),
        name="group-send-recipient-retry",
    ),
    path(
        "group-sends/<int:pk>/recipients/<int:recipient>/ask/",
        recipient_apis.RecipientAskApi.as_view(),
        name="group-send-recipient-ask",
    ),
]
