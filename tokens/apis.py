"""The endpoint that browsers and mobile apps fetch their voice tokens from."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

from telephony.checks import MAX_TTL
from telephony.proxies import client_address
from tokens.models import Platform
from tokens.services import voice_token_create


class VoiceTokenRequestSerializer(serializers.Serializer[Any]):
    platform = serializers.ChoiceField(choices=Platform.choices, default=Platform.WEB)
    ttl = serializers.IntegerField(
        required=False, min_value=30, max_value=MAX_TTL, help_text="Seconds; the desk's default when left out."
    )


class GrantsSerializer(serializers.Serializer[Any]):
    incoming = serializers.BooleanField()
    outgoing = serializers.BooleanField()


class VoiceTokenSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="A JWT for Twilio's voice SDKs.")
    identity = serializers.CharField()
    platform = serializers.ChoiceField(choices=Platform.choices)
    ttl = serializers.IntegerField(help_text="Seconds.")
    expires_at = serializers.DateTimeField()
    edge = serializers.CharField()
    grants = GrantsSerializer(source="*")


class VoiceTokenThrottle(UserRateThrottle):
    rate = "60/min"
    scope = "voice-token"


class VoiceTokenApi(APIView):
    """A voice token for the signed-in agent."""

    throttle_classes = [VoiceTokenThrottle]

    @extend_schema(request=VoiceTokenRequestSerializer, responses=VoiceTokenSerializer)
    def post(self, request: Request) -> Response:
        wanted = VoiceTokenRequestSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        token = voice_token_create(
            agent=request.user,  # type: ignore[arg-type]
            platform=wanted.validated_data["platform"],
            ttl=wanted.validated_data.get("ttl"),
            address=client_address(request),
        )
        return Response(VoiceTokenSerializer(token).data, headers={"Cache-Control": "no-store"})
