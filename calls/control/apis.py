"""One call over REST: reading it, noting what it came to, ending it, and hearing what the caller left."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import RetrieveAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from calls.control import actions
from calls.log.apis import visible_call
from calls.log.serializers import CallChangeSerializer, DetailSerializer
from calls.models import Call
from calls.payloads import call_etag, call_json
from calls.permissions import call_may_be_edited, call_may_be_ended
from calls.quality.payloads import qualities_json
from calls.quality.serializers import CallDetailSerializer
from core.api.problems import problem_response
from core.api.resources import BoundedJSONParser, Conflict, require_version
from core.api.schema import raises
from telephony.problems import TWILIO
from telephony.rest.media import ByteRange, RangeNotSatisfiable, recording_fetch


def _header(name: str, description: str, *statuses: int) -> OpenApiParameter:
    kind = OpenApiTypes.STR
    return OpenApiParameter(
        name, kind, OpenApiParameter.HEADER, required=True, response=list(statuses), description=description
    )


_HEADERS = [
    _header("Cache-Control", "`private`.", 200, 206),
    _header("Accept-Ranges", "`bytes`.", 200, 206),
    _header("Content-Range", "Which bytes these are, and of how many: `bytes 0-1/48000`.", 206),
    OpenApiParameter(
        "Range",
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        description="The bytes that are wanted, such as `bytes=0-1023`, `bytes=1024-` or `bytes=-500`; one part only.",
    ),
]


_VERSION = OpenApiParameter(
    "ETag", OpenApiTypes.STR, OpenApiParameter.HEADER, required=True, response=[200], description="Its version."
)
_IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The ETag that was read. With it, nothing is changed when somebody else was quicker (412).",
)


class CallDetailApi(RetrieveAPIView[Call]):
    """One call with its legs."""

    serializer_class = CallDetailSerializer
    parser_classes = [BoundedJSONParser]
    lookup_url_kwarg = "sid"
    queryset = Call.objects.none()

    @extend_schema(operation_id="calls_retrieve", tags=["calls"], parameters=[_VERSION], responses=CallDetailSerializer)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return _answer(visible_call(request, self.kwargs["sid"]), request)

    @raises("permission_denied")
    @extend_schema(
        operation_id="calls_update",
        tags=["calls"],
        parameters=[_IF_MATCH, _VERSION],
        request=CallChangeSerializer,
        responses=CallDetailSerializer,
    )
    def patch(self, request: Request, sid: str) -> Response:
        """Keeps the note, the outcome, or both. Without `If-Match` the last to write wins."""
        call = visible_call(request, sid)
        agent: Any = request.user
        if not call_may_be_edited(call, by=agent):
            raise PermissionDenied(_("Only the agent on the call, a supervisor of its team or an admin can note this."))
        body = CallChangeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        actions.call_edit(
            sid=call.sid,
            changes=body.validated_data,
            by=agent,
            check=lambda current: require_version(request, call_etag(current)),
        )
        return _answer(visible_call(request, sid), request)


def _answer(call: Call, request: Request) -> Response:
    viewer: Any = request.user
    return Response(call_json(call, viewer) | {"quality": qualities_json(call)}, headers={"ETag": call_etag(call)})


class CallHangUpApi(APIView):
    """Ends a call at Twilio, for when the phone itself cannot. When others go on with it, only the agent who asks
    leaves: the call's own, or a colleague who was called into it and talks."""

    @raises("permission_denied", "conflict", "call_gone", *TWILIO)
    @extend_schema(operation_id="calls_hang_up", tags=["calls"], request=None, responses={202: DetailSerializer})
    def post(self, request: Request, sid: str) -> Response:
        call = visible_call(request, sid)
        agent: Any = request.user
        if call.is_terminal:
            raise Conflict(_("This call is over."))
        if not call_may_be_ended(call, by=agent):
            raise PermissionDenied(_("Only the agent on the call can end it."))
        actions.call_hang_up(call=call, by=agent)
        return Response({"detail": _("The call is being ended.")}, status=202)


class SoundRenderer(JSONRenderer):
    """For players that accept sound only. The sound itself is streamed past it; a problem stays JSON."""

    media_type = "audio/mpeg"
    format = "mp3"


class RecordingApi(APIView):
    """A message that a caller left, as sound. Comes through us: Twilio's own address needs the account's secret."""

    renderer_classes = [JSONRenderer, SoundRenderer]

    @raises("call_gone", "range_not_satisfiable", "twilio_not_configured", "twilio_unavailable")
    @extend_schema(
        operation_id="calls_recording",
        tags=["calls"],
        parameters=_HEADERS,
        responses={(200, "audio/mpeg"): OpenApiTypes.BINARY, (206, "audio/mpeg"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, sid: str, recording_sid: str) -> HttpResponseBase:
        call = visible_call(request, sid)
        recording = next((item for item in call.recordings.all() if item.sid == recording_sid), None)
        if recording is None:
            raise Http404
        # No file of ours has a version that `If-Range` could name: with it, all is sent.
        wanted = None if "If-Range" in request.headers else ByteRange.parse(request.headers.get("Range", ""))
        try:
            sound = recording_fetch(recording.sid, wanted)
        except RangeNotSatisfiable as error:
            refusal = problem_response("range_not_satisfiable", instance=request.path)
            if error.total is not None:
                refusal["Content-Range"] = f"bytes */{error.total}"
            return refusal
        status = 206 if sound.part else 200
        answer: HttpResponseBase
        if request.method == "HEAD":
            sound.body.close()
            answer = HttpResponse(status=status, content_type=sound.content_type)
        else:
            agent: Any = request.user
            actions.recording_hear(recording=recording, by=agent)
            answer = StreamingHttpResponse(sound.body, status=status, content_type=sound.content_type)
        answer["Cache-Control"] = "private"
        answer["Accept-Ranges"] = "bytes"
        if sound.length is not None:
            answer["Content-Length"] = str(sound.length)
        if sound.part:
            answer["Content-Range"] = "bytes {}-{}/{}".format(*sound.part)
        return answer
