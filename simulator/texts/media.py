"""Pictures: what a text that is sent has to fetch, and what a telephone sends when it sends a photo."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from functools import cache

from simulator.message import Media, TextMessage
from simulator.webhooks.faulty import FaultySender
from simulator.webhooks.sender import HTTP_FAILURE, Webhook

#: Twilio Docs, "Accepted content types for media": pictures of these kinds may be large, all else is small.
LARGE_KINDS = frozenset({"image/jpeg", "image/jpg", "image/png", "image/gif"})
MOST_BYTES, MOST_BYTES_OF_OTHERS = 5 * 1024 * 1024, 500 * 1024
ACCEPTED = ("image/", "audio/", "video/", "text/vcard", "text/x-vcard", "text/csv", "text/plain", "application/pdf",
            "text/calendar", "application/vcard")  # fmt: skip
BAD_CONTENT_TYPE = 12300
TOO_LARGE = 11751
PHOTO_SIDE = 240


class MediaError(Exception):
    """Media that cannot be sent. `code` is Twilio's."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def check(content_type: str, size: int) -> None:
    """Raises `MediaError` for what Twilio does not carry."""
    if not content_type.startswith(ACCEPTED):
        raise MediaError(BAD_CONTENT_TYPE, f"Media of type {content_type or 'none'} cannot be sent")
    if size > (MOST_BYTES if content_type in LARGE_KINDS else MOST_BYTES_OF_OTHERS):
        raise MediaError(TOO_LARGE, f"Media of {size} bytes is too large")


def check_together(media: Sequence[Media]) -> None:
    """Raises `MediaError` for more than Twilio carries in one message: "Accepted content types for media"."""
    if (size := sum(len(one.data) for one in media)) > MOST_BYTES:
        raise MediaError(TOO_LARGE, f"Media of {size} bytes together is too large")


async def fetch(sender: FaultySender, message: TextMessage, url: str) -> Media:
    """What is found at a URL of the product's. Raises `MediaError`."""
    webhook = Webhook(
        "media", url, "GET", credentials=message.credentials, message_sid=message.sid, cookies=message.cookies
    )
    answer = await sender.send(webhook)
    if answer.error_code is not None:
        raise MediaError(HTTP_FAILURE, answer.error)
    content_type = answer.content_type.partition(";")[0].strip().lower()
    check(content_type, len(answer.body))
    return Media(content_type, answer.body)


@cache
def photo() -> bytes:
    """A photo without a camera: a PNG of a sky over a field."""
    rows = bytearray()
    for y in range(PHOTO_SIDE):
        rows.append(0)
        shade = y * 160 // PHOTO_SIDE
        for x in range(PHOTO_SIDE):
            sun = (x - 180) ** 2 + (y - 50) ** 2 < 24**2
            if sun:
                rows += bytes((250, 210, 60))
            elif y < PHOTO_SIDE * 2 // 3:
                rows += bytes((90 + shade, 150 + shade // 2, 230))
            else:
                rows += bytes((60, 150 - (x * y) % 30, 60))
    header = struct.pack(">IIBBBBB", PHOTO_SIDE, PHOTO_SIDE, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, data)
        for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
