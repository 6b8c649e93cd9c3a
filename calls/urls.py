from django.urls import path

from calls import webhooks
from calls.control.apis import CallDetailApi, CallHangUpApi, RecordingApi
from calls.log.apis import CallListApi
from calls.log.number_apis import NumberCheckApi
from calls.recorder.apis import CallTimelineApi

app_name = "calls"

webhook_urlpatterns = [
    path("voice/incoming/", webhooks.voice_incoming, name="voice-incoming"),
    path("voice/outgoing/", webhooks.voice_outgoing, name="voice-outgoing"),
    path("voice/dial-action/", webhooks.dial_action, name="dial-action"),
    path("voice/status/", webhooks.call_status, name="status"),
    path("voice/recording/", webhooks.recording, name="recording"),
    path("voice/recording-status/", webhooks.recording_status, name="recording-status"),
    path("voice/fallback/", webhooks.voice_fallback, name="voice-fallback"),
]

api_urlpatterns = [
    path("calls/", CallListApi.as_view(), name="call-list"),
    path("calls/<str:sid>/timeline/", CallTimelineApi.as_view(), name="call-timeline"),
    path("calls/<str:sid>/", CallDetailApi.as_view(), name="call-detail"),
    path("calls/<str:sid>/hang-up/", CallHangUpApi.as_view(), name="call-hang-up"),
    path("calls/<str:sid>/recordings/<str:recording_sid>/", RecordingApi.as_view(), name="recording"),
    path("numbers/check/", NumberCheckApi.as_view(), name="number-check"),
]
