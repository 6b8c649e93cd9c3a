"""What a socket is told, and in which order."""

from __future__ import annotations

import asyncio
import time

import pytest

from simulator.ports import Unreachable
from simulator.voice import frames
from simulator.voice.edges import edge_for
from tests.simulator.voice.rig import APPLICATION_SID, eventually, make_token
from tests.simulator.voice.wire import House, Phone, Wire


def in_house(work):
    async def run():
        async with House() as house:
            await work(house)

    asyncio.run(run())


@pytest.mark.parametrize("text", ["", "\n", "{", "[]", "7", '{"type": 7}', '{"payload": {}}'])
def test_what_is_no_frame_is_ignored(text):
    assert frames.decode(text) is None


def test_a_payload_that_is_no_object_is_empty():
    assert frames.decode('{"type": "register", "payload": [1]}') == ("register", {})


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ("To=%2B12025550199&name=Zo%C3%AB%20%26%20S", {"To": "+12025550199", "name": "Zoë & S"}),
        ("a=1+1", {"a": "1+1"}),
        ("empty=", {"empty": ""}),
        (None, {}),
        ([], {}),
    ],
)
def test_the_pages_parameters_are_read(params, expected):
    assert frames.call_params({"twilio": {"params": params}}) == expected
    assert frames.call_params({}) == frames.call_params({"twilio": 1}) == {}


def test_listen_says_who_and_how_long():
    async def work(house):
        wire = await Wire(house).listen(identity="grace", ttl=600)
        connected = wire.got("connected")
        assert connected["token"]["identity"] == "grace"
        assert 595 <= connected["token"]["ttl"] <= 600
        await wire.listen(identity="grace", ttl=1200)
        assert wire.kinds == ["connected", "connected"]
        assert wire.got("connected")["token"]["ttl"] > 1190

    in_house(work)


def test_nothing_counts_before_a_good_token():
    async def work(house):
        wire = Wire(house)
        await wire.listen("nonsense")
        assert wire.got("error")["error"]["code"] == 31204
        await wire.say("register", media={"audio": True})
        await wire.say("hangup", callsid="CA1")
        await wire.say("invite", callsid="TJS1", sdp="", twilio={})
        assert wire.kinds == ["error", "hangup"]
        assert wire.got("hangup") == {
            "callsid": "TJS1",
            "error": {"code": 31201, "message": "No valid access token was given"},
        }
        assert not wire.shut
        assert (house.engine.legs, house.voice.stats()["registrations"]) == ({}, 0)

    in_house(work)


def test_a_socket_keeps_its_identity():
    async def work(house):
        wire = await Wire(house).listen(identity="ada")
        await wire.listen(identity="grace")
        assert wire.got("error")["error"]["code"] == 31204
        assert wire.session.identity == "ada"

    in_house(work)


def test_a_token_without_incoming_calls_does_not_register():
    async def work(house):
        voice = {"outgoing": {"application_sid": APPLICATION_SID}}
        wire = await Wire(house).listen(grants={"identity": "ada", "voice": voice})
        await wire.say("register", media={"audio": True})
        assert wire.got("error")["error"]["code"] == 31201

    in_house(work)


def test_a_token_without_outgoing_calls_does_not_call():
    async def work(house):
        wire = await Wire(house).listen(grants={"identity": "ada", "voice": {"incoming": {"allow": True}}})
        await wire.say("invite", callsid="TJS1", sdp="", twilio={})
        assert wire.got("hangup")["error"]["code"] == 31201
        assert house.engine.legs == {}

    in_house(work)


def test_an_expired_token_neither_registers_nor_calls():
    async def work(house):
        wire = await Wire(house).listen(ttl=1)
        await eventually(lambda: wire.session.claims.expired(__import__("time").time()), "it does not expire")
        await wire.say("register", media={"audio": True})
        assert wire.got("error")["error"]["code"] == 31205
        await wire.say("invite", callsid="TJS1", sdp="", twilio={})
        assert wire.got("hangup")["error"]["code"] == 31205

    in_house(work)


