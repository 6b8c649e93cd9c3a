"""Conferences and their participants over the REST API, and what the status callback is told of them."""

import asyncio

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.simulator.harness import CALLER, SALES, SUPPORT, bench, twiml, until
from tests.simulator.rest_client import served

INCOMING = "/twilio/voice/incoming/"
SECOND, THIRD = "+12025550143", "+12025550144"
EVENTS = "start end join leave mute hold modify speaker announcement"


def room(attributes: str = "", events: str = EVENTS.replace("speaker ", "")) -> str:
    return twiml(
        f'<Dial action="/after"><Conference {attributes} statusCallback="/room" '
        f'statusCallbackEvent="{events}">room-1</Conference></Dial>'
    )


async def meeting(b, *numbers: str, **documents: str):
    """Callers who are in the room, which has begun; and the room."""
    calls = []
    for number in numbers or (CALLER, SECOND):
        b.product.answers[INCOMING] = documents.get(f"n{number[-1]}", room())
        calls.append(await b.call(number))
        await until(lambda: b.engine.conferences.get("room-1") and b.engine.conferences["room-1"].find(calls[-1].sid))
    conference = b.engine.conferences["room-1"]
    if len(calls) > 1:
        await until(lambda: all(call.hearing == "conference" for call in calls))
    return conference, calls


async def parted(b, calls) -> None:
    for call in calls:
        call.party_hung_up()
    await b.quiet()


def told(b, *, path: str = "/room") -> list[str]:
    return [request.params["StatusCallbackEvent"] for request in b.product.at(path)]


def voices(call) -> int:
    """How loud what a participant hears is, in speakers: each says 5000."""
    source = call.endpoint.port.source
    return 0 if source is None else int(source.read().max()) // 5000


def path(conference, call=None) -> str:
    base = f"/Conferences/{conference.sid}"
    return f"{base}/Participants/{call if isinstance(call, str) else call.sid}.json" if call else f"{base}.json"


async def update(b, conference, call, **fields):
    answer = await b.rest("POST", path(conference, call), data=fields)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_conferences_and_participants_are_listed_and_found_by_label():
    async def scenario():
        async with served() as (b, run, _):
            document = room('participantLabel="customer" endConferenceOnExit="true"')
            conference, calls = await meeting(b, n2=document)
            one = await run(lambda client: client.conferences(conference.sid).fetch())
            listed = await run(lambda client: client.conferences.list(status="in-progress", friendly_name="room-1"))
            people = await run(lambda client: client.conferences(conference.sid).participants.list(page_size=1))
            customer = await run(lambda client: client.conferences(conference.sid).participants("customer").fetch())
            await parted(b, calls)
            over = await run(lambda client: client.conferences(conference.sid).fetch())
            left = await run(lambda client: client.conferences(conference.sid).participants.list())

            assert (one.status, one.friendly_name, one.reason_conference_ended) == ("in-progress", "room-1", None)
            assert [found.sid for found in listed] == [conference.sid]
            assert [person.call_sid for person in people] == [call.sid for call in calls]
            assert (customer.call_sid, customer.end_conference_on_exit, customer.label) == (
                calls[0].sid,
                True,
                "customer",
            )
            assert (customer.status, customer.hold, customer.coaching) == ("connected", False, False)
            assert over.status == "completed"
            assert over.reason_conference_ended == "participant-with-end-conference-on-exit-left"
            assert over.call_sid_ending_conference == calls[0].sid
            assert left == []
            for gone in ("CF" + "0" * 32, conference.sid):
                with pytest.raises(TwilioRestException) as error:
                    await run(lambda client, gone=gone: client.conferences(gone).participants("nobody").fetch())
                assert error.value.code == 20404

    asyncio.run(scenario())


