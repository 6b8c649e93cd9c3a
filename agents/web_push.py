"""Waking browsers whose desks are closed, frozen or asleep: Web Push (RFC 8030, 8291, 8292), with keys of our own.

What is sent travels through the push service of the browser's vendor, sealed for the browser alone.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.translation import gettext_noop

from agents.models import Agent, WebPushSubscription

logger = logging.getLogger(__name__)

# Push services of the browsers' vendors; a name that begins with a point stands for all below it.
_KNOWN_HOSTS = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    ".push.services.mozilla.com",
    "web.push.apple.com",
    ".push.apple.com",
    ".notify.windows.com",
)
_HOST = re.compile("[a-z0-9.-]+")
_MOST_BROWSERS = 10
_TIMEOUT_SECONDS = 5
# A browser that is reached later than that is woken for a caller who is gone.
_KEPT_SECONDS = 30
_PRIVATE_BYTES, _P256DH_BYTES, _AUTH_BYTES = 32, 65, 16


class PushRefused(Exception):
    """A subscription that cannot be used. Its text is a sentence, kept in English; `field` is what is wrong."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Note:
    """What a browser shows. `tag`: a later one replaces it. `path`: what a press opens, below the desk's address."""

    title: str
    body: str
    tag: str
    path: str = ""
    open: str = ""
    later: str = ""
    is_silent: bool = False


def public_key() -> str:
    """Ours, as browsers want it; "" when there is none, or none that can be used: then nobody is woken."""
    return _public_key(settings.WEB_PUSH_PRIVATE_KEY)


