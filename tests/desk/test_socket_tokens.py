"""The desk's WebSocket for programs: opened by a device's token, whatever site or machine they run on."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from knox.models import get_digest_token, get_token_model
from knox.settings import CONSTANTS

from agents.models import Agent, Desk
from calls.live import broadcasts
from config.asgi import application
from tests import factories
from tests.calls.test_webhooks_incoming import INCOMING, STATUS
from tests.desk.desk_socket import DeskSocket, run, webhook
from tests.twilio import incoming, leg_status, root_status, sid
from tokens.services import device_revoke

pytestmark = pytest.mark.django_db(transaction=True)


def make_token(agent: Agent) -> str:
    digest, token = get_digest_token()
    get_token_model()(user=agent, digest=digest, token_key=token[: CONSTANTS.TOKEN_KEY_LENGTH]).save()
    return token


def revoke_all() -> None:
    get_token_model().objects.all().delete()


class ProgramSocket(DeskSocket):
    """A program's side: a token, and no cookie or origin unless asked for."""

    def __init__(
        self, token: str | None, *, by: str = "header", headers: list[tuple[bytes, bytes]] | None = None
    ) -> None:
        offered = ["ringdesk", f"token.{token}"] if by == "subprotocol" else None
        sent = [(b"host", b"desk.example.com"), *(headers or [])]
        if by == "header" and token is not None:
            sent.append((b"authorization", f"Token {token}".encode()))
        self.communicator = WebsocketCommunicator(application, "/ws/desk/", headers=sent, subprotocols=offered)


@pytest.mark.parametrize("by", ["header", "subprotocol"])
def test_a_program_gets_what_its_agents_desk_gets(ada, line, by):
    socket = ProgramSocket(make_token(ada), by=by)

    async def scenario() -> None:
        snapshot = await socket.open()
        assert (snapshot["type"], snapshot["agent"]["id"]) == ("desk.snapshot", ada.pk)
        await webhook(INCOMING, incoming())
        assert (await socket.until("call.incoming"))["live"]["call"]["sid"] == sid("CA", 1)
        await webhook(STATUS, leg_status(ada.pk, "in-progress", 2))
        assert (await socket.until("call.status"))["live"]["mine"] == "active"
        await webhook(STATUS, root_status("completed"))
        assert (await socket.until("call.ended"))["call"]["status"] == "completed"
        await socket.close()

    run(scenario)


def test_the_subprotocol_with_the_token_is_not_sent_back(ada):
    socket = ProgramSocket(make_token(ada), by="subprotocol")

    async def scenario() -> None:
        assert await socket.communicator.connect() == (True, "ringdesk")
        await socket.close()

    run(scenario)


def test_a_page_of_another_site_may_use_a_token(ada):
    socket = ProgramSocket(make_token(ada), by="subprotocol", headers=[(b"origin", b"https://crm.example")])

    async def scenario() -> None:
        assert (await socket.open())["type"] == "desk.snapshot"
        await socket.close()

    run(scenario)


@pytest.mark.parametrize("token", ["", "x", "0" * 64, "0" * 5000, "é", "token with spaces"])
def test_a_token_that_is_none_is_sent_away(ada, token):
    socket = ProgramSocket(token)

    async def scenario() -> None:
        frame = await socket.open()
        assert frame["type"] == "session.ended"
        assert frame["message"].endswith(".")
        assert await socket.closed_with() == 4401

    run(scenario)


def test_a_bad_token_is_not_made_good_by_a_cookie(ada):
    cookie = dict(DeskSocket(ada).communicator.scope["headers"])[b"cookie"]
    headers = [(b"cookie", cookie), (b"origin", b"https://desk.example.com")]
    socket = ProgramSocket("0" * 64, headers=headers)

    async def scenario() -> None:
        assert (await socket.open())["type"] == "session.ended"

    run(scenario)


def test_without_a_token_the_origin_is_still_looked_at(ada):
    cookie = dict(DeskSocket(ada).communicator.scope["headers"])[b"cookie"]
    socket = ProgramSocket(None, headers=[(b"cookie", cookie), (b"authorization", b"Basic YTpi")])

    async def scenario() -> None:
        connected, _ = await socket.communicator.connect()
        assert not connected

    run(scenario)


def test_a_program_cannot_ring_until_it_says_that_it_has_a_phone(team, line):
    agent = factories.make_agent("mobile", team=team)
    socket = ProgramSocket(make_token(agent))

    async def desks(**fields: Any) -> int:
        return await Desk.objects.filter(agent=agent, **fields).acount()

    async def scenario() -> None:
        await socket.open()
        await socket.send(type="ping")
        await socket.until("pong")
        assert await desks() == 0
        await socket.send(type="phone.state", registered=True)
        await socket.until("presence.changed")
        assert await desks(registered=True) == 1
        await socket.close()
        assert await desks() == 0

    run(scenario)


def test_a_revoked_token_is_found_out_by_the_next_ping(ada):
    socket = ProgramSocket(make_token(ada))

    async def scenario() -> None:
        await socket.open()
        await sync_to_async(revoke_all)()
        await socket.send(type="ping")
        assert (await socket.next())["type"] == "session.ended"
        assert await socket.closed_with() == 4401

    run(scenario)


def test_a_program_that_never_pings_is_not_told_of_calls_once_its_token_is_revoked(ada, line):
    socket = ProgramSocket(make_token(ada))

    async def scenario() -> None:
        with patch("desk.consumers._TOKEN_TRUSTED_SECONDS", -1.0):
            await socket.open()
            await sync_to_async(revoke_all)()
            await webhook(INCOMING, incoming())
            assert (await socket.next())["type"] == "session.ended"
            assert await socket.closed_with() == 4401

    run(scenario)


def test_a_device_can_be_signed_out_at_once_and_its_agents_desk_stays(ada):
    socket, desk = ProgramSocket(make_token(ada)), DeskSocket(ada)
    token = get_token_model().objects.get()

    async def scenario() -> None:
        await socket.open()
        await desk.open()
        tell = sync_to_async(broadcasts.signed_out)
        await tell(ada.pk, session_key=f"device.{token.pk}", message="This device was signed out.")
        assert (await socket.until("session.ended"))["message"] == "This device was signed out."
        assert await socket.closed_with() == 4401
        await desk.nothing_of("session.ended")
        await desk.close()

    run(scenario)


def test_an_agent_who_was_deactivated_is_refused(ada):
    socket = ProgramSocket(make_token(ada))
    Agent.objects.update(is_active=False)

    async def scenario() -> None:
        assert (await socket.open())["type"] == "session.ended"
        assert await socket.closed_with() in (4401, 4403)

    run(scenario)


def test_a_device_that_is_revoked_hears_nothing_more_at_once(ada):
    socket = ProgramSocket(make_token(ada))
    device = get_token_model().objects.get()

    async def scenario() -> None:
        await socket.open()
        await sync_to_async(device_revoke)(device=device, by=ada, address=None)
        # Without a ping.
        assert (await socket.next())["type"] == "session.ended"
        assert await socket.closed_with() == 4401

    run(scenario)
