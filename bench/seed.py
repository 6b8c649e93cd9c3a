"""Fills the product's database for the benchmark: `python -m bench.seed COUNT`, with the server's settings.

Makes COUNT agents, each alone in a team that answers a line, with a desk whose phone can ring and a contact who calls;
and COUNT more in one team together. Prints them as JSON, with a session of each.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from functools import cache

_PASSWORD = "of-the-benchmark-only"


def main(count: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
    import django

    django.setup()
    from django.db import transaction

    with transaction.atomic():
        alone = [_agent(number, "alone", ring=True) for number in range(count)]
        together = _together(count)
        supervisor = _supervisor()
    print(json.dumps({"alone": alone, "together": together, "supervisor": supervisor, "password": _PASSWORD}))


def _agent(number: int, kind: str, *, ring: bool) -> dict[str, object]:
    from django.utils import timezone

    from agents.models import Agent, Desk, Team
    from contacts.models import Contact, ContactNumber
    from routing.models import Line

    agent = Agent.objects.create(
        username=f"{kind}{number}", first_name="Agent", last_name=str(number), password=_hashed(_PASSWORD)
    )
    line, caller = f"+1202555{number:04d}", f"+1301555{number:04d}"
    if ring:
        team = Team.objects.create(name=f"Team {number}")
        agent.teams.add(team)
        Line.objects.create(name=f"Line {number}", number=line, team=team)
        contact = Contact.objects.create(name=f"Contact {number}", company="Bench Ltd")
        ContactNumber.objects.create(contact=contact, number=caller, label="Mobile")
        # Seen tomorrow: nobody has to keep it alive while others are measured.
        Desk.objects.create(
            channel_name=f"bench-{number}", agent=agent, registered=True, seen_at=timezone.now() + timedelta(days=1)
        )
    return {"id": agent.pk, "username": agent.username, "line": line, "caller": caller, "session": session_of(agent)}


@cache
def _hashed(password: str) -> str:
    from django.contrib.auth.hashers import make_password

    return make_password(password)


def session_of(agent: object) -> str:
    """The key of a session in which the agent is signed in: hundreds of passwords take minutes to check."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(agent.pk)
    session[BACKEND_SESSION_KEY] = "agents.backends.DeskBackend"
    session[HASH_SESSION_KEY] = agent.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def _together(count: int) -> dict[str, object]:
    from agents.models import Team
    from routing.models import Line

    team = Team.objects.create(name="Everybody")
    Line.objects.create(name="Everybody", number="+12025559999", team=team)
    agents = [_agent(number, "together", ring=False) for number in range(count)]
    team.agents.add(*(agent["id"] for agent in agents))
    return {"line": "+12025559999", "agents": agents}


def _supervisor() -> dict[str, object]:
    """Of the large team, and of fifty of the others."""
    from agents.models import Agent, Role, Team

    agent = Agent.objects.create(username="supervisor", role=Role.SUPERVISOR, password=_hashed(_PASSWORD))
    agent.teams.add(Team.objects.get(name="Everybody"), *Team.objects.exclude(name="Everybody").order_by("pk")[:50])
    return {"id": agent.pk, "session": session_of(agent)}


if __name__ == "__main__":
    main(int(sys.argv[1]))
