"""Whole lives of rooms that are supervised, drawn: what supervisors and agents press, what Twilio refuses, words that
are shuffled, doubled and lost, phones that drop. No caller ever hears a whisper, and whatever a supervisor's phone does
changes nothing for the caller."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import pytest
from rest_framework.test import APIClient

from calls.models import Call, CallOffer, Participant
from calls.rooms import calling_in, driving, keeping, leading
from telephony.errors import CallGone, TelephonyError
from telephony.rest.client import ParticipantFacts
from tests import factories
from tests.calls.rooms.rooms import LEG, ROOT, talk
from tests.calls.rooms.test_lives_of_rooms import World, _check, _later
from tests.twilio import incoming, outgoing, sid

pytestmark = pytest.mark.django_db

MODES = ("listen", "whisper", "join", "take-over")


@dataclass
class Supervised(World):
    """With a supervisor's phones, and by whom each is heard: `all`, `nobody`, or one leg."""

    hedy: Any = None
    heard_by: dict[str, str] = field(default_factory=dict)
    phones: int = 70
    # Whether the supervisor ever wanted the caller to.
    may_be_heard: bool = False

    def connects(self) -> None:
        """The desk's phone calls, as it does when it was told that it may."""
        self.phones += 1
        leg = sid("CA", self.phones)
        fields = outgoing(self.hedy.pk, "", CallSid=leg, supervise=ROOT)
        text = self.twilio.webhook("/twilio/voice/outgoing/", fields).content.decode()
        if "<Conference" not in text or self.places[ROOT] != "room":
            return
        label = text.partition('participantLabel="')[2].partition('"')[0]
        if label in [self.labels.get(one) for one, place in self.places.items() if place == "room"]:
            return
        coach = text.partition('coach="')[2].partition('"')[0]
        if coach and self.places.get(coach) != "room":
            # Twilio's 13240.
            return
        self.labels[leg], self.places[leg] = label, "room"
        self.heard_by[leg] = "nobody" if 'muted="true"' in text else coach or "all"
        self.event("participant-join", leg)

    def supervise(self, conference: str, leg: str, *, muted: bool, coached: str | None) -> None:
        self.refuses()
        if self.places.get(leg) != "room":
            raise CallGone("This call is over.", permanent=True)
        if coached and self.places.get(coached) != "room":
            raise TelephonyError("Nobody to coach", code=13240, permanent=True)
        assert not muted or coached is None, "whoever is muted goes on to coach"
        self.heard_by[leg] = "nobody" if muted else coached or "all"
        self.event("participant-modify", leg)

    def event(self, name: str, leg: str) -> None:
        super().event(name, leg)
        if leg in self.heard_by:
            heard = self.heard_by[leg]
            self.untold[-1][1]["Muted"] = str(heard == "nobody").lower()
            self.untold[-1][1]["Coaching"] = str(heard not in ("nobody", "all")).lower()

    def status(self, leg: str, status: str) -> None:
        if leg not in self.heard_by:
            super().status(leg, status)
            return
        fields = outgoing(self.hedy.pk, "", CallSid=leg, CallStatus=status, supervise=ROOT)
        self.untold.append(("/twilio/voice/status/", fields))

    def participants(self, conference: str) -> list[ParticipantFacts]:
        def facts(one: ParticipantFacts) -> ParticipantFacts:
            heard = self.heard_by.get(one.call_sid, "all")
            coached = "" if heard in ("nobody", "all") else heard
            return ParticipantFacts(one.call_sid, one.label, one.status, one.held, heard == "nobody", coached)

        return [facts(one) for one in super().participants(conference)]

    def check_now(self) -> None:
        """Whom the caller hears of the supervisors, at any moment."""
        for leg, heard in self.heard_by.items():
            if self.places[leg] == "room" and heard == "all":
                one = Participant.objects.get(leg_sid=leg)
                assert self.may_be_heard, f"a caller hears who {one.mode or one.role}s"


@contextmanager
def twilio_is(world: Supervised) -> Iterator[None]:
    with ExitStack() as stack:
        for module, name, does in (
            (driving, "call_redirect", world.redirect),
            (leading, "call_redirect", world.redirect),
            (driving, "call_hang_up", world.hang_up),
            (calling_in, "call_hang_up", world.hang_up),
            (driving, "participant_hold", world.hold),
            (driving, "participant_remove", world.remove),
            (driving, "participant_supervise", world.supervise),
            (calling_in, "participant_call", world.call),
            (calling_in, "participants_of", world.participants),
            (keeping, "conference_find", world.find),
            (keeping, "participants_of", world.participants),
        ):
            stack.enter_context(patch.object(module, name, does))
        yield