def test_a_registration_ends_with_its_token():
    async def work(house):
        wire = await Wire(house).register(ttl=1)
        await wire.expect("error")
        assert wire.got("error")["error"]["code"] == 31205
        assert house.voice.stats()["registrations"] == 0
        with pytest.raises(Unreachable):
            await house.ring()[1]
        await wire.listen(ttl=600)
        await wire.say("register", media={"audio": True})
        assert wire.kinds[-1] == "ready"

    in_house(work)


def test_a_new_token_takes_the_old_ones_end_away():
    async def work(house):
        wire = await Wire(house).register(ttl=2)
        first = wire.session.claims
        await wire.listen(ttl=600)
        await eventually(lambda: first.expired(time.time()), "the first token does not expire")
        await asyncio.sleep(0)
        assert "error" not in wire.kinds
        assert house.voice.stats()["registrations"] == 1

    in_house(work)


def test_unregistering_is_always_answered():
    async def work(house):
        wire = await Wire(house).listen()
        await wire.say("register", media={"audio": False})
        assert wire.kinds == ["connected", "offline"]

    in_house(work)


def test_the_eleventh_registration_evicts_the_oldest():
    async def work(house):
        wires = [await Wire(house).register() for _ in range(10)]
        await wires[0].say("register", media={"audio": True})
        last = await Wire(house).register()
        assert wires[0].kinds[-1] == "offline"
        leg, ringing = house.ring()
        await ringing
        assert [wire.got("invite") is not None for wire in [*wires, last]] == [False] + [True] * 10
        await leg.endpoint.end()
        assert all(wire.kinds[-1] == "cancel" for wire in [*wires[1:], last])

    in_house(work)


def test_nobody_is_rung_when_nobody_is_there():
    async def work(house):
        wire = await Wire(house).register()
        with pytest.raises(Unreachable):
            await house.ring("grace")[1]
        wire.session.closed()
        with pytest.raises(Unreachable):
            await house.ring("ada")[1]

    in_house(work)


def test_an_invite_tells_of_the_call():
    async def work(house):
        wire = await Wire(house).register()
        leg, ringing = house.ring(custom_parameters=[("a", "é & ü"), ("b", "")], stir_status="TN-Validation-Passed-B")
        await ringing
        invite = wire.got("invite")
        assert invite["parameters"]["Params"] == "a=%C3%A9+%26+%C3%BC&b="
        assert invite["parameters"]["StirStatus"] == "TN-Validation-Passed-B"
        assert invite["parameters"]["ApiVersion"] == "2010-04-01"
        assert invite["reconnect"]
        assert any(" 127.0.0.1 " in line for line in invite["sdp"].splitlines() if line.startswith("a=candidate"))
        assert "telephone-event" not in invite["sdp"]
        await leg.endpoint.end()
        assert wire.got("cancel") == {"callsid": leg.sid}

    in_house(work)


def test_the_names_of_parameters_need_no_decoding():
    async def work(house):
        wire = await Wire(house).register()
        leg, ringing = house.ring(custom_parameters=[("first name", "Zoë"), ("größe%", "1"), ("a&b=c", "d")])
        await ringing
        assert wire.got("invite")["parameters"]["Params"] == "first name=Zo%C3%AB&größe%=1&a%26b%3Dc=d"
        assert "StirStatus" not in wire.got("invite")["parameters"]
        await leg.endpoint.end()

    in_house(work)


def test_without_an_identity_a_browser_calls_out_only_and_touches_nobody_elses_call():
    async def work(house):
        voice = {"incoming": {"allow": True}, "outgoing": {"application_sid": APPLICATION_SID}}
        wire, stranger, phone = await Wire(house).listen(grants={"voice": voice}), Wire(house), Phone()
        await stranger.listen(grants={"voice": voice})
        await wire.say("register", media={"audio": True})
        assert wire.got("error")["error"]["code"] == 31201
        await wire.say("invite", callsid="TJS1", sdp=await phone.offer(), twilio={"params": "To=wait"})
        (leg,) = house.engine.legs.values()
        for kind in ("hangup", "dtmf", "message"):
            await stranger.say(kind, callsid=leg.sid, dtmf="1", content="x", messagetype="user-defined-message")
        assert (leg.did, leg.digits, leg.messages) == ([], "", [])
        await wire.say("hangup", callsid=leg.sid)
        assert leg.did == ["hung up"]
        await phone.close()

    in_house(work)


