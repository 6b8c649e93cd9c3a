"""Files of messages: what came in is fetched from Twilio by the worker and kept by us, what goes out is given to Twilio
at an address of ours that soon ends. Nobody is ever sent to Twilio for a file, nor shown what a stranger sent in a way
that could run."""

from __future__ import annotations

import logging
import os
import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from pathlib import Path

import requests
from celery import shared_task
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import FileResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from messaging import changes
from messaging.models import MediaState, Message, MessageMedia
from messaging.params import MediaRequest
from telephony.errors import TelephonyError

logger = logging.getLogger(__name__)

MOST_IN = 10 * 1024 * 1024
# With a message, all of its files together; carriers take less. Of files that are no such pictures, Twilio takes only
# small ones: https://www.twilio.com/docs/messaging/guides/accepted-mime-types
MOST_OUT = 5 * 1024 * 1024
MOST_OUT_OF_OTHERS = 500 * 1024
_MAY_BE_LARGE = frozenset(["image/jpeg", "image/png", "image/gif"])
MOST_FILES_OUT = 10
# Shown in the page. What begins otherwise is no such picture, whatever was said of it.
_PICTURES = {
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
}
# Offered to be saved.
_FILES = frozenset(
    [
        "application/pdf", "text/vcard", "text/x-vcard", "text/directory",
        "audio/mpeg", "audio/mp3", "audio/mp4", "audio/ogg", "audio/amr", "audio/aac", "audio/wav", "audio/x-wav",
        "audio/3gpp", "audio/webm", "video/mp4", "video/mpeg", "video/quicktime", "video/3gpp", "video/3gpp2",
        "video/webm", "image/heic", "image/heif", "image/bmp", "image/tiff",
    ]
)  # fmt: skip
_SID_PARTS = re.compile(r"/Messages/((?:SM|MM)[0-9a-fA-F]{32})/Media/(ME[0-9a-fA-F]{32})\Z")
_NAME = re.compile(r"[0-9a-f]{32}\Z")
_CHUNK = 65_536
# After so many tries, a day or so, a file is given up.
_MOST_ATTEMPTS = 12
_LONGEST_WAIT = timedelta(hours=3)
_AT_ONCE = 20
_SALT = "messaging.media"
# Twilio keeps a message in its queue for ten hours.
PUBLIC_FOR = timedelta(hours=12)
# What was chosen and never sent is not kept.
_UNSENT_FOR = timedelta(days=1)


_TOO_LARGE = gettext_noop("This file is too large: at most 5 MB for JPEG, PNG and GIF pictures, 500 kB for others.")
_TOO_LARGE_TOGETHER = gettext_noop("These files are too large together: at most 5 MB for one text.")


class MediaRefused(TelephonyError):
    """The file is too large, or of a kind that is not taken."""


def content_type_of(said: str, beginning: bytes) -> str | None:
    """The type under which a file is kept; None for one that is not taken."""
    kind = said.partition(";")[0].strip().lower()
    if kind in ("image/jpg", "image/pjpeg"):
        kind = "image/jpeg"
    if kind in _PICTURES:
        return kind if beginning.startswith(_PICTURES[kind]) else None
    return kind if kind in _FILES else None


# --- What comes in ------------------------------------------------------------------------------------------------


def media_expect(message: Message, media: Sequence[MediaRequest]) -> None:
    """Notes what is to be fetched for a message; the worker begins once this is committed."""
    rows = [
        MessageMedia(message=message, position=at, source_url=each.url, content_type=each.content_type)
        for at, each in enumerate(media)
    ]
    if rows:
        MessageMedia.objects.bulk_create(rows)
        transaction.on_commit(media_fetch.delay, robust=True)


