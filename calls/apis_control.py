"""Call control over REST, and what callers left."""

from __future__ import annotations

from typing import Any

from django.http import Http404, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from calls import actions
from calls.apis import visible_call
from calls.serializers import DetailSerializer
from telephony.media import recording_fetch
from telephony.rest import Conflict
from telephony.schema import TWILIO, raises

_PRIVATE = OpenApiParameter(
    "Cache-Control", OpenApiTypes.STR, OpenApiParameter.HEADER, required=True, response=[200], description="`private`."
)


class CallHangUpApi(APIView):
    """Ends a call at Twilio, for when the phone itself cannot."""

    @raises("permission_denied", "conflict", "call_gone", *TWILIO)
    @extend_schema(operation_id="calls_hang_up", tags=["calls"], request=None, responses={202: DetailSerializer})
    def post(self, request: Request, sid: str) -> Response:
        call = visible_call(request, sid)
        agent: Any = request.user
        if call.is_terminal:
            raise Conflict("This call is over.")
        if call.agent_id != agent.pk and not agent.is_superuser:
            raise PermissionDenied("Only the agent on the call can end it.")
        actions.call_hang_up(call=call, by=agent)
        return Response({"detail": "The call is being ended."}, status=202)


class SoundRenderer(JSONRenderer):
    """For players that accept sound only. The sound itself is streamed past it; a problem stays JSON."""

    media_type = "audio/mpeg"
    format = "mp3"


class RecordingApi(APIView):
    """A message that a caller left, as sound. Comes through us: Twilio's own address needs the account's secret."""

    renderer_classes = [JSONRenderer, SoundRenderer]

    @raises("call_gone", "twilio_not_configured", "twilio_unavailable")
    @extend_schema(
        operation_id="calls_recording",
        tags=["calls"],
        parameters=[_PRIVATE],
        responses={(200, "audio/mpeg"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, sid: str, recording_sid: str) -> StreamingHttpResponse:
        call = visible_call(request, sid)
        recording = next((item for item in call.recordings.all() if item.sid == recording_sid), None)
        if recording is None:
            raise Http404
        sound = recording_fetch(recording.sid)
        answer = StreamingHttpResponse(
            sound.chunks, content_type=sound.content_type, headers={"Cache-Control": "private"}
        )
        if sound.length is not None:
            answer["Content-Length"] = str(sound.length)
        return answer
