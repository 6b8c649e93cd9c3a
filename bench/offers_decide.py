"""P12: one of two processes in which things happen at random, each of which may change who gets whom.

Events are written straight into the database, as webhooks leave it; what decides is the web process's own round
(`calls.queues.chore`), with a thread of its own as there.
"""

from __future__ import annotations

import asyncio
import heapq
import random
import threading
import time
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from agents.models import Agent, Team
from bench import offers_rows as rows
from bench.ideal import Arrival, mean_wait, schedule
from bench.offers_job import AGENTS, WAITING, drawn
from calls.live import dispatcher
from calls.live.dispatch import Fetch
from calls.models import Call, CallOffer, Conversation
from calls.queues import chore
from calls.queues.watch import QueueWatch
from core.realtime import outbox

_ENDED: dict[str, Any] = {"status": "completed"}
# A process's first rounds compile its queries and open its connections.
WARM_UP_SECONDS = 4.0


async def _send_frames() -> None:
    """As in the web server, its event loop sends what desks are told."""
    outbox.start()
    await asyncio.Event().wait()


class Office:
    """Half of what happens."""

    def __init__(self, index: int, count: int, begins: float, seconds: float, seed: int) -> None:
        self._begins, self._until = begins, begins + seconds
        self._rng = random.Random(seed * 100 + index)
        self._index, self._count = index, count
        self._teams = dict(Team.objects.values_list("pk", "name"))
        self._next = 1_000_000 * (index + 1)
        self._events: list[tuple[float, int, str, str]] = []
        self._ticks = 0
        self._lock, self._awake = threading.Lock(), threading.Event()
        self._undecided: list[tuple[str, float]] = []
        self.decided: list[tuple[str, float]] = []
        self.rounds: list[float] = []
        self.looks: list[float] = []
        self.late = 0.0

    def run(self) -> dict[str, Any]:
        self._plan()
        rounds = chore.Rounds()
        rounds.fetcher = self  # type: ignore[assignment]
        threading.Thread(target=asyncio.run, args=(_send_frames(),), daemon=True).start()
        thread = threading.Thread(target=self._decide_on, args=(rounds,))
        time.sleep(max(0.0, self._begins - time.time()))
        thread.start()
        mender = threading.Thread(target=self._mend, args=(rounds,))
        mender.start()
        onlooker = threading.Thread(target=self._look_on)
        onlooker.start()
        while time.time() < self._until:
            self._happen()
        thread.join()
        mender.join()
        onlooker.join()
        return {"decided": self.decided, "rounds": self.rounds, "looks": self.looks, "late": self.late}

    def _is_warm(self) -> bool:
        return time.time() - self._begins > WARM_UP_SECONDS

    # --- what happens -----------------------------------------------------------------------------------------------

    def _plan(self) -> None:
        """Who is on the phone hangs up, who waits loses patience, others come as often as agents get free."""
        mine = range(self._index, AGENTS, self._count)
        for number in mine:
            self._at(self._begins + rows.talk_of(rows.sid_of(number)), "hangs-up", rows.sid_of(number))
        for number in range(AGENTS + self._index, AGENTS + WAITING, self._count):
            self._at(self._begins + rows.patience_of(rows.sid_of(number)), "gives-up", rows.sid_of(number))
        at, every = self._begins, self._count * (rows.TALK_SECONDS + rows.AFTERWARDS_SECONDS / 2) / AGENTS
        while (at := at + self._rng.expovariate(1 / every)) < self._until:
            self._next += 1
            self._at(at, "comes", rows.sid_of(self._next))

    def _at(self, at: float, kind: str, sid: str) -> None:
        with self._lock:
            self._ticks += 1
            heapq.heappush(self._events, (at, self._ticks, kind, sid))

    def _happen(self) -> None:
        with self._lock:
            due = heapq.heappop(self._events) if self._events and self._events[0][0] <= time.time() else None
        if due is None:
            time.sleep(0.002)
            return
        at, _, kind, sid = due
        if self._is_warm():
            self.late = max(self.late, time.time() - at)
        with transaction.atomic():
            matters = getattr(self, f"_{kind.replace('-', '_')}")(sid)
        if matters:
            with self._lock:
                self._undecided.append((kind, time.perf_counter()))
            self._awake.set()
            dispatcher.notice()

    def _comes(self, sid: str) -> bool:
        rows.make_waiting([(sid, *drawn(self._rng, list(self._teams), self._teams, timezone.now()))])
        self._at(time.time() + rows.patience_of(sid), "gives-up", sid)
        return True

    def _gives_up(self, sid: str) -> bool:
        gone = Conversation.objects.filter(pk=sid, state="waiting").update(state="abandoned")
        if gone:
            Call.objects.filter(pk=sid).update(**_ENDED, end_time=timezone.now())
        return bool(gone)

    def _answers(self, sid: str) -> bool:
        offer = CallOffer.objects.filter(call=sid, state="ringing").first()
        if offer is None:
            return False
        now = timezone.now()
        CallOffer.objects.filter(pk=offer.pk).update(state="answered", rung_at=now, leg_sid=rows.leg_of(sid))
        Call.objects.filter(pk=sid).update(answer_time=now, agent=offer.agent_id)
        Call.objects.create(
            sid=rows.leg_of(sid), parent_id=sid, agent_id=offer.agent_id, called=f"client:agent_{offer.agent_id}",
            direction="outbound-dial", status="in-progress", start_time=now, answer_time=now,
        )  # fmt: skip
        self._at(offer.created_at.timestamp() + rows.talk_of(sid), "hangs-up", sid)
        return True

    def _hangs_up(self, sid: str) -> bool:
        now = timezone.now()
        Call.objects.filter(pk__in=(sid, rows.leg_of(sid))).update(**_ENDED, end_time=now)
        Conversation.objects.filter(pk=sid).update(state="ended")
        until = now + timedelta(seconds=rows.afterwards_of(sid))
        Agent.objects.filter(calls=rows.leg_of(sid)).update(wrap_up_until=until, wrap_up_since=now)
        self._at(until.timestamp(), "is-free", sid)
        return True

    def _is_free(self, sid: str) -> bool:
        Agent.objects.filter(calls=rows.leg_of(sid)).update(wrap_up_until=None)
        return True

    # --- what is decided --------------------------------------------------------------------------------------------

    def _decide_on(self, rounds: chore.Rounds) -> None:
        dispatch = chore.dispatch

        def noted() -> list[Fetch]:
            # What was committed before it began is decided by it.
            with self._lock:
                known, self._undecided = self._undecided, []
            fetches = dispatch()
            now = time.perf_counter()
            if self._is_warm():
                self.decided += [(kind, 1000 * (now - at)) for kind, at in known]
            return fetches

        chore.dispatch = noted
        while time.time() < self._until:
            self._awake.wait(chore._NET_SECONDS)  # noqa: SLF001
            time.sleep(chore._SOON)  # noqa: SLF001
            self._awake.clear()
            began = time.perf_counter()
            rounds.look()
            if self._is_warm():
                self.rounds.append(1000 * (time.perf_counter() - began))
        connection.close()

    def _mend(self, rounds: chore.Rounds) -> None:
        while time.time() < self._until:
            rounds.mend()
            time.sleep(chore._NET_SECONDS)  # noqa: SLF001
        connection.close()

    def _look_on(self) -> None:
        """`calls.queues.watch.watch_forever`, without its loop."""
        watch, awake = QueueWatch(), threading.Event()
        dispatcher.look_on(awake.set)
        while time.time() < self._until:
            awake.wait(chore._NET_SECONDS)  # noqa: SLF001
            time.sleep(watch.pause_seconds)
            awake.clear()
            began = time.perf_counter()
            watch.look(lambda group: True)
            if self._is_warm():
                self.looks.append(1000 * (time.perf_counter() - began))
        connection.close()

    def submit(self, fetches: list[Fetch]) -> None:
        """In the fetcher's place: Twilio fetches at once, and the agent answers at once."""
        for fetch in fetches:
            self._at(time.time(), "answers", fetch.sid)


