"""Handing over what is kept of a person, and erasing it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from agents.models import Agent
from calls.models import CallEvent, Recording, RecordingPlay
from calls.payloads import call_json
from calls.quality.payloads import quality_json
from calls.recorder.masking import masking_policy_for, params_masked, twiml_masked, value_masked
from calls.selectors import with_details
from config.models import Erasure
from config.privacy.person import Person
from contacts.exports import contact_as_json
from messaging.group_sends.erasing import choices_forget
from messaging.media import media_forget
from messaging.models import Message, MessageMedia, MessageWebhook
from telephony.errors import CallGone, TelephonyError
from telephony.models import Webhook
from telephony.rest.client import call_delete, recording_delete
from telephony.rest.http import background_retries
from telephony.webhooks import inbox
from telephony.webhooks.spool import spool_remove

logger = logging.getLogger(__name__)
_BATCH = 500
_CHOSEN = gettext_noop("group sends for which the person was chosen")


class StillCalling(Exception):
    """A call of the person's has not ended: what it still tells would be stored again."""


@dataclass(frozen=True, slots=True)
class Erased:
    """The record, and what is to be deleted at Twilio: the record has only their number."""

    record: Erasure
    call_sids: list[str] = field(default_factory=list)
    recording_sids: list[str] = field(default_factory=list)


def person_counts(person: Person) -> dict[str, int]:
    """How many rows of each kind are kept, without those of which there are none."""
    counts = {}
    for name, queries in person.rows().items():
        found = {pk for rows in queries for pk in rows.values_list("pk", flat=True)}
        if found:
            counts[name] = len(found)
    if sends := person.sends():
        counts[_CHOSEN] = len(sends)
    return counts


def person_export(person: Person) -> dict[str, Any]:
    """All that is kept, as JSON has it. Credentials of ours are hidden in it."""
    everything = masking_policy_for(Agent(is_superuser=True))
    rows = person.rows()

    def webhook(row: Webhook) -> dict[str, Any]:
        return {
            "call_sid": row.sid,
            "kind": row.kind,
            "received_at": row.received_at,
            "fields": params_masked(row.params if isinstance(row.params, dict) else {}, everything),
            "answer": twiml_masked(row.answer, everything) if row.answer else "",
        }

    def event(row: CallEvent) -> dict[str, Any]:
        return {
            "call_sid": row.call_sid,
            "kind": row.kind,
            "name": row.name,
            "outcome": row.outcome,
            "detail": value_masked(row.detail, everything),
            "agent": row.agent.name if row.agent else None,
            "at": row.at,
        }

    def message(row: MessageWebhook) -> dict[str, Any]:
        return {
            "received_at": row.received_at,
            "sender": row.sender,
            "recipient": row.recipient,
            "body": row.body,
            "fields": params_masked(row.params if isinstance(row.params, dict) else {}, everything),
        }

    def text(row: Message) -> dict[str, Any]:
        return {
            "at": row.created_at,
            "direction": row.direction,
            "sender": row.sender,
            "recipient": row.recipient,
            "body": row.body,
            "status": row.status,
            "by": row.written_by.name if row.written_by else None,
            "files": [{"content_type": each.content_type, "size": each.size} for each in row.media.all()],
        }

    plays = RecordingPlay.objects.filter(call__in=person.call_sids).select_related("agent").order_by("at")
    return {
        "exported_at": timezone.now(),
        "numbers": list(person.numbers),
        "contacts": [contact_as_json(contact) for contact in person.contacts],
        "blocked": [
            {"number": row.number, "reason": row.reason, "at": row.at}
            for row in _together(rows["entries of the block list"])
        ],
        "merged": [
            {"name": row.gone_name, "into": row.survivor_id, "at": row.at, "kept": row.kept}
            for row in _together(rows["merges of contacts"])
        ],
        "calls": [call_json(call) for call in with_details(person.calls).order_by("start_time", "sid")],
        "call_quality": [quality_json(row) for row in _together(rows["measurements of calls' sound"])],
        "recordings_heard": [
            {"recording": play.recording_id, "by": play.agent.name if play.agent else None, "at": play.at}
            for play in plays
        ],
        "webhooks": [webhook(row) for row in _together(rows["webhooks"])],
        "events": [event(row) for row in _together(rows["events"])],
        "messages": [message(row) for row in _together(rows["messages"])],
        "group_sends": [
            {"title": send.title, "state": send.state, "created_at": send.created_at}
            | {"numbers": [number for number in send.numbers if person.is_named_in(number)]}
            for send in person.sends()
        ],
        "recipient_of": [
            {"send": row.send.title, "name": row.name, "number": row.number, "body": row.body, "state": row.state}
            for row in _together(rows["recipients of group sends"])
        ],
        "texts": [text(row) for row in _together(rows["texts"])],
        "consents": [
            {"number": row.number, "sender": row.sender, "state": row.state, "source": row.source}
            | {"note": row.note, "at": row.at}
            for row in _together(rows["consents"])
        ],
    }