@shared_task(name="messaging.media.fetch")  # type: ignore[untyped-decorator]
def media_fetch() -> None:
    """Fetches what is due, and lets go of what was never sent."""
    due = MessageMedia.objects.filter(state=MediaState.WAITING, due_at__lte=timezone.now(), message__isnull=False)
    for row in due.order_by("due_at")[:_AT_ONCE]:
        _fetch(row)
    unsent = MessageMedia.objects.filter(message=None, created_at__lt=timezone.now() - _UNSENT_FOR)
    for row in unsent[:_AT_ONCE]:
        media_delete(row)


def _fetch(row: MessageMedia) -> None:
    url = _twilio_address(row.source_url)
    if url is None:
        _settle(row, state=MediaState.FAILED)
        return
    try:
        _store(row, url)
    except MediaRefused:
        _settle(row, state=MediaState.REFUSED)
    except (requests.RequestException, OSError) as error:
        _later(row, type(error).__name__)


def _twilio_address(posted: str) -> str | None:
    """Made from the sids in it, never taken as it was posted: nobody chooses where we send our credentials."""
    match = _SID_PARTS.search(posted)
    if match is None:
        return None
    base = (
        f"{settings.TWILIO_API_BASE_URL}/api.twilio.com" if settings.TWILIO_API_BASE_URL else "https://api.twilio.com"
    )
    account = settings.TWILIO_ACCOUNT_SID
    return f"{base}/2010-04-01/Accounts/{account}/Messages/{match[1]}/Media/{match[2]}"


def _store(row: MessageMedia, url: str) -> None:
    """Raises `MediaRefused`, `OSError` or what `requests` raises."""
    # Twilio sends on to where the file is; `requests` does not take our credentials along to another host.
    with requests.get(
        url,
        auth=(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN),
        timeout=settings.TWILIO_TIMEOUT_SECONDS,
        stream=True,
    ) as answer:
        if answer.status_code in (404, 410):
            _settle(row, state=MediaState.FAILED)
            return
        answer.raise_for_status()
        said = answer.headers.get("Content-Type", "") or row.content_type
        name, kind, size = _write(answer.iter_content(_CHUNK), said, lambda _kind: MOST_IN)
    if not _settle(row, state=MediaState.KEPT, name=name, content_type=kind, size=size):
        # Another worker was quicker.
        _path(name).unlink(missing_ok=True)


def _later(row: MessageMedia, why: str) -> None:
    attempts = row.attempts + 1
    logger.warning("a file of message %s cannot be fetched (%s), try %d", row.message_id, why, attempts)
    if attempts >= _MOST_ATTEMPTS:
        _settle(row, state=MediaState.FAILED, attempts=attempts)
        return
    wait = min(_LONGEST_WAIT, timedelta(seconds=15 * 2**attempts))
    MessageMedia.objects.filter(pk=row.pk, state=MediaState.WAITING).update(
        attempts=attempts, due_at=timezone.now() + wait
    )


def _settle(row: MessageMedia, **values: object) -> bool:
    """Whether it was still to be fetched."""
    with transaction.atomic():
        done = MessageMedia.objects.filter(pk=row.pk, state=MediaState.WAITING).update(**values)
        if done and row.message_id is not None:
            changes.messages_changed([row.message_id])
    return bool(done)


# --- What goes out ------------------------------------------------------------------------------------------------


def media_upload(data: bytes, said: str, *, by: object) -> MessageMedia:
    """Keeps a file that an agent has chosen. Raises `MediaRefused`."""
    name, kind, size = _write([data], said, most_out)
    return MessageMedia.objects.create(
        content_type=kind, size=size, name=name, state=MediaState.KEPT, uploaded_by_id=getattr(by, "pk", None)
    )


def most_out(kind: str) -> int:
    """How many bytes a file of this type may have that is to be sent."""
    return MOST_OUT if kind in _MAY_BE_LARGE else MOST_OUT_OF_OTHERS


