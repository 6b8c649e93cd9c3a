"""What happened to a call, on one line."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from calls.models import CallEvent
from calls.recorder.timeline import call_timeline
from telephony.models import Webhook
from tests import factories
from tests.calls.test_webhooks_incoming import INCOMING, STATUS
from tests.twilio import CALLER, TwilioClient, at, incoming, leg_status, root_status, sid

pytestmark = pytest.mark.django_db

URL = f"/api/v1/calls/{sid('CA', 1)}/timeline/"


def webhook(seconds: int, kind: str = "status", *, call: int = 1, **values: Any) -> Webhook:
    params = {"CallSid": sid("CA", call), "AccountSid": "AC" + "1" * 32, "From": CALLER, "FromCity": "WASHINGTON"}
    return Webhook.objects.create(
        sid=sid("CA", call), kind=kind, received_at=at(seconds), **({"params": params} | values)
    )


def event(seconds: int, kind: str, name: str, *, call: int = 1, **values: Any) -> CallEvent:
    return CallEvent.objects.create(call_sid=sid("CA", call), kind=kind, name=name, at=at(seconds), **values)


def titles(call: Any, viewer: Any) -> list[str]:
    return [entry.title for entry in call_timeline(call, viewer=viewer)]


@pytest.fixture
def call(ada, line):
    """Ada's call, with the leg that rang her phone."""
    root = factories.make_call(1, line=line, agent=ada, start_time=at(0))
    factories.make_call(
        2, parent_id=root.sid, agent=ada, direction="outbound-dial", called="client:agent_1", start_time=at(1)
    )
    return root


def test_a_call_tells_its_story_in_plain_words(call, ada):
    webhook(0, "incoming", status="ringing")
    webhook(1, call=2, status="initiated")
    webhook(2, call=2, status="ringing")
    webhook(5, call=2, status="in-progress")
    event(7, "rest", f"POST Calls/{sid('CA', 1)}", outcome="503", detail={"attempt": 1})
    event(8, "rest", f"POST Calls/{sid('CA', 1)}", outcome="200", detail={"attempt": 2})
    event(6, "action", "hang-up", agent=ada)
    webhook(9, call=2, status="completed")
    webhook(10, status="completed")

    assert titles(call, ada) == [
        "Twilio asked what to do with the call",
        "Twilio began to call Ada's phone",
        "Ada's phone began to ring",
        "Ada answered",
        "Ada ended the call",
        "We asked Twilio to end the call: 503, tried again",
        "We asked Twilio again to end the call: 200",
        "The connection to Ada's phone ended",
        "The call ended",
    ]


def test_an_entry_says_which_leg_it_is_of(call, ada):
    webhook(0, "incoming", status="ringing")
    webhook(1, call=2, status="ringing")

    assert [entry.of for entry in call_timeline(call, viewer=ada)] == ["root", sid("CA", 2)]


@pytest.mark.parametrize(
    ("verdict", "title"),
    [
        ("duplicate", "Twilio told us again: Ada answered"),
        ("late", "Twilio told us late: Ada answered"),
        ("failed", "Twilio told us, and we could only keep it: Ada answered"),
        ("applied", "Ada answered"),
    ],
)
def test_a_verdict_is_said_in_words(call, ada, verdict, title):
    webhook(0, "incoming")
    webhook(5, call=2, status="in-progress", verdict=verdict)

    entry = call_timeline(call, viewer=ada)[-1]

    assert (entry.title, entry.verdict) == (title, verdict)


@pytest.mark.parametrize(
    ("kind", "params", "title"),
    [
        ("outgoing", {}, "Twilio asked what to do with the call that Ada makes"),
        ("dial-action", {"DialCallStatus": "no-answer"}, "Nobody answered, and Twilio asked what to do next"),
        ("recording", {}, "The caller's message ended, and Twilio asked what to do next"),
        ("recording-status", {"RecordingStatus": "absent"}, "The caller left no message"),
        ("fallback", {}, "Twilio could not use an answer of ours and asked for the emergency one"),
        ("something-new", {}, "Twilio asked “something-new”"),
        ("status", [], "Twilio told us about the call"),
    ],
)
def test_each_request_of_twilios_has_its_sentence(call, ada, kind, params, title):
    webhook(0, kind, params=params)

    assert title in titles(call, ada)


def test_our_answer_is_shown_indented_and_in_words(call, ada):
    answer = (
        f"<Response><Dial><Client><Identity>{ada.identity}</Identity></Client><Client>agent_999</Client></Dial>"
        "<Say>Goodbye.</Say></Response>"
    )
    webhook(0, "incoming", answer=answer, milliseconds=4.5)

    entry = call_timeline(call, viewer=ada)[0]

    assert entry.answer.splitlines()[1] == "  <Dial>"
    assert entry.detail == "We answered: ring Ada and 1 other phone; say “Goodbye”."
    assert entry.milliseconds == 4.5


def test_what_failed_of_ours_is_said_with_what_the_caller_heard(call, ada):
    webhook(0, "incoming", answer="<Response><Say>We are sorry.</Say><Hangup/></Response>", problem="OperationalError")
    event(0, "incident", "incoming", outcome="the database did not answer")

    first, second = call_timeline(call, viewer=ada)[:2]

    assert "OperationalError" in first.detail
    assert second.is_incident
    assert second.title == "Something of ours failed here: the database did not answer"
    assert second.detail == "The caller heard: “We are sorry.”"


