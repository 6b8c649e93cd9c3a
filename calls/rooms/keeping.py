"""What nobody told: a look, every few seconds and after each event, at the rooms that are open."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import close_old_connections, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from calls.live.locks import try_lock
from calls.models import Participant, Room, Transfer
from calls.rooms import leaving
from calls.rooms.driving import PATIENCE, drive, music_again
from calls.rooms.entering import is_in
from calls.rooms.follow import follow
from calls.rooms.inside import LIVING, Inside, Role, State
from calls.rooms.supervisors import is_as_wanted
from telephony.errors import TelephonyError
from telephony.rest.client import ParticipantFacts, conference_find, participants_of

logger = logging.getLogger(__name__)

# A room of which so long nothing came that was to come is asked about.
_SILENT = timedelta(seconds=4)
# A room into which nobody has come by then was never opened.
_NEVER = timedelta(seconds=15)
# Of an open room in which nothing was asked for, Twilio is asked who is there as often as this: a word may be lost.
_AT_REST = timedelta(seconds=10)
# Nobody is left with music alone, and with no next step, for longer.
_ALONE = timedelta(seconds=3)
_THREADS = 2
_NOT_OPENED = gettext_noop("Twilio did not do what was asked for. Try again.")


def rooms_due() -> list[str]:
    """The living rooms, and those that are over while somebody's phone still rings for them; few calls have one."""
    on_the_line = Participant.objects.filter(state__in=(State.CALLING, State.IN), wanted_in=False)
    ringing = on_the_line.exclude(role=Role.CUSTOMER)
    living = Room.objects.filter(state__in=LIVING).values_list("pk", flat=True)
    return list({*living, *ringing.values_list("room", flat=True)})


def look(sid: str) -> None:
    """Mends what there is to mend of one room, and asks Twilio for what is wanted."""
    if _is_silent(sid):
        _ask_about(sid)
    with transaction.atomic():
        if not try_lock(sid):
            return
        inside = Inside(sid)
        before = _seen(inside)
        follow(inside)
        if _seen(inside) != before:
            inside.finish()
        else:
            inside.keep_quietly()
    leaving.lead_back_if_alone(sid, _ALONE)
    try:
        drive(sid)
    except TelephonyError as error:
        logger.warning("room: call=%s: %s", sid, error.key)


def _seen(inside: Inside) -> tuple[object, ...]:
    facts = [
        (one.state, one.leg_sid, one.held, one.wanted_held, one.muted, one.coaching, one.wanted_in, one.mode, one.role)
        for one in inside.participants
    ]
    root = (inside.root.agent_id, inside.root.help_since) if inside.root else ()
    return inside.room.state if inside.room else "", *root, *facts


def _is_silent(sid: str) -> bool:
    """Whether something was asked for, and nothing was told of it."""
    now = timezone.now()
    room = Room.objects.filter(pk=sid, state__in=LIVING).first()
    if room is None:
        return False
    known = Participant.objects.filter(room=sid).exclude(state=State.LEFT)
    # Of whom Twilio is still to call nothing can be told.
    rows = [one for one in known if not (one.is_to_be_called or one.is_awaited)]
    lifting = [
        one
        for one in rows
        if one.state == State.CALLING and one.created_at < now - _SILENT and (one.leg_sid or not one.is_supervisor)
    ]
    waits = [
        one
        for one in rows
        if one.asked_at is not None and one.asked_at < now - PATIENCE and not (one.wanted_in and _is_as_wanted(one))
    ]
    if room.state == Room.State.LIFTING:
        return bool(lifting or waits) or room.created_at < now - _SILENT
    return bool(lifting or waits) or (room.asked_at or room.created_at) < now - _AT_REST


def _is_as_wanted(one: Participant) -> bool:
    if one.is_supervisor:
        return is_as_wanted(one)
    return one.wanted_held == one.held and one.wanted_muted == one.muted


def _ask_about(sid: str) -> None:
    """Twilio's own word on who is in the room."""
    room = Room.objects.filter(pk=sid).first()
    if room is None:
        return
    if room.state == Room.State.OPEN:
        # Also when Twilio does not answer: others are asked about, too.
        Room.objects.filter(pk=sid, state=Room.State.OPEN).update(asked_at=timezone.now())
    try:
        conference = conference_find(room.name)
        found = participants_of(conference) if conference else []
    except TelephonyError as error:
        logger.warning("room: nothing is known: call=%s: %s", sid, error.key)
        return
    with transaction.atomic():
        inside = Inside(sid)
        if inside.is_living and inside.the_room.name == room.name:
            before = _seen(inside)
            _compare(inside, conference, found)
            follow(inside)
            if _seen(inside) != before:
                inside.finish()
            else:
                # No desk is told every ten seconds that all is as it was.
                inside.keep_quietly()


def _compare(inside: Inside, conference: str, found: list[ParticipantFacts]) -> None:
    """REST is eventually consistent: who has just come is not taken for gone."""
    room, now = inside.the_room, timezone.now()
    room.conference_sid = conference or room.conference_sid
    for facts in found:
        one = inside.by_leg(facts.call_sid) or inside.by_leg(facts.label)
        if one is None:
            continue
        one.leg_sid = one.leg_sid or facts.call_sid
        inside.changed(one)
        if facts.status in ("connected", "in-progress", ""):
            is_in(inside, one)
            inside.held_is(one, facts.held)
            one.muted = facts.muted
            if one.is_supervisor:
                one.coaching = bool(facts.coached)
                one.coached_leg = facts.coached or one.coached_leg
    there = {name for facts in found for name in (facts.call_sid, facts.label) if name}
    for one in inside.present:
        is_new = (one.joined_at or one.created_at) > now - _NEVER
        may_be_there = bool(one.leg_sid) or one.is_called_in_vain
        if not is_new and may_be_there and not there & {one.leg_sid, one.label}:
            inside.out(one)
    if room.state == Room.State.LIFTING and room.created_at < now - _NEVER:
        room.state = Room.State.OVER
        for one in inside.participants:
            if not inside.hang_up_on_who_came(one):
                inside.end_offer(one)
                inside.out(one)
        Transfer.objects.filter(call=inside.the_root.sid, state__in=Transfer.OPEN).update(
            state=Transfer.State.FAILED, problem=_NOT_OPENED, ended_at=now
        )


class Keeper:
    """A few threads: requests to Twilio may take long, and others' callers must not wait for them."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="rooms")
        self._lock = threading.Lock()
        # Rooms that are looked at, and whether something was told of them since.
        self._again: dict[str, bool] = {}
        self._began = timezone.now()
        # Rooms that were looked at before.
        self._known: set[str] = set()

    def look(self) -> None:
        due = rooms_due()
        self._known.intersection_update(due)
        for sid in due:
            with self._lock:
                if sid in self._again:
                    self._again[sid] = True
                    continue
                self._again[sid] = False
            self._pool.submit(self._run, sid)

    def _run(self, sid: str) -> None:
        close_old_connections()
        try:
            if sid not in self._known:
                self._known.add(sid)
                # Of those who were on hold when this server was started, nobody knows what they hear.
                music_again(sid, held_before=self._began)
            while True:
                look(sid)
                with self._lock:
                    if not self._again[sid]:
                        break
                    self._again[sid] = False
        except Exception:
            logger.exception("a room could not be looked at: call=%s", sid)
        finally:
            with self._lock:
                self._again.pop(sid, None)
            close_old_connections()

    def stop(self, *, wait: bool = False) -> None:
        self._pool.shutdown(wait=wait, cancel_futures=True)