def test_one_on_hold_hears_the_hold_document_and_nobody_hears_the_one():
    async def scenario():
        async with bench() as b:
            b.product.answers["/hold"] = twiml("<Say>Please hold</Say>")
            conference, (customer, agent, third) = await meeting(b, CALLER, SECOND, THIRD)
            # Who came first hears the last one as soon as the sound is mixed anew.
            await until(lambda: [voices(call) for call in (customer, agent, third)] == [2, 2, 2])

            held = await update(b, conference, customer, Hold="true", HoldUrl=f"{b.product.url}/hold")
            await until(lambda: len(b.product.at("/hold")) == 2)
            await until(lambda: [voices(call) for call in (agent, third)] == [1, 1])
            heard = [voices(call) for call in (agent, third)]
            asked = b.product.at("/hold")[0]
            back = await update(b, conference, customer, Hold="false")
            await until(lambda: customer.hearing == "conference")
            await until(lambda: voices(agent) == 2)
            await until(lambda: len(b.product.at("/room")) == 6)
            await parted(b, (customer, agent, third))

            assert (held["hold"], back["hold"]) == (True, False)
            assert heard == [1, 1]
            assert customer.captions[0]["text"] == "Please hold"
            assert asked.method == "GET"
            assert told(b)[4:6] == ["participant-hold", "participant-unhold"]
            assert [r.params["Hold"] for r in b.product.at("/room")[4:6]] == ["true", "false"]

    asyncio.run(scenario())


def test_hold_without_a_url_is_music_and_with_an_empty_one_silence():
    async def scenario():
        async with bench() as b:
            conference, calls = await meeting(b)
            await update(b, conference, calls[0], Hold="true")
            await until(lambda: calls[0].hearing == "music")
            await update(b, conference, calls[0], Hold="true", HoldUrl="")
            await until(lambda: calls[0].hearing == "")
            await parted(b, calls)
            assert told(b).count("participant-hold") == 1

    asyncio.run(scenario())


def test_who_is_muted_hears_and_is_not_heard():
    async def scenario():
        async with bench() as b:
            conference, (one, other) = await meeting(b)
            muted = await update(b, conference, one, Muted="true")
            await until(lambda: voices(other) == 0)
            assert voices(one) == 1
            await update(b, conference, one, Muted="true")
            unmuted = await update(b, conference, one, Muted="whatever")
            await until(lambda: voices(other) == 1)
            await parted(b, (one, other))

            assert (muted["muted"], unmuted["muted"]) == (True, False)
            assert [event for event in told(b) if "mute" in event] == ["participant-mute", "participant-unmute"]

    asyncio.run(scenario())


def test_only_the_coached_hears_the_coach_until_the_coach_joins_in():
    async def scenario():
        async with bench() as b:
            conference, (customer, agent, supervisor) = await meeting(b, CALLER, SECOND, THIRD)
            coaching = await update(b, conference, supervisor, Coaching="true", CallSidToCoach=agent.sid)
            await until(lambda: (voices(customer), voices(agent), voices(supervisor)) == (1, 2, 2))
            joined = await update(b, conference, supervisor, Coaching="false")
            await until(lambda: voices(customer) == 2)
            wrong = await b.rest("POST", path(conference, supervisor), data={"CallSidToCoach": "CA" + "0" * 32})
            await parted(b, (customer, agent, supervisor))

            assert (coaching["coaching"], coaching["call_sid_to_coach"]) == (True, agent.sid)
            assert (joined["coaching"], joined["call_sid_to_coach"]) == (False, None)
            assert (wrong.status_code, wrong.json()["code"]) == (400, 13240)
            assert told(b).count("participant-modify") == 2

    asyncio.run(scenario())