def test_messages_go_both_ways_and_what_is_wrong_is_said():
    async def work(house):
        wire = await Wire(house).register()
        leg, ringing = house.ring()
        await ringing
        assert leg.endpoint.message("KX1", {"a": 1}, "application/json") is True
        assert wire.got("message") == {
            "callsid": leg.sid,
            "voiceeventsid": "KX1",
            "content": {"a": 1},
            "contenttype": "application/json",
            "messagetype": "user-defined-message",
        }
        ids = {"callsid": leg.sid, "voiceeventsid": "KX2"}
        await wire.say("message", **ids, content={"b": 2}, messagetype="user-defined-message")
        assert leg.messages == [("KX2", {"b": 2}, "application/json")]
        assert wire.got("ack") == {"acktype": "message", **ids}
        for payload, code in (
            ({"content": "x", "messagetype": "gossip"}, 31210),
            ({"content": "x" * 10_001, "messagetype": "user-defined-message"}, 31212),
        ):
            await wire.say("message", **ids, **payload)
            assert (wire.got("error")["error"]["code"], wire.got("error")["voiceeventsid"]) == (code, "KX2")
        assert len(leg.messages) == 1
        await leg.endpoint.end()
        assert leg.endpoint.message("KX3", {}, "application/json") is False

    in_house(work)


@pytest.mark.parametrize(
    ("host", "query", "edge"),
    [
        ("localhost:8001", "", "ashburn"),
        ("localhost:8001", "edge=roaming", "ashburn"),
        ("localhost:8001", "edge=dublin", "dublin"),
        ("voice-js.sydney.twilio.com", "", "sydney"),
        ("voice-js.roaming.twilio.com", "", "ashburn"),
        ("localhost:8001", "edge=dubln", None),
        ("voice-js.moon.twilio.com", "", None),
    ],
)
def test_the_edge_is_the_one_that_was_asked_for(host, query, edge):
    assert edge_for(host, query) == edge


def test_ringing_is_told_at_once_and_the_answer_when_there_is_one():
    async def work(house):
        wire, phone = await Wire(house).listen(), Phone()
        await wire.say("invite", callsid="TJS1", sdp=await phone.offer(), twilio={"params": "To=wait"})
        assert wire.kinds == ["connected", "ringing"]
        (leg,) = house.engine.legs.values()
        assert wire.got("ringing") == {"callsid": leg.sid}
        await leg.endpoint.answer()
        answer = wire.got("answer")
        assert (answer["callsid"], bool(answer["reconnect"])) == (leg.sid, True)
        assert "telephone-event" not in answer["sdp"]
        await wire.say("hangup", callsid="TJS1")
        assert leg.did == ["hung up"]
        await leg.endpoint.end()
        assert wire.kinds == ["connected", "ringing", "answer"]
        await phone.close()

    in_house(work)


def test_an_offer_that_is_none_ends_the_call():
    async def work(house):
        wire = await Wire(house).listen()
        await wire.say("invite", callsid="TJS1", sdp="v=nonsense", twilio={})
        assert (await wire.expect("hangup"))["error"]["code"] == 31005

    in_house(work)


def test_an_answer_that_is_none_ends_the_call():
    async def work(house):
        wire = await Wire(house).register()
        leg, ringing = house.ring()
        await ringing
        await wire.say("answer", callsid=leg.sid, sdp="v=nonsense")
        assert wire.got("hangup")["error"]["code"] == 31005
        assert leg.did == ["hung up"]

    in_house(work)


