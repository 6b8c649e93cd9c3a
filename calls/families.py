"""Whole calls, with their legs and offers, read in one go and written in one go.

However many callbacks are worked on together, it is the same few statements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from calls.family import Family
from calls.locks import lock
from calls.models import Call, CallOffer, Recording

# What follows from callbacks alone, and is written for every one of them.
_PROGRESS = [
    "parent_id", "status", "sequence_number", "start_time", "answer_time", "end_time", "duration", "sip_response_code",
    "agent_id", "result", "revision", "problem",
]  # fmt: skip
_WRITE_PROGRESS = """
    UPDATE calls_call SET parent_call_sid = %s, status = %s, sequence_number = %s, start_time = %s, answer_time = %s,
        end_time = %s, duration = %s, sip_response_code = %s, agent_id = %s, result = %s, revision = %s, problem = %s,
        updated_at = %s
    WHERE sid = %s
"""
# All that a webhook may change. What agents write (note, outcome) is not among it.
_COLUMNS = [
    "parent", "account_sid", "direction", "caller", "called", "status", "sequence_number", "start_time", "answer_time",
    "end_time", "duration", "sip_response_code", "error_code", "agent", "line", "contact", "caller_name", "city",
    "state", "country", "stir_verstat", "forwarded_from", "result", "revision", "problem", "updated_at",
]  # fmt: skip


class Families:
    """The calls with these sids, with the calls they are legs of and all other legs of those.

    To be used inside a transaction, which holds all of them until it ends. `sids` are pairs of a call's sid and its
    parent's, which is empty for a root or when it is not known.
    """

    def __init__(self, sids: Iterable[tuple[str, str]], *, also_lock: Iterable[str] = ()) -> None:
        pairs = list(sids)
        roots = {parent or sid for sid, parent in pairs}
        lock({*roots, *also_lock})
        self.calls: dict[str, Call] = {}
        self._progressed: dict[str, Call] = {}
        self._opened: dict[str, Call] = {}
        self._families: dict[str, Family] = {}
        self._load(roots | {sid for sid, _ in pairs})

    def _load(self, wanted: set[str]) -> None:
        asked: set[str] = set()
        while wanted:
            asked |= wanted
            found = Call.objects.filter(Q(pk__in=wanted) | Q(parent__in=wanted))
            self.calls |= {call.sid: call for call in found}
            # A leg whose callback did not name its call: the call and its other legs are needed as well.
            wanted = {call.parent_id for call in self.calls.values() if call.parent_id} - self.calls.keys() - asked
            lock(wanted)

    def get(self, sid: str) -> Call | None:
        return self.calls.get(sid)

    def open(self, call: Call) -> None:
        """A call that was not known, or whose own facts were not: all of it is to be saved."""
        self.calls[call.sid] = call
        self._opened[call.sid] = call
        self.changed(call)

    def changed(self, call: Call, *, dial_over: bool = False) -> None:
        """What follows from callbacks is to be saved, and the family to be settled."""
        self._progressed[call.sid] = call
        root = self.calls.get(call.parent_id) if call.parent_id else call
        if root is None:
            return  # A leg that was told of before its call: settled when the call is known.
        family = self._families.setdefault(root.sid, Family(root))
        family.touched.append(call)
        family.dial_over = family.dial_over or dial_over

    def settle(self) -> list[Family]:
        """Works out what follows for the calls and their offers, and saves all. Returns what has changed."""
        families = list(self._families.values())
        self._read_relatives(families)
        for family in families:
            family.settle()
            self._progressed[family.root.sid] = family.root
        if self._opened:
            Call.objects.bulk_create(
                self._opened.values(), update_conflicts=True, unique_fields=["sid"], update_fields=_COLUMNS
            )
        _write_progress([call for sid, call in self._progressed.items() if sid not in self._opened])
        by_state = defaultdict(list)
        for family in families:
            for offer in family.changed_offers:
                by_state[offer.state].append(offer.pk)
        for state, ids in by_state.items():
            CallOffer.objects.filter(pk__in=ids).update(state=state)
        return families

    def _read_relatives(self, families: list[Family]) -> None:
        roots = {family.root.sid: family for family in families}
        for call in self.calls.values():
            if call.parent_id in roots:
                roots[call.parent_id].legs.append(call)
        for family in families:
            family.legs.sort(key=lambda leg: (leg.start_time, leg.sid))
        incoming = [sid for sid, family in roots.items() if family.root.incoming]
        if incoming:
            for offer in CallOffer.objects.filter(call__in=incoming).order_by("pk"):
                roots[offer.call_id].offers.append(offer)
        ended = [sid for sid in incoming if roots[sid].root.is_terminal]
        if ended:
            heard = Recording.objects.filter(call__in=ended).exclude(status="absent").exclude(duration=0)
            for sid in heard.values_list("call_id", flat=True):
                roots[sid].has_message = True


def _write_progress(calls: list[Call]) -> None:
    """One statement, run for each call in one round trip. By hand: it is the hottest of all, and the ORM would write
    thirty columns where twelve can have changed."""
    if not calls:
        return
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    rows = [(*(_adapted(getattr(call, name)) for name in _PROGRESS), now, call.sid) for call in calls]
    with connection.cursor() as cursor:
        cursor.executemany(_WRITE_PROGRESS, rows)


def _adapted(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
