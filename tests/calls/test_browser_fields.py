"""Whoever makes a call in a browser chooses what comes with it: no field of it touches anybody else's data.

The role table: every webhook, every field that any webhook of ours reads or that Twilio is known to send, set by an
agent's own call to what belongs to others.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from bench.nonsense import SENSIBLE
from calls.models import Call, CallEvent, CallOffer, Recording
from calls.params import _IDENTIFYING
from routing.models import Line
from telephony.models import Webhook
from telephony.webhooks import inbox
from telephony.webhooks.kinds import all_kinds
from tests import factories
from tests.telephony.webhooks.test_webhook_security import PATHS
from tests.twilio import ACCOUNT_SID, CALLER, SUPPORT, incoming, leg_status, outgoing, sid

pytestmark = pytest.mark.django_db

INCOMING, OUTGOING = "/twilio/voice/incoming/", "/twilio/voice/outgoing/"
STATUS, FALLBACK = "/twilio/voice/status/", "/twilio/voice/fallback/"
RECORDING_STATUS = "/twilio/voice/recording-status/"
SALES = "+12025550101"
THEIRS, RINGING, THEIR_RECORDING = sid("CA", 900), sid("CA", 901), sid("RE", 900)
VOICE_PATHS = [path for path in PATHS if path.startswith("/twilio/voice/")]
NAMES = sorted(
    set(SENSIBLE)
    | {name for kind in all_kinds() for name in kind.believed.names}
    | {"Caller", "Called", "ApplicationSid", "AnsweredBy", "QueueSid", "ConferenceSid", "CallToken", "DequeingCallSid"}
)
# One of them is Twilio's own in every request: a browser's would come beside it.
ALWAYS = ("CallSid", "AccountSid", "From", "CallStatus", "Direction")


@pytest.fixture
def others(twilio, line, grace, stranger):
    """Another team's call with its recording, and a call that rings at a colleague's desk."""
    factories.make_line(team=stranger.teams.get(), number=SALES, name="Sales")
    twilio.webhook(INCOMING, incoming(CallSid=THEIRS, To=SALES))
    leg = leg_status(stranger.pk, "in-progress", 2, leg=902, parent=900)
    twilio.webhook(STATUS, leg)
    twilio.webhook(RECORDING_STATUS, incoming(CallSid=THEIRS, To=SALES, RecordingSid=THEIR_RECORDING))
    twilio.webhook(INCOMING, incoming(CallSid=RINGING))
    assert CallOffer.objects.filter(call=RINGING, state="ringing").exists()
    return everything()


def everything() -> dict[str, Any]:
    """All that belongs to those calls, and all that an agent's call could add to others' logs."""
    known = [THEIRS, RINGING, sid("CA", 902)]
    return {
        "calls": list(Call.objects.filter(pk__in=known).order_by("pk").values()),
        "offers": list(CallOffer.objects.order_by("pk").values()),
        "recordings": list(Recording.objects.order_by("pk").values()),
        "events": list(CallEvent.objects.filter(call_sid__in=known).values()),
        "webhooks": Webhook.objects.filter(sid__in=known).count(),
        "their log": list(Call.objects.filter(line__number=SALES).values_list("pk", flat=True)),
    }


def hostile_values(name: str, ada: Any, stranger: Any) -> list[str]:
    """What an agent would write there to get at what is not the agent's."""
    if name == "LineId":
        return [str(Line.objects.get(number=SALES).pk)]
    if name.endswith("Sid"):
        return [THEIRS, RINGING, THEIR_RECORDING]
    if name in ("From", "To", "Caller", "Called", "ForwardedFrom", "CallerName"):
        return [f"client:{stranger.identity}", SALES, CALLER]
    return ["outbound-dial" if name == "Direction" else "completed"]


def assert_only_the_own(own: list[str], before: dict[str, Any], ada: Any, what: str) -> None:
    now = everything()
    for part in before:
        assert now[part] == before[part], (what, part)
    for call in Call.objects.filter(pk__in=own):
        assert call.parent_id is None, what
        assert call.agent_id in (ada.pk, None), what
        assert call.line is None or call.line.number == SUPPORT, what
        assert not call.recordings.exists(), what
    # Nothing else came to be.
    assert set(Call.objects.values_list("pk", flat=True)) <= {*own, THEIRS, RINGING, sid("CA", 902)}, what


@pytest.mark.parametrize("path", VOICE_PATHS)
def test_no_field_of_an_agents_own_call_changes_anybody_elses_data(twilio, ada, stranger, others, path):
    own, number = [], 1
    for name in NAMES:
        if name in ALWAYS:
            continue
        for value in hostile_values(name, ada, stranger):
            own.append(sid("CA", number))
            fields = outgoing(ada.pk, "+12025550142", CallSid=own[-1]) | {name: value}
            assert twilio.webhook(path, fields).status_code in (200, 204)
            number += 1
        inbox.drain()
        assert_only_the_own(own, others, ada, f"{path} {name}")


