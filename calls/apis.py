"""The call log and call control over REST."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import DateTimeField
from rest_framework.views import APIView

from calls import services
from calls.models import Call, CallResult, CallStatus, Direction
from calls.selectors import call_count_with, visible_calls
from calls.serializers import CallSerializer, DetailSerializer, NumberCheckSerializer
from contacts.selectors import contact_by_number, contact_ids_matching
from telephony.errors import InvalidNumber
from telephony.media import recording_fetch
from telephony.phone import clean, country_name, parse_dialled

_FILTERS = {
    "agent": ("Agent's id", OpenApiTypes.INT),
    "line": ("Line's id", OpenApiTypes.INT),
    "contact": ("Contact's id", OpenApiTypes.INT),
    "after": ("Started at this time or later", OpenApiTypes.DATETIME),
    "before": ("Started before this time", OpenApiTypes.DATETIME),
    "search": ("Part of a name or number", OpenApiTypes.STR),
}
_CHOICES = {
    "direction": Direction.values,
    "status": CallStatus.values,
    "result": CallResult.values,
    "scope": ["all", "mine", "missed", "voicemail"],
}


class CallPagination(CursorPagination):
    """Pages by place, not by number: the log grows at the top while it is read."""

    ordering = ("-start_time", "-sid")
    page_size = 25
    page_size_query_param = "page_size"
    max_page_size = 100


class CallListApi(ListAPIView[Call]):
    """The calls that the signed-in agent may see, newest first."""

    serializer_class = CallSerializer
    pagination_class = CallPagination

    @extend_schema(
        parameters=[
            *(OpenApiParameter(name, type_, description=text) for name, (text, type_) in _FILTERS.items()),
            *(OpenApiParameter(name, OpenApiTypes.STR, enum=values) for name, values in _CHOICES.items()),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Call]:
        query = self.request.query_params
        calls = visible_calls(self.request.user)  # type: ignore[arg-type]
        for name in ("agent", "line", "contact"):
            if query.get(name):
                calls = calls.filter(**{f"{name}_id": _number(name, query[name])})
        for name in ("direction", "status", "result"):
            if query.get(name):
                calls = calls.filter(**{name: _choice(name, query[name])})
        if query.get("after"):
            calls = calls.filter(start_time__gte=_time("after", query["after"]))
        if query.get("before"):
            calls = calls.filter(start_time__lt=_time("before", query["before"]))
        calls = self._scoped(calls, _choice("scope", query.get("scope") or "all"))
        return _searched(calls, query.get("search", "")[:100])

    def _scoped(self, calls: QuerySet[Call], scope: str) -> QuerySet[Call]:
        if scope == "mine":
            return calls.filter(agent=self.request.user.pk)
        if scope in ("missed", "voicemail"):
            return calls.filter(result=scope)
        return calls


def _searched(calls: QuerySet[Call], text: str) -> QuerySet[Call]:
    text = text.replace("\x00", "").strip()
    if not text:
        return calls
    condition = Q(contact__in=contact_ids_matching(text)) | Q(caller_name__icontains=text)
    digits = "".join(ch for ch in text if ch.isdigit())
    if len(digits) >= 3:
        # A number's local form begins with a 0 that E.164 does not have.
        digits = digits.lstrip("0") or digits
        condition |= Q(caller__contains=digits) | Q(called__contains=digits)
    return calls.filter(condition)


def _number(name: str, value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 15:
        raise ValidationError({name: "This is not an id."})
    return int(value)


def _choice(name: str, value: str) -> str:
    if value not in _CHOICES[name]:
        raise ValidationError({name: f"Choose one of: {', '.join(_CHOICES[name])}."})
    return value


def _time(name: str, value: str) -> datetime:
    try:
        found: datetime = DateTimeField().to_internal_value(value)
    except ValidationError:
        raise ValidationError({name: "Write the time like 2026-11-23T09:30:00Z."}) from None
    return found


class CallDetailApi(RetrieveAPIView[Call]):
    """One call with its legs."""

    serializer_class = CallSerializer
    lookup_url_kwarg = "sid"

    def get_object(self) -> Call:
        return _visible_call(self.request, self.kwargs["sid"])


def _visible_call(request: Request, sid: str) -> Call:
    call = visible_calls(request.user).filter(pk=sid.replace("\x00", "")).first()  # type: ignore[arg-type]
    if call is None:
        raise Http404
    return call


class CallHangUpApi(APIView):
    """Ends a call at Twilio, for when the phone itself cannot."""

    @extend_schema(request=None, responses={202: DetailSerializer, 409: DetailSerializer})
    def post(self, request: Request, sid: str) -> Response:
        call = _visible_call(request, sid)
        if call.is_terminal:
            return Response({"detail": "This call is over."}, status=409)
        if call.agent_id != request.user.pk and not request.user.is_superuser:
            return Response({"detail": "Only the agent on the call can end it."}, status=403)
        services.call_hang_up(call=call)
        return Response({"detail": "The call is being ended."}, status=202)


class RecordingApi(APIView):
    """A message that a caller left, as sound. Comes through us: Twilio's own address needs the account's secret."""

    @extend_schema(responses={(200, "audio/mpeg"): OpenApiTypes.BINARY})
    def get(self, request: Request, sid: str, recording_sid: str) -> StreamingHttpResponse:
        call = _visible_call(request, sid)
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


class NumberCheckApi(APIView):
    """What a typed number means, before it is called."""

    @extend_schema(
        parameters=[OpenApiParameter("number", OpenApiTypes.STR, required=True)], responses=NumberCheckSerializer
    )
    def get(self, request: Request) -> Response:
        text = request.query_params.get("number", "")[:100].replace("\x00", "")
        answer: dict[str, Any] = {
            "input": text, "valid": False, "e164": None, "display": None, "country": None, "place": None,
            "message": "", "contact": None, "known_calls": 0,
        }  # fmt: skip
        try:
            number = parse_dialled(text)
        except InvalidNumber as error:
            answer["message"] = error.message if clean(text) else ""
        else:
            country = country_name(number.region) or None
            answer |= {
                "valid": True, "e164": number.e164, "display": number.display, "country": country, "place": country,
                "contact": contact_by_number(number.e164), "known_calls": call_count_with(number.e164),
            }  # fmt: skip
        return Response(NumberCheckSerializer(answer).data)
