"""The real SDK in Chromium: how calls end, and what is sent while they last."""

from __future__ import annotations

import pytest

from tests.simulator.voice.rig import make_token, wait_until

pytestmark = pytest.mark.browser


def saw(leg, *did):
    wait_until(lambda: leg.did == list(did), lambda: f"the leg saw {leg.did}, not {did}")


def test_a_rejected_call_is_refused(server, softphone):
    softphone.register()
    leg = server.ring()
    softphone.expect("device.incoming")
    softphone.do("calls.incoming.reject()")
    saw(leg, "rejected")
    wait_until(lambda: server.voice.stats()["peers"] == 0, "the offer's connection is still there")


def test_a_cancelled_call_stops_ringing(server, softphone):
    softphone.register()
    leg = server.ring()
    softphone.expect("device.incoming")
    server.run(leg.endpoint.end())
    softphone.expect("incoming.cancel")
    assert leg.did == []


def test_a_hang_up_from_afar_ends_the_call(server, softphone):
    softphone.start()
    softphone.dial(To="+12025550199")
    softphone.expect("outgoing.accept")
    server.run(server.only_leg.endpoint.end())
    softphone.expect("outgoing.disconnect")
    assert "outgoing.error" not in softphone.events()


@pytest.mark.parametrize("code", [31486, 31480, 31603])
def test_a_hang_up_can_say_why(server, softphone, code):
    softphone.start()
    softphone.dial(To="wait")
    softphone.expect("outgoing.ringing")
    server.run(server.only_leg.endpoint.end(code, "why"))
    assert softphone.expect("outgoing.error") == code
    softphone.expect("outgoing.disconnect")


def test_an_unanswered_call_can_be_given_up(server, softphone):
    softphone.start()
    softphone.dial(To="wait")
    softphone.expect("outgoing.ringing")
    softphone.do("calls.outgoing.disconnect()")
    saw(server.only_leg, "hung up")


def test_an_unknown_application_is_not_found(server, softphone):
    voice = {"outgoing": {"application_sid": "AP" + "9" * 32}}
    softphone.start(token=make_token(grants={"identity": "ada", "voice": voice}))
    softphone.dial(To="+12025550199")
    assert softphone.expect("outgoing.error") == 31001
    softphone.expect("outgoing.disconnect")


def test_a_closed_page_hangs_up(server, softphone):
    softphone.start()
    softphone.dial(To="+12025550199")
    softphone.expect("outgoing.accept")
    softphone.page.close()
    saw(server.only_leg, "hung up")


def test_digits_arrive_as_they_were_pressed(server, softphone):
    softphone.start()
    softphone.dial(To="+12025550199")
    softphone.expect("outgoing.accept")
    softphone.do("calls.outgoing.sendDigits('1w23#*')")
    leg = server.only_leg
    wait_until(lambda: leg.digits == "1w23#*", lambda: f"got {leg.digits!r}")


def test_mute_sends_exact_silence(server, softphone):
    softphone.start()
    softphone.dial(To="+12025550199")
    softphone.expect("outgoing.accept")
    leg = server.only_leg
    wait_until(lambda: server.listen(leg, 0.5)["peak"] > 1000, "the microphone is not heard")
    softphone.do("calls.outgoing.mute(true)")
    wait_until(lambda: server.listen(leg, 1.5)["peak"] == 0, "a muted microphone is heard")
    softphone.do("calls.outgoing.mute(false)")
    wait_until(lambda: server.listen(leg, 0.5)["peak"] > 1000, "the microphone stayed muted")


def test_messages_go_both_ways(server, softphone):
    softphone.start()
    softphone.dial(To="+12025550199")
    softphone.expect("outgoing.accept")
    softphone.do("calls.outgoing.sendMessage({ content: { a: 1 }, messageType: 'user-defined-message' })")
    softphone.expect("outgoing.messageSent")
    leg = server.only_leg
    wait_until(lambda: [content for _, content, _ in leg.messages] == [{"a": 1}], lambda: f"it got {leg.messages}")
    server.do(lambda: leg.endpoint.message("KX1", {"b": [2]}, "application/json"))
    received = softphone.expect("outgoing.messageReceived")
    assert (received["content"], received["voiceEventSid"]) == ({"b": [2]}, "KX1")
    softphone.do("calls.outgoing.sendMessage({ content: 'x'.repeat(10001), messageType: 'user-defined-message' })")
    assert softphone.expect("outgoing.error") == 31212


def test_opus_is_spoken_where_the_page_prefers_it(server, softphone):
    softphone.start(options={"codecPreferences": ["opus", "pcmu"]})
    softphone.dial(To="+12025550199")
    softphone.expect("outgoing.accept")
    softphone.expect_tone("outgoing")
    wait_until(lambda: server.listen(server.only_leg, 0.5)["peak"] > 1000, "the microphone is not heard")
    # The SDK learns it from its first statistics, after a second.
    softphone.page.wait_for_function("calls.outgoing.codec === 'opus'")


def test_a_call_without_media_is_given_up(server, softphone):
    server.exchange.setup_seconds = 1.0
    softphone.do(
        "const real = RTCPeerConnection.prototype.setRemoteDescription;"
        "RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {"
        "  return real.call(this, { type, sdp: sdp.replace(/a=candidate.*\\r\\n/g, '') }); }"
    )
    softphone.start()
    softphone.dial(To="+12025550199")
    saw(server.only_leg, "hung up")
    assert softphone.expect("outgoing.error") == 53405
    softphone.expect("outgoing.disconnect")