def press(world: Supervised, client: APIClient, action: str, body: dict[str, Any]) -> int:
    answer = client.post(f"/api/v1/calls/{ROOT}/{action}/", body, format="json", secure=True)
    assert answer.status_code < 500 or answer.status_code in (502, 503), answer.content
    return answer.status_code


def agent_acts(world: Supervised, client: APIClient) -> None:
    what = world.dice.choice(("hold", "resume", "help", "consult", "complete-transfer", "cancel-transfer", "merge"))
    if what == "help":
        press(world, client, "help", {"wanted": world.dice.random() < 0.7})
    elif what == "consult":
        press(world, client, "transfer", {"to": {"agent": world.grace.pk}, "mode": "warm"})
    else:
        press(world, client, what, {})


def supervisor_acts(world: Supervised, client: APIClient, modes: tuple[str, ...]) -> None:
    mode = world.dice.choice(modes)
    if mode in ("join", "take-over"):
        world.may_be_heard = True
    if press(world, client, "supervise", {"mode": mode}) == 202 and world.dice.random() < 0.85:
        world.connects()


def lived(world: Supervised, ada: APIClient, hedy: APIClient, modes: tuple[str, ...], *, agent_acts_too: bool) -> None:
    dice = world.dice
    for _step in range(18):
        roll = dice.random()
        calling = [leg for leg, place in world.places.items() if place == "calling"]
        if roll < 0.3:
            supervisor_acts(world, hedy, modes)
        elif roll < 0.45 and agent_acts_too:
            agent_acts(world, ada)
        elif roll < 0.75:
            world.tell()
        elif roll < 0.82 and calling:
            world.answers(calling[0], taken=dice.random() < 0.7)
        elif roll < 0.9:
            phones = [leg for leg in world.heard_by if world.places[leg] == "room"]
            if phones:
                world.ends(dice.choice(phones))
        else:
            keeping.look(ROOT)
        world.check_now()
    world.troubled = False
    for _ in range(8):
        _later()
        keeping.look(ROOT)
        for leg in [leg for leg, place in world.places.items() if place == "calling"]:
            world.answers(leg, taken=False)
        while world.untold:
            world.twilio.webhook(*world.untold.pop(0))
        world.check_now()


@pytest.fixture
def world(twilio, line, team, ada, request):
    grace = factories.make_agent("grace", team=team, reachable=True)
    talk(twilio, ada)
    made = Supervised(twilio, random.Random(request.param), ada, grace)
    made.hedy = factories.make_agent("hedy", team=team, role="supervisor", reachable=True)
    CallOffer.objects.filter(agent__in=[grace, made.hedy]).delete()
    with twilio_is(made):
        yield made


def desk_of(agent: Any) -> APIClient:
    client = APIClient()
    client.force_authenticate(agent)
    return client


@pytest.mark.parametrize("world", range(20), indirect=True)
def test_no_life_of_a_supervised_room_loses_the_caller(world):
    lived(world, desk_of(world.ada), desk_of(world.hedy), MODES, agent_acts_too=True)

    _check(world)
    _check_supervision(world)


@pytest.mark.parametrize("world", range(100, 112), indirect=True)
def test_who_listens_and_whispers_is_never_heard_by_the_caller_and_changes_nothing_for_them(world):
    lived(world, desk_of(world.ada), desk_of(world.hedy), ("listen", "whisper"), agent_acts_too=False)

    assert not world.may_be_heard
    assert [world.places[leg] for leg in (ROOT, LEG)] in (["room", "room"], ["bridge", "bridge"])
    assert ROOT not in world.held
    call = Call.objects.get(pk=ROOT)
    assert (call.status, call.agent_id) == ("in-progress", world.ada.pk)
    _check_supervision(world)
    world.twilio.webhook("/twilio/voice/status/", incoming(CallStatus="completed", SequenceNumber="0"))
    assert not Participant.objects.exclude(state="left").exists()


def _check_supervision(world: Supervised) -> None:
    """Each supervisor is where the rows say, and as they were wanted."""
    inside = {one.leg_sid: one for one in Participant.objects.filter(state="in", role="supervisor")}
    there = {leg for leg in world.heard_by if world.places[leg] == "room"}
    assert set(inside) <= there, (inside, world.places)
    for leg, one in inside.items():
        heard = world.heard_by[leg]
        assert heard == {"listen": "nobody", "join": "all"}.get(one.mode, one.coached_leg), (one.mode, heard)
        assert one.mode != "whisper" or world.places[one.coached_leg] == "room", "whispers to whoever has left"
    assert not Participant.objects.filter(role="supervisor", state="calling", leg_sid="").exists()
    assert not Call.objects.filter(pk__in=world.heard_by, parent=None).exists(), "a row of its own"
    agents = Participant.objects.filter(room=ROOT, state="in", role="agent")
    if inside:
        assert agents.exists(), "a supervisor is left behind"
