"""Finding all that is kept of the person behind a telephone number."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext, gettext_noop

from calls.models import (
    LIVE,
    Call,
    CallEvent,
    CallOffer,
    CallQuality,
    Participant,
    Recording,
    RecordingPlay,
    Room,
    Transfer,
)
from contacts.models import BlockedNumber, Consent, Contact, ContactMerge, ContactNote, ContactNumber
from core.text import in_sentence
from messaging.group_sends.erasing import sends_choosing
from messaging.models import GroupRecipient, GroupSend, Message, MessageMedia, MessageWebhook, Thread
from routing.models import DoNotCall, Line, OutgoingOverride
from telephony.errors import InvalidNumber
from telephony.models import Webhook
from telephony.party import party, same_party
from telephony.phone import clean, parse


class NotAPerson(Exception):
    """There is nobody whose data that number could be. Its text is a sentence."""


@dataclass(frozen=True)
class Person:
    """A person as far as numbers tell: who has one of a contact's numbers has them all."""

    numbers: tuple[str, ...]  # E.164, the one that was asked for first
    contact_ids: tuple[int, ...] = ()
    root_sids: frozenset[str] = field(default_factory=frozenset)
    call_sids: frozenset[str] = field(default_factory=frozenset)  # roots and legs

    @property
    def contacts(self) -> QuerySet[Contact]:
        return Contact.objects.filter(pk__in=self.contact_ids).prefetch_related("numbers")

    @property
    def calls(self) -> QuerySet[Call]:
        return Call.objects.filter(pk__in=self.root_sids)

    @property
    def is_calling(self) -> bool:
        return Call.objects.filter(pk__in=self.call_sids, status__in=LIVE).exists()

    @cached_property
    def _digits(self) -> re.Pattern[str]:
        """The numbers in any text, whatever stands before them; not as a part of a longer one."""
        return re.compile(rf"(?<![0-9])(?:{'|'.join(number[1:] for number in self.numbers)})(?![0-9])")

    def is_named_in(self, text: str) -> bool:
        return self._digits.search(text) is not None or any(sid in text for sid in self.call_sids)

    def rows(self) -> dict[str, list[QuerySet[Model]]]:
        """All rows, by what they are called to people, in English. In an order in which they can be deleted."""
        of_calls = {"call_id__in": self.call_sids}
        found: dict[str, list[QuerySet[Model]]] = {
            gettext_noop("times a recording was listened to"): [RecordingPlay.objects.filter(**of_calls)],
            gettext_noop("recordings"): [Recording.objects.filter(**of_calls)],
            gettext_noop("measurements of calls' sound"): [CallQuality.objects.filter(**of_calls)],
            gettext_noop("offers to agents"): [CallOffer.objects.filter(**of_calls)],
            # Also of who was taken into others' calls.
            gettext_noop("transfers"): [
                Transfer.objects.filter(Q(**of_calls) | Q(to_number__in=self.numbers)),
            ],
            gettext_noop("participants"): [
                Participant.objects.filter(Q(room__in=self.call_sids) | Q(number__in=self.numbers)),
            ],
            gettext_noop("rooms"): [Room.objects.filter(**of_calls)],
            gettext_noop("webhooks"): [
                Webhook.objects.filter(sid__in=self.call_sids),
                Webhook.objects.filter(
                    sid__in=Message.objects.filter(thread__number__in=self.numbers, sid__isnull=False).values("sid")
                ),
                self._naming(Webhook.objects.all(), "params", "answer", "problem"),
            ],
            gettext_noop("events"): [
                CallEvent.objects.filter(call_sid__in=self.call_sids),
                self._naming(CallEvent.objects.all(), "detail", "name", "outcome"),
            ],
            gettext_noop("recipients of group sends"): [
                GroupRecipient.objects.filter(Q(number__in=self.numbers) | Q(contact__in=self.contact_ids))
            ],
            gettext_noop("messages"): [
                self._naming(MessageWebhook.objects.all(), "params", "sender", "recipient", "body")
            ],
            # Before their threads, with which they would go uncounted.
            gettext_noop("files of texts"): [MessageMedia.objects.filter(message__thread__number__in=self.numbers)],
            gettext_noop("texts"): [Message.objects.filter(thread__number__in=self.numbers)],
            gettext_noop("threads"): [Thread.objects.filter(number__in=self.numbers)],
            gettext_noop("entries of the admin's history"): [
                LogEntry.objects.filter(
                    content_type__app_label="contacts",
                    content_type__model="contact",
                    object_id__in=[str(pk) for pk in self.contact_ids],
                ),
                self._naming(LogEntry.objects.all(), "object_repr", "change_message"),
            ],
            gettext_noop("consents"): [Consent.objects.filter(number__in=self.numbers)],
            gettext_noop("entries of the block list"): [BlockedNumber.objects.filter(number__in=self.numbers)],
            gettext_noop("entries of the do-not-call list"): [DoNotCall.objects.filter(number__in=self.numbers)],
            gettext_noop("calls and texts against a rule"): [OutgoingOverride.objects.filter(number__in=self.numbers)],
            gettext_noop("notes of contacts"): [ContactNote.objects.filter(contact__in=self.contact_ids)],
            # What it takes to undo a merge tells of the person, too.
            gettext_noop("merges of contacts"): [
                ContactMerge.objects.filter(Q(survivor__in=self.contact_ids) | Q(gone_id__in=self.contact_ids))
            ],
            gettext_noop("calls and legs"): [Call.objects.filter(pk__in=self.call_sids)],
            gettext_noop("contacts"): [Contact.objects.filter(pk__in=self.contact_ids)],
        }
        return found

    def sends(self) -> list[GroupSend]:
        """Group sends for which the person was chosen by number or as a contact: they stay, without the person."""
        return sends_choosing(self.numbers, self.contact_ids, is_theirs=self.is_named_in)

    def _naming(self, rows: QuerySet[Model], *names: str) -> QuerySet[Model]:
        """Of these rows those in whose texts one of the numbers stands. Reads the whole table."""
        texts = {f"{name}_text": Cast(name, TextField()) for name in names}
        wanted = Q()
        for text in texts:
            for number in self.numbers:
                wanted |= Q(**{f"{text}__contains": number[1:]})
        found = rows.annotate(**texts).filter(wanted).values_list("pk", *texts)
        return rows.filter(pk__in=[pk for pk, *values in found if any(map(self.is_named_in, values))])


