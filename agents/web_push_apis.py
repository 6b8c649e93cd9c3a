"""Browsers that are woken, over REST."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agents.web_push import PushRefused, subscribe, unsubscribe
from core.api.resources import BoundedJSONParser, CleanField, StrictSerializer
from core.languages import sentence


class WebPushSerializer(StrictSerializer):
    """What a browser says of itself, once its user allowed it (`PushSubscription.toJSON()`)."""

    endpoint = CleanField(max_length=500, help_text="Its push service's address for it.")
    p256dh = CleanField(max_length=120)
    auth = CleanField(max_length=48)
    hides_names = serializers.BooleanField(default=False, help_text="Callers are not named on its screen.")


class WebPushEndSerializer(StrictSerializer):
    endpoint = CleanField(max_length=500)


class WebPushApi(APIView):
    """The browser that asks."""

    parser_classes = [BoundedJSONParser]

    @extend_schema(operation_id="web_push_subscribe", request=WebPushSerializer, responses={204: None})
    def put(self, request: Request) -> Response:
        """Has it woken when a caller waits for the agent and no desk of the agent answers. Ends with the log-in."""
        agent: Any = request.user
        body = WebPushSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        session = getattr(request, "session", None)
        try:
            subscribe(
                agent=agent,
                session=(session.session_key or "") if session is not None else "",
                browser=request.headers.get("User-Agent", ""),
                **body.validated_data,
            )
        except PushRefused as error:
            raise ValidationError({error.field: [sentence(str(error))]}) from None
        return Response(status=204)


class WebPushEndApi(APIView):
    """The same browser, later. Posted, as its address is for nobody's log."""

    parser_classes = [BoundedJSONParser]

    @extend_schema(operation_id="web_push_unsubscribe", request=WebPushEndSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """Lets it sleep."""
        agent: Any = request.user
        body = WebPushEndSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        unsubscribe(agent=agent, endpoint=body.validated_data["endpoint"])
        return Response(status=204)
