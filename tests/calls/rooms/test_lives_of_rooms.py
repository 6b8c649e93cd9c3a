"""Whole lives of rooms, drawn: what agents press, what Twilio refuses, callbacks shuffled, doubled and lost, lines that
drop. At the end the caller is with somebody, hears music with a next step, or is on the way to somebody."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from calls.handling_payloads import parked_since
from calls.models import Call, CallOffer, Conversation, Participant, Room, Transfer
from calls.rooms import calling_in, driving, keeping, leading
from calls.selectors import call_get
from telephony.errors import CallGone, TelephonyError, Unavailable
from telephony.rest.client import ParticipantFacts
from tests import factories
from tests.calls.rooms.rooms import CONFERENCE, LEG, ROOT, talk
from tests.twilio import SUPPORT, TwilioClient, incoming, leg_status, outgoing, rfc2822, sid

pytestmark = pytest.mark.django_db


@dataclass
class World:
    """Twilio, as it really is: where each leg is, and what it has still to tell."""

    twilio: TwilioClient
    dice: random.Random
    ada: Any
    grace: Any
    # bridge, room, calling, queue, gone
    places: dict[str, str] = field(default_factory=lambda: {ROOT: "bridge", LEG: "bridge"})
    held: set[str] = field(default_factory=set)
    labels: dict[str, str] = field(default_factory=dict)
    untold: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    sequence: int = 0
    legs: int = 50
    fetched: str = ""
    troubled: bool = True
    # Whether phones ring, and are answered, for a customer who was fetched.
    rings: bool = False
    next_action: str = ""
    # Whose phones are about to call to go on with the call; legs of such, with whose they are.
    dials: list[Any] = field(default_factory=list)
    own: dict[str, Any] = field(default_factory=dict)
    # Legs of somebody outside.
    outside: set[str] = field(default_factory=set)
    # Whether Ada made the call: it is her leg, and the customer's hangs on it.
    made: bool = False
    # Phones that ring for a customer who was fetched, with whose they are, and where their legs tell of themselves.
    rung: dict[str, tuple[Any, str]] = field(default_factory=dict)
    # The leg that `<Dial>` made of those who are bridged, and where the other one asks when it is over.
    child: str = LEG
    action: str = "/twilio/voice/dial-action/"

    @property
    def customer(self) -> str:
        return LEG if self.made else ROOT

    @property
    def adas(self) -> str:
        return ROOT if self.made else LEG

    @property
    def parent(self) -> str:
        return ROOT if self.child == LEG else self.customer

    def about(self, leg: str, **more: Any) -> dict[str, Any]:
        """What Twilio says of one of the legs with which it all began, or of an agent's."""
        if leg == self.adas and self.made:
            return outgoing(self.ada.pk, CALLED, **more)
        if leg == self.customer:
            made = {"CallSid": LEG, "From": SUPPORT, "To": CALLED, "Direction": "outbound-dial"}
            return incoming(**(made if self.made else {}), **more)
        agent = self.rung[leg][0] if leg in self.rung else self.ada
        return leg_status(agent.pk, "in-progress", 2, leg=int(leg[2:], 16)) | more

    @property
    def talker(self) -> Any:
        """Whose key is pressed."""
        return self.rung[self.child][0] if self.child in self.rung else self.ada

    # --- what is asked of it ------------------------------------------------------------------------------------------

    def refuses(self) -> None:
        if self.troubled and self.dice.random() < 0.12:
            raise TelephonyError("Twilio did not accept this.", permanent=True)

    def alive(self, leg: str) -> None:
        if self.places.get(leg, "gone") == "gone":
            raise CallGone("This call is over.", permanent=True)

    def redirect(self, leg: str, url: str, *, fallback_url: str, purpose: str = "") -> None:
        self.refuses()
        self.alive(leg)
        if purpose == "transfer":
            self.fetch(leg, url)
            return
        self.alive(self.parent)
        name = parse_qs(urlsplit(url).query)["room"][0]
        for one, path, fields in (
            (leg, f"/twilio/voice/room/?room={name}", self.about(leg)),
            (self.parent, self.action, self.about(self.parent, CallStatus="in-progress", DialCallStatus="completed")),
        ):
            text = self.twilio.webhook(path, fields).content.decode()
            if name in text:
                self.labels[one] = text.partition('participantLabel="')[2].partition('"')[0]
                self.places[one] = "room"
                self.event("participant-join", one)
            else:
                self.ends(one)

    def fetch(self, leg: str, url: str) -> None:
        self.cancel_rings()
        was_bridged = self.places[leg] == "bridge"
        other = self.parent if leg == self.child else self.child
        self.leave(leg, "queue")
        parts = urlsplit(url)
        fields = self.about(leg, CallStatus="in-progress")
        self.comes(self.twilio.webhook(f"{parts.path}?{parts.query}", fields).content.decode())
        if was_bridged:
            if other == ROOT:
                self.twilio.webhook("/twilio/voice/dial-action/", self.about(ROOT, DialCallStatus="completed"))
            self.ends(other)

    def comes(self, text: str) -> None:
        """The customer who was fetched is answered so."""
        self.fetched = text
        if not self.rings or "<Client" not in text:
            return
        dial = ElementTree.fromstring(text).find("Dial")
        client = dial.find("Client")
        agent = next(one for one in (self.ada, self.grace) if one.identity == client.findtext("Identity"))
        self.legs += 1
        self.places[sid("CA", self.legs)] = "ringing"
        self.rung[sid("CA", self.legs)] = (agent, _path(client.attrib["statusCallback"]))
        self.next_action = _path(dial.attrib["action"])

    def cancel_rings(self) -> None:
        for leg in [leg for leg, place in self.places.items() if place == "ringing"]:
            self.places[leg] = "gone"
            self.status(leg, "canceled")

    def takes(self, leg: str, *, taken: bool) -> None:
        """A phone that rings for the customer is answered, or not."""
        self.status(leg, "in-progress" if taken else "no-answer")
        if taken:
            self.twilio.webhook(*self.untold.pop())
            self.places[leg] = self.places[self.customer] = "bridge"
            self.child, self.action = leg, self.next_action
            return
        self.places[leg] = "gone"
        fields = self.about(self.customer, CallStatus="in-progress", DialCallStatus="no-answer", DialBridged="false")
        self.comes(self.twilio.webhook(self.next_action, fields).content.decode())

    def hang_up(self, leg: str) -> None:
        self.refuses()
        self.alive(leg)
        self.leave(leg, "gone")
        self.ended(leg)

    def hold(self, conference: str, leg: str, *, held: bool, music_url: str) -> None:
        self.refuses()
        if self.places.get(leg) != "room":
            raise CallGone("This call is over.", permanent=True)
        if held != (leg in self.held):
            (self.held.add if held else self.held.discard)(leg)
            self.event("participant-hold" if held else "participant-unhold", leg)

    def remove(self, conference: str, leg: str) -> None:
        self.refuses()
        if self.places.get(leg) != "room":
            raise CallGone("This call is over.", permanent=True)
        self.leave(leg, "gone")
        self.ended(leg)

    def call(self, conference: str, *, to: str, label: str, **more: Any) -> str:
        self.refuses()
        if self.places[self.customer] != "room":
            raise CallGone("This call is over.", permanent=True)
        self.legs += 1
        leg = sid("CA", self.legs)
        self.places[leg], self.labels[leg] = "calling", label
        if not to.startswith("client:"):
            self.outside.add(leg)
        if self.troubled and self.dice.random() < 0.3:
            # Done, and nobody hears of it.
            raise Unavailable("Twilio cannot be reached.")
        return leg

    def find(self, name: str) -> str:
        return CONFERENCE if "room" in self.places.values() else ""

    def participants(self, conference: str) -> list[ParticipantFacts]:
        return [
            ParticipantFacts(
                leg, self.labels[leg], "connected" if place == "room" else "ringing", leg in self.held, False
            )
            for leg, place in self.places.items()
            if place in ("room", "calling")
        ]

    # --- what happens by itself ---------------------------------------------------------------------------------------

    def leave(self, leg: str, to: str) -> None:
        was = self.places[leg]
        if leg == self.customer and to == "gone":
            self.cancel_rings()
        if was == "bridge" and to == "gone" and leg == self.parent and self.places[self.child] == "bridge":
            self.places[self.child] = "gone"
            self.ended(self.child)
        self.places[leg] = to
        self.held.discard(leg)
        if was == "room":
            self.event("participant-leave", leg)
            if leg == self.customer:
                for other in [one for one, place in self.places.items() if place == "room"]:
                    self.leave(other, "gone")
                    self.ended(other)

    def ends(self, leg: str) -> None:
        """Hung up, or lost."""
        if self.places[leg] == "gone":
            return
        was = self.places[leg]
        self.leave(leg, "gone")
        self.ended(leg)
        if was != "bridge" or self.places[self.customer] != "bridge":
            return
        if leg == self.child:
            told = {"DialCallSid": leg} if self.rings else {}
            ended = {"DialCallStatus": "completed", "DialCallDuration": "5", **told}
            fields = self.about(self.customer, CallStatus="in-progress", **ended)
            text = self.twilio.webhook(self.action, fields).content.decode()
            if "Hangup" in text:
                self.ends(self.customer)
            elif self.rings:
                self.places[self.customer] = "queue"
                self.comes(text)

    def dial(self) -> None:
        """An agent's phone at another place."""
        agent = self.dials.pop(0)
        self.legs += 1
        leg = sid("CA", self.legs)
        fields = outgoing(agent.pk, "", CallSid=leg, Move=ROOT)
        text = self.twilio.webhook("/twilio/voice/outgoing/", fields).content.decode()
        self.own[leg] = agent
        self.places[leg] = "gone"
        if "<Conference" not in text:
            self.status(leg, "no-answer")
            return
        self.labels[leg] = text.partition('participantLabel="')[2].partition('"')[0]
        if self.dice.random() < 0.15:
            # The page is closed in this moment.
            self.ended(leg)
            return
        self.places[leg] = "room"
        self.event("participant-join", leg)

    def answers(self, leg: str, *, taken: bool) -> None:
        if not taken:
            self.places[leg] = "gone"
            self.status(leg, "no-answer")
            return
        self.status(leg, "in-progress")
        if self.places[self.customer] == "room":
            self.places[leg] = "room"
            self.event("participant-join", leg)
        else:
            self.ends(leg)

    def ended(self, leg: str) -> None:
        self.status(leg, "completed")

    def status(self, leg: str, status: str) -> None:
        if leg == ROOT:
            fields = self.about(ROOT, CallStatus=status, SequenceNumber="0")
            self.untold.append(("/twilio/voice/status/", fields))
            return
        if leg in self.rung:
            agent, path = self.rung[leg]
            parent = int(self.customer[2:], 16)
            sequence = 2 if status == "in-progress" else 3
            fields = leg_status(agent.pk, status, sequence, leg=int(leg[2:], 16), parent=parent)
            self.untold.append((path, fields | {"Timestamp": rfc2822(timezone.now())}))
            return
        if leg == LEG and self.made:
            fields = leg_status(0, status, 3) | {"From": SUPPORT, "To": CALLED, "Timestamp": rfc2822(timezone.now())}
            self.untold.append(("/twilio/voice/status/", fields))
            return
        if leg in self.own:
            pk = self.own[leg].pk
            fields = outgoing(pk, "", CallSid=leg, CallStatus=status, Timestamp=rfc2822(timezone.now()))
            self.untold.append(("/twilio/voice/status/", fields))
            return
        agent = self.ada if leg == LEG else self.grace
        fields = leg_status(agent.pk, status, 3, leg=int(leg[2:], 16))
        path = "/twilio/voice/status/"
        if leg != LEG:
            fields.pop("ParentCallSid")
            fields |= {"To": OUTSIDE} if leg in self.outside else {}
            path = f"/twilio/voice/participant-status/?call={ROOT}"
        self.untold.append((path, fields | {"Timestamp": rfc2822(timezone.now())}))

    def event(self, name: str, leg: str) -> None:
        self.sequence += 1
        room = Room.objects.get(pk=ROOT)
        fields = {
            "AccountSid": incoming()["AccountSid"],
            "ConferenceSid": CONFERENCE,
            "FriendlyName": room.name,
            "StatusCallbackEvent": name,
            "SequenceNumber": str(self.sequence),
            "CallSid": leg,
            "ParticipantLabel": self.labels.get(leg, ""),
            "Muted": "false",
            "Hold": str(leg in self.held).lower(),
        }
        self.untold.append(("/twilio/voice/conference/", fields))

    def legs_of(self, agent: Any) -> list[str]:
        """Where that agent's phone is."""
        first = self.adas if agent == self.ada else ""
        own = [leg for leg, whose in sorted(self.own.items()) if whose == agent]
        own += [leg for leg, (whose, _path) in sorted(self.rung.items()) if whose == agent]
        return [leg for leg in (first, *own) if self.places.get(leg, "gone") != "gone"]

    def tell(self) -> None:
        """Any of what there is to tell; sometimes twice, sometimes never."""
        if not self.untold:
            return
        one = self.untold.pop(self.dice.randrange(len(self.untold)))
        for _ in range(self.dice.choices((0, 1, 2), (1, 8, 1))[0]):
            self.twilio.webhook(*one)


