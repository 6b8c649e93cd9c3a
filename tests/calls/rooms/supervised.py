"""A call that Hedy, a supervisor of its team, comes into."""

from __future__ import annotations

from xml.etree import ElementTree

from calls.models import Participant
from calls.payloads import call_json
from calls.rooms import keeping
from calls.selectors import call_get
from tests.calls.rooms.rooms import LEG, ROOT, Conference
from tests.twilio import outgoing, sid

PHONE = sid("CA", 70)
# What Twilio says of a phone in each mode.
TOLD = {
    "listen": {"Muted": "true", "Coaching": "false"},
    "whisper": {"Muted": "false", "Coaching": "true"},
    "join": {"Muted": "false", "Coaching": "false"},
}


def supervise(client, mode, root=ROOT):
    return client.post(f"/api/v1/calls/{root}/supervise/", {"mode": mode}, format="json", secure=True)


def phone_calls(twilio, agent, *, root=ROOT, leg=PHONE, **more):
    fields = outgoing(agent.pk, "", CallSid=leg, supervise=root) | more
    return ElementTree.fromstring(twilio.webhook("/twilio/voice/outgoing/", fields).content)


def supervisor():
    return Participant.objects.filter(room=ROOT, agent__username="hedy").latest("pk")


def look():
    """The net's look, at a time when whatever was asked has been told."""
    Participant.objects.update(asked_at=None)
    keeping.look(ROOT)


def shown(viewer=None):
    return call_json(call_get(ROOT), viewer)


def asked(rest):
    return [(one[-1]["muted"], one[-1]["coached"]) for one in rest.asked if one[0] == "supervise"]


def inside(twilio, desk, hedy, mode):
    """Hedy has come into the room in that mode."""
    assert supervise(desk, mode).status_code == 202
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    phone_calls(twilio, hedy)
    muted, coaching = str(mode == "listen").lower(), str(mode == "whisper").lower()
    conference.tell("participant-join", PHONE, Muted=muted, Coaching=coaching)
    return conference
