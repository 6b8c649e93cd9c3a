"""Group sends as JSON, one function for each shape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from calls.payloads import agent_json, line_json, time_json
from contacts.people import contact_names, group_names
from core.languages import sentence
from messaging.group_sends.audience import Audience, Row, size_of
from messaging.group_sends.estimates import price_of, seconds_for
from messaging.group_sends.outcomes import result_of, what_now_words
from messaging.models import GroupRecipient, GroupSend, LeftOut, RecipientState, SendState
from messaging.outbox import guards
from telephony.phone import display

_COUNTS = (
    *("total", "handed", "waiting", "on-the-way", "sent", "delivered", "not-delivered", "unknown", "canceled"),
    *("to_look_at", "retryable", "replies", "replies_unread", "replied_stop", "prices_missing", "seconds_left"),
)


def send_json(send: GroupSend) -> dict[str, Any]:
    """All of a send. Its line and people are read with it."""
    return _row(send, group_names(send.group_ids)) | {
        "contacts": [{"id": pk, "name": name} for pk, name in contact_names(send.contact_ids).items()],
        "numbers": send.numbers,
    }


def sends_json(sends: Sequence[GroupSend]) -> list[dict[str, Any]]:
    """Of a list, without the contacts and numbers that were chosen, who may be ten thousand for each."""
    names = group_names({pk for send in sends for pk in send.group_ids})
    return [_row(send, names) for send in sends]


def _row(send: GroupSend, names: Mapping[int, str]) -> dict[str, Any]:
    chosen = set(send.group_ids)
    return progress_json(send) | {
        "line": line_json(send.line),
        "body": send.body,
        "groups": [{"id": pk, "name": name} for pk, name in names.items() if pk in chosen],
        "scheduled_for": time_json(send.scheduled_for),
        "keeps_hours": send.keeps_hours,
        "hours_from": send.hours_from.strftime("%H:%M"),
        "hours_until": send.hours_until.strftime("%H:%M"),
        "written_by": agent_json(send.written_by),
        "created_at": time_json(send.created_at),
        "started_by": agent_json(send.started_by),
        "summary": _summary_said(send.summary),
    }


def progress_json(send: GroupSend) -> dict[str, Any]:
    """What changes of a send while it runs: this is what desks are told."""
    return {
        "id": send.pk,
        "title": send.title,
        "state": send.shown_state,
        "problem": sentence(send.problem),
        "goes_on_by_itself": guards.keeps_back(send),
        "started_at": time_json(send.started_at),
        "finished_at": time_json(send.finished_at),
        "progress": _progress(send) if send.state != SendState.DRAFT else None,
        "revision": send.revision,
    }


def _progress(send: GroupSend) -> dict[str, Any]:
    counts: Mapping[str, Any] = send.counts
    figures: dict[str, Any] = {name.replace("-", "_"): counts.get(name, 0) for name in _COUNTS}
    if send.state == SendState.CANCELED:
        # It never goes on: nobody is tried again.
        figures["retryable"] = 0
    figures["goes_on_at"] = counts.get("goes_on_at")
    total = figures["total"]
    delivered = figures["delivered"]
    figures["delivered_percent"] = round(100 * delivered / total, 1) if total else 0.0
    unit = counts.get("price_unit", "")
    figures["spent"] = {"amount": counts.get("spent", "0"), "unit": unit} if unit else None
    return figures


def summary_of(send: GroupSend, audience: Audience) -> dict[str, Any]:
    """What is kept of an audience: figures, and no sentences. `size` is of the longest text, for whomever it is; `who`
    is the same for the same recipients, and for no others; `what` for the same texts to them."""
    size = size_of(audience)
    recipients = audience.recipients
    segments = [(row.number, row.segments) for row in recipients]
    price = price_of(segments)
    return {
        "chosen": len(audience.rows),
        "duplicates": audience.duplicates,
        "left_out": audience.reasons,
        "recipients": len(recipients),
        "who": _digest(row.number for row in recipients),
        "what": _digest(f"{row.number} {row.body}" for row in recipients),
        "segments": size.segments,
        "segments_each": size.longest.segments,
        "characters": size.longest.units,
        "characters_left": size.longest.left,
        "encoding": str(size.longest.encoding),
        "letters": list(size.letters),
        "people_not_plain": size.ucs2_people,
        "plain_body": size.plain_body,
        "plain_segments_each": size.plain_segments_each,
        "price": {"amount": str(round(price.amount, 2)), "unit": price.unit} if price else None,
        "seconds": round(seconds_for(send.line.number, segments), 1),
    }


def _digest(some: Iterable[str]) -> str:
    """Keyed: a bare digest of one number is soon guessed."""
    return salted_hmac(__name__, " ".join(sorted(some))).hexdigest()


def _summary_said(summary: Mapping[str, Any]) -> dict[str, Any] | None:
    if not summary:
        return None
    left_out = [
        {"reason": reason, "count": number, "text": _left_out(reason, number)}
        for reason, number in sorted(summary["left_out"].items(), key=lambda one: -one[1])
    ]
    said = {name: value for name, value in summary.items() if name not in ("who", "what")}
    return {**said, "left_out": sum(summary["left_out"].values()), "reasons": left_out}


def _left_out(reason: str, number: int) -> str:
    """As a line of a list: `17 replied STOP`."""
    said = {
        LeftOut.STOPPED: ngettext("%(count)d replied STOP", "%(count)d replied STOP", number),
        LeftOut.OBJECTED: ngettext("%(count)d told us: no texts", "%(count)d told us: no texts", number),
        LeftOut.BLOCKED: ngettext("%(count)d is blocked", "%(count)d are blocked", number),
        LeftOut.LANDLINE: ngettext("%(count)d has a landline", "%(count)d have a landline", number),
        LeftOut.INVALID: ngettext("%(count)d number is not valid", "%(count)d numbers are not valid", number),
        LeftOut.NO_NUMBER: ngettext("%(count)d has no number", "%(count)d have no number", number),
        LeftOut.EXTENSION: ngettext(
            "%(count)d has only numbers with an extension", "%(count)d have only numbers with an extension", number
        ),
        LeftOut.EMPTY_FIELD: ngettext(
            "%(count)d has nothing to fill a field with", "%(count)d have nothing to fill a field with", number
        ),
        LeftOut.DO_NOT_CALL: ngettext(
            "%(count)d is on the do-not-call list", "%(count)d are on the do-not-call list", number
        ),
        LeftOut.FORBIDDEN: ngettext(
            "%(count)d has a number that your company does not text",
            "%(count)d have numbers that your company does not text",
            number,
        ),
        LeftOut.TOO_LONG: ngettext(
            "for %(count)d the text, filled in, is too long", "for %(count)d the text, filled in, is too long", number
        ),
        LeftOut.NO_HOURS: ngettext(
            "for %(count)d the hours of this send and your company's never meet",
            "for %(count)d the hours of this send and your company's never meet",
            number,
        ),
    }
    return said[LeftOut(reason)] % {"count": number}


def recipient_json(recipient: GroupRecipient) -> dict[str, Any]:
    """One person of a send that was started, with what came of it in words."""
    result, message = result_of(recipient), recipient.message
    return _person(recipient.pk, recipient.contact_id, recipient.name, recipient.number) | {
        "outcome": str(result.outcome),
        "outcome_text": result.words,
        "why": result.why,
        "at": time_json(message.ended_at or message.sent_at or message.claimed_at if message else None),
        "what_now": str(result.what_now),
        "what_now_text": what_now_words(result.what_now),
        "help": result.help,
        "body": message.body if message else recipient.body,
        "segments": (message.num_segments if message else 0) or recipient.segments,
        "price": {"amount": str(message.price.normalize()), "unit": message.price_unit.upper()}
        if message is not None and message.price is not None
        else None,
        "thread": message.thread_id if message else None,
        "answered": bool(getattr(recipient, "answered", False)),
    }


def draft_recipients(rows: Iterable[Row]) -> Iterator[GroupRecipient]:
    """People of a draft as if it were started: they are not kept."""
    for row in rows:
        yield GroupRecipient(
            contact_id=row.contact_id,
            name=row.name,
            number=row.number,
            body=row.body,
            segments=row.segments,
            state=RecipientState.LEFT_OUT if row.reason else RecipientState.PENDING,
            reason=row.reason,
        )


def _person(pk: int | None, contact_id: int | None, name: str, number: str) -> dict[str, Any]:
    shown = display(number, home_region=settings.HOME_REGION) if number.startswith("+") else number
    return {"id": pk, "contact": contact_id, "name": name, "number": number, "display": shown}
