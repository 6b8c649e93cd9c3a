"""Devices sign in and out, and get the voice tokens that let them be an agent's telephone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import authenticate, user_logged_in
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop
from knox.models import get_digest_token, get_expiry
from knox.settings import CONSTANTS, knox_settings
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant
from twilio.jwt.client import ClientCapabilityToken

from agents.services import agents_change, login_record_create, rights_change
from core.proxies import client_address
from core.retention import days_ago, delete_in_batches
from telephony.checks import MAX_TTL
from telephony.errors import NotConfigured
from telephony.phone_reference import PhoneReference
from telephony.webhooks.forms import PHONE_FIELD
from tokens.models import Device, IssuedToken, Platform, TokenKind

if TYPE_CHECKING:
    from agents.models import Agent

SEEN_EVERY = timedelta(minutes=1)


def device_log_in(
    *, request: HttpRequest, username: str, password: str, name: str, platform: str
) -> tuple[Device, str] | None:
    """The device and its token, which is shown this once; None when the credentials are wrong.

    Takes as long for a username that nobody has: Django hashes the password in any case.
    """
    agent = authenticate(request, username=username, password=password)
    if agent is None:
        return None
    address = client_address(request)
    with transaction.atomic():
        # What expired long ago is of no use to anybody.
        Device.objects.filter(user=agent, expiry__lt=timezone.now() - timedelta(days=30)).delete()
        digest, token = get_digest_token()
        device = Device.objects.create(
            user=agent,
            digest=digest,
            token_key=token[: CONSTANTS.TOKEN_KEY_LENGTH],
            expiry=get_expiry(knox_settings.TOKEN_TTL),
            name=name,
            platform=platform,
            address=address,
        )
        user_logged_in.send(sender=type(agent), request=request, user=agent, device=name)
    return device, token


def device_seen(*, device: Device, address: str | None) -> None:
    """Writes when and from where the device was used, at most once a minute."""
    now = timezone.now()
    if device.last_used_at is not None and now - device.last_used_at < SEEN_EVERY:
        return
    device.last_used_at, device.address = now, address
    device.save(update_fields=["last_used_at", "address"])


@transaction.atomic
def device_revoke(*, device: Device, by: Agent | None, address: str | None, kind: str = "device-revoked") -> bool:
    """Ends the device's log-in. False when it had ended before."""
    changed = Device.objects.filter(pk=device.pk, revoked_at=None).update(revoked_at=timezone.now())
    if changed:
        login_record_create(kind=kind, agent=device.user, device=device.name, address=address, by=by)
        # Its socket closes, and the agent may be out of reach without it.
        rights_change(agent_ids=[device.user_id])
        agents_change([device.user_id])
    return bool(changed)


def devices_revoke_all(*, agent_id: int) -> int:
    """Ends the log-ins of all devices of an agent; how many there were. What for is recorded by who asks for it."""
    return Device.objects.filter(user_id=agent_id, revoked_at=None).update(revoked_at=timezone.now())


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
    second_call: bool


def voice_token_create(
    *,
    agent: Agent,
    platform: str,
    ttl: int | None,
    address: str | None,
    device: Device | None = None,
    kind: str = TokenKind.ACCESS,
) -> VoiceToken:
    """A token for one of the agent's own telephones; its issue is recorded, the token is not.

    `ttl` is in seconds: the configured default when None, and never more than the platform may have. The identity is
    the agent's: nobody can ask for another one. Raises `NotConfigured` when credentials are missing.
    """
    token = voice_token_make(agent=agent, platform=platform, ttl=ttl, device=device, kind=kind)
    voice_tokens_record([(token, agent, device, address, kind)])
    return token


def voice_token_make(
    *, agent: Agent, platform: str, ttl: int | None, device: Device | None, kind: str = TokenKind.ACCESS
) -> VoiceToken:
    """The token alone: whoever makes one records it."""
    _require_credentials()
    seconds = min(ttl or settings.TOKEN_TTL_SECONDS, ttl_max(platform))
    expires_at = (timezone.now() + timedelta(seconds=seconds)).astimezone(UTC)
    make = _capability_token if kind == TokenKind.CAPABILITY else _access_token
    return VoiceToken(
        token=make(agent, platform, seconds, _carried(agent, device)),
        identity=agent.identity,
        platform=platform,
        ttl=seconds,
        expires_at=expires_at,
        edge=settings.TWILIO_EDGE,
        incoming=agent.may_receive_calls,
        outgoing=agent.may_make_calls,
        # The way back to the first caller is a call of the phone's own.
        second_call=agent.may_take_second_call and agent.may_receive_calls and agent.may_make_calls,
    )


