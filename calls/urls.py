from django.urls import path

from calls.control.apis import CallDetailApi, CallHangUpApi, RecordingApi
from calls.control.colleague_apis import ColleaguesApi
from calls.control.handling_apis import (
    CallCancelTransferApi,
    CallCompleteTransferApi,
    CallHelpApi,
    CallHoldApi,
    CallMergeApi,
    CallMoveApi,
    CallParkApi,
    CallParticipantApi,
    CallParticipantsApi,
    CallResumeApi,
    CallSuperviseApi,
    CallTransferApi,
    CallTransferTargetsApi,
)
from calls.control.number_apis import NumberCheckApi
from calls.log.apis import CallListApi
from calls.quality.apis import CallQualityApi
from calls.queues.apis import (
    CallBackCancelApi,
    CallBackDeclineApi,
    QueueAssignApi,
    QueuesApi,
    QueueTakeApi,
)
from calls.recorder.apis import CallTimelineApi
from calls.webhooks import KINDS
from telephony.webhooks.inbox import urlpatterns_of

app_name = "calls"

webhook_urlpatterns = urlpatterns_of(KINDS)

api_urlpatterns = [
    path("calls/", CallListApi.as_view(), name="call-list"),
    path("calls/<str:sid>/timeline/", CallTimelineApi.as_view(), name="call-timeline"),
    path("calls/<str:sid>/", CallDetailApi.as_view(), name="call-detail"),
    path("calls/<str:sid>/hang-up/", CallHangUpApi.as_view(), name="call-hang-up"),
    path("calls/<str:sid>/hold/", CallHoldApi.as_view(), name="call-hold"),
    path("calls/<str:sid>/resume/", CallResumeApi.as_view(), name="call-resume"),
    path("calls/<str:sid>/park/", CallParkApi.as_view(), name="call-park"),
    path("calls/<str:sid>/transfer/", CallTransferApi.as_view(), name="call-transfer"),
    path("calls/<str:sid>/transfer-targets/", CallTransferTargetsApi.as_view(), name="call-transfer-targets"),
    path("calls/<str:sid>/complete-transfer/", CallCompleteTransferApi.as_view(), name="call-complete-transfer"),
    path("calls/<str:sid>/cancel-transfer/", CallCancelTransferApi.as_view(), name="call-cancel-transfer"),
    path("calls/<str:sid>/merge/", CallMergeApi.as_view(), name="call-merge"),
    path("calls/<str:sid>/supervise/", CallSuperviseApi.as_view(), name="call-supervise"),
    path("calls/<str:sid>/help/", CallHelpApi.as_view(), name="call-help"),
    path("calls/<str:sid>/move/", CallMoveApi.as_view(), name="call-move"),
    path("calls/<str:sid>/participants/", CallParticipantsApi.as_view(), name="call-participants"),
    path("calls/<str:sid>/participants/<str:leg>/", CallParticipantApi.as_view(), name="call-participant"),
    path("calls/<str:sid>/quality/", CallQualityApi.as_view(), name="call-quality"),
    path("calls/<str:sid>/recordings/<str:recording_sid>/", RecordingApi.as_view(), name="recording"),
    path("queues/", QueuesApi.as_view(), name="queue-list"),
    path("queues/assign/", QueueAssignApi.as_view(), name="queue-assign"),
    path("queues/take/", QueueTakeApi.as_view(), name="queue-take"),
    path("queues/call-backs/decline/", CallBackDeclineApi.as_view(), name="call-back-decline"),
    path("queues/call-backs/cancel/", CallBackCancelApi.as_view(), name="call-back-cancel"),
    path("colleagues/", ColleaguesApi.as_view(), name="colleague-list"),
    path("numbers/check/", NumberCheckApi.as_view(), name="number-check"),
]
