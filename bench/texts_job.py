"""What `bench.texts` has the product do, in a process of its own: `python -m bench.texts_job STEP NUMBER`."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import django


def main() -> None:
    django.setup()
    step, number = sys.argv[1], int(sys.argv[2])
    print(json.dumps({"prepare": _prepare, "start": _start, "embedded": _embedded}[step](number)))


def _prepare(number: int) -> dict[str, Any]:
    """People in one group, and a supervisor."""
    from agents.models import Agent, Team
    from contacts.models import Contact, ContactNumber, Group
    from routing.models import Line

    team = Team.objects.create(name="Support")
    Agent.objects.create_superuser(username="admin", password="of-the-benchmark")
    Line.objects.create(name="Support", number="+12025550100", team=team)
    contacts = Contact.objects.bulk_create([Contact(name=f"Person{index} Smith") for index in range(number)])
    ContactNumber.objects.bulk_create(
        [ContactNumber(contact=contact, number=f"+1202{2_000_000 + index}") for index, contact in enumerate(contacts)]
    )
    Group.objects.create(name="Everybody").members.set(contacts)
    return {}


def _draft(number: int) -> Any:
    from agents.models import Agent
    from contacts.models import Group
    from messaging.group_sends.services import send_create
    from routing.models import Line

    values = {
        "line": Line.objects.get(),
        "body": "Hello {first name}, our warehouse is closed.",
        "group_ids": [Group.objects.get().pk],
        "keeps_hours": False,
    }
    admin = Agent.objects.get()
    return send_create(values=values, by=admin), admin


def _start(number: int) -> dict[str, Any]:
    """Starts a send to all of them, as the web process does: who gets it is fixed, stored, and a worker told."""
    from core.memory import garbage_seldom
    from messaging.group_sends.services import send_start

    garbage_seldom()
    send, admin = _draft(number)
    began = time.perf_counter()
    send_start(send.pk, by=admin)
    return {"seconds": time.perf_counter() - began, "at": time.time()}


def _embedded(number: int) -> dict[str, Any]:
    """The same with the worker in this process; and then single texts, each with when it was written."""
    from config.server import embedded
    from messaging.group_sends.services import send_start
    from messaging.models import GroupSend, Origin, SendState
    from messaging.services import message_write

    embedded.start()
    send, admin = _draft(number)
    time.sleep(2)
    at = time.time()
    send_start(send.pk, by=admin)
    while not GroupSend.objects.filter(pk=send.pk, state=SendState.FINISHED).exists():
        time.sleep(0.2)
    singles = []
    for index in range(60):
        # Also while nothing runs any more: the doorbell wakes it.
        time.sleep(2.5 if index % 20 == 0 else 0.1)
        to = f"+1202{8_000_000 + index}"
        message_write(send.line, to, "I am on my way", origin=Origin.AGENT, by=admin)
        singles.append((time.time(), to))
    time.sleep(2)
    return {"at": at, "singles": singles}


if __name__ == "__main__":
    main()
