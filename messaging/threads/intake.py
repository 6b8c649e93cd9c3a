"""Taking in texts that come to our numbers. What came twice is one message."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from contacts.consents import landline_forget, numbers_blocked, numbers_with_landline
from messaging import changes
from messaging.media import media_expect
from messaging.models import Direction, Message, MessageStatus, MessageWebhook, Thread
from messaging.params import IncomingText
from messaging.services import thread_with
from messaging.threads.opt_out import consent_follow
from messaging.threads.permissions import agents_who_may_see
from messaging.threads.services import thread_give_back
from routing.models import Line
from routing.selectors import lines_by_number
from telephony.models import Webhook

logger = logging.getLogger(__name__)


def texts_take_in(texts: Sequence[IncomingText], *, are_kept: bool = False) -> list[str]:
    """Puts texts into their threads; what became of each, as the inbox keeps it. In a transaction.

    A text to a number that is no line of ours has no thread: admins find it beside those that nothing could take
    (`are_kept`: it stands there already).
    """
    usable = [text for text in texts if text.is_usable]
    lines = lines_by_number({text.recipient for text in usable})
    blocked = numbers_blocked({text.sender for text in usable})
    for number in numbers_with_landline({text.sender for text in usable}):
        landline_forget(number)
    known = set(Message.objects.filter(sid__in=[text.sid for text in usable]).values_list("sid", flat=True))
    verdicts: dict[int, str] = {}
    # In one order, or two servers that take in many would wait for each other.
    for at, text in sorted(enumerate(texts), key=lambda pair: (pair[1].recipient, pair[1].sender, pair[1].at)):
        line = lines.get(text.recipient)
        verdicts[at] = _take_in(text, line, known, is_blocked=text.sender in blocked, is_kept=are_kept)
    return [verdicts[at] for at in range(len(texts))]


def _take_in(text: IncomingText, line: Line | None, known: set[str | None], *, is_blocked: bool, is_kept: bool) -> str:
    if not text.is_usable:
        return Webhook.Verdict.UNUSABLE
    if text.sid in known:
        return Webhook.Verdict.DUPLICATE
    known.add(text.sid)
    if line is None:
        if not is_kept:
            _keep_apart(text)
        return Webhook.Verdict.APPLIED
    thread = thread_with(line, text.sender, last_at=text.at)
    message = _message(thread, text)
    if message is None:
        return Webhook.Verdict.DUPLICATE
    media_expect(message, text.media)
    consent_follow(text)
    _give_back(thread)
    _note_newest(thread, message, is_blocked=is_blocked)
    changes.messages_new([message.pk])
    return Webhook.Verdict.APPLIED


def _message(thread: Thread, text: IncomingText) -> Message | None:
    """None when another server has just taken it in."""
    try:
        with transaction.atomic():
            return Message.objects.create(
                thread=thread,
                direction=Direction.INBOUND,
                sid=text.sid,
                sender=text.sender,
                recipient=text.recipient,
                body=text.body,
                num_segments=text.segments,
                status=MessageStatus.RECEIVED,
                created_at=text.at,
                due_at=text.at,
            )
    except IntegrityError:
        return None


def _give_back(thread: Thread) -> None:
    """Whoever left, or answers another team's lines now, reads nothing here: it is the team's again."""
    agent_id = thread.assigned_to_id
    if agent_id is not None and not agents_who_may_see(thread).filter(pk=agent_id).exists():
        thread_give_back(thread.pk, agent_id)


def _note_newest(thread: Thread, message: Message, *, is_blocked: bool) -> None:
    rows = Thread.objects.filter(pk=thread.pk)
    # Who is blocked writes, but nobody has to read it.
    rows.update(unread=F("unread") + (0 if is_blocked else 1), revision=F("revision") + 1)
    # One that lay in the spool may be older than what was written since.
    rows.filter(Q(last_at__lte=message.created_at) | Q(last_message=None)).update(
        last_message=message, last_at=message.created_at
    )


def _keep_apart(text: IncomingText) -> None:
    logger.warning("a text to %s, which is no line: sid=%s", text.recipient, text.sid)
    if MessageWebhook.objects.filter(message_sid=text.sid, kind="incoming").exists():
        return
    MessageWebhook.objects.create(
        message_sid=text.sid,
        kind="incoming",
        sender=text.sender,
        recipient=text.recipient,
        body=text.body,
        params={"From": text.sender, "To": text.recipient, "Body": text.body, "MessageSid": text.sid},
        received_at=text.at,
    )
