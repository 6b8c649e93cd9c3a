"""What nobody told: a look, every few seconds, at the callers who wait or are offered to somebody.

Twilio tells of most things, and an event decides on them. Time passes without one; processes are killed between two
things; callbacks are lost.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from agents.selectors import agents_without_phone
from agents.services import ring_unacknowledged
from calls.live import broadcasts, call_back_rounds, dispatcher
from calls.live.call_batch import CallBatch
from calls.live.dispatch import Fetch
from calls.live.endings import end_announced
from calls.live.free_agents import skill_at_work, teams_at_work
from calls.live.journey import sleepers_told
from calls.live.locks import try_lock
from calls.live.notes import note
from calls.live.offers import LONGEST_RING, NOT_ACKNOWLEDGED, NOT_FETCHED
from calls.live.queues import is_untalked
from calls.live.sending_on import is_over, send_on, way_on
from calls.models import TERMINAL, CallOffer, Conversation
from core.languages import kept as _
from core.sql.unit import UnitOfWork
from core.text import in_sentence

State = Conversation.State
# Twilio is asked again to fetch a caller for whom it has not asked by then.
_FETCH_AGAIN = timedelta(seconds=4)
# And then the offer ends, and the caller is offered anew.
_FETCH_AT_MOST = timedelta(seconds=13)
_PAUSE_AFTER_FETCHES = timedelta(seconds=5)
# As long as a page that is loaded again takes to be back.
_LOST_FOR_SECONDS = 3.0
# An answer of ours that made no phone ring within that time was not carried out.
_NO_LEG = timedelta(seconds=20)
# A page that is loaded again is gone for a moment. Only who has been gone for so long has left.
_GONE_FOR_SECONDS = 15.0
# Between our answer and the first sound of the ring.
_ON_THE_WAY = timedelta(seconds=1)
# What an agent's desk can do is known from what it did of late.
_ACKNOWLEDGED_LATELY = timedelta(days=7)


@dataclass(slots=True)
class Mender:
    """`gone_since`: since when, by the monotonic clock, nobody of a team has been at work; `skills_gone_since`: nobody
    of a team with a skill that is asked for; `lost_since`: since when the phone of an offer that rang can ring no
    more."""

    gone_since: dict[int, float] = field(default_factory=dict)
    lost_since: dict[int, float] = field(default_factory=dict)
    skills_gone_since: dict[tuple[int, str], float] = field(default_factory=dict)

    def look(self) -> list[Fetch]:
        """Mends what there is to mend; who is to be fetched for it."""
        now = timezone.now()
        call_back_rounds.look(now)
        if not Conversation.objects.filter(state__in=(State.WAITING, State.OFFERED)).exists():
            return []
        _close_ended(now)
        self._look_which_skills_are_gone()
        return [
            *_changed(_unfetched(now), lambda conversation: _fetch_again(conversation, now)),
            *_changed(self._to_pass_over(now), lambda conversation: _pass_over(conversation, now, self._lost())),
            *_changed(self._to_send_on(now), lambda conversation: self._send_on(conversation, now)),
        ]

    def _to_pass_over(self, now: datetime) -> list[str]:
        """Callers for whom a phone should ring that does not, or does no more."""
        rang = {pk: (sid, agent) for pk, sid, agent in _acknowledged().values_list("pk", "call", "agent")}
        without = agents_without_phone({agent for _sid, agent in rang.values()})
        monotonic = time.monotonic()
        self.lost_since = {
            pk: self.lost_since.get(pk, monotonic) for pk, (_sid, agent) in rang.items() if agent in without
        }
        return list({*_unacknowledged(now), *(rang[pk][0] for pk in self._lost())})

    def _lost(self) -> set[int]:
        """Offers whose phone went, and did not come back at once, as it does when a page is loaded again."""
        monotonic = time.monotonic()
        return {pk for pk, since in self.lost_since.items() if monotonic - since >= _LOST_FOR_SECONDS}

    def _to_send_on(self, now: datetime) -> list[str]:
        """Those whose time is over, whose team has gone, or who were to be sent on and are still there."""
        waiting = Conversation.objects.filter(state=State.WAITING)
        self._look_who_is_gone({pk for pk in waiting.values_list("team_id", flat=True).distinct() if pk})
        gone = self._gone_teams()
        # Whose phone was passed over may have answered all the same, before Twilio fetched the caller.
        found = waiting.filter(is_untalked()).filter(
            Q(team__in=gone)
            | (~Q(send_on="") & (Q(fetched_at=None) | Q(fetched_at__lt=now - _FETCH_AGAIN)))
            | Q(send_on="", waiting_since__lt=now - timedelta(seconds=5))
        )
        # A thousand may wait: what is not asked is not read.
        rows = found.exclude(not_before__gt=now).values_list("pk", "team_id", "send_on", "waiting_since", "terms")
        return [
            pk
            for pk, team_id, send_on, since, terms in rows
            if send_on or team_id in gone or is_over(since, terms, now)
        ]

    def _look_which_skills_are_gone(self) -> None:
        """Whoever waits for a skill that nobody at work has any more is for all of the team."""
        asked = Conversation.objects.filter(state=State.WAITING, team__isnull=False).exclude(skill="")
        pairs = set(asked.order_by().values_list("team_id", "skill").distinct())
        _note_gone(self.skills_gone_since, pairs, {pair for pair in pairs if skill_at_work(*pair)})
        for team_id, skill in _gone(self.skills_gone_since):
            sids = list(asked.filter(team=team_id, skill=skill).values_list("pk", flat=True))
            _changed(sids, partial(_ask_no_more_for, skill=skill))

    def _look_who_is_gone(self, team_ids: set[int]) -> None:
        _note_gone(self.gone_since, team_ids, teams_at_work(team_ids) if team_ids else set())

    def _gone_teams(self) -> list[int]:
        return _gone(self.gone_since)

    def _send_on(self, conversation: Conversation, now: datetime) -> Fetch | None:
        """Looked at anew: another process may have been quicker, and the caller waits for another team by now."""
        if conversation.state != State.WAITING:
            return None
        if conversation.send_on:
            return None if _is_fetched(conversation, now) else _fetch(conversation, now)
        is_sent = send_on(conversation, way_on(conversation, now, gone=self._gone_teams()))
        return _fetch(conversation, now) if is_sent else None


_Whom = TypeVar("_Whom", int, tuple[int, str])


def _note_gone(since: dict[_Whom, float], asked: set[_Whom], at_work: set[_Whom]) -> None:
    for whom in list(since):
        if whom in at_work or whom not in asked:
            del since[whom]
    for whom in asked - at_work:
        since.setdefault(whom, time.monotonic())


def _gone(since: dict[_Whom, float]) -> list[_Whom]:
    until = time.monotonic() - _GONE_FOR_SECONDS
    return [whom for whom, at in since.items() if at <= until]


def _ask_no_more_for(conversation: Conversation, skill: str) -> None:
    if conversation.state != State.WAITING or conversation.skill != skill:
        return
    conversation.skill = ""
    conversation.save(update_fields=["skill"])
    said = _("Nobody at work has the skill %(skill)s any more: the caller is for all of the team.")
    note(conversation.pk, said % {"skill": in_sentence(skill)}, name="step")
    dispatcher.wake_after_commit()


def _changed(sids: Iterable[str], change: Callable[[Conversation], Fetch | None]) -> list[Fetch]:
    """Each of these by itself, unless somebody else is busy with it, who then leaves nothing to mend."""
    fetches = []
    for sid in sids:
        with transaction.atomic():
            if not try_lock(sid):
                continue
            conversation = Conversation.objects.filter(pk=sid).first()
            fetch = change(conversation) if conversation is not None else None
            if fetch is not None:
                fetches.append(fetch)
    return fetches


def _is_fetched(conversation: Conversation, now: datetime) -> bool:
    """Whether Twilio has been asked for the caller just now, by this process or another."""
    return conversation.fetched_at is not None and conversation.fetched_at >= now - _FETCH_AGAIN


def _fetch(conversation: Conversation, now: datetime) -> Fetch:
    conversation.fetched_at = now
    conversation.save()
    return Fetch(conversation.pk, conversation.turn, conversation.leg_sid)


def _close_ended(now: datetime) -> None:
    """Calls that are over, of which the queue or the ring did not tell; offers that ring at nobody's."""
    _tell_sleepers()
    over = Conversation.objects.filter(state__in=(State.WAITING, State.OFFERED), call__status__in=sorted(TERMINAL))
    gone, talked = over.filter(call__answer_time=None), over.filter(call__answer_time__isnull=False)
    for rows, state in ((gone, State.ABANDONED), (talked, State.ENDED)):
        Conversation.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).update(state=state)
    stale = CallOffer.objects.filter(
        Q(created_at__lt=now - LONGEST_RING) | Q(call__status__in=sorted(TERMINAL), is_call_back=False)
    )
    # A phone that says that it rings has a leg, whatever was lost of that.
    unused = Q(rung_at__lt=now - _NO_LEG, leg_sid="", acknowledged_at=None, is_call_back=False, is_consultation=False)
    ringing = CallOffer.objects.filter(state=CallOffer.State.RINGING, call__conversation__isnull=False)
    idle = ringing.filter(unused).values_list("pk", flat=True)
    CallOffer.objects.filter(pk__in=list(idle)).update(state=CallOffer.State.ENDED, reason=NOT_FETCHED, ended_at=now)
    ids = list(stale.filter(state=CallOffer.State.RINGING).values_list("pk", flat=True))
    CallOffer.objects.filter(pk__in=ids).update(state=CallOffer.State.ENDED, ended_at=now)


