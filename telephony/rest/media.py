"""Fetching recordings. The REST library reads answers as text, which sound is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import requests
from django.conf import settings
from django.utils.translation import gettext_noop

from telephony.errors import CallGone, NotConfigured, TelephonyError, Unavailable

_SID = re.compile(r"RE[0-9a-f]{32}\Z")
_CHUNK = 65_536
_RANGE = re.compile(r"\s*bytes\s*=\s*([0-9]{0,15})\s*-\s*([0-9]{0,15})\s*\Z", re.IGNORECASE)
_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,15})-([0-9]{1,15})/([0-9]{1,15})\Z")


@dataclass(frozen=True, slots=True)
class ByteRange:
    """A part of a file, as RFC 9110 has it: from `first` to `last`, both counted, or the last `last` bytes."""

    first: int | None
    last: int | None

    @classmethod
    def parse(cls, header: str) -> ByteRange | None:
        """What a `Range` header asks for; None for the whole file.

        A header that is malformed, or that asks for several parts, is passed over, as the RFC has it.
        """
        match = _RANGE.match(header)
        if match is None or match[1] == match[2] == "":
            return None
        first, last = (int(text) if text else None for text in match.groups())
        return None if first is not None and last is not None and last < first else cls(first, last)

    def __str__(self) -> str:
        first, last = ("" if part is None else part for part in (self.first, self.last))
        return f"bytes={first}-{last}"

    def within(self, total: int) -> tuple[int, int] | None:
        """The first byte and the last of a file of `total` bytes; None when it has none of these."""
        if self.first is None:
            first, last = max(0, total - (self.last or 0)), total - 1
        else:
            first, last = self.first, total - 1 if self.last is None else min(self.last, total - 1)
        return (first, last) if first <= last else None


class RangeNotSatisfiable(TelephonyError):
    """The file has no such part. `total`: its bytes, None when that is unknown."""

    def __init__(self, total: int | None) -> None:
        super().__init__(gettext_noop("The recording has no such part."), permanent=True)
        self.total = total


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording on its way: read `body` to its end, or close it."""

    content_type: str
    length: int | None  # bytes of `body`
    body: Body
    # First byte, last byte and the whole file's length, when `body` is a part of it.
    part: tuple[int, int, int] | None = None


def recording_fetch(sid: str, wanted: ByteRange | None = None) -> Sound:
    """A recording as MP3, or the part of it that is wanted.

    Raises `CallGone` when Twilio has it no more, `RangeNotSatisfiable`, else another `TelephonyError`. All of it is
    given where its length is unknown, so that no part can be counted.

    The address is made from the sid, never taken from what was posted to us: nobody chooses where we send our
    credentials.
    """
    if not _SID.match(sid):
        raise CallGone(gettext_noop("This recording does not exist."), permanent=True)
    base = (
        f"{settings.TWILIO_API_BASE_URL}/api.twilio.com" if settings.TWILIO_API_BASE_URL else "https://api.twilio.com"
    )
    url = f"{base}/2010-04-01/Accounts/{settings.TWILIO_ACCOUNT_SID}/Recordings/{sid}.mp3"
    # Packed, a file has other bytes, and another length.
    headers = {"Accept-Encoding": "identity"} | ({"Range": str(wanted)} if wanted else {})
    try:
        answer = requests.get(
            url,
            auth=(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN),
            timeout=settings.TWILIO_TIMEOUT_SECONDS,
            stream=True,
            headers=headers,
        )
    except requests.RequestException:
        raise Unavailable(gettext_noop("The recording cannot be fetched from Twilio. Try again.")) from None
    try:
        return _sound(answer, wanted)
    except TelephonyError:
        answer.close()
        raise


def _sound(answer: requests.Response, wanted: ByteRange | None) -> Sound:
    if answer.status_code == 404:
        raise CallGone(gettext_noop("This recording was deleted at Twilio."), code=20404, permanent=True)
    if answer.status_code in (401, 403):
        raise NotConfigured(
            gettext_noop("Ringdesk may not fetch recordings from Twilio. Ask your admin."), permanent=True
        )
    if answer.status_code == 416:
        size = answer.headers.get("Content-Range", "").rpartition("/")[2]
        raise RangeNotSatisfiable(int(size) if size.isdecimal() else None)
    if not answer.ok:
        raise Unavailable(gettext_noop("The recording cannot be fetched from Twilio. Try again."))
    content_type = answer.headers.get("Content-Type", "audio/mpeg").split(";")[0]
    length = answer.headers.get("Content-Length", "")
    total = int(length) if length.isdecimal() and "Content-Encoding" not in answer.headers else None
    if answer.status_code == 206:
        match = _CONTENT_RANGE.match(answer.headers.get("Content-Range", ""))
        if match is None:
            raise Unavailable(gettext_noop("The recording cannot be fetched from Twilio. Try again."))
        first, last, whole = (int(number) for number in match.groups())
        return Sound(content_type, last - first + 1, Body(answer), (first, last, whole))
    if wanted is None or total is None:
        return Sound(content_type, total, Body(answer))
    found = wanted.within(total)
    if found is None:
        raise RangeNotSatisfiable(total)
    first, last = found
    return Sound(content_type, last - first + 1, Body(answer, first, last), (first, last, total))


class Body:
    """The bytes of an answer of Twilio's from `first` to `last`. Reads no further; `close` lets Twilio go."""

    def __init__(self, answer: requests.Response, first: int = 0, last: int | None = None) -> None:
        self._answer = answer
        self._pieces = self._read(first, last)

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces

    def close(self) -> None:
        # Not the generator's own end, which comes only where it was begun.
        self._answer.close()

    def _read(self, first: int, last: int | None) -> Iterator[bytes]:
        at = 0
        try:
            for chunk in self._answer.iter_content(_CHUNK):
                piece = chunk[max(0, first - at) : None if last is None else last + 1 - at]
                at += len(chunk)
                if piece:
                    yield piece
                if last is not None and at > last:
                    return
        except requests.RequestException:
            # What was promised cannot be kept: the server ends the connection, and the player sees that it was cut off.
            raise Unavailable(gettext_noop("Twilio broke off in a recording.")) from None
        finally:
            self._answer.close()