def test_end_on_exit_cannot_be_changed_while_on_hold_and_nobody_says_so():
    async def scenario():
        async with bench() as b:
            conference, (one, other) = await meeting(b)
            await update(b, conference, one, Hold="true")
            ignored = await update(b, conference, one, EndConferenceOnExit="true")
            await update(b, conference, one, Hold="false")
            taken = await update(b, conference, one, EndConferenceOnExit="true")
            one.party_hung_up()
            await b.quiet()

            assert (ignored["end_conference_on_exit"], taken["end_conference_on_exit"]) == (False, True)
            assert told(b).count("participant-modify") == 1
            assert other.ended_by == "twiml", "the conference ended with the one"
            end = b.product.at("/room")[-1].params
            assert end["ReasonConferenceEnded"] == "participant-with-end-conference-on-exit-left"
            assert end["CallSidEndingConference"] == one.sid

    asyncio.run(scenario())


def test_an_announcement_is_heard_by_one_only_who_then_hears_the_others_again():
    async def scenario():
        async with bench() as b:
            b.product.answers["/announce"] = twiml("<Say>This call is recorded</Say>")
            conference, (one, other) = await meeting(b)
            await update(b, conference, one, AnnounceUrl=f"{b.product.url}/announce")
            await until(lambda: "announcement-end" in told(b))
            await until(lambda: one.hearing == "conference")
            await parted(b, (one, other))

            assert [caption["text"] for caption in one.captions] == ["This call is recorded"]
            assert other.captions == []
            event = next(r for r in b.product.at("/room") if r.params["StatusCallbackEvent"] == "announcement-end")
            assert event.params["AnnounceUrl"].endswith("/announce")
            assert event.params["CallSid"] == one.sid

    asyncio.run(scenario())


def test_an_announcement_to_all_is_asked_for_once_and_heard_by_all_who_are_not_on_hold():
    async def scenario():
        async with bench() as b:
            b.product.answers["/announce"] = twiml("<Say>Five minutes left</Say>")
            conference, calls = await meeting(b, CALLER, SECOND, THIRD)
            await update(b, conference, calls[2], Hold="true", HoldUrl="")
            answer = await b.rest("POST", path(conference), data={"AnnounceUrl": f"{b.product.url}/announce"})
            await until(lambda: "announcement-end" in told(b))
            await parted(b, calls)

            assert answer.status_code == 200
            assert [len(call.captions) for call in calls] == [1, 1, 0]
            (asked,) = b.product.at("/announce")
            assert "CallSid" not in asked.params
            assert asked.params["ConferenceSid"] == conference.sid

    asyncio.run(scenario())


def test_an_announcement_that_may_not_be_is_told_as_failed():
    async def scenario():
        async with bench() as b:
            b.product.answers["/announce"] = twiml("<Gather/>")
            conference, (one, other) = await meeting(b)
            await update(b, conference, one, AnnounceUrl=f"{b.product.url}/announce")
            await until(lambda: "announcement-fail" in told(b))
            await until(lambda: one.hearing == "conference")
            await parted(b, (one, other))

            assert 13238 in b.warnings
            assert one.captions == []

    asyncio.run(scenario())


def test_who_is_removed_goes_on_with_the_action_and_the_others_talk_on():
    async def scenario():
        async with bench() as b:
            b.product.answers["/after"] = twiml("<Say>You were removed</Say>")
            conference, (one, other, third) = await meeting(b, CALLER, SECOND, THIRD)
            answer = await b.rest("DELETE", path(conference, one))
            await until(lambda: one.over)
            assert conference.status == "in-progress"
            await until(lambda: voices(other) == 1)
            await until(lambda: "participant-leave" in told(b))
            left = b.product.at("/room")[told(b).index("participant-leave")].params
            await parted(b, (other, third))

            assert answer.status_code == 204
            assert one.captions[0]["text"] == "You were removed"
            assert (left["CallSid"], left["ReasonParticipantLeft"]) == (one.sid, "participant_updated_via_api")
            assert left["ParticipantCallStatus"] == "in-progress"
            assert b.product.at("/after")[0].params["DialCallStatus"] == "answered"

    asyncio.run(scenario())


