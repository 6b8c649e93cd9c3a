"""Whole calls, with their legs, offers and messages, read in one go and written in one go.

However many callbacks are worked on together, it is the same few statements and two trips to the database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from calls.live.call_tree import Family
from calls.live.locks import locking
from calls.models import Call, CallOffer, Recording
from core.sql.prepared import Prepared, Slot
from core.sql.statements import Statement, Write, fetch, fields_of, finish, new_row

if TYPE_CHECKING:
    from agents.models import Agent

# All that a webhook may change. What agents write (note, outcome) is not among it.
_FACTS = [
    "parent_call_sid", "account_sid", "direction", "caller", "called", "status", "sequence_number", "start_time",
    "answer_time", "end_time", "duration", "sip_response_code", "error_code", "agent_id", "line_id", "contact_id",
    "caller_name", "searched_name", "city", "state", "country", "stir_verstat", "forwarded_from", "result", "revision",
    "problem", "updated_at",
]  # fmt: skip
# What follows from callbacks alone, and is written for every one of them.
_PROGRESS = [
    "status", "sequence_number", "answer_time", "end_time", "duration", "sip_response_code", "error_code", "revision",
    "problem", "updated_at",
]  # fmt: skip
# Where the log's indexes hold a call, beside its status: what it ends as, and what hardly ever changes. Written only
# when it is another: SQLite writes each index that holds a column anew with the column, even as it was.
_END, _PLACE = ["agent_id", "result"], ["parent_call_sid", "start_time"]
_end_of, _place_of = attrgetter("agent_id", "result"), attrgetter("parent_id", "start_time")
# Of an agent, what is shown with a call.
_AGENT = ("username", "first_name", "last_name")


def _calls() -> QuerySet[Call]:
    related = [f"agent__{name}" for name in _AGENT]
    related += [f"line__{name}" for name in ("name", "number", "team", "ring_seconds", "takes_voicemail", "is_active")]
    related += [f"contact__{name}" for name in ("name", "company", "note")]
    own = [field.name for field in fields_of(Call)]
    known = Q(pk__among=Slot("sids")) | Q(parent__pk__among=Slot("sids"))
    return Call.objects.filter(known).select_related("agent", "line", "contact").only(*own, *related).order_by()


def _offers() -> QuerySet[CallOffer]:
    own = [field.name for field in fields_of(CallOffer)]
    offers = CallOffer.objects.filter(call__pk__among=Slot("sids")).select_related("agent").order_by("pk")
    return offers.only(*own, *(f"agent__{name}" for name in _AGENT))


_CALLS = Prepared(_calls)
_OFFERS = Prepared(_offers)
_RECORDINGS = Prepared(lambda: Recording.objects.filter(call__pk__among=Slot("sids")))
_OR_UPDATE = f"ON CONFLICT (sid) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _FACTS)}"
_OPEN = Write.insert(Call, on_conflict=_OR_UPDATE)
# The same for one that has only begun: a third of its columns need not be sent.
_NOT_YET = (
    "sequence_number", "answer_time", "end_time", "duration", "sip_response_code", "agent_id", "result", "problem",
    "note", "searched_note", "outcome",
)  # fmt: skip
_not_yet_of = attrgetter(*_NOT_YET)
_NOT_YET_VALUES = _not_yet_of(new_row(Call))
_BEGIN = Write.insert(Call, fixed=dict(zip(_NOT_YET, _NOT_YET_VALUES, strict=True)), on_conflict=_OR_UPDATE)
_WRITE_PROGRESS = Write.update(Call, key="sid", columns=_PROGRESS)
_WRITE_END_TOO = Write.update(Call, key="sid", columns=[*_END, *_PROGRESS])
_WRITE_PLACE_TOO = Write.update(Call, key="sid", columns=[*_PLACE, *_END, *_PROGRESS])
_WRITE_OFFERS = Write.update(CallOffer, key="id", columns=["state"])


class Families:
    """The calls with these sids, with the calls they are legs of and all other legs of those.

    To be used inside a transaction, which holds all of them until it ends. `sids` are pairs of a call's sid and its
    parent's, which is empty for a root or when it is not known. `also` is read in the same trip: after the calls, and
    after what `also_lock` waits for. Of calls that should be new, more is read only when one of them is known.
    """

    def __init__(
        self,
        sids: Iterable[tuple[str, str]],
        *,
        should_be_new: bool = False,
        also_lock: Iterable[Statement] = (),
        also: Collection[Statement] = (),
    ) -> None:
        pairs = list(sids)
        roots = {parent or sid for sid, parent in pairs}
        self.calls: dict[str, Call] = {}
        self._known: dict[str, tuple[Any, Any]] = {}
        self._offers: dict[str, list[CallOffer]] = defaultdict(list)
        self._recordings: dict[str, list[Recording]] = defaultdict(list)
        self._progressed: dict[str, Call] = {}
        self._opened: dict[str, Call] = {}
        self._families: dict[str, Family] = {}
        self.also = self._load(roots | {sid for sid, _ in pairs}, [*locking(roots), *also_lock], also, should_be_new)

    def _load(
        self, wanted: set[str], locks: list[Statement], also: Collection[Statement], should_be_new: bool
    ) -> list[list[Any]]:
        asked = set(wanted)
        rest = [] if should_be_new else [_OFFERS(sids=wanted), _RECORDINGS(sids=wanted)]
        calls, *found = fetch(*locks, _CALLS(sids=wanted), *rest, *also)[len(locks) :]
        self._know(calls, *found[: len(rest)])
        if should_be_new and calls:
            self._know([], *fetch(_OFFERS(sids=wanted), _RECORDINGS(sids=wanted)))
        # A leg whose callback did not name its call: the call and its other legs are needed as well.
        while more := {call.parent_id for call in self.calls.values() if call.parent_id} - asked:
            asked |= more
            locks = locking(more)
            self._know(*fetch(*locks, _CALLS(sids=more), _OFFERS(sids=more), _RECORDINGS(sids=more))[len(locks) :])
        return found[len(rest) :]

    def _know(
        self, calls: Iterable[Call], offers: Iterable[CallOffer] = (), recordings: Iterable[Recording] = ()
    ) -> None:
        for call in calls:
            self.calls.setdefault(call.sid, call)
            self._known.setdefault(call.sid, (_place_of(call), _end_of(call)))
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
        families = self._settled()
        fetch(*self._writes(families))
        return families

    def settle_last(
        self,
        *also: Statement,
        then: Callable[[], Sequence[Statement]],
        meanwhile: Callable[[list[Family]], None],
    ) -> None:
        """The same, as the transaction's last. In the same trip, `also` is written, and then what `then` says.

        `then` is asked, and `meanwhile` is told what has changed, when all has been worked out: while the database
        works on it, which they must not use.
        """
        families = self._settled()
        finish(*self._writes(families), *also, then=then, meanwhile=lambda: meanwhile(families))

    def _settled(self) -> list[Family]:
        families = list(self._families.values())
        self._find_relatives()
        for family in families:
            family.settle()
            self._progressed[family.root.sid] = family.root
        now = timezone.now()
        for call in self._progressed.values():
            call.created_at, call.updated_at = call.created_at or now, now
        return families

    def _writes(self, families: Sequence[Family]) -> list[Statement]:
        rows: dict[Write, list[Any]] = defaultdict(list)
        for sid, call in self._progressed.items():
            rows[self._opening(call) if sid in self._opened else self._write_of(call)].append(call)
        rows[_WRITE_OFFERS] = [offer for family in families for offer in family.changed_offers]
        return [write(some) for write, some in rows.items() if some]

    def _opening(self, call: Call) -> Write:
        return _BEGIN if _not_yet_of(call) == _NOT_YET_VALUES else _OPEN

    def _write_of(self, call: Call) -> Write:
        """What writes no more of it than has to be."""
        place, end = self._known[call.sid]
        if _place_of(call) != place:
            return _WRITE_PLACE_TOO
        return _WRITE_END_TOO if _end_of(call) != end else _WRITE_PROGRESS

    def _find_relatives(self) -> None:
        for call in self.calls.values():
            if call.parent_id in self._families:
                self._families[call.parent_id].legs.append(call)
        for sid, family in self._families.items():
            family.legs.sort(key=lambda leg: (leg.start_time, leg.sid))
            family.recordings = self._recordings.get(sid, [])
            if family.root.incoming:
                family.offers = self._offers.get(sid, [])
