"""The real SDK in Chromium: lost sockets, tokens that end, several tabs, ICE restarts."""

from __future__ import annotations

import pytest

from tests.simulator.voice.browser import expect_microphone
from tests.simulator.voice.rig import API_KEY_SECRET, make_token, wait_until

pytestmark = pytest.mark.browser


def answered_call(server, softphone, **options):
    softphone.start(**options)
    softphone.dial(To="+12025550199")
    softphone.expect("outgoing.accept")
    softphone.expect_tone("outgoing")
    return server.only_leg


def test_a_call_survives_its_socket(server, softphone):
    leg = answered_call(server, softphone)
    server.drop_socket("ada")
    softphone.expect("outgoing.reconnecting")
    softphone.expect("outgoing.reconnected")
    softphone.expect_tone("outgoing")
    assert leg.did == []
    server.run(leg.endpoint.end())
    softphone.expect("outgoing.disconnect")


def test_a_call_whose_browser_stays_away_ends_after_its_timeout(server, softphone):
    leg = answered_call(server, softphone, options={"maxCallSignalingTimeoutMs": 1000})
    softphone.do("window.WebSocket = null; calls.outgoing._pstream.transport.close()")
    wait_until(lambda: leg.did == ["hung up"], lambda: f"the leg saw {leg.did}")


def test_a_call_of_a_restarted_server_ends_cleanly(server, softphone):
    leg = answered_call(server, softphone)
    server.do(lambda: server.exchange.calls.clear())
    server.drop_socket("ada")
    assert softphone.expect("outgoing.error") == 31107
    softphone.expect("outgoing.disconnect")
    server.do(lambda: server.exchange.calls.update({leg.sid: leg.endpoint}))


def test_a_registration_comes_back_with_its_socket(server, softphone):
    softphone.register()
    server.drop_socket("ada")
    softphone.expect("device.registered", times=2)
    server.ring()
    softphone.expect("device.incoming")


def test_a_token_is_renewed_during_a_call(server, softphone):
    leg = answered_call(server, softphone, token=make_token(ttl=12))
    softphone.expect("device.tokenWillExpire")
    softphone.do("device.updateToken(argument)", make_token(ttl=3600))
    softphone.expect_tone("outgoing")
    assert leg.did == []
    softphone.do("calls.outgoing.disconnect()")
    softphone.do("device.register()")
    softphone.expect("device.registered")


def test_an_expired_token_leaves_the_call_alone_but_registers_no_more(server, softphone):
    leg = answered_call(server, softphone, token=make_token(ttl=2))
    wait_until(lambda: _expired(server), "the token does not expire")
    softphone.do("device.register()")
    assert softphone.expect("device.error") == 20104
    softphone.expect_tone("outgoing")
    assert leg.did == []


def _expired(server):
    import time

    return all(session.claims.expired(time.time()) for session in list(server.exchange.sessions))


@pytest.mark.parametrize(
    ("token", "code"),
    [
        (make_token(ttl=-10), 20104),
        (make_token(secret="x" + API_KEY_SECRET[1:]), 31202),
        (make_token(iss="SK" + "9" * 32), 20151),
        ("nonsense", 20101),
    ],
)
def test_a_bad_token_is_reported(server, softphone, token, code):
    softphone.start(token=token)
    softphone.do("device.register().catch(() => {})")
    assert softphone.expect("device.error") == code
    assert server.voice.stats()["registrations"] == 0


def test_two_tabs_ring_and_the_first_to_answer_wins(server, open_softphone):
    one, two = open_softphone().register(), open_softphone().register()
    leg = server.ring()
    assert one.expect("device.incoming")["CallSid"] == two.expect("device.incoming")["CallSid"] == leg.sid
    two.do("calls.incoming.accept()")
    one.expect("incoming.cancel")
    two.expect_tone("incoming")
    expect_microphone(server, leg)
    assert leg.did == ["answered"]
    assert server.voice.stats()["peers"] == 1
    one.close()
    two.do("calls.incoming.disconnect()")
    wait_until(lambda: leg.did == ["answered", "hung up"], lambda: f"the leg saw {leg.did}")


def test_one_tab_rejects_for_all(server, open_softphone):
    one, two = open_softphone().register(), open_softphone().register()
    leg = server.ring()
    one.expect("device.incoming")
    two.expect("device.incoming")
    one.do("calls.incoming.reject()")
    wait_until(lambda: leg.did == ["rejected"], lambda: f"the leg saw {leg.did}")
    server.run(leg.endpoint.end())
    two.expect("incoming.cancel")


def test_a_page_that_lost_its_socket_while_ringing_stops_ringing(server, softphone):
    softphone.register()
    leg = server.ring()
    softphone.expect("device.incoming")
    server.drop_socket("ada")
    softphone.expect("device.registered", times=2)
    server.run(leg.endpoint.end())
    softphone.expect("incoming.cancel")
    assert leg.did == []


def test_sound_goes_on_after_an_ice_restart(server, softphone):
    leg = answered_call(server, softphone)
    softphone.do("calls.outgoing._mediaHandler.iceRestart()")
    wait_until(lambda: server.voice.stats()["peers"] == 2, "there was no restart")
    wait_until(lambda: server.voice.stats()["peers"] == 1, "the old connection stays")
    softphone.expect_tone("outgoing")
    expect_microphone(server, leg)


def test_a_ringing_call_moves_to_another_device(server, open_softphone):
    one, two = open_softphone().register(), open_softphone()
    leg = server.ring()
    one.expect("device.incoming")
    connect_token = one.page.evaluate("calls.incoming.connectToken")
    two.start()
    two.page.evaluate("async ([t]) => watch('outgoing', await device.connect({ connectToken: t }))", [connect_token])
    wait_until(lambda: leg.did == ["answered"], lambda: f"the leg saw {leg.did}")
    one.expect("incoming.cancel")
    two.expect_tone("outgoing")


def test_a_socket_that_is_cut_on_purpose_comes_back_and_the_call_goes_on(server, softphone):
    leg = answered_call(server, softphone)
    rule = {"kind": "signalling-drop", "count": 1}
    server.do(lambda: server.exchange.faults.replace({"rules": [rule]}))
    softphone.expect("outgoing.reconnecting")
    softphone.expect("outgoing.reconnected")
    softphone.expect_tone("outgoing")
    expect_microphone(server, leg)
    assert leg.did == []