@pytest.mark.parametrize("how", ["api", "kicked", "left", "ender"])
def test_why_a_conference_ended_and_why_each_left(how):
    async def scenario():
        async with bench() as b:
            document = room('endConferenceOnExit="true" participantLabel="boss"') if how == "ender" else room()
            conference, (one, other) = await meeting(b, n2=document)
            if how == "api":
                await b.rest("POST", path(conference), data={"Status": "completed"})
            elif how == "left":
                one.party_hung_up()
                await until(lambda: len(conference.participants) == 1)
                other.party_hung_up()
            else:
                await b.rest("DELETE", path(conference, one))
                if how == "kicked":
                    await until(lambda: len(conference.participants) == 1)
                    await b.rest("DELETE", path(conference, other))
            await b.quiet()

            end = b.product.at("/room")[-1].params
            left = [
                r.params["ReasonParticipantLeft"] for r in b.product.at("/room") if "ReasonParticipantLeft" in r.params
            ]
            reasons = {
                "api": ("conference-ended-via-api", ["conference_ended_via_api"] * 2),
                "kicked": ("last-participant-kicked", ["participant_updated_via_api"] * 2),
                "left": ("last-participant-left", ["participant_hung_up"] * 2),
                "ender": (
                    "participant-with-end-conference-on-exit-kicked",
                    ["participant_updated_via_api", "moderator_ended_conference"],
                ),
            }
            assert (end["StatusCallbackEvent"], end["ReasonConferenceEnded"]) == ("conference-end", reasons[how][0])
            assert left == reasons[how][1]
            assert end.get("ParticipantLabelEndingConference") == ("boss" if how == "ender" else None)
            assert end["Reason"]

    asyncio.run(scenario())


def test_every_event_has_its_number_and_comes_in_order():
    async def scenario():
        async with bench() as b:
            conference, calls = await meeting(b, CALLER, SECOND, THIRD)
            await update(b, conference, calls[0], Muted="true", Hold="true")
            await parted(b, calls)

            numbers = [int(request.params["SequenceNumber"]) for request in b.product.at("/room")]
            assert numbers == list(range(1, len(numbers) + 1))
            assert told(b) == [
                "participant-join",
                "participant-join",
                "conference-start",
                "participant-join",
                "participant-mute",
                "participant-hold",
                "participant-leave",
                "participant-leave",
                "participant-leave",
                "conference-end",
            ]
            assert {request.params["ConferenceSid"] for request in b.product.at("/room")} == {conference.sid}

    asyncio.run(scenario())


def test_callbacks_of_a_conference_can_be_put_out_of_order_like_others():
    async def scenario():
        async with bench() as b:
            rule = {"kind": "webhook-reorder", "count": 1, "seconds": 5, "match": {"path": "/room"}}
            await b.http.post("/sim/faults", json={"rules": [rule]})
            _, calls = await meeting(b)
            await parted(b, calls)

            assert [r.params["SequenceNumber"] for r in b.product.at("/room")][:2] == ["2", "1"]

    asyncio.run(scenario())


def test_who_speaks_is_told():
    async def scenario():
        async with bench() as b:
            b.product.answers[INCOMING] = room(events="speaker")
            one, silent = await b.call(CALLER), await b.call(SECOND, voice="silence")
            events = await until(lambda: b.product.at("/room"))
            await parted(b, (one, silent))

            assert told(b) == ["participant-speech-start"]
            assert events[0].params["CallSid"] == one.sid

    asyncio.run(scenario())


# --- called by the REST API ------------------------------------------------------------------------------------------


async def called(b, room_name: str = "room-1", to: str = "+12025550150", **fields):
    data = {"From": SALES, "To": to, "ConferenceStatusCallbackEvent": "start end join leave"}
    data |= {"ConferenceStatusCallback": f"{b.product.url}/room"}
    return await b.rest("POST", f"/Conferences/{room_name}/Participants.json", data=data | fields)