@pytest.mark.parametrize(
    ("name", "outcome", "detail", "said"),
    [
        ("hang-up", "asked for", {}, ("Ada ended the call", "")),
        ("hang-up", "Twilio is busy. Try again.", {}, ("Ada ended the call", "Twilio is busy. Try again.")),
        ("note", "", {"before": "", "after": "x"}, ("Ada wrote a note", "")),
        ("note", "", {"before": "x", "after": ""}, ("Ada took the note back", "")),
        ("outcome", "spam", {"before": "", "after": "spam"}, ("Ada noted what the call came to", "Spam.")),
        ("outcome", "", {"before": "spam", "after": ""}, ("Ada took the outcome back", "")),
        ("something-new", "", {}, ("Ada did “something-new”", "")),
    ],
)
def test_what_an_agent_did_is_said_in_words(call, ada, name, outcome, detail, said):
    event(5, "action", name, agent=ada, outcome=outcome, detail=detail)

    entry = next(entry for entry in call_timeline(call, viewer=ada) if entry.kind == "action")

    assert (entry.title, entry.detail) == said


def test_an_agent_who_is_gone_is_somebody(call, ada):
    event(5, "action", "hang-up")

    assert "Somebody ended the call" in titles(call, ada)


@pytest.mark.parametrize("detail", [[], "text", {"attempt": "x"}, None, 7])
def test_an_event_with_an_odd_detail_is_no_crash(call, ada, detail):
    admin = factories.make_agent("admin", is_superuser=True)
    for kind in ("rest", "action", "incident"):
        event(5, kind, "odd", detail=detail if detail is not None else {})

    assert len(call_timeline(call, viewer=admin)) == len(call_timeline(call, viewer=ada))


def test_an_incident_that_keeps_its_answer_says_who_heard_what(ada, line):
    root = factories.make_call(1, line=line, agent=ada, caller=f"client:{ada.identity}", called=CALLER)
    answer = (
        "<Response><Say>The call could not be started.</Say><Dial><Client>agent_9"
        '<Parameter name="token" value="very-secret-value"/></Client></Dial></Response>'
    )
    event(0, "incident", "outgoing", outcome="OperationalError", detail={"answer": answer})
    admin = factories.make_agent("admin", is_superuser=True)

    entry = next(entry for entry in call_timeline(root, viewer=admin) if entry.is_incident)

    assert entry.detail == "The agent heard: “The call could not be started.”"
    assert "<Say>The call could not be started.</Say>" in entry.answer
    assert "very-secret-value" not in str(entry)


def test_legs_speak_for_callbacks_that_are_not_kept(call, ada):
    call.legs.update(answer_time=at(5), end_time=at(9), status="completed")
    call.end_time = at(10)
    call.save()

    assert titles(call, ada) == [
        "The call began",
        "Twilio began to call Ada's phone",
        "Ada answered",
        "The connection to Ada's phone ended",
        "The call ended",
    ]


def test_nothing_is_said_twice(ada, line):
    twilio = TwilioClient()
    twilio.webhook(INCOMING, incoming())
    for sequence, status in enumerate(["initiated", "ringing", "in-progress", "completed"]):
        twilio.webhook(STATUS, leg_status(ada.pk, status, sequence))
    twilio.webhook(STATUS, root_status("completed"))
    root = factories.Call.objects.get(pk=sid("CA", 1))

    said = [entry.title for entry in call_timeline(root, viewer=ada) if entry.kind in ("webhook", "leg")]

    assert len(said) == len(set(said)) == 6


def test_it_takes_three_queries_however_much_happened(call, ada, django_assert_num_queries):
    for second in range(20):
        webhook(second, call=2, status="ringing")
        event(second, "action", "hang-up", agent=ada)

    with django_assert_num_queries(3):
        call_timeline(call, viewer=ada)


class TestApi:
    def get(self, agent: Any) -> Any:
        client = Client()
        client.force_login(agent)
        return client.get(URL, secure=True)

    def test_whoever_may_see_the_call_may_read_it(self, call, ada, grace, stranger):
        assert self.get(ada).status_code == 200
        assert self.get(grace).status_code == 200
        assert self.get(stranger).status_code == 404

    def test_it_needs_a_log_in(self, call):
        assert Client().get(URL, secure=True).status_code in (401, 403)

    @pytest.mark.parametrize("odd", ["nothing", "%00", "CA" + "9" * 32])
    def test_an_unknown_call_is_not_found(self, ada, odd):
        client = Client()
        client.force_login(ada)

        assert client.get(f"/api/v1/calls/{odd}/timeline/", secure=True).status_code == 404

    def test_it_shows_what_the_reader_may_see(self, call, ada, grace):
        webhook(0, "incoming")
        hedy = factories.make_agent("hedy", role="supervisor", team=ada.teams.get())
        admin = factories.make_agent("admin", is_superuser=True)

        shown = {agent.username: self.get(agent).json()["entries"][0]["params"] for agent in (ada, grace, hedy, admin)}

        assert shown["ada"] == {"CallSid": sid("CA", 1), "From": CALLER}
        assert shown["grace"] == {"CallSid": sid("CA", 1), "From": "…42"}
        assert shown["hedy"] == shown["admin"]
        assert shown["hedy"]["FromCity"] == "WASHINGTON"
        assert shown["admin"]["AccountSid"] == "(hidden)"

    def test_an_entry_has_the_promised_fields(self, call, ada):
        webhook(0, "incoming", answer="<Response/>")

        body = self.get(ada).json()

        assert body["sid"] == call.sid
        promised = {"at", "kind", "title", "of", "verdict", "milliseconds", "params", "answer", "detail"}
        assert set(body["entries"][0]) == promised


def test_a_leg_of_another_call_is_not_told_of(call, ada):
    factories.make_call(9)
    webhook(3, call=9, status="completed")

    assert all(entry.at != at(3) for entry in call_timeline(call, viewer=ada))
    assert timedelta(0) <= call_timeline(call, viewer=ada)[-1].at - at(0)