def _later() -> None:
    """Some time passes."""
    past = timezone.now() - timedelta(seconds=30)
    Participant.objects.update(created_at=past)
    Participant.objects.filter(asked_at__isnull=False).update(asked_at=past)
    Participant.objects.filter(joined_at__isnull=False).update(joined_at=past)
    Room.objects.update(asked_at=past, created_at=past)
    Room.objects.filter(alone_since__isnull=False).update(alone_since=past)


ACTIONS = ("hold", "resume", "complete-transfer", "cancel-transfer", "merge", "consult", "consult", "give", "move")


def act(world: World, apis: dict[Any, APIClient], *actions: str) -> None:
    what = world.dice.choice(actions)
    agent = world.grace if what == "grace-moves" else world.talker
    body: dict[str, Any] = {}
    if what in ("consult", "give", "ask-outside"):
        colleague = world.ada if agent == world.grace else world.grace
        to = {"number": OUTSIDE} if what == "ask-outside" else {"agent": colleague.pk}
        body = {"to": to, "mode": "blind" if what == "give" else "warm"}
    elif what == "take-in":
        body = {"to": world.dice.choice(({"number": OUTSIDE}, {"agent": world.grace.pk}))}
    what = PATHS.get(what, what)
    answer = apis[agent].post(f"/api/v1/calls/{ROOT}/{what}/", body, format="json", secure=True)
    assert answer.status_code < 500 or answer.status_code in (502, 503), answer.content
    assert answer.status_code != 400, answer.content
    # The page whose wish was taken has its phone call: at once, late, or never.
    world.dials += [agent] if what == "move" and answer.status_code == 202 else []