def test_a_participant_is_called_into_a_conference_that_is_on():
    async def scenario():
        async with served() as (b, run, _):
            conference, calls = await meeting(b)
            made = await run(
                lambda client: client.conferences(conference.sid).participants.create(
                    from_=SALES,
                    to="+12025550150",
                    label="colleague",
                    muted=True,
                    status_callback=f"{b.product.url}/status",
                    status_callback_event=["initiated", "ringing", "answered", "completed"],
                )
            )
            leg = b.engine.find_leg(made.call_sid)
            await until(lambda: leg.status == "ringing")
            ringing = await run(lambda client: client.conferences(conference.sid).participants("colleague").fetch())
            await until(lambda: voices(calls[0]) > 0)
            leg.party_answered()
            await until(lambda: leg.hearing == "conference")
            joined = await run(lambda client: client.conferences(conference.sid).participants("colleague").fetch())
            leg.party_hung_up()
            await until(lambda: len(conference.participants) == 2)
            await parted(b, calls)

            assert (made.status, made.label, made.muted, made.queue_time) == ("queued", "colleague", True, "0")
            assert (ringing.status, joined.status) == ("ringing", "connected")
            assert leg.direction == "outbound-api"
            assert b.product.statuses("/status") == ["initiated", "ringing", "in-progress", "completed"]
            assert told(b).count("participant-join") == 3

    asyncio.run(scenario())


def test_a_participant_makes_the_conference_where_there_is_none():
    async def scenario():
        async with bench() as b:
            answer = await called(b, EndConferenceOnExit="true")
            leg = b.engine.find_leg(answer.json()["call_sid"])
            conference = b.engine.conferences["room-1"]
            await until(lambda: leg.status == "ringing")
            leg.party_answered()
            await until(lambda: conference.participants)
            assert answer.status_code == 201
            assert conference.status == "init"
            leg.party_hung_up()
            await b.quiet()

            assert told(b) == ["participant-join", "participant-leave", "conference-end"]
            assert b.engine.conferences == {}

    asyncio.run(scenario())


@pytest.mark.parametrize(("behaviour", "status"), [("busy", "busy"), ("reject", "busy"), ("failed", "failed")])
def test_a_participant_who_cannot_be_had_is_told_to_the_room(behaviour, status):
    async def scenario():
        async with bench() as b:
            await b.http.put("/sim/telephones/+12025550150", json={"behaviour": behaviour, "delay": 0.05})
            conference, calls = await meeting(b)
            answer = await called(b, conference.sid)
            leg = b.engine.find_leg(answer.json()["call_sid"])
            await until(lambda: leg.over)
            await until(lambda: "participant-leave" in told(b))
            event = b.product.at("/room")[-1].params

            assert (event["ReasonParticipantLeft"], event["ParticipantCallStatus"]) == (
                "participant_add_failed",
                status,
            )
            assert event["CallSid"] == leg.sid
            assert len(conference.participants) == 2
            await parted(b, calls)

    asyncio.run(scenario())


def test_a_participant_who_is_still_rung_when_the_conference_ends_is_rung_no_more():
    async def scenario():
        async with bench() as b:
            conference, calls = await meeting(b)
            answer = await called(b, conference.sid, EarlyMedia="false")
            leg = b.engine.find_leg(answer.json()["call_sid"])
            await until(lambda: leg.status == "ringing")
            await b.rest("POST", path(conference), data={"Status": "completed"})
            await b.quiet()

            assert leg.status == "canceled"
            assert [call.status for call in calls] == ["completed", "completed"]

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"To": ""}, 21201),
        ({"From": "+12025550199"}, 21210),
        ({"To": "nobody"}, 21217),
        ({"Label": "x" * 129}, 20001),
        ({"Label": "taken"}, 16025),
        ({"CallSidToCoach": "CA" + "0" * 32}, 13240),
        ({"Coaching": "true"}, 13240),
        ({"StatusCallback": "nowhere"}, 21222),
        ({"WaitUrl": "nowhere"}, 21222),
        ({"Timeout": "soon"}, 20001),
        ({"EarlyMedia": "perhaps"}, 20001),
    ],
)
def test_a_participant_who_cannot_be_is_refused_and_nobody_is_called(fields, code):
    async def scenario():
        async with bench() as b:
            conference, calls = await meeting(b, n2=room('participantLabel="taken"'))
            before = len(b.engine.world.calls)
            answer = await called(b, conference.sid, **fields)

            assert (answer.status_code, answer.json()["code"]) == (400, code)
            assert len(b.engine.world.calls) == before
            await parted(b, calls)

    asyncio.run(scenario())


