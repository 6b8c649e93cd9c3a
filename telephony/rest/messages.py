"""Texts over Twilio's REST API."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any

import requests
from django.utils.translation import gettext_noop

from telephony.errors import (
    CallGone,
    NotConfigured,
    NotReached,
    RateLimited,
    TelephonyError,
    text_sentence_for,
    translated,
)
from telephony.rest.client import get_client
from telephony.rest.http import background_retries, single_attempt
from telephony.rest.retries import never_sent

# More than one number gets from one sender in the time that is looked through.
_MOST_LISTED = 1000
_NOT_ALLOWED, _NO_ACCOUNT = 20003, 20404


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """What Twilio's REST API says of a text. `created` is aware; `price` is what it cost, as a positive figure."""

    sid: str
    sender: str
    messaging_service_sid: str
    recipient: str
    body: str
    status: str
    direction: str
    num_segments: int
    price: Decimal | None
    price_unit: str
    error_code: str
    created: datetime | None


def is_service(sender: str) -> bool:
    """Whether it is a messaging service, rather than a number."""
    return sender.startswith("MG")


def message_create(
    *,
    sender: str,
    recipient: str,
    body: str,
    service: str = "",
    status_callback: str = "",
    media_urls: Sequence[str] = (),
) -> MessageFacts:
    """Asks Twilio, once, to send a text. Twilio has no idempotency keys. With a `service`, the text is that messaging
    service's; of its numbers the one sends that is named as the sender.

    Raises `RateLimited` or `NotReached` when it did nothing, which may be asked again; `Unavailable` when it is not
    known whether it did; another `TelephonyError` when it refused.
    """
    options: dict[str, Any] = {"messaging_service_sid": sender} if is_service(sender) else {"from_": sender}
    if service:
        options["messaging_service_sid"] = service
    if body:
        options["body"] = body
    if status_callback:
        options["status_callback"] = status_callback
    if media_urls:
        options["media_url"] = list(media_urls)
    with single_attempt() as attempt:
        try:
            with _of_texts(), translated():
                return _created(recipient, options)
        except RateLimited as error:
            error.retry_after = attempt.retry_after
            raise


def _created(recipient: str, options: dict[str, Any]) -> MessageFacts:
    try:
        return _facts(get_client().messages.create(to=recipient, **options))
    except requests.RequestException as error:
        if never_sent(error):
            raise NotReached(gettext_noop("Twilio cannot be reached. Try again.")) from None
        raise


def messages_between(sender: str, recipient: str, *, since: datetime) -> list[MessageFacts]:
    """What Twilio has of our texts to a number that were made since then, the newest first. Raises `TelephonyError`.

    Asked once, for who asks again later.
    """
    options = {} if is_service(sender) else {"from_": sender}
    found = []
    with single_attempt(), _of_texts(), translated():
        listed = get_client().messages.stream(to=recipient, page_size=50, **options)
        for facts in map(_facts, islice(listed, _MOST_LISTED)):
            if facts.created is not None and facts.created < since:
                break
            if not is_service(sender) or facts.messaging_service_sid == sender:
                found.append(facts)
    return found


def messages_since(sender: str, *, since: datetime) -> Iterator[MessageFacts]:
    """What Twilio has of a sender's texts that were made since then, the newest first, a thousand with each request.

    Raises `TelephonyError`, also half-way.
    """
    options: dict[str, Any] = {} if is_service(sender) else {"from_": sender}
    with background_retries(), _of_texts(), translated():
        for message in get_client().messages.stream(date_sent_after=since, page_size=1000, **options):
            facts = _facts(message)
            if not is_service(sender) or facts.messaging_service_sid == sender:
                yield facts


def message_find(sid: str) -> MessageFacts | None:
    """What Twilio says of one text; None: it knows none of that sid. Raises `TelephonyError`."""
    try:
        with background_retries(), _of_texts(), translated():
            return _facts(get_client().messages(sid).fetch())
    except CallGone:
        return None


@contextmanager
def _of_texts() -> Iterator[None]:
    """Refusals are said in the words that fit a text, and have one of Twilio's codes where it was the account: also an
    answer that is not Twilio's own, and credentials that are missing."""
    try:
        yield
    except TelephonyError as error:
        said_none = error.code is None
        if isinstance(error, NotConfigured) and error.code in (None, 401, 403):
            error.code = _NOT_ALLOWED
        elif isinstance(error, CallGone) and error.code in (None, 404):
            error.code = _NO_ACCOUNT
        if not said_none:
            error.key = text_sentence_for(error.code or "") or error.key
        raise


def _facts(message: Any) -> MessageFacts:
    return MessageFacts(
        sid=message.sid,
        sender=getattr(message, "from_", "") or "",
        messaging_service_sid=message.messaging_service_sid or "",
        recipient=message.to or "",
        body=message.body or "",
        status=str(message.status or ""),
        direction=str(message.direction or ""),
        num_segments=_whole(message.num_segments),
        price=_price(message.price),
        price_unit=message.price_unit or "",
        error_code=str(message.error_code or ""),
        created=message.date_created,
    )


def _whole(text: object) -> int:
    """Twilio sends it as a string; "0" until a service has chosen the number."""
    return int(str(text)) if str(text).isdecimal() else 0


def _price(text: object) -> Decimal | None:
    """Twilio says what it took from the account: `-0.00750`; null until it is settled."""
    try:
        return abs(Decimal(str(text))) if text is not None else None
    except InvalidOperation:
        return None
