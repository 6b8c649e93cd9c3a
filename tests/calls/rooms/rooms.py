"""Calls that talk, and Twilio's side of their rooms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from django.http import HttpResponse

from calls.models import Participant, Room
from calls.rooms import calling_in, driving, keeping
from tests.twilio import TwilioClient, at, incoming, leg_status, rfc2822, sid

ROOT, LEG = sid("CA", 1), sid("CA", 2)
CONFERENCE = sid("CF", 1)


@dataclass
class Rest:
    """What was asked of Twilio, in order; `fails` is raised by what is named in it."""

    asked: list[tuple[Any, ...]] = field(default_factory=list)
    fails: dict[str, Exception] = field(default_factory=dict)
    legs: int = 50
    found: list[Any] = field(default_factory=list)

    def note(self, name: str) -> Any:
        def ask(*args: Any, **more: Any) -> Any:
            self.asked.append((name, *args, more))
            if name in self.fails:
                raise self.fails[name]
            if name == "call":
                self.legs += 1
                return sid("CA", self.legs)
            return self.found if name == "participants" else CONFERENCE if name == "find" else None

        return ask

    def names(self) -> list[str]:
        return [one[0] for one in self.asked]


@contextmanager
def rest_faked() -> Iterator[Rest]:
    rest = Rest()
    with ExitStack() as stack:
        for module, function, name in (
            (driving, "call_redirect", "redirect"),
            (driving, "call_hang_up", "hang-up"),
            (driving, "participant_hold", "hold"),
            (driving, "participant_mute", "mute"),
            (driving, "participant_remove", "remove"),
            (driving, "participant_supervise", "supervise"),
            (calling_in, "participant_call", "call"),
            (calling_in, "participants_of", "participants"),
            (calling_in, "call_hang_up", "hang-up"),
            (keeping, "conference_find", "find"),
            (keeping, "participants_of", "participants"),
        ):
            stack.enter_context(patch.object(module, function, autospec=True, side_effect=rest.note(name)))
        yield rest


@dataclass
class Conference:
    """Twilio's word on a room: numbered callbacks."""

    twilio: TwilioClient
    sequence: int = 0
    told: list[dict[str, Any]] = field(default_factory=list)

    def event(self, name: str, leg: str = "", **more: Any) -> dict[str, Any]:
        self.sequence += 1
        room = Room.objects.get(pk=ROOT)
        one = Participant.objects.filter(room=ROOT, leg_sid=leg).last() if leg else None
        about = {"CallSid": leg, "ParticipantLabel": one.label if one else "", "Muted": "false", "Hold": "false"}
        about["Coaching"] = "false"
        fields = {
            "AccountSid": incoming()["AccountSid"],
            "ConferenceSid": CONFERENCE,
            "FriendlyName": room.name,
            "StatusCallbackEvent": name,
            "SequenceNumber": str(self.sequence),
            "Timestamp": rfc2822(at(self.sequence)),
            **(about if leg else {}),
        } | more
        self.told.append(fields)
        return fields

    def send(self, fields: dict[str, Any]) -> HttpResponse:
        return self.twilio.webhook("/twilio/voice/conference/", fields)

    def tell(self, name: str, leg: str = "", **more: Any) -> None:
        self.send(self.event(name, leg, **more))

    def join(self, *legs: str) -> None:
        for leg in legs:
            self.tell("participant-join", leg)


def talk(twilio: TwilioClient, agent: Any, **fields: Any) -> None:
    """A caller talks with an agent of the line."""
    twilio.webhook("/twilio/voice/incoming/", incoming(**fields))
    for number, status in enumerate(("initiated", "ringing", "in-progress")):
        twilio.webhook("/twilio/voice/status/", leg_status(agent.pk, status, number))


def talked(leg: str = LEG) -> dict[str, Any]:
    """The `<Dial>` of a caller is over, with whom it talked; the caller lives."""
    return incoming(
        CallStatus="in-progress", DialCallStatus="completed", DialCallSid=leg, DialBridged="true", DialCallDuration="9"
    )
