"""The desk's WebSocket: who gets in, what they see, and what they do not."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.utils import timezone

from agents.models import Desk
from agents.presence import Chosen, presence_set
from calls.models import Call, CallOffer
from tests import factories
from tests.calls.test_webhooks_incoming import DIAL_ACTION, INCOMING, STATUS
from tests.desk.desk_socket import DeskSocket, run, webhook
from tests.twilio import incoming, leg_status, outgoing, root_status, sid

# Pushes are sent after a real commit, from another thread than the socket's.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "https://evil.example",
        "https://desk.example.com.evil.example",
        "http://desk.example.com:8001",
        # Whoever sits in the same café can be that page.
        "http://desk.example.com",
        "http://testserver",
        "null",
        "//",
    ],
)
def test_a_page_of_another_origin_is_refused(ada, origin):
    socket = DeskSocket(ada, origin=origin)

    async def scenario() -> None:
        connected, _ = await socket.communicator.connect()
        assert not connected

    run(scenario)


def test_somebody_who_is_not_signed_in_is_sent_away(db):
    async def scenario() -> None:
        socket = DeskSocket(None)
        assert (await socket.open())["type"] == "session.ended"
        assert await socket.closed_with() == 4401

    run(scenario)


def test_the_snapshot_says_all_that_a_desk_needs(ada, grace, stranger, line):
    socket = DeskSocket(ada)

    async def scenario() -> None:
        snapshot = await socket.open()
        assert snapshot["type"] == "desk.snapshot"
        assert snapshot["agent"] == {"id": ada.pk, "identity": ada.identity, "name": "Ada"}
        assert snapshot["availability"] == "available"
        assert [item["agent"]["name"] for item in snapshot["presence"]] == ["Ada", "Grace"]
        assert [item["number"] for item in snapshot["lines"]] == ["+12025550100"]
        assert snapshot["calls"] == []
        await socket.close()

    run(scenario)


def test_the_caller_is_on_the_screen_before_the_phone_rings(ada, line):
    factories.make_contact("Maya Okonkwo", note="Sofa is late", company="Okonkwo Interiors")
    for number in range(10, 15):
        talk = {"answer_time": timezone.now() - timedelta(seconds=number), "end_time": timezone.now()}
        factories.make_call(number, line=line, agent=ada, result="answered", **talk)
    socket = DeskSocket(ada)

    async def scenario() -> None:
        await socket.open()
        await webhook(INCOMING, incoming())
        frame = await socket.until("call.incoming")
        live = frame["live"]
        assert live["mine"] == "ringing"
        assert live["call"]["sid"] == sid("CA", 1)
        assert live["call"]["line"]["name"] == "Support"
        assert live["call"]["contact"]["note"] == "Sofa is late"
        assert live["call"]["party"] == {
            "number": "+12025550142",
            "display": "(202) 555-0142",
            "name": "Maya Okonkwo",
            "company": "Okonkwo Interiors",
            "place": "Washington, DC, United States",
            "withheld": False,
            "verified": True,
            "verification_failed": False,
            "spam": False,
        }
        assert [past["duration"] for past in live["history"]] == [14, 13, 12]
        await socket.close()

    run(scenario)


def test_only_the_agents_being_rung_see_a_call_that_is_nobodys_yet(ada, grace, stranger, line):
    grace.availability = "away"
    grace.save()
    rung, away, elsewhere = DeskSocket(ada), DeskSocket(grace), DeskSocket(stranger)

    async def scenario() -> None:
        for socket in (rung, away, elsewhere):
            await socket.open()
        await webhook(INCOMING, incoming())
        await rung.until("call.incoming")
        for socket in (away, elsewhere):
            await socket.nothing_of("call.incoming", "call.status", "log.changed")
            await socket.send(type="desk.refresh")
            assert (await socket.until("desk.snapshot"))["calls"] == []
        for socket in (rung, away, elsewhere):
            await socket.close()

    run(scenario)
    for agent, status in ((ada, 200), (grace, 404), (stranger, 404)):
        client = Client()
        client.force_login(agent)
        assert client.get(f"/api/v1/calls/{sid('CA', 1)}/", secure=True).status_code == status


def test_the_second_agent_hears_who_took_the_call(ada, grace, line):
    first, second = DeskSocket(ada), DeskSocket(grace)

    async def scenario() -> None:
        await first.open()
        await second.open()
        await webhook(INCOMING, incoming())
        await webhook(STATUS, leg_status(grace.pk, "canceled", 2, leg=3))
        await webhook(STATUS, leg_status(ada.pk, "in-progress", 2))
        mine = await first.until("call.status")
        while mine["live"]["mine"] != "active":
            mine = await first.until("call.status")
        assert mine["live"]["call"]["status"] == "in-progress"
        withdrawn = await second.until("call.withdrawn")
        assert (withdrawn["reason"], withdrawn["by"]["name"]) == ("answered-elsewhere", "Ada")
        await second.nothing_of("call.status")
        await first.close()
        await second.close()

    run(scenario)


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ([(STATUS, "canceled"), ("root", "no-answer")], "caller-hung-up"),
        ([("root", "no-answer"), (STATUS, "canceled")], "caller-hung-up"),
        ([(STATUS, "busy")], "rejected"),
        ([(STATUS, "no-answer")], "not-answered"),
        ([(DIAL_ACTION, "no-answer")], "not-answered"),
    ],
    ids=["caller gone", "caller gone, other order", "rejected", "not answered", "dial over"],
)
def test_a_phone_that_stops_ringing_says_why(ada, line, events, reason):
    socket = DeskSocket(ada)

    async def scenario() -> None:
        await socket.open()
        await webhook(INCOMING, incoming())
        for path, status in events:
            if path == "root":
                await webhook(STATUS, root_status(status))
            elif path == DIAL_ACTION:
                await webhook(path, incoming(CallStatus="in-progress", DialCallStatus=status))
            else:
                await webhook(path, leg_status(ada.pk, status, 2))
        assert (await socket.until("call.withdrawn"))["reason"] == reason
        await socket.close()

    run(scenario)


@pytest.mark.parametrize("says_so_first", [True, False])
def test_a_page_that_is_closed_while_it_rings_has_refused_nothing(ada, line, says_so_first):
    """The SDK refuses for it; which of the two comes first is chance."""
    socket = DeskSocket(ada)

    async def leave() -> None:
        await socket.send(type="ring.left", sid=sid("CA", 1))
        await socket.send(type="ping")
        await socket.until("pong")

    async def scenario() -> None:
        await socket.open()
        await webhook(INCOMING, incoming())
        if says_so_first:
            await leave()
        await webhook(STATUS, leg_status(ada.pk, "busy", 2))
        if not says_so_first:
            await leave()
        await socket.close()

    run(scenario)
    offer = CallOffer.objects.get()
    assert (offer.state, offer.reason) == ("ended", "not-answered")


def test_nobody_leaves_anothers_ring_and_what_was_answered_stays(ada, grace, line):
    socket = DeskSocket(grace)

    async def scenario() -> None:
        await socket.open()
        await webhook(INCOMING, incoming())
        await webhook(STATUS, leg_status(ada.pk, "in-progress", 2))
        for wrong in (sid("CA", 1), None, 7):
            await socket.send(type="ring.left", sid=wrong)
        await socket.until("error")
        await socket.send(type="ping")
        await socket.until("pong")
        await socket.close()

    run(scenario)
    assert CallOffer.objects.filter(agent=ada).values_list("state", "reason").get() == ("answered", "")


def test_a_dropped_socket_loses_nothing(ada, line):
    socket, again = DeskSocket(ada), DeskSocket(ada)

    async def scenario() -> None:
        await socket.open()
        await socket.close()
        await sync_to_async(factories.make_desk)(ada)
        await webhook(INCOMING, incoming())
        await webhook(STATUS, leg_status(ada.pk, "in-progress", 2))
        snapshot = await again.open()
        assert [(live["call"]["sid"], live["mine"]) for live in snapshot["calls"]] == [(sid("CA", 1), "active")]
        await again.close()

    run(scenario)


def test_a_finished_call_appears_in_the_log_of_the_team_that_it_was_led_to(grace, stranger, line):
    team, led_to = DeskSocket(grace), DeskSocket(stranger)

    async def scenario() -> None:
        for socket in (team, led_to):
            await socket.open()
        await webhook(INCOMING, incoming())
        led = Call.objects.filter(pk=sid("CA", 1))
        await sync_to_async(led.update)(led_to=await sync_to_async(stranger.teams.get)())
        await webhook(STATUS, root_status("completed", CallDuration="9"))
        for socket in (team, led_to):
            assert (await socket.until("log.changed"))["call"]["duration"] == 9
            await socket.close()

    run(scenario)


def test_a_finished_call_appears_in_the_teams_log_and_nowhere_else(ada, grace, stranger, line):
    own, team, elsewhere = DeskSocket(ada), DeskSocket(grace), DeskSocket(stranger)

    async def scenario() -> None:
        for socket in (own, team, elsewhere):
            await socket.open()
        await webhook(INCOMING, incoming())
        await webhook(STATUS, leg_status(ada.pk, "completed", 3, CallDuration="5"))
        await webhook(STATUS, root_status("completed", CallDuration="9"))
        assert (await own.until("call.ended"))["call"]["duration"] == 9
        assert (await own.until("log.changed"))["call"]["result"] == "answered"
        assert (await team.until("log.changed"))["call"]["agent"]["name"] == "Ada"
        await elsewhere.nothing_of("log.changed", "call.ended")
        for socket in (own, team, elsewhere):
            await socket.close()

    run(scenario)


def test_a_bad_number_is_explained_on_the_desk(ada, line):
    socket = DeskSocket(ada)

    async def scenario() -> None:
        await socket.open()
        await webhook("/twilio/voice/outgoing/", outgoing(ada.pk, "12"))
        frame = await socket.until("call.problem")
        assert frame == {
            "type": "call.problem",
            "sid": sid("CA", 1),
            "message": "This number is too short.",
            "permanent": True,
        }
        await socket.close()

    run(scenario)


def test_an_agent_can_be_rung_only_while_a_phone_is_registered(ada, grace, line):
    Desk.objects.all().delete()
    socket, colleague = DeskSocket(ada), DeskSocket(grace)

    async def scenario() -> None:
        await socket.open()
        await colleague.open()
        await socket.send(type="phone.state", registered=True)
        assert (await colleague.until("presence.changed"))["presence"]["state"] == "available"
        await socket.send(type="availability.set", availability="away")
        assert (await colleague.until("presence.changed"))["presence"]["state"] == "away"
        await socket.close()
        assert (await colleague.until("presence.changed"))["presence"]["state"] == "not-reachable"
        await colleague.close()

    run(scenario)
    assert not Desk.objects.exists()


@pytest.mark.parametrize("chosen", ["busy", "away"])
def test_a_phone_that_registers_leaves_what_its_agent_chose(chosen, ada, grace, line):
    Desk.objects.all().delete()
    presence_set(agent_id=ada.pk, chosen=Chosen(chosen), by=ada)
    socket, colleague = DeskSocket(ada), DeskSocket(grace)

    async def scenario() -> None:
        await colleague.open()
        assert (await socket.open())["availability"] == chosen
        for registered in (True, False, True):
            await socket.send(type="phone.state", registered=registered)
            told = (await colleague.until("presence.changed"))["presence"]
            assert (told["availability"], told["state"]) == (chosen, chosen if registered else "not-reachable")
        await socket.close()
        await colleague.close()

    run(scenario)
    ada.refresh_from_db()
    assert ada.availability == chosen


def test_a_desk_is_told_when_its_own_phone_is_known_whatever_other_desks_say(ada, line):
    Desk.objects.all().delete()
    old, new = DeskSocket(ada), DeskSocket(ada)

    @sync_to_async
    def known() -> list[bool]:
        return list(Desk.objects.order_by("pk").values_list("registered", flat=True))

    async def scenario() -> None:
        await old.open()
        await old.send(type="phone.state", registered=True)
        assert (await old.until("phone.state"))["registered"] is True
        snapshot = await new.open()
        assert [each["state"] for each in snapshot["presence"] if each["agent"]["id"] == ada.pk] == ["available"]
        await new.nothing_of("phone.state")
        await new.send(type="phone.state", registered=True)
        assert (await new.until("phone.state"))["registered"] is True
        assert await known() == [True, True]
        await old.nothing_of("phone.state")
        await new.send(type="phone.state", registered=False)
        assert (await new.until("phone.state"))["registered"] is False
        assert await known() == [True, False]
        await old.close()
        await new.close()

    run(scenario)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "null",
        '{"type": 1}',
        '{"type": "unknown"}',
        '{"type": "phone.state"}',
        "[" * 4000,
        '{"type": "phone.state", "registered": "yes"}',
        '{"type": "availability.set", "availability": "asleep"}',
        '{"type": "ping", "x": "' + "y" * 5000 + '"}',
    ],
)
def test_a_frame_that_makes_no_sense_is_answered_with_an_error(ada, text):
    socket = DeskSocket(ada)

    async def scenario() -> None:
        await socket.open()
        await socket.communicator.send_to(text_data=text)
        assert (await socket.next())["type"] == "error"
        await socket.nothing_of("error")
        await socket.close()

    run(scenario)


def test_a_session_that_was_ended_elsewhere_ends_at_its_next_sign_of_life(ada):
    socket = DeskSocket(ada)

    async def scenario() -> None:
        await socket.open()
        await sync_to_async(socket.client.logout)()
        await socket.send(type="ping")
        assert (await socket.until("session.ended", "pong"))["type"] == "session.ended"

    run(scenario)


def test_signing_out_ends_the_other_tabs_of_the_session_and_no_other_session(ada):
    tab, telephone = DeskSocket(ada), DeskSocket(ada)

    async def scenario() -> None:
        await tab.open()
        await telephone.open()
        await sync_to_async(tab.client.post)("/accounts/logout/", secure=True)
        assert (await tab.until("session.ended"))["message"] == "You signed out."
        assert await tab.closed_with() == 4401
        await telephone.nothing_of("session.ended")
        await telephone.close()

    run(scenario)


def test_no_frame_holds_a_secret(ada, line, settings):
    socket = DeskSocket(ada)
    factories.make_contact()
    frames: list[dict[str, Any]] = []

    async def scenario() -> None:
        frames.append(await socket.open())
        await webhook(INCOMING, incoming())
        frames.append(await socket.until("call.incoming"))
        await webhook(STATUS, leg_status(ada.pk, "in-progress", 2))
        frames.append(await socket.until("call.status"))
        await webhook(STATUS, root_status("completed"))
        frames.append(await socket.until("log.changed"))
        await socket.close()

    run(scenario)
    text = json.dumps(frames)
    for secret in (settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, settings.TWILIO_API_KEY_SECRET):
        assert secret not in text
    assert Call.objects.get(sid=sid("CA", 1)).account_sid == settings.TWILIO_ACCOUNT_SID
