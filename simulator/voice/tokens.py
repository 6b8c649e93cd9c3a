"""Access tokens, checked as Twilio checks them. Twilio Docs, "Access Tokens"; codes from the SDK's `errors`."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import jwt

if TYPE_CHECKING:
    from simulator.voice.exchange import Credentials

CONTENT_TYPE = "twilio-fpa;v=1"
MOST_SECONDS = 24 * 3600
#: Where the simulator's account lives; a token for another region is signed with a key that is unknown here.
REGION = "us1"
#: "Control, space, delims, or unwise characters", as RFC 2396 names them: the SDK's own words for 31105.
_UNWISE = re.compile(r'[\x00-\x20\x7f<>#%"{}|\\^\[\]`]')
_LONGEST_IDENTITY = 256

BAD_CLIENT_NAME = 31105
AUTHENTICATION_FAILED = 31201
BAD_SIGNATURE = 31202
NO_SUCH_ACCOUNT = 31203
INVALID = 31204
EXPIRED = 31205
TOO_LONG = 31207


class TokenError(Exception):
    """A token was refused. `code` is what the SDK is told."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Claims:
    """What a token allows. `expires` is in seconds since 1970. Without an `identity` it can only call out."""

    identity: str
    expires: float
    incoming: bool = False
    #: The TwiML application that outgoing calls ask; None forbids them.
    application_sid: str | None = None
    #: What the token adds to every outgoing call; the browser's own parameters win.
    outgoing_params: dict[str, str] = field(default_factory=dict)

    def seconds_left(self, now: float) -> int:
        return max(0, int(self.expires - now))

    def expired(self, now: float) -> bool:
        return now >= self.expires


def verify(token: object, credentials: Credentials, now: float) -> Claims:
    """What the token allows. Raises `TokenError`."""
    payload = _decode(token, credentials)
    if payload.get("sub") != credentials.account_sid:
        raise TokenError(NO_SUCH_ACCOUNT, "The token is of another account")
    expires = _seconds(payload.get("exp"))
    begins = _seconds(payload.get("nbf", payload.get("iat", expires - MOST_SECONDS)))
    if now >= expires:
        raise TokenError(EXPIRED, "JWT is expired")
    if now < begins:
        raise TokenError(INVALID, "JWT is not valid yet")
    if expires - begins > MOST_SECONDS:
        raise TokenError(TOO_LONG, "JWT is valid for too long")
    return _claims(_mapping(payload.get("grants")), expires)


def _decode(token: object, credentials: Credentials) -> dict[str, Any]:
    """The payload, when the signature is right. Times are the caller's to judge: each has a code of its own."""
    if not isinstance(token, str) or not credentials.api_key_secret:
        raise TokenError(INVALID, "JWT is invalid")
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") != "HS256" or header.get("cty") != CONTENT_TYPE:
            raise TokenError(INVALID, "JWT is invalid")
        if header.get("twr", REGION) != REGION:
            raise TokenError(BAD_SIGNATURE, "JWT signature is invalid: the token is for another region")
        issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
        if issuer != credentials.api_key_sid:
            raise TokenError(AUTHENTICATION_FAILED, "The token was issued by an unknown API key")
        options: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False}
        payload: dict[str, Any] = jwt.decode(token, credentials.api_key_secret, algorithms=["HS256"], options=options)
    except jwt.InvalidSignatureError as error:
        raise TokenError(BAD_SIGNATURE, "JWT signature is invalid") from error
    except jwt.InvalidTokenError as error:
        raise TokenError(INVALID, "JWT is invalid") from error
    return payload


def _claims(grants: dict[str, Any], expires: float) -> Claims:
    identity = grants.get("identity")
    if identity is None:
        identity = ""
    elif not isinstance(identity, str):
        raise TokenError(INVALID, "The token's identity is no text")
    if _UNWISE.search(identity) or len(identity) > _LONGEST_IDENTITY:
        raise TokenError(BAD_CLIENT_NAME, "Invalid client name")
    voice = _mapping(grants.get("voice"))
    outgoing = _mapping(voice.get("outgoing"))
    application = outgoing.get("application_sid")
    return Claims(
        identity=identity,
        expires=expires,
        incoming=bool(identity) and _mapping(voice.get("incoming")).get("allow") is True,
        application_sid=application if isinstance(application, str) and application else None,
        outgoing_params={str(key): str(value) for key, value in _mapping(outgoing.get("params")).items()},
    )


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TokenError(INVALID, "JWT is invalid")
    return float(value)
