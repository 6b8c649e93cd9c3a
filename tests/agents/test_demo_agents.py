"""The demo's agents, whose password everybody knows, are nobody outside the simulator, whatever they got in it."""

from __future__ import annotations

import pytest
from django.test import Client

from agents.models import Agent
from calls.models import Call
from tests import factories
from tests.desk.desk_socket import DeskSocket, run
from tests.tokens.devices import log_in, voice, with_token
from tests.twilio import incoming, outgoing

INCOMING, OUTGOING = "/twilio/voice/incoming/", "/twilio/voice/outgoing/"


@pytest.fixture
def demo(ada: Agent, settings) -> Agent:
    Agent.objects.filter(pk=ada.pk).update(is_demo=True)
    settings.SIMULATOR = True
    return ada


@pytest.mark.django_db
@pytest.mark.parametrize("simulator", [True, False])
def test_a_demo_agent_dials_only_with_the_simulator(twilio, line, demo, settings, simulator):
    settings.SIMULATOR = simulator

    text = twilio.webhook(OUTGOING, outgoing(demo.pk, "+12025550142")).content.decode()

    assert ("<Dial" in text) is simulator
    assert Call.objects.filter(agent=demo, problem="").exists() is simulator


@pytest.mark.django_db
@pytest.mark.parametrize("simulator", [True, False])
def test_a_demo_agent_is_rung_only_with_the_simulator(twilio, line, demo, settings, simulator):
    settings.SIMULATOR = simulator

    assert ("<Client" in twilio.webhook(INCOMING, incoming()).content.decode()) is simulator


@pytest.mark.django_db
def test_what_a_demo_agent_opened_with_the_simulator_ends_with_it(demo, settings):
    browser = Client()
    browser.force_login(demo)
    device = with_token(log_in("ada").json()["token"])
    assert (browser.get("/", secure=True).status_code, voice(device).status_code) == (200, 200)

    settings.SIMULATOR = False

    assert browser.get("/", secure=True).status_code == 302
    assert browser.get("/api/v1/calls/", secure=True).status_code == 403
    assert (voice(device).status_code, device.get("/api/v1/calls/", secure=True).status_code) == (403, 403)


@pytest.mark.django_db(transaction=True)
def test_an_open_desk_of_a_demo_agent_ends_at_its_next_word(demo, settings):
    socket = DeskSocket(demo)

    async def scenario() -> None:
        assert (await socket.open())["type"] == "desk.snapshot"
        settings.SIMULATOR = False
        await socket.send(type="ping")
        assert (await socket.until("session.ended", "pong"))["type"] == "session.ended"

    run(scenario)


@pytest.mark.django_db
def test_real_agents_need_no_simulator(twilio, line, ada):
    factories.make_agent("demo", is_demo=True, team=line.team, reachable=True)

    text = twilio.webhook(INCOMING, incoming()).content.decode()

    assert text.count("<Client") == 1
