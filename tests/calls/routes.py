"""Routes for tests, and what Twilio asks about callers on them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from django.http import HttpResponse

from routing.models import Line, Route, RouteVersion
from tests.twilio import TwilioClient, incoming

INCOMING = "/twilio/voice/incoming/"
FALLBACK = "/twilio/voice/fallback/"


def make_route(line: Line | None, *steps: dict[str, Any], name: str = "Main") -> Route:
    """A route whose first step is the first of these, on a line, or on none."""
    route = Route.objects.create(name=name)
    change_route(route, *steps)
    if line is not None:
        line.route = route
        line.save()
    return route


def change_route(route: Route, *steps: dict[str, Any]) -> None:
    number = route.versions.count() + 1
    document = {"first": steps[0]["id"], "steps": [*steps]}
    route.current = RouteVersion.objects.create(route=route, number=number, steps=document)
    route.save()


def team_step(team_id: int, **more: Any) -> dict[str, Any]:
    return {
        "id": "team", "kind": "team", "team": team_id, "ring_seconds": 15, "wait_seconds": 120,
        "waited": "box", "nobody": "box", **more,
    }  # fmt: skip


def box(**more: Any) -> dict[str, Any]:
    return {"id": "box", "kind": "voicemail", **more}


def goodbye(text: str = "Goodbye.", **more: Any) -> dict[str, Any]:
    return {"id": "bye", "kind": "goodbye", "prompt": {"text": text}, **more}


class Caller:
    """Somebody on the telephone, as Twilio speaks of them: follows the addresses in our TwiML."""

    def __init__(self, twilio: TwilioClient, **fields: Any) -> None:
        self.twilio = twilio
        self.fields = incoming(**fields)
        self.sid = self.fields["CallSid"]
        self.document: ElementTree.Element | None = None
        self.text = ""
        self._said_before: list[str] = []

    def call(self) -> ElementTree.Element:
        return self._heard(self.twilio.webhook(INCOMING, self.fields))

    def ask(self, url: str, **more: Any) -> ElementTree.Element:
        """Twilio asks at an address of ours."""
        return self._heard(self.twilio.webhook(path_of(url), self.fields | {"CallStatus": "in-progress"} | more))

    def press(self, digits: str, **more: Any) -> ElementTree.Element:
        return self.ask(self.find("Gather").attrib["action"], Digits=digits, **more)

    def ring_ends(self, status: str = "no-answer", **more: Any) -> ElementTree.Element:
        bridged = {"DialBridged": "true" if status in ("completed", "answered") else "false"}
        return self.ask(self.find("Dial").attrib["action"], DialCallStatus=status, **bridged, **more)

    def leave_queue(self, result: str = "leave", **more: Any) -> ElementTree.Element:
        return self.ask(self.find("Enqueue").attrib["action"], QueueResult=result, QueueTime="12", **more)

    def wait(self, **more: Any) -> ElementTree.Element:
        """The wait document, which does not take the place of what was answered."""
        response = self.twilio.webhook(
            path_of(self.find("Enqueue").attrib["waitUrl"]), self.fields | {"CallStatus": "in-progress"} | more
        )
        return parsed(response)

    def _heard(self, response: HttpResponse) -> ElementTree.Element:
        """After what is said first, Twilio asks on by itself, with no key pressed."""
        self._said_before = []
        self.document, self.text = parsed(response), response.content.decode()
        while "/gather/" in (self.document.findtext("Redirect") or ""):
            self._said_before.append(self._says_now)
            response = self.twilio.webhook(
                path_of(self.document[-1].text or ""), self.fields | {"CallStatus": "in-progress"}
            )
            self.document, self.text = parsed(response), response.content.decode()
        return self.document

    def find(self, verb: str) -> ElementTree.Element:
        assert self.document is not None
        found = self.document.find(verb)
        assert found is not None, f"no <{verb}> in {self.text}"
        return found

    @property
    def verbs(self) -> list[str]:
        assert self.document is not None
        return [verb.tag for verb in self.document]

    @property
    def says(self) -> str:
        """With what was said on the way."""
        return " ".join(said for said in (*self._said_before, self._says_now) if said)

    @property
    def _says_now(self) -> str:
        assert self.document is not None
        return " ".join("".join(verb.itertext()) for verb in self.document.iter("Say"))

    @property
    def rings(self) -> list[str]:
        assert self.document is not None
        return [element.text or "" for element in self.document.iter("Identity")]


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def parsed(response: HttpResponse) -> ElementTree.Element:
    assert response.status_code == 200, response.content
    return ElementTree.fromstring(response.content)
