"""A small desk for tests that go through every operation of the REST API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import requests
from knox.models import get_digest_token
from twilio.rest.api.v2010.account.call import CallContext

from agents.models import Agent
from calls.models import Recording
from contacts.blocks import number_block
from contacts.import_previews import preview_open
from contacts.merging import contacts_merge
from contacts.models import Group
from contacts.services import note_add
from messaging.media import media_upload
from messaging.models import GroupRecipient, GroupSend, Message, MessageMedia, Thread
from routing.models import DoNotCall, Line
from tests import factories
from tests.twilio import CALLER, sid
from tokens.models import Device

# Somebody with whom a contact may be merged.
OTHER_CONTACT = 990012
# A line from which groups are texted.
GROUP_LINE = 990013


@dataclass(frozen=True)
class World:
    """Ada is on a living call of her team's line, to which a message belongs; everybody has a device."""

    agents: dict[str, Agent]
    headers: dict[str, dict[str, str]]
    ids: dict[str, Any]
    """What to put into a path, by the names there."""


def make_world() -> World:
    team = factories.make_team()
    line = factories.make_line(team=team)
    agents = {
        "agent": factories.make_agent("ada", team=team, reachable=True),
        "colleague": factories.make_agent("grace", team=team),
        "other_team": factories.make_agent("stranger", team=factories.make_team("Sales")),
        "supervisor": factories.make_agent("hedy", team=team, role="supervisor"),
        "admin": factories.make_agent("admin", is_superuser=True, is_staff=True),
    }
    call = factories.make_call(1, line=line, agent=agents["agent"], status="in-progress", direction="inbound")
    phone = f"client:{agents['agent'].identity}"
    more = {"status": "in-progress", "direction": "outbound-dial", "called": phone}
    factories.make_call(2, parent=call, agent=agents["agent"], **more)
    recording = Recording.objects.create(sid=sid("RE", 1), call=call, duration=9, status="completed")
    contact = factories.make_contact()
    # The one that is blocked: the other is texted.
    contact.numbers.create(number="+12025550176", label="Office")
    other = factories.make_contact("Maya O.", "+12025550178")
    merged = contacts_merge(survivor_id=contact.pk, gone_id=other.pk, by=agents["supervisor"])
    factories.make_contact("Tom Aldous", "+12025550179", pk=OTHER_CONTACT)
    preview = preview_open(b"name,number\nTom,2025550143\n", name="tom.csv", owner_id=agents["admin"].pk)
    DoNotCall.objects.create(number="+12025550198", reason="Asked us not to", override_by="supervisors")
    thread = Thread.objects.create(line=line, number=CALLER)
    message = Message.objects.create(
        thread=thread, direction="inbound", sender=CALLER, recipient=line.number, body="Is it ready?", sid=sid("SM", 1)
    )
    media = media_upload(b"\x89PNG\r\n\x1a\n", "image/png", by=None)
    MessageMedia.objects.filter(pk=media.pk).update(message=message)
    return World(
        agents=agents,
        headers={role: {"Authorization": f"Token {sign_in(agent)}"} for role, agent in agents.items()},
        ids={
            "agent_id": agents["agent"].pk,
            "sid": call.sid,
            "recording_sid": recording.sid,
            "leg": sid("CA", 77),
            "id": contact.pk,
            "note_id": note_add(contact, text="Rings on Mondays.", by=agents["agent"]).pk,
            "merge_id": merged.pk,
            "group_id": Group.objects.create(name="Trade").pk,
            "block_id": number_block("+12025550176", reason="", by=agents["agent"])[0].pk,
            "import_id": preview.id,
            "recipient": make_group_send(contact.pk, line).pk,
            "thread_id": thread.pk,
            "message_id": message.pk,
            "media_id": media.pk,
            "device_id": factories.make_device(agents["agent"]).pk,
        },
    )


def make_group_send(pk: int, line: Line) -> GroupRecipient:
    """A draft to one number, with that id; and somebody to whom nothing was sent yet."""
    send = GroupSend.objects.create(pk=pk, title="Closed", line=line, body="We are closed.", numbers=["+12025550150"])
    factories.make_line(team=line.team, number="+12025550188", name="Sales", pk=GROUP_LINE)
    return GroupRecipient.objects.create(send=send, name="Orla Flynn", number="+12025550151")


def sign_in(agent: Agent) -> str:
    """A device's token."""
    digest, token = get_digest_token()
    Device.objects.create(user=agent, digest=digest, token_key=token[:15], name="A telephone", platform="ios")
    return token


@contextmanager
def twilio_that_agrees() -> Iterator[None]:
    """Hang-ups succeed and recordings have sound."""
    with ExitStack() as stack:
        stack.enter_context(patch.object(CallContext, "update", autospec=True))
        stack.enter_context(patch.object(requests, "get", autospec=True, side_effect=lambda *_, **__: _sound()))
        yield


def _sound() -> requests.Response:
    response = requests.Response()
    response.status_code = 200
    response._content, response._content_consumed = b"ID3 sound", True
    response.headers["Content-Type"] = "audio/mpeg"
    return response
