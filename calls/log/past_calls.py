"""The last calls with the same party, as they are shown with a call: those of many calls are found in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from operator import itemgetter
from typing import Any, TypeAlias

from django.contrib.auth import get_user_model
from django.db.models import BigIntegerField, ExpressionWrapper, IntegerField, Q, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from calls.models import TERMINAL, Call
from contacts.selectors import contact_ids_with
from core.sql.pipeline import Row
from core.sql.prepared import Compiled, Param
from core.sql.statements import Statement, as_list, fetch, on_postgresql
from core.sql.unit import UnitOfWork
from routing.models import Line
from telephony.identity import is_phone_of_ours
from telephony.party import is_withheld, same_party

# The fields of a `calls.payloads.PastCall`.
PastRow: TypeAlias = "tuple[Any, ...]"

_SHOWN = (
    "sid", "direction", "caller", "result", "start_time", "answer_time", "end_time", "agent_id", "note", "outcome",
)  # fmt: skip
_NAMES = ("username", "first_name", "last_name")
_MOST = 3
# What is asked of each `Party`, as PostgreSQL takes it.
_ASKED = {
    "sid": "text", "number": "text", "contact_id": "bigint", "line_number": "text", "agent_id": "bigint",
    "unlimited": "bigint",
}  # fmt: skip
# The places of `start_time` and `sid`.
_NEWEST_FIRST = f"ORDER BY 5 DESC, 1 DESC LIMIT {_MOST}"


@dataclass(frozen=True, slots=True)
class Party:
    """Who is at the other end of a call, and who is shown the past: the team of the line with `line_number` or, where
    there is none, the agent alone. A call of neither is seen by admins only, who see all.

    `contact_id`: None when it is to be found by the number.
    """

    sid: str
    number: str
    contact_id: int | None = None
    line_number: str = ""
    agent_id: int = 0

    @property
    def unlimited(self) -> int:
        """1 or 0: SQLite has no truth of its own."""
        return int(not self.line_number and not self.agent_id)


def past_calls_with(calls: Iterable[Call]) -> dict[str, list[PastRow]]:
    """For each of the calls, by sid, the last three finished calls with the same party, by contact or by number. Newest
    first; a call without any is left out."""
    return past_calls_of(fetch(*past_calls_asked([_party(call) for call in calls])))


def _party(call: Call) -> Party:
    return Party(
        sid=call.sid,
        number=call.caller if call.incoming else call.called,
        # No contact has the number 0, and no agent.
        contact_id=call.contact_id or 0,
        line_number=call.line.number if call.line else "",
        agent_id=call.agent_id or 0,
    )


class PastCallsRead:
    """The same: there once the unit of work has fetched it."""

    def __init__(self, work: UnitOfWork, parties: Sequence[Party]) -> None:
        self._found = [work.read(statement) for statement in past_calls_asked(parties)]

    def of(self, sid: str) -> list[PastRow]:
        """Newest first."""
        return self._by_sid.get(sid, [])

    @cached_property
    def _by_sid(self) -> dict[str, list[PastRow]]:
        return past_calls_of(found.rows for found in self._found)


def past_calls_asked(parties: Sequence[Party]) -> list[Statement]:
    """Finds the same: `past_calls_of` reads the answers."""
    # Twilio may ask twice for one call.
    wanted = {party.sid: party for party in parties if _has_past(party.number)}.values()
    known = [replace(party, number=number) for party in wanted for number in same_party(party.number)]
    if not known:
        return []
    if on_postgresql():
        sql, read = _for_many()
        columns = zip(*([getattr(party, name) for name in _ASKED] for party in known), strict=True)
        return [Statement(sql, [as_list(column) for column in columns], read)]
    return [_for_one(party) for party in known]


def _has_past(number: str) -> bool:
    """A colleague is no caller: everything that they have dialled would be found."""
    return not (is_withheld(number) or is_phone_of_ours(number))


def past_calls_of(found: Iterable[list[Row]]) -> dict[str, list[PastRow]]:
    past: dict[str, list[PastRow]] = {}
    for rows in found:
        for *row, sid in rows:
            past.setdefault(sid, []).append(tuple(row))
    return {sid: rows if len(rows) <= _MOST else _newest(rows) for sid, rows in past.items()}


def _newest(rows: list[PastRow]) -> list[PastRow]:
    """Of what was found by several ways to write a number."""
    newest_first = {row[0]: row for row in sorted(rows, key=itemgetter(4, 0), reverse=True)}
    return list(newest_first.values())[:_MOST]


@cache
def _parts() -> list[Compiled]:
    """The newest by the caller, by the called and by the contact, each from the top of an index of the log."""
    over = Call.objects.filter(_may_be_shown(), status__in=sorted(TERMINAL)).exclude(pk=Param("sid"))
    known = Subquery(contact_ids_with(Param("number")))
    contact = Coalesce(Param("contact_id"), known, output_field=BigIntegerField())
    is_root = Q(parent__isnull=True)
    # Legs belong to no contact. Asked for roots there as well, PostgreSQL may read another index from end to end that
    # holds nothing else.
    same = [is_root & Q(caller=Param("number")), is_root & Q(called=Param("number")), Q(contact=contact)]
    newest = [over.filter(party).order_by("-start_time", "-sid").values_list(*_SHOWN)[:_MOST] for party in same]
    return [Compiled(part) for part in newest]


def _may_be_shown() -> Q:
    """What `calls.permissions.LogScope` shows of calls that are over to each who is shown the call: it rings a whole
    team, and all of them get one frame."""
    team = Line.objects.filter(number=Param("line_number")).order_by().values("team")
    lines = Line.objects.filter(team__in=team).order_by().values("pk")
    unlimited = Exact(ExpressionWrapper(Param("unlimited"), output_field=IntegerField()), 1)
    return Q(line__in=lines) | Q(agent=Param("agent_id")) | Q(unlimited)


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
    arrays = ", ".join(f"%s::{kind}[]" for kind in _ASKED.values())
    asked = f"unnest({arrays}) AS asked({', '.join(_ASKED)})"
    sql = f"SELECT past.*, asked.sid FROM {asked} CROSS JOIN LATERAL ({_newest_of(parts)}) AS past"  # noqa: S608
    return sql, _parts()[0].read


def _for_one(party: Party) -> Statement:
    parts = _parts()
    sql = f"SELECT past.*, %s FROM ({_newest_of([part.sql for part in parts])}) AS past"  # noqa: S608
    values = [getattr(party, slot) for part in parts for slot in part.slots]
    return Statement(sql, [party.sid, *values], parts[0].read)
