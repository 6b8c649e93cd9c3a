"""Writing in threads: answers, who looks after them, and how far they are read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from contacts.consents import blocked_since
from core.languages import sentence
from messaging.models import Direction, Message, MessageMedia, Origin, Thread, ThreadReader
from messaging.services import message_write
from messaging.threads import broadcasts
from messaging.threads.permissions import agents_who_may_see
from messaging.threads.selectors import closed_numbers
from routing.models import Line
from routing.outgoing.checks import text_verdict
from routing.outgoing.overrides import may_override, override_for_text
from routing.outgoing.roles import role_of
from routing.outgoing.rules import Refusal, Role

if TYPE_CHECKING:
    from agents.models import Agent


class TextRefused(Exception):
    """The text may not be sent. `code`: stopped, objected, blocked, landline, name, inactive-line, own-number, or
    forbidden by what the company allows. `may_override`: whether it may be sent all the same, with a reason."""

    def __init__(self, code: str, sentence: str, *, may_override: bool = False) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.may_override = may_override


class KeyUsed(Exception):
    """The key belongs to another text."""


class NotTheirs(Exception):
    """The agent could not see the thread that was to be theirs."""


def text_check(line: Line, number: str) -> None:
    """Raises `TextRefused` for a number that gets no texts from this line."""
    if not line.is_active:
        raise TextRefused("inactive-line", _("This line is not in use."))
    if number == line.number:
        raise TextRefused("own-number", _("A line cannot text itself."))
    code = closed_numbers(line, [number]).get(number)
    if code == "stopped":
        raise TextRefused(code, _("This number replied STOP and gets no texts until it writes START."))
    if code == "objected":
        raise TextRefused(code, _("Whoever has this number told us to send no texts. The contact's consent says when."))
    if code == "blocked":
        raise TextRefused(code, _("This number is blocked."))
    if code == "landline":
        raise TextRefused(code, _("This is a landline, which takes no texts."))
    if code == "name":
        raise TextRefused(code, _("Whoever texts under a name instead of a number takes no texts."))


def text_check_allowed(number: str, *, role: Role, override: str = "") -> tuple[Refusal, ...]:
    """Raises `TextRefused` for what the company does not allow now. With the reason of an override, it returns what
    that overrides, if somebody with this role may."""
    verdict = text_verdict(number, role=role)
    if not verdict.sentence:
        return ()
    may = may_override(verdict.refusals, role)
    if may and override:
        return verdict.refusals
    raise TextRefused("forbidden", sentence(verdict.sentence), may_override=may)


def text_refusal(line: Line, number: str, *, role: Role) -> TextRefused | None:
    """Why somebody with this role may not text the number from the line just now; None when they may."""
    try:
        text_check(line, number)
        text_check_allowed(number, role=role)
    except TextRefused as refused:
        return refused
    return None


def text_send(
    line: Line,
    number: str,
    body: str,
    *,
    by: Agent,
    key: str = "",
    media: Sequence[MessageMedia] = (),
    override: str = "",
) -> tuple[Message, bool]:
    """Puts an agent's text on the work list; it, and whether it is new. Raises `TextRefused` and `KeyUsed`.

    The same `key` of the same agent is the same text, sent once. `override`: the reason why it is to be sent even if a
    rule forbids it.
    """
    stored = hashlib.sha256(f"{by.pk}:{key}".encode()).hexdigest() if key else None
    if known := _known(stored, line, number, body):
        return known, False
    text_check(line, number)
    overridden = text_check_allowed(number, role=role_of(by), override=override)
    try:
        message = _write(line, number, body, by=by, key=stored, media=media, overridden=overridden, override=override)
    except IntegrityError:
        # The same request came twice at the same moment.
        if known := _known(stored, line, number, body):
            return known, False
        raise
    return message, True


@transaction.atomic
def _write(
    line: Line,
    number: str,
    body: str,
    *,
    by: Agent,
    key: str | None,
    media: Sequence[MessageMedia],
    overridden: Sequence[Refusal],
    override: str,
) -> Message:
    message = message_write(line, number, body, origin=Origin.AGENT, by=by, key=key, media=media)
    if overridden:
        override_for_text(number, overridden, reason=override, by=by, message_id=message.pk)
    # Who answers has read what is answered.
    _read(message.thread_id, by, up_to=message.pk)
    return message


def _known(key: str | None, line: Line, number: str, body: str) -> Message | None:
    if key is None:
        return None
    known = Message.objects.select_related("thread").filter(key=key).first()
    if known and (known.thread.line_id, known.recipient, known.body) != (line.pk, number, body):
        raise KeyUsed
    return known


@transaction.atomic
def thread_assign(thread: Thread, to: Agent | None) -> None:
    """Gives the thread to an agent, or to nobody. Raises `NotTheirs`."""
    if to is not None and not agents_who_may_see(thread).filter(pk=to.pk).exists():
        raise NotTheirs
    row = Thread.objects.select_for_update().get(pk=thread.pk)
    if row.assigned_to_id != (to.pk if to else None):
        _give(row, to)


@transaction.atomic
def thread_give_back(thread_id: int, agent_id: int) -> bool:
    """The team's again, if it is still this agent's. Whether it was."""
    row = Thread.objects.select_for_update().filter(pk=thread_id, assigned_to=agent_id).first()
    if row is not None:
        _give(row, None)
    return row is not None


def _give(row: Thread, to: Agent | None) -> None:
    row.assigned_to = to
    if to is not None:
        # What the team has read is no news to whoever takes it over, and what nobody has read is.
        reader, is_new = ThreadReader.objects.get_or_create(
            thread=row, agent=to, defaults={"read_up_to": row.read_up_to}
        )
        if not is_new and reader.read_up_to < row.read_up_to:
            ThreadReader.objects.filter(pk=reader.pk).update(read_up_to=row.read_up_to)
    row.unread = _unread(row)
    row.revision += 1
    row.save(update_fields=["assigned_to", "unread", "revision"])
    broadcasts.thread_changed(row.pk)


@transaction.atomic
def thread_read(thread: Thread, by: Agent, *, up_to: int) -> None:
    """Notes that an agent has read the thread up to this message."""
    if _read(thread.pk, by, up_to=up_to):
        broadcasts.thread_changed(thread.pk)


def _read(thread_id: int, by: Agent, *, up_to: int) -> bool:
    """Whether it counts for anybody: the thread's own agent, or the team while it has none."""
    row = Thread.objects.select_for_update().get(pk=thread_id)
    newest = Message.objects.filter(thread=row).order_by("-pk").values_list("pk", flat=True).first() or 0
    up_to = min(up_to, newest)
    reader = ThreadReader.objects.get_or_create(thread=row, agent=by)[0]
    if reader.read_up_to < up_to:
        ThreadReader.objects.filter(pk=reader.pk).update(read_up_to=up_to)
    row.read_up_to = max(row.read_up_to, up_to)
    before, row.unread = row.unread, _unread(row)
    row.save(update_fields=["read_up_to", "unread"])
    if before == row.unread:
        return False
    Thread.objects.filter(pk=row.pk).update(revision=F("revision") + 1)
    return True


def _unread(row: Thread) -> int:
    """What is still unread of what counted when it came. Reading and giving it away make it less, never more: texts of
    a blocked number are read by nobody, and are no news."""
    read = row.read_up_to
    if row.assigned_to_id is not None:
        reader = ThreadReader.objects.filter(thread=row, agent=row.assigned_to_id).first()
        read = reader.read_up_to if reader else read
    left = Message.objects.filter(thread=row, direction=Direction.INBOUND, pk__gt=read)
    if since := blocked_since(row.number):
        left = left.filter(created_at__lt=since)
    return min(row.unread, left.count())
