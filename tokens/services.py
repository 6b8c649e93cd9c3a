"""Voice access tokens: what lets a browser or an app be an agent's telephone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

from telephony.checks import MAX_TTL
from telephony.errors import NotConfigured
from tokens.models import IssuedToken, Platform

if TYPE_CHECKING:
    from agents.models import Agent


@dataclass(frozen=True, slots=True)
class VoiceToken:
    token: str
    identity: str
    platform: str
    ttl: int  # seconds
    expires_at: datetime
    edge: str
    incoming: bool
    outgoing: bool


def voice_token_create(*, agent: Agent, platform: str, ttl: int | None, address: str | None) -> VoiceToken:
    """A token for one of the agent's own telephones; its issue is recorded, the token is not.

    `ttl` is in seconds: the configured default when None, and never more than Twilio's 24 hours. The identity is the
    agent's: nobody can ask for another one. Raises `NotConfigured` when credentials are missing.
    """
    account, key, secret, app = (
        settings.TWILIO_ACCOUNT_SID,
        settings.TWILIO_API_KEY_SID,
        settings.TWILIO_API_KEY_SECRET,
        settings.TWILIO_TWIML_APP_SID,
    )
    if not (account and key and secret and app):
        raise NotConfigured("Calls are not set up yet. Ask your admin.", permanent=True)
    seconds = min(ttl or settings.TOKEN_TTL_SECONDS, MAX_TTL)
    token = AccessToken(account, key, secret, identity=agent.identity, ttl=seconds)
    token.add_grant(
        VoiceGrant(
            # Anything but True itself is silently dropped by the library.
            incoming_allow=True,
            outgoing_application_sid=app,
            push_credential_sid=_push_credential(platform),
        )
    )
    issued_at = timezone.now()
    jwt = token.to_jwt()
    expires_at = (issued_at + timedelta(seconds=seconds)).astimezone(UTC)
    IssuedToken.objects.create(
        agent=agent,
        platform=platform,
        identity=agent.identity,
        issued_at=issued_at,
        expires_at=expires_at,
        address=address,
    )
    return VoiceToken(
        token=jwt,
        identity=agent.identity,
        platform=platform,
        ttl=seconds,
        expires_at=expires_at,
        edge=settings.TWILIO_EDGE,
        incoming=True,
        outgoing=True,
    )


def _push_credential(platform: str) -> str | None:
    return {
        Platform.IOS: settings.TWILIO_PUSH_CREDENTIAL_SID_IOS,
        Platform.ANDROID: settings.TWILIO_PUSH_CREDENTIAL_SID_ANDROID,
    }.get(Platform(platform)) or None