def test_nobody_is_called_into_a_conference_that_is_over_or_never_was():
    async def scenario():
        async with bench() as b:
            conference, calls = await meeting(b)
            await parted(b, calls)

            assert (await called(b, conference.sid)).status_code == 400
            assert (await called(b, "CF" + "0" * 32)).status_code == 404
            assert (await called(b, "r" * 129)).status_code == 400

    asyncio.run(scenario())


def test_two_bridged_legs_are_lifted_into_a_conference_by_redirecting_the_child():
    async def scenario():
        async with bench() as b:
            b.voice.behaviours["ada"] = "answer"
            b.product.answers[INCOMING] = twiml(
                '<Dial action="/after" answerOnBridge="true"><Client>ada</Client></Dial>'
            )
            b.product.answers["/after"] = room()
            b.product.answers["/lifted"] = room()
            call = await b.call(CALLER, SUPPORT)
            await until(lambda: call.hearing == "party")
            child = call.children[0]
            await b.rest("POST", f"/Calls/{child.sid}.json", data={"Url": f"{b.product.url}/lifted"})
            await until(lambda: call.hearing == child.hearing == "conference")

            assert b.engine.conferences["room-1"].status == "in-progress"
            assert "DialCallDuration" not in b.product.at("/after")[0].params
            assert voices(call) == voices(child) == 1
            b.product.answers["/after"] = twiml("")
            await parted(b, (call, child))

    asyncio.run(scenario())


def test_whoever_is_in_the_room_first_decides_on_the_callbacks_not_whoever_is_called_first():
    async def scenario():
        async with bench() as b:
            answer = await called(b, ConferenceStatusCallback=f"{b.product.url}/other")
            leg = b.engine.find_leg(answer.json()["call_sid"])
            await until(lambda: leg.status == "ringing")
            conference, calls = await meeting(b, CALLER)
            leg.party_answered()
            await until(lambda: conference.started.is_set())
            await parted(b, [*calls, leg])

            assert told(b).count("participant-join") == 2
            assert b.product.at("/other") == []

    asyncio.run(scenario())


def test_nothing_is_said_to_a_room_that_is_over():
    async def scenario():
        async with bench() as b:
            b.product.answers["/announce"] = twiml('<Pause length="100000"/>')
            conference, calls = await meeting(b)
            await b.rest("POST", path(conference), data={"AnnounceUrl": f"{b.product.url}/announce"})
            await until(lambda: b.product.at("/announce"))
            await parted(b, calls)
            late = await b.rest("POST", path(conference), data={"AnnounceUrl": f"{b.product.url}/announce"})

            assert told(b)[-1] == "conference-end"
            assert (late.status_code, late.json()["code"]) == (400, 20001)

    asyncio.run(scenario())


def test_a_reset_in_the_midst_of_it_leaves_nothing():
    async def scenario():
        async with bench() as b:
            conference, calls = await meeting(b)
            await called(b, conference.sid)
            await update(b, conference, calls[0], Hold="true")
            tasks = len(asyncio.all_tasks())
            await b.http.post("/sim/reset")

            assert b.engine.conferences == {}
            assert (await b.http.get("/sim/conferences")).json() == {"conferences": []}
            assert b.engine.tasks == 0
            assert len(asyncio.all_tasks()) < tasks
            assert (await b.rest("GET", path(conference))).status_code == 404

    asyncio.run(scenario())
