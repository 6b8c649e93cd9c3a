"""Reading threads, and what happened in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Case, Exists, OuterRef, Prefetch, Q, QuerySet, Value, When

from calls.log.filters import CallFilter
from calls.log.merge import Page
from calls.log.selectors import call_log
from calls.models import TERMINAL
from calls.payloads import call_json
from contacts.consents import (
    consents_between,
    numbers_blocked,
    numbers_with_landline,
)
from contacts.selectors import contact_numbers_matching, contacts_by_number
from core.folding import fold
from messaging.models import (
    Direction,
    GroupRecipient,
    GroupSend,
    Message,
    MessageMedia,
    MessageStatus,
    Origin,
    ReadyText,
    Step,
    Thread,
)
from messaging.opt_outs import forbidden_of
from messaging.threads.payloads import Known, consent_json, message_json, thread_json
from messaging.threads.permissions import threads_visible
from routing.models import Line
from telephony.number_search import digits_wanted, numbers_wanted
from telephony.party import same_party

if TYPE_CHECKING:
    from agents.models import Agent

SHOWN = ("all", "mine", "nobody")
# A desk that has more unread threads than this counts no further.
_MOST_UNREAD = 1000
# Without the people that were chosen for each, who may be ten thousand.
_SENDS = GroupSend.objects.only("pk", "title", "state")
# Of a text to a group: that it was not sent again since.
_IS_LAST_TRIED = Exists(GroupRecipient.objects.filter(message=OuterRef("pk")))
# Of a text that failed: that it was sent again since. Of files without words it is not known.
_AGAIN = Message.objects.filter(
    thread=OuterRef("thread"), pk__gt=OuterRef("pk"), direction=Direction.OUTBOUND, body=OuterRef("body")
)
_HAS_FAILED = Q(step=Step.REFUSED) | Q(status__in=[MessageStatus.FAILED, MessageStatus.UNDELIVERED])
_IS_SENT_AGAIN = Case(When(_HAS_FAILED & ~Q(body=""), then=Exists(_AGAIN)), default=Value(False))
# So many of the newest messages are looked through for part of a word.
_WINDOW, _MOST_FOUND = 20_000, 1000
_MEDIA = MessageMedia.objects.order_by("position")


_LONGEST_NAME = 11


def closed_numbers(line: Line, numbers: Sequence[str]) -> dict[str, str]:
    """Of these numbers, those that get no texts from the line, and why: one of `CLOSED` in the serializers."""
    found = {number: "name" for number in numbers if _is_name(number)}
    found |= dict.fromkeys(numbers_with_landline(numbers), "landline")
    found |= dict.fromkeys(numbers_blocked(numbers), "blocked")
    return found | forbidden_of(line.number, numbers)


def _is_name(number: str) -> bool:
    """A sender may go by a name: https://www.twilio.com/docs/messaging/features/alphanumeric-sender-id"""
    return len(number) <= _LONGEST_NAME and any(one.isalpha() for one in number)


def with_details(threads: QuerySet[Thread]) -> QuerySet[Thread]:
    """With all that is shown of each."""
    return threads.select_related("line", "assigned_to").prefetch_related(
        Prefetch("last_message", messages_with_details())
    )


def messages_with_details() -> QuerySet[Message]:
    rows = Message.objects.select_related("written_by").annotate(
        is_last_tried=_IS_LAST_TRIED, is_sent_again=_IS_SENT_AGAIN
    )
    return rows.prefetch_related(Prefetch("media", _MEDIA), Prefetch("group_send", _SENDS))


@dataclass(frozen=True, slots=True)
class ThreadFilter:
    """What is asked for of the list. Empty or None: anything."""

    show: str = "all"
    search: str = ""
    unread: bool = False
    line: int | None = None
    number: str = ""


def thread_list(agent: Agent, wanted: ThreadFilter) -> QuerySet[Thread]:
    """The threads that the agent may see and that fit."""
    threads = threads_visible(agent)
    if wanted.show == "mine":
        threads = threads.filter(assigned_to=agent)
    elif wanted.show == "nobody":
        threads = threads.filter(assigned_to=None)
    if wanted.unread:
        threads = threads.filter(unread__gt=0)
    if wanted.line is not None:
        threads = threads.filter(line=wanted.line)
    if wanted.number:
        threads = threads.filter(number__in=same_party(wanted.number))
    if wanted.search:
        threads = threads.filter(pk__in=_found_by(wanted.search))
    return threads


def _found_by(text: str) -> QuerySet[Thread, Any]:
    """By a word of its messages, by the contact's name or company, or by the number or part of it. Each is found by
    itself, and few are: no list of all threads is read through."""
    threads = Thread.objects.order_by()
    found: list[QuerySet[Any, Any]] = [threads.filter(number__in=contact_numbers_matching(text)).values("pk")]
    found += [messages.values("thread") for messages in _that_say(fold(text))]
    if digits := digits_wanted(text):
        found.append(threads.filter(number__icontains=digits).values("pk"))
    if numbers := numbers_wanted(text):
        found.append(threads.filter(number__in=numbers).values("pk"))
    return found[0].union(*found[1:])


