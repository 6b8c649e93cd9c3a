"""The agent who asks, over REST."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agents.services import language_set
from core.api.resources import BoundedJSONParser, StrictSerializer, choose_one_of


class OwnAgentSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    identity = serializers.CharField()
    name = serializers.CharField()
    language = serializers.CharField(
        allow_blank=True, help_text="What this agent reads and hears; empty: what the browser or the app asks for."
    )


class OwnAgentChangeSerializer(StrictSerializer):
    """What agents choose for themselves."""

    language = serializers.ChoiceField(
        required=False,
        allow_blank=True,
        choices=settings.LANGUAGES,
        # The framework's own words repeat what was sent, which may not be text.
        error_messages={"invalid_choice": choose_one_of(dict(settings.LANGUAGES))},
        help_text="Empty: what the browser or the app asks for.",
    )


class OwnAgentApi(APIView):
    """The agent who asks."""

    parser_classes = [BoundedJSONParser]

    @extend_schema(operation_id="me_retrieve", responses=OwnAgentSerializer)
    def get(self, request: Request) -> Response:
        return Response(OwnAgentSerializer(request.user).data)

    @extend_schema(operation_id="me_update", request=OwnAgentChangeSerializer, responses=OwnAgentSerializer)
    def patch(self, request: Request) -> Response:
        """Keeps the language. Open pages speak it when they are loaded anew."""
        agent: Any = request.user
        body = OwnAgentChangeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        if "language" in body.validated_data:
            agent.language = body.validated_data["language"]
            language_set(agent_id=agent.pk, language=agent.language)
        return Response(OwnAgentSerializer(agent).data)
