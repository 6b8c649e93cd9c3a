"""Writing, starting and stopping texts to groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.people import contact_ids_of
from core.languages import sentence
from messaging import outbox
from messaging.group_sends import broadcasts
from messaging.group_sends.audience import audience_of, known_fields
from messaging.group_sends.outcomes import RETRYABLE, STOP_CODES
from messaging.group_sends.payloads import summary_of
from messaging.group_sends.preparing import NOBODY, recipients_keep, state_at
from messaging.group_sends.progress import LINE_OFF, count, hold, let_go, locked, take_back
from messaging.models import GroupRecipient, GroupSend, Message, Origin, RecipientState, SendState, Step
from messaging.outbox import guards
from messaging.outbox.lookups import ask_again
from messaging.placeholders import filled_in, unknown_fields, values_of
from messaging.segments import MAX_LENGTH
from messaging.services import message_write
from messaging.threads.services import TextRefused, text_check, text_check_allowed
from routing.models import Line
from routing.outgoing.roles import role_of

if TYPE_CHECKING:
    from agents.models import Agent

# A second press, or a second thought, is no second text.
_SAMPLE_AGAIN = timedelta(minutes=1)
# The clocks of desks are not ours, and reading takes a while.
_JUST_PAST = timedelta(minutes=1)
_AT_WORK = (SendState.SCHEDULED, SendState.RUNNING)
_CHANGED = ("title", "line", "body", "group_ids", "contact_ids", "numbers", "scheduled_for", "keeps_hours",
            "hours_from", "hours_until")  # fmt: skip


class SendConflict(Exception):
    """The send is not in a state for this. Its text is a sentence that says so."""


class UnknownField(Exception):
    """The text names a field that nobody has. Its text is a sentence that names it."""


class NoHours(Exception):
    """The hours end when they begin."""


def send_create(*, values: Mapping[str, Any], by: Agent) -> GroupSend:
    """A draft. Raises `UnknownField` and `NoHours`."""
    send = GroupSend(written_by=by, **values)
    _summarise(send)
    send.save()
    return send


def send_update(send_id: int, *, values: Mapping[str, Any], revision: int | None = None) -> GroupSend:
    """Changes a draft. Raises `SendConflict` when it is none any more, or not the one that was read (`revision`), and
    `UnknownField` and `NoHours`."""
    send = _send_read(send_id)
    _require_revision(send, revision)
    for name in _CHANGED:
        if name in values:
            setattr(send, name, values[name])
    # Before the row is locked: who gets it is found out slowly.
    _summarise(send)
    with transaction.atomic():
        stored = _send(send_id)
        if stored.state != SendState.DRAFT:
            raise SendConflict(_("This send was started: it cannot be changed any more."))
        _require_revision(stored, send.revision)
        send.revision += 1
        send.save()
    return send


def _require_revision(send: GroupSend, revision: int | None) -> None:
    if send.state == SendState.DRAFT and revision is not None and send.revision != revision:
        raise SendConflict(_("Somebody else has just changed this draft. Read it again."))


def _require_line(send: GroupSend) -> None:
    if not send.line.is_active:
        raise SendConflict(_(LINE_OFF))


def _summarise(send: GroupSend) -> None:
    if send.hours_from == send.hours_until:
        raise NoHours
    if unknown := unknown_fields(send.body, known_fields()):
        known = ", ".join(f"{{{name}}}" for name in known_fields())
        raise UnknownField(
            _("There is no field {%(name)s}. What can be filled in: %(fields)s.")
            % {"name": unknown[0], "fields": known}
        )
    if not send.title:
        send.title = " ".join(send.body.split())[:60]
    send.summary = summary_of(send, audience_of(send))


def send_delete(send_id: int) -> None:
    """Throws a draft away. Raises `SendConflict`: what was sent stays in the books."""
    with transaction.atomic():
        send = _send(send_id)
        # Drafts could be canceled once.
        if send.state != SendState.DRAFT and not (send.state == SendState.CANCELED and send.started_at is None):
            raise SendConflict(_("This send was started: it stays where it can be looked up."))
        send.delete()


def send_start(send_id: int, *, by: Agent, revision: int | None = None) -> GroupSend:
    """Fixes who gets it, and begins: a worker finds out what each of them gets, and keeps it. A send that was started
    already stays as it is. Raises `SendConflict`, also when it is not the draft that was read (`revision`), or would go
    to others or say something else by now, or go out at once though a time was read."""
    draft = _send_read(send_id)
    chosen, summary = [], {}
    if draft.state == SendState.DRAFT:
        _require_revision(draft, revision)
        chosen, changed = contact_ids_of(draft.group_ids, draft.contact_ids), draft_renew(draft)
        summary = draft.summary
        if revision is not None and changed:
            raise SendConflict(_has_changed(changed) if summary["recipients"] else _(NOBODY))
    with transaction.atomic():
        send = _send(send_id)
        if send.state in (SendState.PREPARING, *_AT_WORK, SendState.FINISHED):
            return send
        if send.state != SendState.DRAFT:
            raise SendConflict(_not_now(send))
        _require_revision(send, revision)
        _require_line(send)
        if revision is not None and send.scheduled_for and send.scheduled_for < timezone.now() - _JUST_PAST:
            raise SendConflict(_("The time of this send is past. Choose a later one, or send it now."))
        if send.revision != draft.revision:
            chosen = contact_ids_of(send.group_ids, send.contact_ids)
            summary = summary_of(send, audience_of(send))
        if not summary["recipients"]:
            raise SendConflict(_(NOBODY))
        send.state = SendState.PREPARING
        send.started_by, send.started_at = by, timezone.now()
        send.chosen_ids, send.summary = chosen, summary
        # Until they are counted.
        total = summary["recipients"]
        send.counts = {"total": total, "waiting": total, "seconds_left": round(summary["seconds"])}
        send.revision += 1
        send.save()
        _told(send)
    return send


def _has_changed(what: str) -> str:
    if what == "what":
        return _("What this text says to some people has changed. Look at it again before you send it.")
    return _("Who gets this text has changed. Look at it again before you send it.")


def draft_renew(send: GroupSend) -> str:
    """Has a draft say who would get what now; returns what of its summary is not as when that was last found out,
    or "". Then it is another revision: who has read the one before has not read this."""
    known, send.summary = send.summary, summary_of(send, audience_of(send))
    # Of one whose people were never counted, nobody has read how many they are.
    compared = ("recipients", "who", "what") if known else ()
    changed = next((name for name in compared if send.summary[name] != known.get(name, send.summary[name])), "")
    if not changed:
        return ""
    unchanged = GroupSend.objects.filter(pk=send.pk, state=SendState.DRAFT, revision=send.revision)
    # Else somebody has just changed it, and has found out themselves.
    if unchanged.update(summary=send.summary, revision=send.revision + 1):
        send.revision += 1
    return changed


def recipients_kept(send: GroupSend) -> None:
    """Whoever needs the people of a send that was started this moment, and is quicker than the worker, waits here."""
    if send.state == SendState.PREPARING:
        recipients_keep(send.pk, wait=True)


def send_pause(send_id: int) -> GroupSend:
    """Sends nothing more of it for now; what Twilio has cannot be called back. Raises `SendConflict`."""
    recipients_keep(send_id, wait=True)
    with transaction.atomic():
        send = _send(send_id)
        goes_on_by_itself = guards.keeps_back(send)
        if send.state in (SendState.PAUSED, SendState.STOPPED) and not goes_on_by_itself:
            return send
        if send.state not in _AT_WORK and not goes_on_by_itself:
            raise SendConflict(_not_now(send))
        send.state, send.problem = SendState.PAUSED, ""
        hold(send)
        return _changed(send)


def send_resume(send_id: int) -> GroupSend:
    """Goes on, also where Ringdesk had stopped it: with those first for whom the account could not send. What a guard
    keeps back goes on as soon as none does. Raises `SendConflict`."""
    with transaction.atomic():
        send = _send(send_id)
        if send.state in (SendState.PREPARING, *_AT_WORK):
            return send
        if send.state not in (SendState.PAUSED, SendState.STOPPED):
            raise SendConflict(_not_now(send))
        _require_line(send)
        now = timezone.now()
        send.state = SendState.PREPARING if send.chosen_ids is not None else state_at(send, now)
        send.problem, send.resumed_at = "", now
        _again(send, send.recipients.filter(RETRYABLE, message__error_code__in=STOP_CODES))
        if send.state == SendState.RUNNING and (reason := guards.group_sends_paused()):
            send.state, send.problem = SendState.STOPPED, reason[:255]
        else:
            let_go(send)
        return _changed(send)


def send_cancel(send_id: int) -> GroupSend:
    """Whoever has not got it yet never does. Raises `SendConflict`."""
    recipients_keep(send_id, wait=True)
    with transaction.atomic():
        send = _send(send_id)
        if send.state == SendState.CANCELED:
            return send
        if send.state in (SendState.DRAFT, SendState.FINISHED):
            raise SendConflict(_not_now(send))
        take_back(send)
        # What had stopped it is nothing that anybody could mend now.
        send.state, send.problem, send.finished_at, send.chosen_ids = SendState.CANCELED, "", timezone.now(), None
        return _changed(send)


def send_retry(send_id: int, recipient_ids: Sequence[int] | None = None) -> tuple[GroupSend, int]:
    """Tries those again who may be tried again: all of them, or those named. Returns the send, and how many they are.
    Raises `SendConflict` when nobody may."""
    recipients_keep(send_id, wait=True)
    with transaction.atomic():
        send = _send(send_id)
        if send.state not in (*_AT_WORK, SendState.FINISHED, SendState.PAUSED, SendState.STOPPED):
            raise SendConflict(_not_now(send))
        _require_line(send)
        rows = send.recipients.filter(RETRYABLE)
        if recipient_ids is not None:
            rows = rows.filter(pk__in=recipient_ids)
        number = _again(send, rows)
        if not number:
            raise SendConflict(_("There is nobody here to whom this text may be sent again."))
        if send.state == SendState.FINISHED:
            send.state, send.finished_at, send.resumed_at = SendState.RUNNING, None, timezone.now()
        return _changed(send), number


def _again(send: GroupSend, rows: Any) -> int:
    """Their earlier message stays in their thread, as what it is."""
    ids = list(rows.order_by().values_list("pk", flat=True))
    return GroupRecipient.objects.filter(pk__in=ids).update(
        state=RecipientState.PENDING, message=None, attempts=F("attempts") + 1, due_at=timezone.now()
    )


def recipient_ask(recipient: GroupRecipient) -> None:
    """Looks at Twilio for a text that is not known; sends nothing. Raises `SendConflict` when it is known, and
    `TelephonyError` when Twilio cannot be asked."""
    if recipient.message_id is None:
        raise SendConflict(_("Nothing was sent to this person yet."))
    ask_again(recipient.message_id)
    broadcasts.progress(recipient.send_id)


def send_to_myself(send: GroupSend, *, number: str, by: Agent) -> Message:
    """Sends the text to one's own number, filled in with one's own name; the same text within a minute is the one
    that was sent. Raises `SendConflict` with the reason when that number must not be texted."""
    if Line.objects.filter(number=number).exists():
        raise SendConflict(_("This is the number of a line. Type your own number."))
    try:
        text_check(send.line, number)
        text_check_allowed(number, role=role_of(by))
    except TextRefused as error:
        raise SendConflict(error.sentence) from None
    body = filled_in(send.body, values_of(by.name))
    if len(body) > MAX_LENGTH:
        raise SendConflict(_("Filled in, the text is too long."))
    with transaction.atomic():
        # Two presses at the same moment are answered one after the other.
        _send(send.pk)
        sent = Message.objects.filter(thread__line=send.line, thread__number=number, written_by=by, body=body)
        sent = sent.filter(created_at__gt=timezone.now() - _SAMPLE_AGAIN).exclude(step=Step.REFUSED)
        return sent.order_by("pk").last() or message_write(send.line, number, body, origin=Origin.AGENT, by=by)


def _send(send_id: int) -> GroupSend:
    send = locked(send_id)
    if send is None:
        raise GroupSend.DoesNotExist
    return send


def _send_read(send_id: int) -> GroupSend:
    return GroupSend.objects.select_related("line").get(pk=send_id)


def _changed(send: GroupSend) -> GroupSend:
    send.counts, _open = count(send)
    send.counted_at = timezone.now()
    send.revision += 1
    send.save()
    _told(send)
    return send


def _told(send: GroupSend) -> None:
    send_id = send.pk
    transaction.on_commit(lambda: broadcasts.progress(send_id), robust=True)
    outbox.ring()


def _not_now(send: GroupSend) -> str:
    return {
        SendState.DRAFT: _("This send was not started yet."),
        SendState.PREPARING: _("This send is running."),
        SendState.SCHEDULED: _("This send is scheduled."),
        SendState.RUNNING: _("This send is running."),
        SendState.PAUSED: _("This send is paused: resume it."),
        SendState.STOPPED: _("This send was stopped: %(why)s") % {"why": sentence(send.problem)},
        SendState.FINISHED: _("This send is finished."),
        SendState.CANCELED: _("This send was canceled."),
    }[SendState(send.state)]
