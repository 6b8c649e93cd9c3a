"""Voice tokens for many devices at once (`core.sql.batching`): one query for who asks, one statement for the record.

Only the ordinary case: a device's good token, a request that can be read, an agent who may. Whatever else there is gets
None here, and is answered by the API's own view, which has the words for it and asks everything anew.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from rest_framework.exceptions import ValidationError

from agents.selectors import agent_may_sign_in
from core.proxies import client_address, is_trusted
from core.sql.batching import Batcher
from telephony.errors import NotConfigured
from tokens.apis import token_json, token_request_read
from tokens.models import Device, TokenKind
from tokens.selectors import devices_with
from tokens.services import VoiceToken, device_seen, voice_token_make, voice_tokens_record
from tokens.throttles import VoiceTokenThrottle

if TYPE_CHECKING:
    from agents.models import Agent

logger = logging.getLogger(__name__)

_PREFIX = "Token "
_MAX_BODY = 1000
_JSON = frozenset({"", "*/*", "application/json"})


@dataclass(frozen=True, slots=True)
class _Asked:
    device_token: str
    platform: str
    ttl: int | None
    address: str | None


async def voice_token_together(request: HttpRequest) -> HttpResponse | None:
    asked = _read(request)
    if asked is None:
        return None
    try:
        token = await _batcher.submit(asked)
    except Exception:
        logger.exception("voice tokens could not be made together")
        return None
    return None if token is None else _response(token)


def _response(token: VoiceToken) -> HttpResponse:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return JsonResponse(token_json(token), headers=headers)


def _read(request: HttpRequest) -> _Asked | None:
    header = request.headers.get("Authorization", "")
    if (
        request.method != "POST"
        or request.content_type != "application/json"
        or request.headers.get("Accept", "") not in _JSON
        or not (header.startswith(_PREFIX) and header.isascii())
        or (settings.SECURE_SSL_REDIRECT and not _came_by_https(request))
    ):
        return None
    try:
        body = request.body
        wanted = token_request_read(json.loads(body) if body else {}) if len(body) <= _MAX_BODY else None
    except (ValueError, RecursionError, ValidationError):
        return None
    if wanted is None or wanted.kind != TokenKind.ACCESS:
        return None
    return _Asked(header.removeprefix(_PREFIX).strip(), wanted.platform, wanted.ttl, client_address(request))


def _came_by_https(request: HttpRequest) -> bool:
    """What the middleware, which is not asked here, would find out."""
    said = request.META.get("HTTP_X_FORWARDED_PROTO", "").split(",")[0].strip()
    return said == "https" and is_trusted(request.META.get("REMOTE_ADDR", ""))


def _take(batch: Sequence[_Asked]) -> list[VoiceToken | Exception | None]:
    try:
        return list(_tokens_for(batch))
    except (OperationalError, InterfaceError):
        # The connection may have been cut while nobody used it: the view tries again with its own.
        connection.close()
        return [None] * len(batch)


def _tokens_for(batch: Sequence[_Asked]) -> list[VoiceToken | None]:
    good = {
        token: device
        for token, device in devices_with(asked.device_token for asked in batch).items()
        if _is_good(device)
    }
    devices = [good.get(asked.device_token) for asked in batch]
    known = [device.user_id for device in devices if device is not None]
    allowed = iter(VoiceTokenThrottle.take(known) if known else [])
    tokens: list[VoiceToken | None] = []
    issued: list[tuple[VoiceToken, Agent, Device | None, str | None, str]] = []
    for asked, device in zip(batch, devices, strict=True):
        token = None
        if device is not None and next(allowed):
            token = _token_for(asked, device)
        if token is not None and device is not None:
            device_seen(device=device, address=asked.address)
            issued.append((token, device.user, device, asked.address, TokenKind.ACCESS))
        tokens.append(token)
    voice_tokens_record(issued)
    return tokens


def _is_good(device: Device) -> bool:
    """Whether there is nothing to be said against it."""
    agent: Any = device.user
    return device.revoked_at is None and not device.has_expired and agent_may_sign_in(agent)


def _token_for(asked: _Asked, device: Device) -> VoiceToken | None:
    try:
        return voice_token_make(agent=device.user, platform=asked.platform, ttl=asked.ttl, device=device)
    except NotConfigured:
        return None


_batcher: Batcher[_Asked, VoiceToken | None] = Batcher(_take, name="tokens")
