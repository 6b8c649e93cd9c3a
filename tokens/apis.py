"""The endpoint that browsers and mobile apps fetch their voice tokens from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.fields import DateTimeField
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.schema import NO_STORE, raises
from core.proxies import client_address
from telephony.checks import MIN_TTL
from tokens.errors import AccessRefused
from tokens.models import Device, Platform, TokenKind
from tokens.services import VoiceToken, ttl_max, voice_token_create
from tokens.throttles import VoiceTokenThrottle

_PLATFORMS = frozenset(Platform.values)
_KINDS = frozenset(TokenKind.values)
_time = DateTimeField().to_representation
# RFC 9745: a date, here the day on which Ringdesk learned to make them; they were deprecated before.
_CAPABILITY_HEADERS = {
    "Deprecation": "@1795392000",
    "Warning": '299 - "Capability tokens are deprecated: move to a 2.x voice SDK and access tokens."',
}
_DEPRECATED = [
    OpenApiParameter(name, str, OpenApiParameter.HEADER, response=[200], description="With capability tokens.")
    for name in _CAPABILITY_HEADERS
]


class VoiceTokenRequestSerializer(serializers.Serializer[Any]):
    """What to ask for. All of it may be left out."""

    # For the description alone: `token_request_read` does the reading, at a fifth of the price.

    platform = serializers.ChoiceField(choices=Platform.choices, default=Platform.WEB)
    ttl = serializers.IntegerField(
        required=False,
        min_value=MIN_TTL,
        help_text="Seconds; the desk's default when left out. The most is set for each platform, a day at most.",
    )
    kind = serializers.ChoiceField(
        choices=TokenKind.choices,
        default=TokenKind.ACCESS,
        help_text="`capability` for clients of the 1.x SDKs, where it is switched on.",
    )


class GrantsSerializer(serializers.Serializer[Any]):
    incoming = serializers.BooleanField()
    outgoing = serializers.BooleanField()
    second_call = serializers.BooleanField(
        help_text="Whether a call may ring softly while the agent talks: the phone is not to refuse it."
    )


class VoiceTokenSerializer(serializers.Serializer[Any]):
    """A voice token, and what it lets its holder do."""

    # For the description alone: `token_json` writes it.

    token = serializers.CharField(help_text="A JWT for Twilio's voice SDKs.")
    identity = serializers.CharField()
    platform = serializers.ChoiceField(choices=Platform.choices)
    ttl = serializers.IntegerField(help_text="Seconds.")
    expires_at = serializers.DateTimeField()
    edge = serializers.CharField()
    grants = GrantsSerializer()


@dataclass(frozen=True, slots=True)
class Wanted:
    platform: str
    ttl: int | None
    kind: str


class VoiceTokenApi(APIView):
    """A voice token for the signed-in agent."""

    throttle_classes = [VoiceTokenThrottle]

    @raises("capability_disabled", "twilio_not_configured")
    @extend_schema(
        operation_id="voice_token_create",
        tags=["tokens"],
        parameters=[NO_STORE, *_DEPRECATED],
        request=VoiceTokenRequestSerializer,
        responses=VoiceTokenSerializer,
    )
    def post(self, request: Request) -> Response:
        wanted = token_request_read(request.data)
        capability = wanted.kind == TokenKind.CAPABILITY
        if capability and not settings.TWILIO_CAPABILITY_TOKENS:
            raise AccessRefused("capability_disabled")
        token = voice_token_create(
            agent=request.user,  # type: ignore[arg-type]
            device=request.auth if isinstance(request.auth, Device) else None,
            platform=wanted.platform,
            ttl=wanted.ttl,
            kind=wanted.kind,
            address=client_address(request),
        )
        headers = {"Cache-Control": "no-store"} | (_CAPABILITY_HEADERS if capability else {})
        return Response(token_json(token), headers=headers)


def token_request_read(data: Any) -> Wanted:
    """Raises `ValidationError` with everything that is wrong at once."""
    if not hasattr(data, "get"):
        raise ValidationError({"non_field_errors": [ErrorDetail(_("Send an object."), "invalid")]})
    platform, kind = data.get("platform", Platform.WEB), data.get("kind", TokenKind.ACCESS)
    wrong: dict[str, list[ErrorDetail]] = {}
    if not isinstance(platform, str) or platform not in _PLATFORMS:
        wrong["platform"] = [ErrorDetail(_("Choose web, ios or android."), "invalid_choice")]
        platform = Platform.WEB
    if not isinstance(kind, str) or kind not in _KINDS:
        wrong["kind"] = [ErrorDetail(_("Choose access or capability."), "invalid_choice")]
    ttl = None
    if "ttl" in data:
        ttl, most = _whole(data["ttl"]), ttl_max(platform)
        if ttl is None or not MIN_TTL <= ttl <= most:
            wrong["ttl"] = [
                ErrorDetail(
                    _("Ask for %(least)d to %(most)d seconds.") % {"least": MIN_TTL, "most": most}, "out_of_range"
                )
            ]
    if wrong:
        raise ValidationError(wrong)
    return Wanted(platform=platform, ttl=ttl, kind=kind)


def _whole(value: Any) -> int | None:
    """A JSON number, or a form's digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return None


def token_json(token: VoiceToken) -> dict[str, Any]:
    return {
        "token": token.token,
        "identity": token.identity,
        "platform": token.platform,
        "ttl": token.ttl,
        "expires_at": _time(token.expires_at),
        "edge": token.edge,
        "grants": {
            "incoming": token.incoming,
            "outgoing": token.outgoing,
            "second_call": token.second_call,
        },
    }
