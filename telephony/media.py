"""Fetching recordings. The REST library reads answers as text, which sound is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import requests
from django.conf import settings

from telephony.errors import CallGone, NotConfigured, Unavailable

_SID = re.compile(r"RE[0-9a-f]{32}\Z")
_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording on its way: read `chunks` to its end, or close it."""

    content_type: str
    length: int | None  # bytes
    chunks: Iterator[bytes]


def recording_fetch(sid: str) -> Sound:
    """A recording as MP3. Raises `CallGone` when Twilio has it no more, else another `TelephonyError`.

    The address is made from the sid, never taken from what was posted to us: nobody chooses where we send our
    credentials.
    """
    if not _SID.match(sid):
        raise CallGone("This recording does not exist.", permanent=True)
    base = (
        f"{settings.TWILIO_API_BASE_URL}/api.twilio.com" if settings.TWILIO_API_BASE_URL else "https://api.twilio.com"
    )
    url = f"{base}/2010-04-01/Accounts/{settings.TWILIO_ACCOUNT_SID}/Recordings/{sid}.mp3"
    try:
        answer = requests.get(
            url,
            auth=(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN),
            timeout=settings.TWILIO_TIMEOUT_SECONDS,
            stream=True,
        )
    except requests.RequestException:
        raise Unavailable("The recording cannot be fetched from Twilio. Try again.") from None
    if answer.status_code == 404:
        raise CallGone("This recording was deleted at Twilio.", code=20404, permanent=True)
    if answer.status_code in (401, 403):
        raise NotConfigured("Ringdesk may not fetch recordings from Twilio. Ask your admin.", permanent=True)
    if not answer.ok:
        raise Unavailable("The recording cannot be fetched from Twilio. Try again.")
    length = answer.headers.get("Content-Length", "")
    return Sound(
        content_type=answer.headers.get("Content-Type", "audio/mpeg").split(";")[0],
        length=int(length) if length.isdigit() and "Content-Encoding" not in answer.headers else None,
        chunks=answer.iter_content(_CHUNK),
    )