def _together(queries: Sequence[Any]) -> list[Any]:
    found = {row.pk: row for rows in queries for row in rows}
    return [found[pk] for pk in sorted(found)]


def person_erase(person: Person, *, by: Agent | None) -> Erased:
    """Deletes every row about the person, and what waits on this machine's disk. Raises `StillCalling`.

    What Twilio keeps is left to `erase_at_twilio`. The record of it names nobody.
    """
    inbox.drain()
    with transaction.atomic():
        if person.is_calling:
            raise StillCalling(gettext("A call with this person has not ended yet. Erase when it is over."))
        recordings = sorted(Recording.objects.filter(call__in=person.call_sids).values_list("pk", flat=True))
        calls = sorted(person.call_sids)
        counts = {}
        found = person.rows()
        files = [row.name for rows in found["files of texts"] for row in rows if isinstance(row, MessageMedia)]
        for name, queries in found.items():
            count = sum(_delete(rows) for rows in queries)
            if count:
                counts[name] = count
        sends = person.sends()
        for send in sends:
            choices_forget(send.pk, person.contact_ids, is_theirs=person.is_named_in)
        if sends:
            counts[_CHOSEN] = len(sends)
        waiting = spool_remove(person.is_named_in)
        if waiting:
            counts[gettext_noop("webhooks that waited on disk")] = waiting
        transaction.on_commit(partial(_files_delete, files))
        record = Erasure.objects.create(by=by, rows=counts, at_twilio=len(calls) + len(recordings))
    logger.info(
        "a person was erased: erasure=%s rows=%s at_twilio=%s", record.pk, sum(counts.values()), record.at_twilio
    )
    return Erased(record, calls, recordings)


def _files_delete(names: Sequence[str]) -> None:
    """Their rows are gone already; what is on disk follows."""
    for name in names:
        media_forget(name)


def _delete(rows: Any) -> int:
    """How many there were, without those that went with them."""
    pks = list(rows.values_list("pk", flat=True))
    for at in range(0, len(pks), _BATCH):
        rows.model.objects.filter(pk__in=pks[at : at + _BATCH]).delete()
    return len(pks)


def erase_at_twilio(erasure_id: int, call_sids: Sequence[str], recording_sids: Sequence[str]) -> list[str]:
    """Deletes recordings, then the calls' own records, at Twilio. Returns the sids of those that are left there."""
    left = []
    work = [*((recording_delete, sid) for sid in recording_sids), *((call_delete, sid) for sid in call_sids)]
    for position, (delete, sid) in enumerate(work):
        try:
            with background_retries():
                delete(sid)
        except CallGone:
            pass
        except TelephonyError as error:
            logger.warning("erasing at Twilio: %s: %s", sid, error.key)
            left.append(sid)
            if not error.permanent:
                left += [rest for _, rest in work[position + 1 :]]
                break
    # Each request about a call was recorded with it.
    CallEvent.objects.filter(call_sid__in=call_sids).delete()
    Erasure.objects.filter(pk=erasure_id).update(deleted_at_twilio=F("at_twilio") - len(left))
    return left
