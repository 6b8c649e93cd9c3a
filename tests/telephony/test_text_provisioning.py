"""Where the texts of our numbers go: set, compared, and left alone when they are somebody else's."""

from __future__ import annotations

from types import SimpleNamespace
from unittest.mock import patch

import pytest
from twilio.rest.messaging.v1.service import ServiceContext
from twilio.rest.messaging.v1.service.phone_number import PhoneNumberList

from telephony.doctor.findings import Check, State
from telephony.doctor.routes import check_numbers, check_service
from telephony.provisioning.addresses import service_values, text_values
from telephony.provisioning.services import apply, plan_all, plan_numbers, plan_service
from tests.telephony.account import Account, account_at_twilio, refusal
from tests.twilio import SUPPORT

SERVICE = "MG" + "d" * 32
CHECK = Check("numbers", "Numbers", check_numbers(lambda: [SUPPORT]))


@pytest.fixture
def account():
    with account_at_twilio() as account:
        account.number()["capabilities"] = {"voice": True, "sms": True}
        yield account


def service(**values: object):
    found = SimpleNamespace(sid=SERVICE, friendly_name="Ours", **(service_values() | values))
    return patch.object(ServiceContext, "fetch", autospec=True, return_value=found)


def pool(*numbers: str):
    found = [SimpleNamespace(phone_number=number) for number in numbers]
    return patch.object(PhoneNumberList, "list", autospec=True, return_value=found)


def findings(check: Check) -> list[str]:
    found = check.run(check)
    return [each.state for each in (found if isinstance(found, list) else [found])]


def test_a_numbers_message_urls_are_set_and_then_as_they_should_be(account: Account):
    assert State.FAILED in findings(CHECK)
    (step,) = plan_numbers([SUPPORT])
    assert {change.field for change in step.changes} == text_values().keys() - {"sms_application_sid"}

    list(apply(plan_all([SUPPORT])))

    assert account.number()["sms_url"] == text_values()["sms_url"]
    assert findings(CHECK)[0] == State.OK


def test_a_number_that_takes_no_texts_is_asked_for_none(account: Account):
    account.number()["capabilities"] = {"voice": True}
    (step,) = plan_numbers([SUPPORT])
    assert not step.changes


@pytest.mark.parametrize("where", [{"sms_url": "https://crm.example.com/x"}, {"sms_application_sid": "AP" + "1" * 32}])
def test_texts_that_go_to_somebody_else_stay_there_unless_they_are_taken_over(account: Account, where):
    account.number().update(where)
    (step,) = plan_numbers([SUPPORT])
    assert not step.changes
    assert "crm.example.com" in step.note or "TwiML app" in step.note
    assert findings(CHECK)[0] == State.WARNING

    (taken,) = plan_numbers([SUPPORT], take_over=[SUPPORT])
    assert {"sms_url", *where} <= {change.field for change in taken.changes}


def test_without_a_messaging_service_nothing_is_asked(account: Account, settings):
    settings.TWILIO_MESSAGING_SERVICE_SID = ""
    assert plan_service() == []
    assert findings(Check("service", "Service", check_service(lambda: [SUPPORT]))) == [State.SKIPPED]


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"use_inbound_webhook_on_number": False}, State.OK),
        ({"use_inbound_webhook_on_number": True}, State.FAILED),
        ({"use_inbound_webhook_on_number": False, "inbound_request_url": None}, State.FAILED),
        ({"use_inbound_webhook_on_number": False, "inbound_request_url": "https://crm.example.com/"}, State.FAILED),
    ],
)
def test_a_messaging_service_is_looked_at(account: Account, settings, values, state):
    settings.TWILIO_MESSAGING_SERVICE_SID = SERVICE
    with service(**values), pool(SUPPORT):
        assert findings(Check("service", "Service", check_service(lambda: [SUPPORT]))) == [state]


@pytest.mark.parametrize(("numbers", "state"), [([SUPPORT, "+12025550101"], State.OK), ([], State.WARNING)])
def test_a_line_that_is_not_in_the_services_sender_pool_is_named(account: Account, settings, numbers, state):
    settings.TWILIO_MESSAGING_SERVICE_SID = SERVICE
    check = Check("service", "Service", check_service(lambda: [SUPPORT]))
    with service(use_inbound_webhook_on_number=False), pool(*numbers):
        finding = check.run(check)

    assert finding.state == state
    assert (SUPPORT in finding.seen) == (state == State.WARNING)


def test_a_messaging_service_is_set(account: Account, settings):
    settings.TWILIO_MESSAGING_SERVICE_SID = SERVICE
    with (
        service(use_inbound_webhook_on_number=True, inbound_request_url=None),
        patch.object(ServiceContext, "update", autospec=True) as update,
    ):
        list(apply(plan_all([SUPPORT])))

    assert update.call_args.kwargs["use_inbound_webhook_on_number"] is False
    assert update.call_args.kwargs["inbound_request_url"] == service_values()["inbound_request_url"]


def test_a_messaging_service_that_is_not_there_is_said(account: Account, settings):
    settings.TWILIO_MESSAGING_SERVICE_SID = SERVICE
    with patch.object(ServiceContext, "fetch", autospec=True, side_effect=refusal(404, 20404)):
        assert findings(Check("service", "Service", check_service(lambda: [SUPPORT]))) == [State.FAILED]
