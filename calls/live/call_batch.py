"""Whole calls, with their legs, offers and messages, read in one go and written in one go.

However many callbacks are worked on together, it is the same few statements and two trips to the database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from calls.live.call_tree import CallTree
from calls.live.locks import locking
from calls.models import Call, CallOffer, Recording
from core.sql.prepared import Param, Prepared
from core.sql.statements import Statement, Write, fields_of
from core.sql.unit import UnitOfWork

if TYPE_CHECKING:
    from agents.models import Agent

# What webhooks write of a call: every column but its key, its beginning, and what agents write. A new column is written
# from the day on which it is made.
_COLUMNS = [
    field.column
    for field in fields_of(Call)
    if not field.primary_key and field.attname not in (*Call.WRITTEN_BY_AGENTS, "created_at")
]
# Those that nearly every callback changes. A call of which nothing else has changed is written by them alone: SQLite
# writes each index that holds a column anew with the column, even as it was. What has changed is compared, so that one
# that is missing here costs time and nothing else.
_PROGRESS = [
    "status", "sequence_number", "answer_time", "end_time", "duration", "sip_response_code", "error_code", "revision",
    "problem", "updated_at",
]  # fmt: skip
_rest_of = itemgetter(*(field.attname for field in fields_of(Call) if field.column in {*_COLUMNS} - {*_PROGRESS}))
# Of an agent, what is shown with a call, and in which language is spoken to them. What is used and missing here, or in
# `_LINE`, is read when it is asked for: one more trip for each call.
_AGENT = ("username", "first_name", "last_name", "language")
# Of a line, what is shown with a call, and what is done with its caller.
_LINE = ("name", "number", "team", "ring_seconds", "takes_voicemail", "is_active", "language", "route")


def _calls() -> QuerySet[Call]:
    related = [f"{who}__{name}" for who in ("agent", "colleague") for name in _AGENT]
    related += [f"line__{name}" for name in _LINE]
    related += [f"contact__{name}" for name in ("name", "company", "note")]
    own = [field.name for field in fields_of(Call)]
    known = Q(pk__in_array=Param("sids")) | Q(parent__pk__in_array=Param("sids"))
    with_others = Call.objects.filter(known).select_related("agent", "colleague", "line", "contact")
    return with_others.only(*own, *related).order_by()


def _offers() -> QuerySet[CallOffer]:
    own = [field.name for field in fields_of(CallOffer)]
    offers = CallOffer.objects.filter(call__pk__in_array=Param("sids")).select_related("agent").order_by("pk")
    # And whether that agent has missed rings before this one.
    return offers.only(*own, *(f"agent__{name}" for name in (*_AGENT, "missed_in_a_row")))


_CALLS = Prepared(_calls)
_OFFERS = Prepared(_offers)
_RECORDINGS = Prepared(lambda: Recording.objects.filter(call__pk__in_array=Param("sids")))
_OR_UPDATE = f"ON CONFLICT (sid) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _COLUMNS)}"
_OPEN = Write.insert(Call, on_conflict=_OR_UPDATE)
_WRITE_PROGRESS = Write.update(Call, key="sid", columns=_PROGRESS)
_WRITE_ALL = Write.update(Call, key="sid", columns=_COLUMNS)
# The second of two legs may ring at a phone that was thought to be free, and for which another call is offered since.
_STATE_OF_OFFER = (
    "CASE WHEN new.state = 'ringing' AND calls_calloffer.state <> 'ringing' AND EXISTS (SELECT 1 FROM calls_calloffer "
    "AS other WHERE other.agent_id = calls_calloffer.agent_id AND other.state = 'ringing') "
    "THEN calls_calloffer.state ELSE new.state END"
)
_WRITE_OFFERS = Write.update(
    CallOffer, key="id", columns=["state", "leg_sid", "ended_at", "reason"], made_of={"state": _STATE_OF_OFFER}
)


class CallBatch:
    """The calls with these sids, with the calls they are legs of and all other legs of those.

    To be used inside a transaction, which holds all of them until it ends. `sids` are pairs of a call's sid and its
    parent's, which is empty for a root or when it is not known. What is asked of `work` as well is read in the same
    trip (`load`) and written in the same one (`settle`). Of calls that should be new, offers and recordings are read
    only when one of them is known.
    """

    def __init__(self, work: UnitOfWork, sids: Iterable[tuple[str, str]], *, should_be_new: bool = False) -> None:
        pairs = list(sids)
        roots = {parent or sid for sid, parent in pairs}
        self.calls: dict[str, Call] = {}
        self._work = work
        self._known: dict[str, tuple[Any, ...]] = {}
        self._offers: dict[str, list[CallOffer]] = defaultdict(list)
        self._recordings: dict[str, list[Recording]] = defaultdict(list)
        self._progressed: dict[str, Call] = {}
        self._opened: dict[str, Call] = {}
        self._trees: dict[str, CallTree] = {}
        self._attempts: dict[str, int] = {}
        self._wanted = roots | {sid for sid, _ in pairs}
        self._should_be_new = should_be_new
        work.lock(*locking(roots))

    @classmethod
    def of(cls, work: UnitOfWork, *sids: str) -> CallBatch:
        """These calls, already loaded."""
        batch = cls(work, [(sid, "") for sid in sids])
        batch.load()
        return batch

    def load(self) -> None:
        """Reads them, with all else that was asked of the unit of work."""
        wanted = set(self._wanted)
        if self._should_be_new:
            calls = self._work.read(_CALLS(sids=wanted))
            self._work.fetch()
            self._know(calls.rows)
            if calls.rows:
                self._read(wanted, calls=False)
        else:
            self._read(wanted)
        # A leg whose callback did not name its call: the call and its other legs are needed as well.
        while more := {call.parent_id for call in self.calls.values() if call.parent_id} - wanted:
            wanted |= more
            self._work.lock(*locking(more))
            self._read(more)

    def _read(self, sids: Collection[str], *, calls: bool = True) -> None:
        found = self._work.read(_CALLS(sids=sids)) if calls else None
        offers, recordings = self._work.read(_OFFERS(sids=sids)), self._work.read(_RECORDINGS(sids=sids))
        self._work.fetch()
        self._know(found.rows if found else (), offers.rows, recordings.rows)

    def _know(
        self, calls: Iterable[Call], offers: Iterable[CallOffer] = (), recordings: Iterable[Recording] = ()
    ) -> None:
        for call in calls:
            self.calls.setdefault(call.sid, call)
            self._known.setdefault(call.sid, _rest_of(call.__dict__))
        for offer in offers:
            self._offers[offer.call_id].append(offer)
        for recording in recordings:
            self._recordings[recording.call_id].append(recording)

    def get(self, sid: str) -> Call | None:
        return self.calls.get(sid)

    def agents_rung_by(self, sid: str) -> list[Agent]:
        """Whose phones ring for this call."""
        return [offer.agent for offer in self._offers.get(sid, []) if offer.state == CallOffer.State.RINGING]

    def agents(self) -> dict[int, Agent]:
        """Those at hand: who were rung for one of the calls, or have one."""
        rung = {offer.agent_id: offer.agent for offers in self._offers.values() for offer in offers}
        return rung | {call.agent.pk: call.agent for call in self.calls.values() if call.agent}

    def open(self, call: Call) -> None:
        """A call that was not known, or whose own facts were not: all of it is to be saved."""
        self.calls[call.sid] = call
        self._opened[call.sid] = call
        self.changed(call)

    def changed(self, call: Call, *, dial_over: bool = False) -> None:
        """What follows from callbacks is to be saved, and the tree to be settled."""
        self._progressed[call.sid] = call
        root = self.calls.get(call.parent_id) if call.parent_id else call
        if root is None:
            return  # A leg that was told of before its call: settled when the call is known.
        tree = self._trees.setdefault(root.sid, CallTree(root))
        tree.touched.append(call)
        tree.dial_over = tree.dial_over or dial_over

    def flatten(self, leg: Call) -> None:
        """A leg that a leg made hangs on the same call: two floors at most."""
        parent = self.calls.get(leg.parent_id or "")
        if parent is not None and parent.parent_id is not None:
            leg.parent_id = parent.parent_id

    def belongs_to_attempt(self, leg: Call, attempt: int) -> None:
        """As part of which attempt to find an agent for its caller a leg was made."""
        self._attempts[leg.sid] = attempt

    def end_offers(self, call: Call, reason: str, *, attempt: int | None = None) -> None:
        """Ends what rings for a root call: of one attempt, or all."""
        self.changed(call)
        self._trees[call.sid].ending, self._trees[call.sid].ending_attempt = reason, attempt

    def settle(self) -> list[CallTree]:
        """Works out what follows for the calls and their offers, and has the unit of work write it. Returns what has
        changed, which nothing changes any more."""
        trees = self._settled()
        self._work.write(*self._writes(trees))
        return trees

    def _settled(self) -> list[CallTree]:
        trees = list(self._trees.values())
        self._find_relatives()
        for tree in trees:
            tree.settle()
            self._progressed[tree.root.sid] = tree.root
        now = timezone.now()
        for call in self._progressed.values():
            call.created_at, call.updated_at = call.created_at or now, now
        return trees

    def _writes(self, trees: Sequence[CallTree]) -> list[Statement]:
        rows: dict[Write, list[Any]] = defaultdict(list)
        for sid, call in self._progressed.items():
            rows[_OPEN if sid in self._opened else self._write_of(call)].append(call)
        rows[_WRITE_OFFERS] = [offer for tree in trees for offer in tree.changed_offers]
        return [write(some) for write, some in rows.items() if some]

    def _write_of(self, call: Call) -> Write:
        return _WRITE_PROGRESS if _rest_of(call.__dict__) == self._known[call.sid] else _WRITE_ALL

    def _find_relatives(self) -> None:
        for call in self.calls.values():
            if call.parent_id in self._trees:
                self._trees[call.parent_id].legs.append(call)
        for sid, tree in self._trees.items():
            tree.legs.sort(key=lambda leg: (leg.start_time, leg.sid))
            tree.recordings = self._recordings.get(sid, [])
            tree.attempts = self._attempts
            if tree.root.incoming or tree.root.is_handled or tree.root.is_internal:
                tree.offers = self._offers.get(sid, [])