@lru_cache(maxsize=4)
def _public_key(private: str) -> str:
    try:
        raw = base64.urlsafe_b64decode(private + "=" * (-len(private) % 4))
        if len(raw) != _PRIVATE_BYTES:
            return ""
        key = ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1()).public_key()
    except ValueError:
        return ""
    return _base64(key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def key_made() -> str:
    """A new private key, as `WEB_PUSH_PRIVATE_KEY` wants it."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return _base64(number.to_bytes(_PRIVATE_BYTES, "big"))


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def session_digest(session_key: str | None) -> str:
    """Under which a session's subscriptions are kept: the key itself would be a log-in."""
    return hashlib.sha256(session_key.encode()).hexdigest() if session_key else ""


def subscribe(
    *, agent: Agent, endpoint: str, p256dh: str, auth: str, session: str, browser: str, hides_names: bool
) -> None:
    """Has this browser woken for the agent, and for nobody else any more. Raises `PushRefused`."""
    if not is_push_service(endpoint):
        raise PushRefused(gettext_noop("This browser's push service is not known. Ask your admin."), "endpoint")
    for field, text, length in (("p256dh", p256dh, _P256DH_BYTES), ("auth", auth, _AUTH_BYTES)):
        if _length_of(text) != length:
            raise PushRefused(_NO_KEY, field)
    if not _is_point(p256dh):
        raise PushRefused(_NO_KEY, "p256dh")
    values = {"agent": agent, "p256dh": p256dh, "auth": auth, "session": session_digest(session)}
    values |= {"browser": browser[:80], "hides_names": hides_names}
    WebPushSubscription.objects.update_or_create(endpoint=endpoint, defaults=values)
    old = WebPushSubscription.objects.filter(agent=agent).order_by("-created_at", "-pk")[_MOST_BROWSERS:]
    WebPushSubscription.objects.filter(pk__in=[one.pk for one in old]).delete()


def is_push_service(endpoint: str) -> bool:
    """Whether it is an address to which we send: no agent makes our server ask any other machine for something."""
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    plain = endpoint.isascii() and endpoint.isprintable() and len(endpoint) <= 500
    if not plain or parts.scheme != "https" or port not in (None, 443) or parts.username is not None:
        return False
    host = (parts.hostname or "").lower()
    # Whoever sends reads a host as ending at a backslash, `urlsplit` does not.
    return _HOST.fullmatch(host) is not None and any(
        host.endswith(known) if known.startswith(".") else host == known
        for known in (*_KNOWN_HOSTS, *settings.WEB_PUSH_HOSTS)
    )


_NO_KEY = gettext_noop("This is not a key of a browser.")


def _length_of(text: str) -> int:
    try:
        return len(_decoded(text))
    except ValueError:
        return -1


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _is_point(text: str) -> bool:
    """Whether it is one with which something can be sealed."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(text))
    except ValueError:
        return False
    return True


def unsubscribe(*, agent: Agent, endpoint: str) -> bool:
    """Whether it was one of the agent's."""
    return bool(WebPushSubscription.objects.filter(agent=agent, endpoint=endpoint).delete()[0])


def forget(*, agent_id: int, session_key: str | None = None) -> None:
    """Those of one session of the agent, or all of the agent's."""
    mine = WebPushSubscription.objects.filter(agent_id=agent_id)
    (mine if session_key is None else mine.filter(session=session_digest(session_key))).delete()


def send(*, agent_id: int, note: Note, hidden: Note) -> int:
    """Sends the note to the agent's browsers, `hidden` in its place to those that hide names; how many took it. Asks
    push services, which may take seconds: for a worker."""
    if not public_key():
        return 0
    _forget_of_ended_sessions(agent_id)
    sent = 0
    for one in WebPushSubscription.objects.filter(agent_id=agent_id):
        sent += _send(one, hidden if one.hides_names else note)
    return sent


def _forget_of_ended_sessions(agent_id: int) -> None:
    """A session that ran out, or in whose place another agent signed in, says nothing when it ends."""
    mine = WebPushSubscription.objects.filter(agent_id=agent_id).exclude(session="")
    if not mine.exists():
        return
    # Kept as digests, they cannot be looked up one by one.
    living = Session.objects.filter(expire_date__gt=timezone.now()).values_list("session_key", flat=True)
    digests = {session_digest(key) for key in living.iterator()}
    ended = [one.pk for one in mine if one.session not in digests]
    WebPushSubscription.objects.filter(pk__in=ended).delete()


def _send(one: WebPushSubscription, note: Note) -> bool:
    # Of use to the worker alone.
    from pywebpush import WebPushException, webpush

    session = requests.Session()
    # A push service that sends us elsewhere is not followed there.
    session.max_redirects = 0
    try:
        webpush(
            subscription_info={"endpoint": one.endpoint, "keys": {"p256dh": one.p256dh, "auth": one.auth}},
            data=json.dumps(_payload(note)),
            vapid_private_key=settings.WEB_PUSH_PRIVATE_KEY,
            vapid_claims={"sub": settings.WEB_PUSH_CONTACT},
            ttl=_KEPT_SECONDS,
            timeout=_TIMEOUT_SECONDS,
            headers={"Urgency": "high"},
            requests_session=session,
        )
    except WebPushException as error:
        status = error.response.status_code if error.response is not None else 0
        if status in (404, 410):
            # The browser's user took it back.
            one.delete()
        else:
            logger.warning("web push: refused with %d by %s", status, urlsplit(one.endpoint).hostname)
        return False
    except (requests.RequestException, ValueError) as error:
        # One browser that cannot be woken, whatever it gave as its keys, keeps no other from it.
        logger.warning("web push: %s at %s", type(error).__name__, urlsplit(one.endpoint).hostname)
        return False
    WebPushSubscription.objects.filter(pk=one.pk).update(woken_at=timezone.now())
    return True


def _payload(note: Note) -> dict[str, Any]:
    """`Note` of `frontend/src/serviceWorker.ts`."""
    return {
        "title": note.title, "body": note.body, "tag": note.tag, "path": note.path, "open": note.open,
        "later": note.later, "silent": note.is_silent,
    }  # fmt: skip