# Of an agent who goes from one place to another, and does a few other things.
RESTLESS = ("move", "move", "move", "hold", "resume", "consult", "complete-transfer", "merge")
# Of an agent who takes second calls, and comes back, late or never.
PARKING = ("park", "park", "park", "move", "move", "resume", "hold", "give", "consult")
# Of an agent who asks a colleague who goes from one place to another, or somebody outside, and is lost more often.
ASKING = (
    "consult", "consult", "grace-moves", "grace-moves", "ask-outside", "ask-outside", "take-in", "hold", "resume",
    "cancel-transfer", "complete-transfer", "merge",
)  # fmt: skip
PATHS = {
    "consult": "transfer", "give": "transfer", "ask-outside": "transfer", "take-in": "participants",
    "grace-moves": "move",
}  # fmt: skip
# Of agents who give calls away, and of whoever got them.
GIVING = ("give", "give", "hold", "resume", "move", "consult", "take-in", "complete-transfer", "merge")
OUTSIDE, CALLED = "+442079460100", "+442079460200"


def _path(url: str) -> str:
    return url.removeprefix("https://desk.example.com")


def made(twilio: TwilioClient, ada: Any) -> None:
    """Ada has called a customer, and they talk."""
    twilio.webhook("/twilio/voice/outgoing/", outgoing(ada.pk, CALLED))
    for number, status in enumerate(("initiated", "ringing", "in-progress")):
        twilio.webhook("/twilio/voice/status/", leg_status(0, status, number) | {"From": SUPPORT, "To": CALLED})


