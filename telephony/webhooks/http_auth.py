"""HTTP authentication of Twilio's requests, beside their signature: Digest (RFC 7616) or Basic.

Switched on by `TWILIO_WEBHOOK_USERNAME` and `TWILIO_WEBHOOK_PASSWORD`. Twilio's first request carries no credentials;
after a 401 with a challenge it asks again with them (Twilio Docs, "Security", "HTTP Authentication"). Which algorithms
it knows is not documented: MD5 is challenged for, SHA-256 is taken as well.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import logging
import re
import secrets
import time
from dataclasses import dataclass
from hmac import compare_digest

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

logger = logging.getLogger(__name__)

REALM = "Ringdesk"
# Seconds: longer than Twilio's fifteen for a request and its repetition, short enough to be of no use to a thief.
NONCE_LIFETIME = 300
_HASHES = {"": hashlib.md5, "MD5": hashlib.md5, "SHA-256": hashlib.sha256}
_PAIR = re.compile(r'([a-zA-Z][a-zA-Z0-9*-]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))\s*(?:,\s*|\Z)')
_MAX_HEADER = 4096


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the credentials were not taken. `stale`: they were right, but their nonce was used up."""

    reason: str
    stale: bool = False


def is_required() -> bool:
    return bool(settings.TWILIO_WEBHOOK_USERNAME and settings.TWILIO_WEBHOOK_PASSWORD)


def asks_cache(request: HttpRequest) -> bool:
    """Whether `refusal_of` may have to, and so to wait for it."""
    return is_required() and request.headers.get("Authorization", "")[:6].lower() == "digest"


def refusal_of(request: HttpRequest) -> Refusal | None:
    """Why the request may not come in; None when it may."""
    if not is_required():
        return None
    header = request.headers.get("Authorization", "")
    scheme, _, rest = header.partition(" ")
    if not header:
        return Refusal("no credentials yet")
    if len(header) > _MAX_HEADER:
        return Refusal("the header is too long")
    if scheme.lower() == "basic":
        return None if _basic_is_valid(rest) else Refusal("wrong user or password")
    if scheme.lower() == "digest":
        return _digest_refusal(request, rest)
    return Refusal("an unknown scheme")


def challenge(refusal: Refusal) -> HttpResponse:
    """The 401 that Twilio answers with its credentials."""
    stale = ", stale=true" if refusal.stale else ""
    response = HttpResponse("Credentials are needed.", status=401, content_type="text/plain")
    response["WWW-Authenticate"] = (
        f'Digest realm="{REALM}", qop="auth", algorithm=MD5, nonce="{make_nonce()}", opaque="{_opaque()}"{stale}'
    )
    return response


def make_nonce(now: float | None = None) -> str:
    """A nonce that needs no memory: when it was made, and our own seal on it."""
    made = f"{int(now if now is not None else time.time()):x}.{secrets.token_hex(8)}"
    return f"{made}.{_seal(made)}"


def _seal(made: str) -> str:
    return salted_hmac("telephony.webhooks.http_auth", made, algorithm="sha256").hexdigest()[:32]


def _opaque() -> str:
    return salted_hmac("telephony.webhooks.http_auth", "opaque").hexdigest()[:16]


def _basic_is_valid(encoded: str) -> bool:
    try:
        username, colon, password = base64.b64decode(encoded, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        return False
    right = _same(username, settings.TWILIO_WEBHOOK_USERNAME)
    return _same(password, settings.TWILIO_WEBHOOK_PASSWORD) and right and bool(colon)


def parse_parameters(text: str) -> dict[str, str] | None:
    """`name="value", name=value` → a dictionary; None when the text is anything else or says a thing twice."""
    found: dict[str, str] = {}
    position = 0
    text = text.strip()
    while position < len(text):
        match = _PAIR.match(text, position)
        if match is None or match[1].lower() in found:
            return None
        quoted = match[2]
        found[match[1].lower()] = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else match[3]
        position = match.end()
    return found


def _digest_refusal(request: HttpRequest, text: str) -> Refusal | None:
    said = parse_parameters(text)
    if said is None or not {"username", "realm", "nonce", "uri", "response", "nc", "cnonce", "qop"} <= said.keys():
        return Refusal("a malformed Digest header")
    hasher = _HASHES.get(said.get("algorithm", "").upper())
    if hasher is None or said["qop"] != "auth" or not re.fullmatch(r"[0-9a-fA-F]{8}", said["nc"]):
        return Refusal("an algorithm or qop that was not offered")
    if said["realm"] != REALM or not _same(said.get("opaque", _opaque()), _opaque()):
        return Refusal("another realm")
    if said["uri"] not in (request.get_full_path(), f"{settings.PUBLIC_BASE_URL}{request.get_full_path()}"):
        return Refusal("credentials for another address")

    def digest(value: str) -> str:
        return hasher(value.encode()).hexdigest()

    username, password = settings.TWILIO_WEBHOOK_USERNAME, settings.TWILIO_WEBHOOK_PASSWORD
    secret = digest(f"{username}:{REALM}:{password}")
    asked = digest(f"{request.method}:{said['uri']}")
    expected = digest(":".join((secret, said["nonce"], said["nc"], said["cnonce"], said["qop"], asked)))
    right = _same(said["username"], username)
    if not (_same(said["response"].lower(), expected) and right):
        return Refusal("wrong user or password")
    return _nonce_refusal(said["nonce"], said["nc"], said["cnonce"])


def _nonce_refusal(nonce: str, count: str, client_nonce: str) -> Refusal | None:
    made, _, seal = nonce.rpartition(".")
    if not _same(seal, _seal(made)):
        return Refusal("a nonce that is not ours")
    age = time.time() - int(made.partition(".")[0], 16)
    if age > NONCE_LIFETIME:
        return Refusal("a nonce that is too old", stale=True)
    # Each counter of a nonce is good for one request. All web processes share the cache.
    used = hashlib.sha256(f"{nonce}:{count.lower()}:{client_nonce}".encode()).hexdigest()
    try:
        fresh = cache.add(f"digest:{used}", 1, NONCE_LIFETIME)
    except Exception:
        # A cache that is down must not keep callers out: the signature still does its part.
        logger.exception("the nonce could not be remembered")
        return None
    return None if fresh else Refusal("credentials that were used before", stale=True)


def _same(one: str, other: str) -> bool:
    return compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