def person_find(text: str) -> Person:
    """The person behind a number, however it is written. Raises `NotAPerson`."""
    try:
        asked = party(clean(text))
        asked = asked if asked.startswith("+") else parse(text, home_region=settings.HOME_REGION).e164
    except InvalidNumber as error:
        raise NotAPerson(error.message) from None
    numbers = list(same_party(asked))
    contact_ids = sorted(set(ContactNumber.objects.filter(_stored(numbers)).values_list("contact", flat=True)))
    for number in ContactNumber.objects.filter(contact__in=contact_ids).values_list("number", flat=True):
        numbers += same_party(number.partition(";")[0])
    numbers = list(dict.fromkeys(numbers))
    ours = Line.objects.filter(number__in=numbers).first()
    if ours is not None:
        raise NotAPerson(
            gettext("%(number)s is the number of our line %(line)s, not a person's.")
            % {"number": ours.number, "line": in_sentence(ours.name)}
        )
    matched = Call.objects.filter(_at_the_end_of_a_call(numbers) | Q(contact__in=contact_ids))
    roots = {parent or sid for sid, parent in matched.values_list("sid", "parent")}
    legs = Call.objects.filter(parent__in=roots).values_list("sid", flat=True)
    return Person(tuple(numbers), tuple(contact_ids), frozenset(roots), frozenset(roots | set(legs)))


def _stored(numbers: Iterable[str]) -> Q:
    """As contacts' numbers are stored: an extension may follow."""
    wanted = Q()
    for number in numbers:
        wanted |= Q(number=number) | Q(number__startswith=f"{number};")
    return wanted


def _at_the_end_of_a_call(numbers: Iterable[str]) -> Q:
    """In E.164, without its plus, with an extension, or as the user of a SIP address."""
    wanted = Q()
    for number in numbers:
        for name in ("caller", "called", "forwarded_from"):
            wanted |= Q(**{f"{name}__in": [number, number[1:]]}) | Q(**{f"{name}__startswith": f"{number};"})
            wanted |= Q(**{f"{name}__contains": f":{number}@"}) | Q(**{f"{name}__contains": f":{number[1:]}@"})
    return wanted
