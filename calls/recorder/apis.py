"""The time line of a call over REST."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from calls.log.apis import visible_call
from calls.recorder.timeline import call_timeline
from telephony.models import Webhook


class TimelineEntrySerializer(serializers.Serializer[Any]):
    """Something that happened to a call. What it holds goes by the reader's role."""

    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=["webhook", "leg", "rest", "action", "incident"])
    title = serializers.CharField(help_text="What happened, as a sentence without its full stop.")
    of = serializers.CharField(help_text="A leg's sid, or `root`.")
    verdict = serializers.ChoiceField(
        choices=Webhook.Verdict.choices, allow_blank=True, help_text="Of a webhook: what became of it."
    )
    milliseconds = serializers.FloatField(allow_null=True)
    params = serializers.DictField(help_text="Fields of the request, those that the reader may see.")
    answer = serializers.CharField(allow_blank=True, help_text="Our TwiML, indented.")
    detail = serializers.CharField(allow_blank=True, help_text="One more sentence.")


class TimelineSerializer(serializers.Serializer[Any]):
    sid = serializers.CharField()
    entries = TimelineEntrySerializer(many=True)


class CallTimelineApi(APIView):
    """What happened to a call, oldest first, for those who may see the call."""

    @extend_schema(operation_id="calls_timeline", tags=["calls"], responses=TimelineSerializer)
    def get(self, request: Request, sid: str) -> Response:
        viewer: Any = request.user
        call = visible_call(request, sid)
        return Response(TimelineSerializer({"sid": call.sid, "entries": call_timeline(call, viewer=viewer)}).data)
