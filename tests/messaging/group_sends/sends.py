"""Group sends for tests: rows, requests, and an outbox that is worked on until nothing is left to do."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from agents.models import Agent, Role, Team
from contacts.models import Contact, Group
from messaging.group_sends.feeding import feed
from messaging.group_sends.progress import refresh
from messaging.models import GroupSend, Message, Step
from messaging.outbox import lookups, results, sending
from messaging.outbox.claims import claim_next, expired_become_unclear
from routing.models import Line
from tests import factories

SENDS = "/api/v1/group-sends/"


def make_supervisor(team: Team, username: str = "hedy") -> Agent:
    return factories.make_agent(username, team=team, role=Role.SUPERVISOR)


def make_people(number: int, **values: Any) -> list[Contact]:
    """Contacts, each with a mobile of its own, by name: Person 001 Smith."""
    named = ((f"Person{index:03} Smith", f"+1202555{1000 + index}") for index in range(number))
    return [factories.make_contact(name, mobile, **values) for name, mobile in named]


def make_group(*people: Contact, name: str = "Trade customers") -> Group:
    group = Group.objects.create(name=name)
    group.members.set(people)
    return group


class Requests:
    """An agent's, to the API of group sends."""

    def __init__(self, agent: Agent) -> None:
        self.client = Client()
        self.client.force_login(agent)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        return self.client.generic(
            method, path, json.dumps(body) if body is not None else "", content_type="application/json", secure=True
        )

    def draft(self, line: Line, **values: Any) -> dict[str, Any]:
        body = {"line": line.pk, "body": "Hello {first name}", "keeps_hours": False} | values
        answer = self.ask("POST", SENDS, body)
        assert answer.status_code == 201, answer.content
        found: dict[str, Any] = answer.json()
        return found

    def step(self, send_id: int, name: str, body: Any = None, *, status: int = 200) -> dict[str, Any]:
        answer = self.ask("POST", f"{SENDS}{send_id}/{name}/", body)
        assert answer.status_code == status, answer.content
        found: dict[str, Any] = answer.json()
        return found

    def get(self, path: str) -> Any:
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def people(self, send_id: int, **query: str) -> list[dict[str, Any]]:
        answer = self.client.get(f"{SENDS}{send_id}/recipients/", query, secure=True)
        assert answer.status_code == 200, answer.content
        found: list[dict[str, Any]] = answer.json()["results"]
        return found


def started(requests: Requests, line: Line, people: list[Contact], **values: Any) -> dict[str, Any]:
    """A send to a group of these people, started."""
    group = make_group(*people, name=f"Group {len(people)} {timezone.now()}")
    return requests.step(requests.draft(line, groups=[group.pk], **values)["id"], "start")


def deliver(*rows: Message, status: str = "delivered", code: str = "") -> None:
    """What Twilio says became of these texts."""
    Message.objects.filter(pk__in=[row.pk for row in rows]).update(status=status, error_code=code)


def work(rounds: int = 20, *, looks: bool = True) -> None:
    """What the worker does, without its threads, until nothing is due."""
    for _ in range(rounds):
        feed(1000)
        expired_become_unclear()
        looked = lookups.lookups_take(50) if looks else []
        for row in looked:
            lookups.look_write(lookups.look(row))
        claimed = claim_next("test", 100).claimed
        if claimed:
            results.results_write([sending.send(one) for one in claimed])
        elif not looked:
            break
    for send in GroupSend.objects.all():
        refresh(send.pk)


def later(seconds: float) -> None:
    """Lets what waits for a time not wait for so long."""
    back = timedelta(seconds=seconds)
    for row in Message.objects.filter(step=Step.UNCLEAR):
        Message.objects.filter(pk=row.pk).update(due_at=row.due_at - back)


def now_minus(**span: float) -> Any:
    return timezone.now() - timedelta(**span)
