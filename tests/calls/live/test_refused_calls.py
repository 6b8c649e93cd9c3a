"""A call that Twilio refuses for its caller ID: the number called is not blamed."""

from __future__ import annotations

from unittest.mock import patch

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest.api.v2010.account.call.notification import NotificationList
from twilio.rest.api.v2010.account.incoming_phone_number import IncomingPhoneNumberList
from twilio.rest.api.v2010.account.outgoing_caller_id import OutgoingCallerIdList

from calls.live.refusals import refusals_explain
from calls.models import Call
from tests.calls.test_webhooks_incoming import verbs
from tests.calls.test_webhooks_outgoing import DIAL_ACTION, OUTGOING
from tests.telephony.account import account_at_twilio
from tests.twilio import outgoing, sid

pytestmark = pytest.mark.django_db
BLAME = "This number cannot be reached. Check it and try again."
CALLER_ID = "Twilio does not accept your line's number as caller ID. Choose another line, or ask your admin."


def failed(twilio, ada, **more: str):
    """What the agent hears of an outgoing call that came to nothing, and what the log says."""
    twilio.webhook(OUTGOING, outgoing(ada.pk, "+12025550142"))
    fields = {"CallStatus": "in-progress", "DialCallStatus": "failed"} | more
    response = twilio.webhook(DIAL_ACTION, outgoing(ada.pk, "+12025550142", **fields))
    return verbs(response).find("Say").text, Call.objects.get(sid=sid("CA", 1)).problem


@pytest.mark.parametrize("code", ["13214", "21210", "21212"])
def test_a_code_of_twilios_says_so_at_once(twilio, line, ada, code):
    assert failed(twilio, ada, ErrorCode=code) == (CALLER_ID, CALLER_ID)


def test_a_code_that_came_with_the_legs_status_says_so_too(twilio, line, ada):
    twilio.webhook(OUTGOING, outgoing(ada.pk, "+12025550142"))
    leg = {"CallSid": sid("CA", 2), "ParentCallSid": sid("CA", 1), "From": line.number, "Direction": "outbound-dial"}
    status = {"CallStatus": "failed", "SequenceNumber": 1, "ErrorCode": "13214"}
    twilio.webhook("/twilio/voice/status/", outgoing(ada.pk, "+12025550142", **leg, **status))

    assert Call.objects.get(sid=sid("CA", 2)).error_code == "13214"
    assert failed(twilio, ada, DialCallSid=sid("CA", 2)) == (CALLER_ID, CALLER_ID)


@pytest.mark.parametrize(("code", "word"), [("13227", "this country"), ("13225", "blocked"), ("13224", "reached")])
def test_other_codes_say_what_they_mean(twilio, line, ada, code, word):
    spoken, _ = failed(twilio, ada, ErrorCode=code)

    assert word in spoken
    assert "caller ID" not in spoken


@pytest.mark.parametrize("code", ["", "99999", "x", "²", "1" * 16])
def test_a_leg_that_failed_by_itself_is_the_numbers_fault(twilio, line, ada, code):
    assert failed(twilio, ada, ErrorCode=code, DialCallSid=sid("CA", 2)) == (BLAME, BLAME)


def test_without_a_reason_and_a_leg_nobody_is_blamed(twilio, line, ada):
    spoken, problem = failed(twilio, ada)

    assert spoken == problem
    assert "your line's number, or the number called" in spoken


@pytest.mark.parametrize(
    ("owned", "verified", "reason"),
    [(False, False, CALLER_ID), (False, True, "does not call this number"), (True, False, "does not call this number")],
)
def test_the_worker_finds_out_which_it_was(twilio, line, ada, owned, verified, reason):
    failed(twilio, ada)
    with account_at_twilio() as account:
        if not owned:
            account.numbers.clear()
        payload = {"phone_number": line.number}
        found = [type("Verified", (), payload)] if verified else []
        with patch.object(OutgoingCallerIdList, "list", autospec=True, return_value=found):
            assert refusals_explain() == 1
            assert refusals_explain() == 0

    call = Call.objects.get(sid=sid("CA", 1))
    assert reason in call.problem
    assert call.note == ""


@pytest.mark.parametrize("resource", [IncomingPhoneNumberList, NotificationList])
def test_while_twilio_is_away_the_log_says_no_more_than_is_known(twilio, line, ada, resource):
    _, problem = failed(twilio, ada)

    with (
        account_at_twilio(),
        patch.object(resource, "list", side_effect=requests.ConnectionError),
    ):
        assert refusals_explain() == 0

    assert Call.objects.get(sid=sid("CA", 1)).problem == problem


@pytest.mark.parametrize("leg", [{}, {"DialCallSid": sid("CA", 2)}], ids=["no leg", "a leg"])
@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (["13227"], "does not allow calls to this country"),
        (["10004"], "Too many calls at once"),
        (["12345", "13225"], "blocked"),
    ],
)
def test_what_twilios_debugger_has_is_said_to_the_agent_and_counted_by_the_doctor(twilio, line, ada, leg, codes, said):
    failed(twilio, ada, **leg)
    with account_at_twilio() as account:
        account.noted[sid("CA", 1)] = codes
        assert refusals_explain() == 1
        assert refusals_explain() == 0

    call = Call.objects.get(sid=sid("CA", 1))
    assert said in call.problem
    assert call.error_code == codes[-1]


def test_a_number_that_failed_by_itself_is_asked_about_once(twilio, line, ada):
    failed(twilio, ada, DialCallSid=sid("CA", 2))
    with account_at_twilio() as account:
        assert refusals_explain() == 0
        account.noted[sid("CA", 1)] = ["13227"]
        assert refusals_explain() == 0

    assert Call.objects.get(sid=sid("CA", 1)).problem == BLAME


def test_a_debugger_that_says_nothing_leaves_the_other_question(twilio, line, ada):
    failed(twilio, ada)
    refused = TwilioRestException(404, "/uri", "no", code=20404)
    with account_at_twilio(), patch.object(NotificationList, "list", side_effect=refused):
        assert refusals_explain() == 1

    assert "does not call this number" in Call.objects.get(sid=sid("CA", 1)).problem