@pytest.mark.parametrize("path", VOICE_PATHS)
@pytest.mark.parametrize("name", ALWAYS)
def test_a_field_of_twilios_own_that_came_twice_is_believed_in_neither(twilio, ada, stranger, others, path, name):
    for number, value in enumerate(hostile_values(name, ada, stranger), 1):
        fields = outgoing(ada.pk, "+12025550142", CallSid=sid("CA", number))
        for both in ([fields[name], value], [value, fields[name]]):
            response = twilio.webhook(path, fields | {name: both})
            assert response.status_code in (200, 204)
            assert b"<Dial" not in response.content
    inbox.drain()

    assert_only_the_own([], others, ada, f"{path} {name}")


def test_a_field_that_came_twice_with_the_same_value_is_that_value(twilio, line, ada):
    fields = outgoing(ada.pk, "+12025550142")

    response = twilio.webhook(OUTGOING, fields | {"From": [fields["From"]] * 2})

    assert b"<Dial" in response.content


def test_a_parent_that_is_made_up_hides_no_call_and_opens_none(twilio, ada, others, client):
    for parent in (THEIRS, sid("CA", 999)):
        own = sid("CA", int(parent[-1]) + 1)
        twilio.webhook(OUTGOING, outgoing(ada.pk, "+12025550142", CallSid=own, ParentCallSid=parent))
        twilio.webhook(
            STATUS, outgoing(ada.pk, "+12025550142", CallSid=own, ParentCallSid=parent, CallStatus="ringing")
        )
        signed_in = Client()
        signed_in.force_login(ada)

        assert signed_in.get(f"/api/v1/calls/{own}/").status_code == 200
        assert signed_in.get(f"/api/v1/calls/{parent}/").status_code == 404
        assert signed_in.post(f"/api/v1/calls/{parent}/hang-up/").status_code == 404
        assert signed_in.get(f"/api/v1/calls/{parent}/timeline/").status_code == 404


def test_a_recording_stays_with_its_call(twilio, others):
    for path in (RECORDING_STATUS, "/twilio/voice/recording/", FALLBACK):
        twilio.webhook(path, incoming(CallSid=RINGING, RecordingSid=THEIR_RECORDING, RecordingDuration="99"))
    inbox.drain()

    recording = Recording.objects.get()
    assert (recording.call_id, recording.duration) == (THEIRS, None)


def test_a_recording_that_is_told_of_again_is_filled_in(twilio, others):
    twilio.webhook(RECORDING_STATUS, incoming(CallSid=THEIRS, RecordingSid=THEIR_RECORDING, RecordingDuration="9"))

    assert Recording.objects.get().duration == 9


@pytest.mark.parametrize(
    "made", ["{}", "client:{} ", " client:{}", "Client:{}", "client:{}\n", "client:{}\x0b", "client:{}\x00"]
)
def test_only_twilios_own_way_of_writing_an_agent_dials(twilio, line, ada, made):
    response = twilio.webhook(OUTGOING, outgoing(ada.pk, "+12025550142", From=made.format(ada.identity)))

    assert [verb.tag for verb in ElementTree.fromstring(response.content)] == ["Say", "Hangup"]
    assert Call.objects.get().agent is None


def test_a_call_of_which_only_the_end_was_told_is_the_agents_who_made_it(twilio, line, ada, stranger):
    twilio.webhook(STATUS, outgoing(ada.pk, f"client:{stranger.identity}", CallStatus="completed"))

    assert Call.objects.get().agent == ada


def test_a_phone_that_asks_as_a_caller_rings_nobody(twilio, line, ada, grace):
    response = twilio.webhook(INCOMING, incoming(From=f"client:{ada.identity}"))

    assert b"<Dial" not in response.content
    assert not CallOffer.objects.exists()


def test_a_call_that_was_put_aside_is_read_as_strictly_when_it_is_taken_up(twilio, ada, others, monkeypatch):
    monkeypatch.setattr("calls.live.services.call_record_outgoing", lambda voice: 1 / 0)
    fields = {"ParentCallSid": THEIRS, "RecordingSid": THEIR_RECORDING, "ErrorCode": "1", "DialCallStatus": "completed"}
    twilio.webhook(OUTGOING, outgoing(ada.pk, SALES, **fields))
    assert inbox.drain() == 1

    call = Call.objects.get(pk=sid("CA", 1))
    assert (call.agent, call.parent_id, call.error_code, call.line) == (ada, None, "", None)
    assert_only_the_own([call.pk], others, ada, "from the spool")


def test_legs_that_our_own_twiml_makes_keep_their_parent(twilio, line, ada):
    twilio.webhook(OUTGOING, outgoing(ada.pk, CALLER))
    leg = {"CallSid": sid("CA", 2), "ParentCallSid": sid("CA", 1), "From": SUPPORT, "Direction": "outbound-dial"}
    twilio.webhook(STATUS, outgoing(ada.pk, CALLER, CallStatus="ringing") | leg | {"AccountSid": ACCOUNT_SID})

    assert Call.objects.get(pk=sid("CA", 2)).parent_id == sid("CA", 1)


def test_what_is_never_twilios_alone_identifies_a_call():
    assert set(ALWAYS) <= _IDENTIFYING
