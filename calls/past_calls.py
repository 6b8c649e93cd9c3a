"""The last calls with the same party, as they are shown with a call: those of many calls are found in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from django.contrib.auth import get_user_model
from django.db.models import BigIntegerField, Q, Subquery
from django.db.models.functions import Coalesce

from calls.models import TERMINAL, Call
from contacts.selectors import contact_ids_with
from telephony.phone import is_withheld
from telephony.pipeline import Row
from telephony.prepared import Compiled, Slot
from telephony.statements import Statement, as_list, fetch, on_postgresql

# The fields of a `calls.shapes.PastCall`.
PastRow: TypeAlias = "tuple[Any, ...]"

_SHOWN = ("sid", "direction", "caller", "result", "start_time", "duration", "agent_id", "note", "outcome")
_NAMES = ("username", "first_name", "last_name")
_MOST = 3
# The places of `start_time` and `sid`.
_NEWEST_FIRST = f"ORDER BY 5 DESC, 1 DESC LIMIT {_MOST}"


@dataclass(frozen=True, slots=True)
class Party:
    """Who is at the other end of a call. `contact_id`: None when it is to be found by the number."""

    sid: str
    number: str
    contact_id: int | None = None


def past_calls_with(calls: Iterable[Call]) -> dict[str, list[PastRow]]:
    """For each of the calls, by sid, the last three finished calls with the same party, by contact or by number. Newest
    first; a call without any is left out."""
    # No contact has the number 0.
    parties = [Party(call.sid, call.caller if call.incoming else call.called, call.contact_id or 0) for call in calls]
    return past_calls_of(fetch(*past_calls_asked(parties)))


def past_calls_asked(parties: Sequence[Party]) -> list[Statement]:
    """Finds the same: `past_calls_of` reads the answers."""
    # Twilio may ask twice for one call.
    known = {party.sid: party for party in parties if not is_withheld(party.number)}.values()
    if not known:
        return []
    if on_postgresql():
        sql, read = _for_many()
        columns = zip(*((party.sid, party.number, party.contact_id) for party in known), strict=True)
        return [Statement(sql, [as_list(column) for column in columns], read)]
    return [_for_one(party) for party in known]


def past_calls_of(found: Iterable[list[Row]]) -> dict[str, list[PastRow]]:
    past: dict[str, list[PastRow]] = {}
    for rows in found:
        for *row, sid in rows:
            past.setdefault(sid, []).append(tuple(row))
    return past


@cache
def _parts() -> list[Compiled]:
    """The newest by the caller, by the called and by the contact, each from the top of an index of the log."""
    over = Call.objects.filter(status__in=sorted(TERMINAL)).exclude(pk=Slot("sid"))
    known = Subquery(contact_ids_with(Slot("number")))
    contact = Coalesce(Slot("contact_id"), known, output_field=BigIntegerField())
    is_root = Q(parent__isnull=True)
    # Legs belong to no contact. Asked for roots there as well, PostgreSQL may read another index from end to end that
    # holds nothing else.
    same = [is_root & Q(caller=Slot("number")), is_root & Q(called=Slot("number")), Q(contact=contact)]
    newest = [over.filter(party).order_by("-start_time", "-sid").values_list(*_SHOWN)[:_MOST] for party in same]
    return [Compiled(part) for part in newest]


def _newest_of(parts: Sequence[str]) -> str:
    """Of these, and the agents' names to them."""
    # In brackets of its own: SQLite takes ORDER BY and LIMIT in no other place of a UNION.
    union = " UNION ".join(f"SELECT * FROM ({part}) AS part{number}" for number, part in enumerate(parts))  # noqa: S608
    agents = get_user_model()._meta.db_table  # noqa: SLF001
    names = ", ".join(f"agent.{name}" for name in _NAMES)
    # The limit is said again: by it, PostgreSQL knows that agents are to be looked up one by one.
    return (
        f"SELECT newest.*, {names} FROM ({union} {_NEWEST_FIRST}) AS newest "  # noqa: S608
        f'LEFT JOIN "{agents}" AS agent ON agent.id = newest.agent_id {_NEWEST_FIRST}'
    )


@cache
def _for_many() -> tuple[str, Any]:
    parts = [part.sql % tuple(f"asked.{slot}" for slot in part.slots) for part in _parts()]
    asked = "unnest(%s::text[], %s::text[], %s::bigint[]) AS asked(sid, number, contact_id)"
    sql = f"SELECT past.*, asked.sid FROM {asked} CROSS JOIN LATERAL ({_newest_of(parts)}) AS past"  # noqa: S608
    return sql, _parts()[0].read


def _for_one(party: Party) -> Statement:
    parts = _parts()
    sql = f"SELECT past.*, %s FROM ({_newest_of([part.sql for part in parts])}) AS past"  # noqa: S608
    values = [getattr(party, slot) for part in parts for slot in part.slots]
    return Statement(sql, [party.sid, *values], parts[0].read)
