"""Rows for tests, each with only what a test does not say."""

from __future__ import annotations

from typing import Any

from agents.models import Agent, Desk, Team
from calls.models import Call
from contacts.models import Contact, ContactNumber
from routing.models import Line
from tests.twilio import CALLER, SUPPORT, sid
from tokens.models import Device


def make_team(name: str = "Support") -> Team:
    return Team.objects.get_or_create(name=name)[0]


def make_agent(username: str = "ada", *, team: Team | None = None, reachable: bool = False, **values: Any) -> Agent:
    agent = Agent.objects.create_user(
        username=username, password="secret-for-tests", **({"first_name": username.title()} | values)
    )
    if team is not None:
        agent.teams.add(team)
    if reachable:
        make_desk(agent)
    return agent


def make_desk(agent: Agent, *, registered: bool = True, **values: Any) -> Desk:
    return Desk.objects.create(
        agent=agent, channel_name=f"channel-{Desk.objects.count()}", registered=registered, **values
    )


def make_device(agent: Agent, name: str = "A telephone", **values: Any) -> Device:
    digest = f"{Device.objects.count():0128d}"
    return Device.objects.create(
        user=agent, name=name, digest=digest, token_key=digest[-15:], **({"platform": "ios"} | values)
    )


def make_line(*, team: Team | None = None, number: str = SUPPORT, **values: Any) -> Line:
    return Line.objects.create(team=team or make_team(), number=number, **({"name": "Support"} | values))


def make_contact(name: str = "Maya Okonkwo", number: str = CALLER, **values: Any) -> Contact:
    contact = Contact.objects.create(name=name, **values)
    ContactNumber.objects.create(contact=contact, number=number)
    return contact


def make_call(number: int = 1, **values: Any) -> Call:
    return Call.objects.create(
        sid=sid("CA", number), **({"caller": CALLER, "called": SUPPORT, "status": "completed"} | values)
    )