@pytest.fixture(autouse=True)
def _a_clock_that_does_not_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time passes when a life says so, however slow the machine is: what is drawn hangs on what came of it."""
    began, looks = timezone.now(), count()
    monkeypatch.setattr(timezone, "now", lambda: began + timedelta(milliseconds=next(looks)))


@pytest.mark.parametrize(
    ("actions", "is_made"),
    [
        (ACTIONS, False), (RESTLESS, False), (PARKING, False), (ASKING, False), (GIVING, False),
        (ACTIONS, True), (GIVING, True),
    ],
    ids=["anything", "moves", "parks", "asks", "gives", "made", "made and given"],
)  # fmt: skip
@pytest.mark.parametrize("seed", range(24))
def test_no_life_of_a_room_loses_the_caller(twilio, line, team, ada, seed, actions, is_made):
    grace = factories.make_agent("grace", team=team, reachable=True)
    ada.may_take_second_call = True
    ada.save()
    dice = random.Random(seed)
    (made if is_made else talk)(twilio, ada)
    world = World(twilio, dice, ada, grace, made=is_made, rings=actions is GIVING)
    apis = {ada: APIClient(), grace: APIClient()}
    for agent, api in apis.items():
        api.force_authenticate(agent)
    with (
        patch.object(driving, "call_redirect", world.redirect),
        patch.object(leading, "call_redirect", world.redirect),
        patch.object(driving, "call_hang_up", world.hang_up),
        patch.object(calling_in, "call_hang_up", world.hang_up),
        patch.object(driving, "participant_hold", world.hold),
        patch.object(driving, "participant_remove", world.remove),
        patch.object(calling_in, "participant_call", world.call),
        patch.object(calling_in, "participants_of", world.participants),
        patch.object(keeping, "conference_find", world.find),
        patch.object(keeping, "participants_of", world.participants),
    ):
        for _step in range(14):
            roll = dice.random()
            calling = [leg for leg, place in world.places.items() if place == "calling"]
            ringing = [leg for leg, place in world.places.items() if place == "ringing"]
            if actions is PARKING and dice.random() < 0.4 and parked_since(call_get(ROOT)):
                # The second call is answered, by which the phone lets this one go.
                world.ends(next((leg for leg in world.legs_of(ada) if world.places[leg] == "room"), world.adas))
            elif ringing and dice.random() < 0.6:
                world.takes(ringing[0], taken=dice.random() < 0.8)
            elif roll < 0.4:
                act(world, apis, *actions)
            elif roll < 0.55 and world.dials:
                world.dial()
            elif roll < 0.75:
                world.tell()
            elif roll < 0.85 and calling:
                world.answers(calling[0], taken=dice.random() < 0.7)
            elif roll < (0.92 if actions is ASKING else 0.88):
                theirs = [
                    leg for leg in sorted([*world.own, *world.rung]) if world.places[leg] not in ("gone", "ringing")
                ]
                world.ends(dice.choice([world.adas, *theirs]))
            else:
                keeping.look(ROOT)
        world.troubled = False
        for _ in range(8):
            _later()
            if world.dials and dice.random() < 0.5:
                world.dial()
            keeping.look(ROOT)
            for leg in [leg for leg, place in world.places.items() if place == "calling"]:
                world.answers(leg, taken=False)
            while world.untold:
                twilio.webhook(*world.untold.pop(0))
    _check(world)


def _check(world: World) -> None:
    customer = world.customer
    caller = world.places[customer]
    others = [leg for leg, place in world.places.items() if place == "room" and leg != customer]
    seen = (world.places, world.held)
    if caller == "room":
        assert others, f"the caller is alone: {seen}"
        rows = {one.leg_sid: one for one in Participant.objects.filter(state="in")}
        parked = Participant.objects.filter(parked_at__isnull=False).first()
        assert parked is None or parked.state == "in", f"parked for nobody: {seen}"
        assert set(rows) == {customer, *others}, f"the rows are not what is: {seen}"
        assert {leg for leg, one in rows.items() if one.held} == world.held, seen
        transfer = Transfer.objects.filter(state__in=Transfer.OPEN).first()
        if customer in world.held and transfer is not None:
            assert len(others) > 1, f"on hold for nobody: {seen}"
        assert len(set(world.legs_of(world.ada)) & set(others)) <= 1, f"Ada is there twice: {seen}"
        if set(others) <= world.outside:
            assert any(leg not in world.held for leg in others), f"nobody is heard: {seen}"
            assert customer not in world.held, f"on hold for nobody: {seen}"
    elif caller == "queue":
        assert any(word in world.fetched for word in ("<Client", "<Enqueue", "<Record")), world.fetched
        assert Conversation.objects.get(pk=ROOT).state != "talking"
    elif caller == "bridge":
        assert [world.places[leg] for leg in (world.child, world.parent)] == ["bridge"] * 2, (
            f"the caller is alone: {seen}"
        )
    else:
        assert all(place == "gone" for place in world.places.values()), f"somebody is left: {seen}"
    assert Call.objects.filter(parent=None).count() == 1
    assert CallOffer.objects.filter(agent=world.grace, state="ringing").count() <= 1
