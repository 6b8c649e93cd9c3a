"""What is known of a caller is kept whichever request comes first, and however late."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from calls import reconcile
from calls.models import Call
from telephony.identity import identity_for
from telephony.webhooks import inbox
from telephony.webhooks.kinds import kind_named
from telephony.webhooks.received import Received
from tests import factories
from tests.twilio import CALLER, SUPPORT, at, incoming, rfc2822, sid

pytestmark = pytest.mark.django_db

FACTS = {
    "CallerName": "MAYA OKONKWO",
    "FromCity": "SEATTLE",
    "FromState": "WA",
    "StirVerstat": "TN-Validation-Passed-A",
    "ForwardedFrom": "+12025550188",
}
WANTED = ("MAYA OKONKWO", "maya okonkwo", "SEATTLE", "WA", "TN-Validation-Passed-A", "+12025550188")
INCOMING, STATUS = "/twilio/voice/incoming/", "/twilio/voice/status/"


def known() -> tuple[str, ...] | None:
    columns = ("caller_name", "searched_name", "city", "state", "stir_verstat", "forwarded_from")
    return Call.objects.values_list(*columns).get(pk=sid("CA", 1))


def the_rest_api_tells(status: str, **more: Any) -> None:
    """It says nothing of who calls but the number."""
    fields = {"CallSid": sid("CA", 1), "From": CALLER, "To": SUPPORT, "CallStatus": status, "Direction": "inbound"}
    reconcile._take({**fields, "DateCreated": rfc2822(at(0)), **more})


def spooled(kind: str, fields: dict[str, Any]) -> None:
    """What could not be stored when it came, and is taken up now."""
    form = QueryDict(mutable=True)
    form.update(fields)
    inbox.webhook_spool(Received.of(form, kind_named(kind)), answer="<Response/>", problem="OperationalError")
    inbox.drain()


def test_when_the_reconciler_was_first_and_the_request_waited_in_the_spool(line):
    the_rest_api_tells("completed", Timestamp=rfc2822(at(30)), CallDuration="30")
    spooled("incoming", incoming(**FACTS))

    assert known() == WANTED


def test_when_the_reconciler_was_first_and_a_status_callback_follows(line, twilio):
    the_rest_api_tells("in-progress")
    told = incoming(**FACTS, CallStatus="completed", CallDuration="30", SequenceNumber="0", Timestamp=rfc2822(at(30)))
    twilio.webhook(STATUS, told)

    assert known() == WANTED


def test_when_the_fallback_was_first_and_what_follows_tells_less(line, twilio):
    twilio.webhook("/twilio/voice/fallback/", incoming(**FACTS, ErrorCode="11200"))
    inbox.drain()
    less = {name: value for name, value in incoming().items() if name not in FACTS}
    twilio.webhook(STATUS, {**less, "CallStatus": "completed", "SequenceNumber": "0", "Timestamp": rfc2822(at(30))})

    assert known() == WANTED


def test_when_twilio_asks_again_and_tells_less(line, twilio):
    twilio.webhook(INCOMING, incoming(**FACTS))
    twilio.webhook(INCOMING, {name: value for name, value in incoming().items() if name not in FACTS})

    assert known() == WANTED


def test_what_is_known_is_not_written_over_by_another_request(line, twilio):
    twilio.webhook(INCOMING, incoming(**FACTS))
    twilio.webhook(STATUS, incoming(CallerName="SOMEBODY ELSE", CallStatus="completed", SequenceNumber="0"))

    assert known() == WANTED


def test_a_call_of_an_agents_that_waited_in_the_spool_has_its_contact(line, ada):
    contact = factories.make_contact()
    spooled("outgoing", incoming(From=f"client:{identity_for(ada.pk)}", To="(202) 555-0142"))

    call = Call.objects.get()
    assert (call.called, call.contact) == (CALLER, contact)


@pytest.mark.parametrize("takes_voicemail", [True, False])
def test_an_unanswered_callers_line_is_read_with_the_call_and_not_once_more(line, ada, twilio, takes_voicemail):
    line.takes_voicemail = takes_voicemail
    line.save()
    twilio.webhook(INCOMING, incoming())
    with CaptureQueriesContext(connection) as captured:
        twilio.webhook("/twilio/voice/dial-action/", incoming(DialCallStatus="no-answer", DialCallSid=sid("CA", 2)))

    table = f'FROM "{type(line)._meta.db_table}"'
    assert [query["sql"] for query in captured.captured_queries if table in query["sql"]] == []