def _tell_sleepers() -> None:
    """Somebody has answered, or the caller is gone: whoever was woken reads it."""
    settled = Q(call__answer_time__isnull=False, call__round=0) | Q(call__status__in=sorted(TERMINAL))
    known = Conversation.objects.filter(settled, state__in=(State.WAITING, State.OFFERED), terms__has_key="woke")
    for sid in known.values_list("pk", flat=True):
        with transaction.atomic():
            conversation = Conversation.objects.select_related("call__agent").filter(pk=sid).first()
            if conversation is not None and try_lock(sid):
                sleepers_told(conversation, conversation.call)
                conversation.save(update_fields=["terms"])


# --- Callers whom Twilio was to fetch ---------------------------------------------------------------------------------


def _unfetched(now: datetime) -> list[str]:
    rows = CallOffer.objects.filter(
        state=CallOffer.State.RINGING,
        rung_at=None,
        attempt=F("call__conversation__attempt"),
        call__conversation__state=State.OFFERED,
        call__conversation__fetched_at__lt=now - _FETCH_AGAIN,
    )
    return list(rows.values_list("call_id", flat=True).distinct())


def _fetch_again(conversation: Conversation, now: datetime) -> Fetch | None:
    offers = CallOffer.objects.filter(call=conversation.pk, state=CallOffer.State.RINGING, rung_at=None)
    first = offers.order_by("created_at").first()
    if conversation.state != State.OFFERED or first is None or _is_fetched(conversation, now):
        return None
    if first.created_at > now - _FETCH_AT_MOST:
        return _fetch(conversation, now)
    end_attempt(conversation, NOT_FETCHED)
    conversation.not_before = now + _PAUSE_AFTER_FETCHES
    conversation.save()
    return None