# --- beside an ideal scheduler --------------------------------------------------------------------------------------


def compare(began: float, until: float) -> dict[str, Any]:
    teams: dict[int, set[int]] = {}
    through: Any = Agent.teams.through
    for agent_id, team_id in through.objects.values_list("agent_id", "team_id"):
        teams.setdefault(agent_id, set()).add(team_id)
    named = {name.casefold(): pk for pk, name in Team.objects.values_list("pk", "name")}
    callers = [_arrival(*row, named, began) for row in _callers()]
    ideal = schedule(callers, {pk: frozenset(mine) for pk, mine in teams.items()}, _free_at(began))
    ours = {sid: at.timestamp() for sid, at in CallOffer.objects.order_by("-pk").values_list("call", "created_at")}
    served = {caller.name for caller in callers if ours.get(caller.name, until) < until}
    would = {name for name, one in ideal.items() if one.at is not None and one.at < until}
    return {
        "callers": len(callers),
        "served": len(served),
        "ideally": len(would),
        "wait": _mean([ours[one.name] - one.at for one in callers if one.name in served]),
        "ideal wait": _mean([(ideal[one.name].at or 0.0) - one.at for one in callers if one.name in would]),
        "all": _mean([min(until, ours.get(one.name, until), one.at + (one.patience or 0)) - one.at for one in callers]),
        "ideal all": mean_wait(callers, ideal, until),
    }


def _callers() -> list[tuple[str, int, datetime, str]]:
    found: Any = Conversation.objects.values_list("pk", "team_id", "waiting_since", "skill")
    return list(found)


def _arrival(sid: str, team_id: int, since: datetime, skill: str, named: dict[str, int], began: float) -> Arrival:
    at = since.timestamp()
    return Arrival(
        name=sid, at=at, takes=rows.talk_of(sid) + rows.afterwards_of(sid), team=team_id,
        skill=named[skill.casefold()] if skill else None,
        # Whoever waited from the beginning was patient until then.
        patience=max(0.0, began - at) + rows.patience_of(sid),
    )  # fmt: skip


def _free_at(began: float) -> dict[int, float]:
    first = Call.objects.filter(parent__in=[rows.sid_of(number) for number in range(AGENTS)])
    pairs = first.values_list("agent_id", "parent_id")
    return {agent: began + rows.talk_of(sid) + rows.afterwards_of(sid) for agent, sid in pairs if agent and sid}


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0
