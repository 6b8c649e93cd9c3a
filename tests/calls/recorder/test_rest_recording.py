"""Our requests to Twilio in the flight recorder."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction

from calls.models import CallEvent
from telephony.rest.signals import rest_request
from tests import factories
from tests.twilio import sid

pytestmark = pytest.mark.django_db

CALL = sid("CA", 1)


def sent(**changes: Any) -> None:
    facts = {
        "method": "POST",
        "path": f"/2010-04-01/Accounts/{settings.TWILIO_ACCOUNT_SID}/Calls/{CALL}.json",
        "status": 200,
        "code": None,
        "milliseconds": 81.5,
        "attempt": 1,
        "call_sid": CALL,
    }
    rest_request.send("telephony", **(facts | changes))


def test_a_request_about_a_call_is_kept_without_the_account():
    sent()

    row = CallEvent.objects.get()
    assert (row.kind, row.name, row.outcome, row.milliseconds) == ("rest", f"POST Calls/{CALL}", "200", 81.5)
    assert row.call_sid == CALL
    assert row.detail == {"attempt": 1, "status": 200}


def test_a_request_about_no_call_is_not():
    sent(call_sid="", path="/2010-04-01/Accounts/AC1/IncomingPhoneNumbers.json")

    assert not CallEvent.objects.exists()


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [(404, 20404, "404, Twilio's error 20404"), (503, None, "503"), (None, None, "no answer"), (0, None, "no answer")],
)
def test_what_came_of_it_is_said(status, code, outcome):
    sent(status=status, code=code)

    assert CallEvent.objects.get().outcome == outcome


@pytest.mark.parametrize(
    "path",
    [
        f"Accounts/{settings.TWILIO_ACCOUNT_SID}/Calls/{CALL}.json",
        f"/api.twilio.com/2010-04-01/Accounts/{settings.TWILIO_ACCOUNT_SID}/Calls/{CALL}.json?x=1",
        f"/elsewhere/{settings.TWILIO_ACCOUNT_SID}/{settings.TWILIO_AUTH_TOKEN}",
        "",
        "x" * 500,
    ],
)
def test_no_path_carries_a_credential_into_the_row(path):
    sent(path=path)

    name = CallEvent.objects.get().name
    assert settings.TWILIO_ACCOUNT_SID not in name
    assert settings.TWILIO_AUTH_TOKEN not in name
    assert len(name) <= 120


def test_a_failure_to_record_spoils_neither_the_request_nor_its_transaction(caplog):
    with transaction.atomic():
        with patch.object(CallEvent.objects, "create", autospec=True, side_effect=DatabaseError("disk full")):
            sent()
        factories.make_call(1)

    assert "could not be recorded" in caplog.text
    assert factories.Call.objects.count() == 1