def end_attempt(conversation: Conversation, reason: str) -> None:
    """The phones ring no more, and the caller waits. The conversation is to be saved."""
    work = UnitOfWork()
    batch = CallBatch.of(work, conversation.pk)
    call = batch.get(conversation.pk)
    conversation.state, conversation.answer = State.WAITING, ""
    conversation.terms.pop("before", None)
    if call is None:
        return
    batch.end_offers(call, reason)
    trees = batch.settle()
    work.flush()
    broadcasts.after_commit(trees=trees)


# --- Phones that do not ring ------------------------------------------------------------------------------------------


def _unacknowledged(now: datetime) -> list[str]:
    """Callers for whom phones should ring by now, of which no desk says so."""
    seconds = settings.RING_ACK_SECONDS
    if not seconds:
        return []
    rows = CallOffer.objects.filter(
        Q(call__answer_time=None) | Q(call__round__gt=0),
        state=CallOffer.State.RINGING,
        is_consultation=False,
        acknowledged_at=None,
        rung_at__lt=now - timedelta(seconds=seconds) - _ON_THE_WAY,
        attempt=F("call__conversation__attempt"),
        call__conversation__state=State.OFFERED,
    )
    return list(rows.values_list("call_id", flat=True).distinct())


def _acknowledged() -> QuerySet[CallOffer]:
    """What rings at desks that said so."""
    return CallOffer.objects.filter(
        Q(call__answer_time=None) | Q(call__round__gt=0),
        state=CallOffer.State.RINGING,
        is_consultation=False,
        acknowledged_at__isnull=False,
        rung_at__isnull=False,
        agent__rings_mobile=False,
        attempt=F("call__conversation__attempt"),
        call__conversation__state=State.OFFERED,
    )


def _pass_over(conversation: Conversation, now: datetime, lost: Collection[int]) -> Fetch | None:
    """On to the next, within the same call, unless one of the phones may yet ring."""
    offers = list(
        CallOffer.objects.filter(
            call=conversation.pk, attempt=conversation.attempt, state=CallOffer.State.RINGING
        ).select_related("agent")
    )
    if (
        conversation.state != State.OFFERED
        or not offers
        or not all(offer.pk in lost or _should_have_rung(offer, now) for offer in offers)
    ):
        return None
    end_attempt(conversation, NOT_ACKNOWLEDGED)
    for offer in offers:
        # Nobody else is to be sent there, until the desk proves that its phone rings. That one of which it said so has
        # gone since is known already.
        if offer.pk not in lost:
            ring_unacknowledged(offer.agent_id)
    return _fetch(conversation, now)


def _should_have_rung(offer: CallOffer, now: datetime) -> bool:
    """Apps ring by push, which takes its time; and a desk that has never said so cannot."""
    if offer.acknowledged_at is not None or offer.agent.rings_mobile:
        return False
    lately = CallOffer.objects.filter(agent=offer.agent_id, acknowledged_at__gte=now - _ACKNOWLEDGED_LATELY)
    return lately.exists()


def ring_acknowledge(
    sender: Any, *, agent_id: int, sid: str, announces_end: bool = False, leg: str = "", **kwargs: Any
) -> None:
    """A desk of the agent's says that its phone rings for that call; or that it has answered, with its leg, and will
    say when it hangs up.

    As long as it only rings nobody knows which of the agent's phones will answer, and an app says nothing before it
    hangs up: what is announced without a leg does not count.
    """
    if announces_end and leg:
        end_announced(agent_id=agent_id, sid=sid, leg=leg)
    CallOffer.objects.filter(agent=agent_id, call=sid, state=CallOffer.State.RINGING, acknowledged_at=None).update(
        acknowledged_at=timezone.now()
    )