def _that_say(text: str) -> list[QuerySet[Message]]:
    """On PostgreSQL, in bounded time: part of a word is looked for in the newest messages, whole words in all that was
    not sent to many, and there the newest are found."""
    if connection.vendor != "postgresql":
        return [Message.objects.order_by().filter(searched__contains=text)]
    from django.contrib.postgres.search import SearchQuery, SearchVector

    newest = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    near = Message.objects.order_by().filter(pk__gt=newest - _WINDOW, searched__contains=text)
    if near[:_MOST_FOUND].count() == _MOST_FOUND:
        # A word that everybody says: sorting all that say it takes long, and these are the newest.
        return [near]
    # The index: migration 0009. "simple": people write in their own language, and names must not be bent.
    words = SearchQuery(text, search_type="websearch", config="simple")
    vector = SearchVector("searched", config="simple")
    far = Message.objects.alias(words=vector).filter(words=words).exclude(origin=Origin.GROUP)
    return [near, far.order_by("-pk")[:_MOST_FOUND]]


def thread_get_visible(agent: Agent, thread_id: int) -> Thread | None:
    return with_details(threads_visible(agent).filter(pk=thread_id)).first()


def threads_json(threads: Iterable[Thread]) -> list[dict[str, Any]]:
    """Threads as they are answered and pushed, in their order."""
    rows = list(threads)
    known = Known(contacts_by_number({row.number for row in rows}))
    for line in {row.line_id: row.line for row in rows}.values():
        numbers = [row.number for row in rows if row.line_id == line.pk]
        known.closed |= {(line.pk, number): why for number, why in closed_numbers(line, numbers).items()}
    return [thread_json(row, known) for row in rows]


def unread_list(agent: Agent) -> list[dict[str, Any]]:
    """Which threads have something to read for this agent, or for anybody: a desk counts them."""
    mine = Q(assigned_to=None) | Q(assigned_to=agent)
    rows = threads_visible(agent).filter(mine, unread__gt=0).order_by("pk")
    return [
        {"id": pk, "assigned_to": assigned_to, "unread": unread}
        for pk, assigned_to, unread in rows.values_list("pk", "assigned_to", "unread")[:_MOST_UNREAD]
    ]


def ready_texts(line: Line | None) -> QuerySet[ReadyText]:
    """Those for all lines, and for this one; without a line, all there are."""
    texts = ReadyText.objects.select_related("line").order_by("position", "name", "pk")
    return texts if line is None else texts.filter(Q(line=None) | Q(line=line))


# --- A thread's time line -----------------------------------------------------------------------------------------


# Of one moment there are seldom two, and hardly ever so many.
_MOST_OF_A_MOMENT = 3_200


def thread_timeline(
    agent: Agent, thread: Thread, *, before: datetime | None, size: int
) -> tuple[list[dict[str, Any]], bool]:
    """Texts, calls, and what was said of texts, the newest first, which are older than `before`; and whether there are
    older ones yet. About `size` of them: what is of one moment is on one page, or the next would begin behind it.

    Calls are those with this number that the agent may see in the log, on whichever line.
    """
    entries = _entries(agent, thread, before, size + 1)
    while len(entries) > size and entries[0]["at"] == entries[size]["at"] and size < _MOST_OF_A_MOMENT:
        size *= 2
        entries = _entries(agent, thread, before, size + 1)
    if len(entries) <= size:
        return entries, False
    following = entries[size]["at"]
    return [entry for entry in entries[:size] if entry["at"] > following] or entries[:size], True


def _entries(agent: Agent, thread: Thread, before: datetime | None, size: int) -> list[dict[str, Any]]:
    entries = [
        *_messages(thread, before, size),
        *_calls(agent, thread.number, before, size),
        *_consents(thread, before, size),
    ]
    # Of two numbers the longer is the greater.
    entries.sort(key=lambda entry: (entry["at"], entry["kind"], len(entry["id"]), entry["id"]), reverse=True)
    return entries[:size]


def _messages(thread: Thread, before: datetime | None, size: int) -> list[dict[str, Any]]:
    rows = messages_with_details().filter(thread=thread)
    if before is not None:
        rows = rows.filter(created_at__lt=before)
    found = rows.order_by("-created_at", "-pk")[:size]
    return [_entry("message", row.created_at, row.pk, message=message_json(row)) for row in found]


def _calls(agent: Agent, number: str, before: datetime | None, size: int) -> list[dict[str, Any]]:
    calls = call_log(agent, CallFilter(party=number, before=before), Page(size=size))
    over = [call for call in calls if call.status in TERMINAL]
    return [_entry("call", call.start_time, call.sid, call=call_json(call)) for call in over]


def _consents(thread: Thread, before: datetime | None, size: int) -> list[dict[str, Any]]:
    rows = consents_between(thread.number, thread.line.number)
    if before is not None:
        rows = rows.filter(at__lt=before)
    return [_entry("consent", row.at, row.pk, consent=consent_json(row)) for row in rows[:size]]


def _entry(kind: str, at: datetime, id: object, **more: Any) -> dict[str, Any]:
    parts = {"message": None, "call": None, "consent": None}
    return {"kind": kind, "at": at, "id": f"{kind}-{id}", **parts, **more}
