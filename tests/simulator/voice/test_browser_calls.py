"""The real SDK in Chromium: registering, calling and being called."""

from __future__ import annotations

import pytest

from simulator.ports import Unreachable
from tests.simulator.voice.browser import expect_microphone
from tests.simulator.voice.rig import APPLICATION_SID, make_token, wait_until

pytestmark = pytest.mark.browser


def test_it_registers_and_unregisters(server, softphone):
    softphone.register()
    assert server.voice.stats()["registrations"] == 1
    softphone.do("device.unregister()")
    softphone.expect("device.unregistered")
    assert server.voice.stats()["registrations"] == 0
    with pytest.raises(Unreachable):
        server.ring("ada")


def test_an_outgoing_call_is_heard_both_ways(server, softphone):
    softphone.start()
    softphone.dial(To="+12025550199", note="Zoë & Söhne + 1")
    softphone.expect("outgoing.accept")
    leg = server.only_leg
    assert leg.params == {"To": "+12025550199", "note": "Zoë & Söhne + 1"}
    assert softphone.page.evaluate("calls.outgoing.parameters.CallSid") == leg.sid
    softphone.expect_tone("outgoing", rms=8000 / 32768 / 2**0.5)
    expect_microphone(server, leg)
    softphone.do("calls.outgoing.disconnect()")
    wait_until(lambda: leg.did == ["hung up"], lambda: f"the leg saw {leg.did}")
    wait_until(lambda: server.voice.stats()["peers"] == 0, lambda: f"left over: {server.voice.stats()}")
    assert softphone.foreign == []


def test_an_incoming_call_shows_its_parameters_and_is_heard_both_ways(server, softphone):
    softphone.register()
    custom = [("call_sid", "CA123"), ("first name", "Zoë & Söhne + 1"), ("größe", "1"), ("empty", "")]
    leg = server.ring("ada", custom_parameters=custom, stir_status="TN-Validation-Passed-A")
    shown = softphone.expect("device.incoming")
    assert (shown["CallSid"], shown["From"], shown["To"]) == (leg.sid, leg.from_, "client:ada")
    assert [tuple(pair) for pair in shown["custom"]] == custom
    assert (shown["StirStatus"], shown["info"]) == ("TN-Validation-Passed-A", {"isVerified": True})
    assert softphone.page.evaluate("device.edge") == "ashburn"
    softphone.do("calls.incoming.accept()")
    wait_until(lambda: leg.did == ["answered"], lambda: f"the leg saw {leg.did}")
    softphone.expect_tone("incoming")
    expect_microphone(server, leg)
    softphone.do("calls.incoming.disconnect()")
    wait_until(lambda: leg.did == ["answered", "hung up"], lambda: f"the leg saw {leg.did}")


def test_a_page_without_an_identity_calls_out(server, softphone):
    voice = {"outgoing": {"application_sid": APPLICATION_SID}}
    softphone.start(token=make_token(grants={"voice": voice}))
    softphone.dial(To="+12025550199")
    softphone.expect("outgoing.accept")


def test_the_page_is_told_the_edge_that_it_asked_for(server, softphone):
    softphone.page.goto(f"{server.url}/?edge=dublin")
    softphone.register()
    assert softphone.page.evaluate("device.edge") == "dublin"
