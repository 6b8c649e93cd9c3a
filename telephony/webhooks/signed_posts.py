"""Posting a form as Twilio does: signed, and with credentials when it is asked for them. For replaying calls."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import requests
from django.conf import settings
from requests.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth
from twilio.request_validator import RequestValidator

from telephony.errors import Unavailable
from telephony.webhooks.signatures import SIGNATURE_HEADER

Form = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Posted:
    """What a server answered in the end: `milliseconds` hold the challenge, too, where there was one."""

    status: int
    body: str
    milliseconds: float


def signed_post(
    path: str, form: Form, *, to: str, public_base_url: str, headers: Mapping[str, str] | None = None
) -> Posted:
    """Posts `form` to `path` of the server at `to`, signed for the address at which the server believes to be.

    Raises `Unavailable` when nothing answers there.
    """
    fields = {name: value if isinstance(value, str) else list(value) for name, value in form.items()}
    signature = RequestValidator(settings.TWILIO_AUTH_TOKEN).compute_signature(f"{public_base_url}{path}", fields)
    signed = {**(headers or {}), SIGNATURE_HEADER: signature}
    user, password = settings.TWILIO_WEBHOOK_USERNAME, settings.TWILIO_WEBHOOK_PASSWORD
    began = time.perf_counter()
    try:
        # Digest goes out without credentials first and answers the challenge, as Twilio does.
        answer = _post(f"{to}{path}", fields, signed, HTTPDigestAuth(user, password) if user and password else None)
        if answer.status_code == 401 and answer.headers.get("WWW-Authenticate", "").lower().startswith("basic"):
            answer = _post(f"{to}{path}", fields, signed, HTTPBasicAuth(user, password))
    except requests.RequestException:
        # Its text holds the address, and that may hold credentials.
        raise Unavailable("The server did not answer. Is it running?") from None
    return Posted(answer.status_code, answer.text, (time.perf_counter() - began) * 1000)


def _post(
    url: str, fields: Mapping[str, str | list[str]], headers: Mapping[str, str], auth: AuthBase | None
) -> requests.Response:
    with requests.Session() as session:
        # Neither a proxy nor a password of this computer's own.
        session.trust_env = False
        return session.post(
            url,
            data=fields,
            headers=headers,
            auth=auth,
            timeout=settings.TWILIO_TIMEOUT_SECONDS,
            allow_redirects=False,
        )