def test_the_loser_of_two_answers_is_told_and_cannot_end_the_call():
    async def work(house):
        one, two = await Wire(house).register(), await Wire(house).register()
        leg, ringing = house.ring()
        await ringing
        phones = Phone(), Phone()
        answers = [await p.answer(w.got("invite")["sdp"]) for p, w in zip(phones, (one, two), strict=True)]
        await one.say("answer", callsid=leg.sid, sdp=answers[0])
        assert two.kinds[-1] == "cancel"
        await two.say("answer", callsid=leg.sid, sdp=answers[1])
        assert two.got("hangup")["error"]["code"] == 31008
        await two.say("hangup", callsid=leg.sid)
        await two.say("dtmf", callsid=leg.sid, dtmf="1")
        assert (leg.did, leg.digits) == (["answered"], "")
        for phone in phones:
            await phone.close()

    in_house(work)


def test_strangers_cannot_touch_a_call():
    async def work(house):
        ada, grace = await Wire(house).register(), await Wire(house).register("grace")
        leg, ringing = house.ring("ada")
        await ringing
        token = ada.got("invite")["reconnect"]
        for kind in ("answer", "reject", "hangup", "dtmf", "reinvite"):
            await grace.say(kind, callsid=leg.sid, sdp="", dtmf="1")
        await grace.say("invite", callsid=leg.sid, sdp="", reconnect=token)
        assert grace.got("hangup")["error"]["code"] == 31107
        await ada.say("invite", callsid=leg.sid, sdp="", reconnect="guessed")
        assert ada.got("hangup")["error"]["code"] == 31107
        assert (leg.did, leg.digits) == ([], "")
        await leg.endpoint.end()

    in_house(work)


async def open_call(house, seconds=30):
    """A call in which sound is about to flow: its socket, its browser and its leg."""
    wire, phone = await Wire(house).listen(seconds=seconds), Phone()
    await wire.say("invite", callsid=f"TJS{id(wire)}", sdp=await phone.offer(), twilio={})
    await phone.accept((await wire.expect("answer"))["sdp"])
    (leg,) = house.engine.legs.values()
    return wire, phone, leg


def test_a_call_is_resumed_on_another_socket():
    async def work(house):
        wire, phone, leg = await open_call(house)
        wire.session.closed()
        again = Wire(house)
        await again.listen()
        await again.say("invite", callsid=leg.sid, sdp="x", reconnect=wire.got("answer")["reconnect"], twilio={})
        assert again.got("answer") == {"callsid": leg.sid, "reconnect": wire.got("answer")["reconnect"]}
        await again.say("dtmf", callsid=leg.sid, dtmf="5")
        assert (leg.did, leg.digits) == ([], "5")
        await leg.endpoint.end(31486, "busy")
        assert again.got("hangup") == {"callsid": leg.sid, "error": {"code": 31486, "message": "busy"}}
        await phone.close()

    in_house(work)


def test_what_was_queued_while_offline_counts_before_the_call_is_resumed():
    async def work(house):
        wire, phone, leg = await open_call(house)
        wire.session.closed()
        again = await Wire(house).listen()
        await again.say("hangup", callsid=leg.sid)
        assert leg.did == ["hung up"]
        await phone.close()

    in_house(work)


@pytest.mark.parametrize("seconds", [0, 0.2])
def test_a_call_that_is_not_resumed_in_time_ends(seconds):
    async def work(house):
        wire, phone, leg = await open_call(house, seconds)
        wire.session.closed()
        assert leg.did == ([] if seconds else ["hung up"])
        await eventually(lambda: leg.did == ["hung up"], "the call goes on")
        await phone.close()

    in_house(work)


def test_an_unanswered_call_ends_with_its_socket():
    async def work(house):
        wire, phone = await Wire(house).listen(), Phone()
        await wire.say("invite", callsid="TJS1", sdp=await phone.offer(), twilio={"params": "To=wait"})
        wire.session.closed()
        (leg,) = house.engine.legs.values()
        assert leg.did == ["hung up"]
        await phone.close()

    in_house(work)


def test_a_renewed_token_in_a_call_resumes_it_on_the_same_socket():
    async def work(house):
        wire, phone, leg = await open_call(house)
        await wire.listen(make_token())
        await wire.say("invite", callsid=leg.sid, sdp="x", reconnect=wire.got("answer")["reconnect"])
        assert wire.kinds[-1] == "answer"
        assert leg.did == []
        await phone.close()

    in_house(work)
