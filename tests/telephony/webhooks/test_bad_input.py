"""Hostile and broken requests with a good signature: stored or refused with a clear answer, never a 500."""

from __future__ import annotations

from urllib.parse import quote_from_bytes
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.http import QueryDict
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from calls.models import Call
from messaging.models import MessageWebhook
from telephony.models import Webhook
from telephony.webhooks import inbox
from tests.telephony.webhooks.test_webhook_security import PATHS
from tests.twilio import TwilioClient, incoming, sid

pytestmark = pytest.mark.django_db


def assert_answered(path, response):
    assert response.status_code in (200, 204, 400), (path, response.status_code)
    if response.status_code == 200:
        assert ElementTree.fromstring(response.content).tag == "Response"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"CallSid": ""},
        {"CallSid": "CA1"},
        {"CallSid": "nonsense" * 50},
        {"CallSid": sid("CA", 1)},
        incoming(CallStatus="exploded"),
        incoming(CallStatus=""),
        incoming(CallStatus=["completed", "ringing"]),
        incoming(From="x" * 5000, To="y" * 5000, CallerName="z" * 5000, FromCity="c" * 5000),
        incoming(From="anonymous", FromCity="", FromCountry=""),
        incoming(From="+266696687"),
        incoming(From="client:agent_99999999999999999999"),
        incoming(From="client:agent_0"),
        incoming(From="sip:maya@example.com"),
        incoming(From="\x00\x01", CallerName="nul \x00 byte"),
        incoming(CallerName="<Say>&\"'</Say>]]>"),
        incoming(CallerName="\ud7ff🎉 ‮ right to left"),
        incoming(SequenceNumber="-1", CallDuration="many", Timestamp="yesterday"),
        incoming(SequenceNumber="9" * 400, CallDuration="9" * 9, Timestamp="Mon, 99 Foo 9999 99:99:99 +9999"),
        incoming(SequenceNumber="٣", CallDuration="٣"),
        incoming(Timestamp="Thu, 01 Jan 0001 00:00:00 +2359"),
        incoming(Timestamp="Fri, 31 Dec 9999 23:59:59 -2359", CallStatus="completed", CallDuration="9" * 10),
        incoming(ParentCallSid=sid("CA", 1)),
        incoming(ParentCallSid="not a sid"),
        incoming(DialCallStatus="answered-by-a-ghost", DialCallSid="x"),
        incoming(RecordingSid=sid("RE", 1), RecordingUrl="javascript:alert(1)", RecordingDuration="-4"),
        incoming(RecordingSid=sid("RE", 1), RecordingUrl="https://x/" + "y" * 2000, RecordingStatus="s" * 100),
        incoming(LineId="9" * 30),
        incoming(To="tel:911"),
    ],
)
def test_a_strange_form_gets_a_clear_answer(twilio, path, fields):
    response = twilio.webhook(path, fields)

    assert_answered(path, response)
    # The fallback's route touches no database: what it got is stored a moment later.
    inbox.drain()
    assert Webhook.objects.count() == 1
    assert MessageWebhook.objects.count() == ("messaging/fallback" in path)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "body",
    [
        b"CallSid=" + b"\xff\xfe" + b"&From=1",
        b"CallSid=" + quote_from_bytes(b"\xff\xfe\xfa").encode() + b"&From=%C3%28",
        b"&&&===&%zz=%",
        b"",
    ],
    ids=["raw bytes", "quoted bytes", "broken", "empty"],
)
def test_a_body_that_is_not_utf_8_gets_a_clear_answer(twilio, path, body):
    form = QueryDict(body)
    signature = RequestValidator(settings.TWILIO_AUTH_TOKEN).compute_signature(settings.PUBLIC_BASE_URL + path, form)

    response = twilio.post(
        path,
        body,
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signature},
        secure=True,
    )

    assert_answered(path, response)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("signature", ["nonsense", "0" * 27 + "="])
@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        ("application/x-www-form-urlencoded; charset=utf-7", b"a=b"),
        ("application/json", b"{not json"),
        ("application/x-www-form-urlencoded", b"a=b&" * 2000),
        ("application/x-www-form-urlencoded", b"a=" + b"b" * 2_000_000),
    ],
    ids=["no boundary", "broken part", "utf-7", "json", "too many fields", "too large"],
)
def test_a_body_of_the_wrong_kind_is_refused(twilio, path, content_type, body, signature):
    response = twilio.post(
        path, body, content_type=content_type, headers={"X-Twilio-Signature": signature}, secure=True
    )

    assert response.status_code in ((403,) if signature == "nonsense" else (400, 403, 413))
    assert not Webhook.objects.exists()


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
fields = st.dictionaries(
    st.sampled_from(
        [
            "CallSid",
            "ParentCallSid",
            "From",
            "To",
            "CallStatus",
            "Direction",
            "SequenceNumber",
            "CallDuration",
            "Timestamp",
            "CallerName",
            "FromCity",
            "DialCallStatus",
            "RecordingSid",
            "RecordingUrl",
            "LineId",
            "ErrorCode",
        ]
    )
    | texts,
    texts
    | st.sampled_from([sid("CA", 1), sid("CA", 2), "completed", "in-progress", "+12025550100", "client:agent_1", "7"]),
    max_size=12,
)


@pytest.mark.parametrize("path", PATHS)
@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(form=fields)
def test_no_form_at_all_makes_a_500(path, form):
    response = TwilioClient().webhook(path, form)

    assert_answered(path, response)


def test_an_unknown_call_becomes_known_by_its_status(twilio, line):
    twilio.webhook("/twilio/voice/status/", incoming(CallStatus="completed", CallDuration="5"))

    call = Call.objects.get()
    assert (call.status, call.duration, call.line) == ("completed", 5, line)