def voice_tokens_record(issued: Iterable[tuple[VoiceToken, Agent, Device | None, str | None, str]]) -> None:
    """Writes down to whom tokens were given, in one statement. The tokens themselves are not kept."""
    IssuedToken.objects.bulk_create(
        IssuedToken(
            agent=agent,
            device=device,
            platform=token.platform,
            kind=kind,
            identity=token.identity,
            issued_at=token.expires_at - timedelta(seconds=token.ttl),
            expires_at=token.expires_at,
            address=address,
        )
        for token, agent, device, address, kind in issued
    )


def issued_tokens_prune() -> int:
    """Deletes the records of voice tokens older than `ISSUED_TOKEN_DAYS`, none when that is 0 or less; how many.

    The newest of each device that is signed in stays: by it, the device is known to be rung by push.
    """
    if settings.ISSUED_TOKEN_DAYS <= 0:
        return 0
    newer = IssuedToken.objects.filter(
        device=OuterRef("device"), platform=OuterRef("platform"), issued_at__gt=OuterRef("issued_at")
    )
    old = IssuedToken.objects.filter(issued_at__lt=days_ago(settings.ISSUED_TOKEN_DAYS))
    kept = Q(device__in=Device.objects.signed_in()) & ~Exists(newer)
    return delete_in_batches(old.exclude(kept).order_by("issued_at"))


def ttl_max(platform: str) -> int:
    """The most seconds that a token of that platform may last; Twilio takes no more than a day."""
    return min(int(getattr(settings, f"TOKEN_MAX_TTL_SECONDS_{platform.upper()}")), MAX_TTL)


def _require_credentials() -> None:
    if not (
        settings.TWILIO_ACCOUNT_SID
        and settings.TWILIO_API_KEY_SID
        and settings.TWILIO_API_KEY_SECRET
        and settings.TWILIO_TWIML_APP_SID
    ):
        raise NotConfigured(gettext_noop("Calls are not set up yet. Ask your admin."), permanent=True)


def _carried(agent: Agent, device: Device | None) -> dict[str, str]:
    """What comes back to us with each call that is made with the token."""
    reference = PhoneReference(agent.pk, device.pk if device else None, agent.sign_out_count)
    return {PHONE_FIELD: reference.signed()}


def _access_token(agent: Agent, platform: str, seconds: int, carried: dict[str, str]) -> str:
    token = AccessToken(
        settings.TWILIO_ACCOUNT_SID,
        settings.TWILIO_API_KEY_SID,
        settings.TWILIO_API_KEY_SECRET,
        identity=agent.identity,
        ttl=seconds,
        region=settings.TWILIO_REGION or None,
    )
    token.add_grant(
        VoiceGrant(
            # Anything but True itself is silently dropped by the library.
            incoming_allow=agent.may_receive_calls is True,
            outgoing_application_sid=settings.TWILIO_TWIML_APP_SID if agent.may_make_calls else None,
            outgoing_application_params=carried if agent.may_make_calls else None,
            push_credential_sid=_push_credential(platform) if agent.may_receive_calls else None,
        )
    )
    return str(token.to_jwt())


def _capability_token(agent: Agent, platform: str, seconds: int, carried: dict[str, str]) -> str:
    """The older kind, signed with the auth token itself; the library's `twilio.jwt.client`."""
    token = ClientCapabilityToken(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, ttl=seconds)
    if agent.may_make_calls:
        token.allow_client_outgoing(settings.TWILIO_TWIML_APP_SID, **carried)
    if agent.may_receive_calls:
        token.allow_client_incoming(agent.identity)
    return str(token.to_jwt())


def _push_credential(platform: str) -> str | None:
    return {
        Platform.IOS: settings.TWILIO_PUSH_CREDENTIAL_SID_IOS,
        Platform.ANDROID: settings.TWILIO_PUSH_CREDENTIAL_SID_ANDROID,
    }.get(Platform(platform)) or None