def media_check(media: Iterable[MessageMedia]) -> None:
    """Raises `MediaRefused` for files that Twilio does not take in one message."""
    sizes = [(row.size or 0, most_out(row.content_type)) for row in media]
    if any(size > most for size, most in sizes):
        # What somebody sent us may be larger than what can be sent on.
        raise MediaRefused(_TOO_LARGE, permanent=True)
    if sum(size for size, _most in sizes) > MOST_OUT:
        raise MediaRefused(_TOO_LARGE_TOGETHER, permanent=True)


def media_urls(message_ids: Sequence[int]) -> dict[int, list[str]]:
    """Where Twilio fetches the files of messages of ours: addresses that end when its queue would have given up."""
    urls: dict[int, list[str]] = {}
    kept = MessageMedia.objects.filter(message__in=message_ids, state=MediaState.KEPT) if message_ids else []
    for row in sorted(kept, key=lambda row: row.position):
        address = f"{settings.PUBLIC_BASE_URL}{reverse('texts:media', args=[media_token(row)])}"
        urls.setdefault(row.message_id or 0, []).append(address)
    return urls


def media_token(row: MessageMedia) -> str:
    return signing.dumps(row.name, salt=_SALT)


def media_of_token(token: str) -> MessageMedia | None:
    """The file that a token opens; None when it is not ours, or has ended."""
    try:
        name = signing.loads(token, salt=_SALT, max_age=PUBLIC_FOR)
    except signing.BadSignature:
        return None
    return MessageMedia.objects.filter(name=name, state=MediaState.KEPT).order_by("pk").first()


# --- On disk ------------------------------------------------------------------------------------------------------


def _path(name: str) -> Path:
    """Raises `ValueError` for what is no name of ours."""
    if not _NAME.match(name):
        raise ValueError(name)
    return Path(settings.MEDIA_DIR) / name[:2] / name


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _write(pieces: Iterable[bytes], said: str, most: Callable[[str], int]) -> tuple[str, str, int]:
    """Name, type and size of what was written, which may have `most` bytes. Raises `MediaRefused`, and leaves nothing
    then."""
    name = secrets.token_hex(16)
    path = _path(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    size, kind = 0, None
    try:
        with open(part, "wb", opener=_private) as file:
            for piece in pieces:
                if kind is None:
                    kind = content_type_of(said, piece)
                size += len(piece)
                if kind is None or size > most(kind):
                    break
                file.write(piece)
        if kind is None:
            raise MediaRefused(gettext_noop("Files of this kind cannot be sent."), permanent=True)
        if size > most(kind):
            raise MediaRefused(_TOO_LARGE, permanent=True)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return name, kind, size


def media_delete(row: MessageMedia) -> None:
    """Forgets a file, on disk as well."""
    row.delete()
    media_forget(row.name)


def media_forget(name: str) -> None:
    """Deletes a file that no row names any more."""
    if name and not MessageMedia.objects.filter(name=name).exists():
        _path(name).unlink(missing_ok=True)


def media_response(row: MessageMedia) -> FileResponse | None:
    """The file as a browser may have it: nothing in it can run, and only pictures are shown. None: it is not there."""
    if row.state != MediaState.KEPT or not row.name:
        return None
    try:
        file = _path(row.name).open("rb")
    except OSError:
        logger.exception("the file of media %d is not on disk", row.pk)
        return None
    is_picture = row.content_type in _PICTURES
    response = FileResponse(file, content_type=row.content_type)
    name = f"text-{row.pk}{_ENDINGS.get(row.content_type, '')}"
    response["Content-Disposition"] = f'{"inline" if is_picture else "attachment"}; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    return response


_ENDINGS = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "image/heic": ".heic",
    "application/pdf": ".pdf", "text/vcard": ".vcf", "text/x-vcard": ".vcf", "text/directory": ".vcf",
    "audio/mpeg": ".mp3", "audio/mp3": ".mp3", "audio/mp4": ".m4a", "audio/ogg": ".ogg", "audio/amr": ".amr",
    "audio/wav": ".wav", "audio/x-wav": ".wav", "video/mp4": ".mp4", "video/quicktime": ".mov", "video/3gpp": ".3gp",
}  # fmt: skip
