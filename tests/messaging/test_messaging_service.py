"""Texts through a messaging service: Twilio takes `MessagingServiceSid` and `From`, blocks for all of the service's
numbers, and tells of it as of any text. Against the simulator, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contacts.consents import Consent, consent_record, numbers_that_forbid
from messaging.models import Message, Origin, Step
from messaging.opt_outs import forbidden_of
from messaging.reconcile import texts_reconcile
from messaging.services import message_write
from telephony.rest.client import get_client
from tests import factories
from tests.messaging.group_sends.sends import work
from tests.messaging.texts import INCOMING, STATUS
from tests.simulator.beside import Simulator
from tests.simulator.harness import ACCOUNT, CALLER, SALES, SUPPORT, TOKEN
from tests.twilio import TwilioClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def simulator(settings) -> Iterator[Simulator]:
    with Simulator() as simulator:
        settings.TWILIO_API_BASE_URL = simulator.url
        settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = ACCOUNT, TOKEN
        settings.PUBLIC_BASE_URL = simulator.bench.product.url
        yield simulator


@pytest.fixture
def service(simulator, settings) -> str:
    """With both of our numbers; from now on it is ours."""
    services = get_client().messaging.v1.services
    made = services.create(friendly_name="Desk", inbound_request_url=f"{simulator.bench.product.url}{INCOMING}")
    for number in (SUPPORT, SALES):
        services(made.sid).phone_numbers.create(phone_number_sid=simulator.bench.engine.world.number_for(number).sid)
    settings.TWILIO_MESSAGING_SERVICE_SID = made.sid
    return str(made.sid)


@pytest.fixture
def sales(team):
    return factories.make_line(team=team, number=SALES, name="Sales")


def written(line, body: str = "Your lamp is ready.") -> Message:
    message = message_write(line, CALLER, body, origin=Origin.PROGRAM)
    work()
    message.refresh_from_db()
    return message


def told(simulator: Simulator, path: str) -> None:
    """What the simulator told the address of a desk comes to ours, in its order."""
    simulator.quiet()
    received = simulator.bench.product.at(path)
    simulator.bench.product.received[:] = []
    for one in received:
        _, _, query = one.url.partition("?")
        answer = TwilioClient().webhook(f"{path}?{query}" if query else path, one.params)
        assert answer.status_code in (200, 204), answer.content


@pytest.mark.parametrize("name", ["line", "sales"])
def test_each_line_writes_from_its_own_number_through_the_service(simulator, service, line, sales, name):
    own = {"line": line, "sales": sales}[name]

    message = written(own)
    simulator.quiet()
    at_twilio = get_client().messages(message.sid).fetch()

    assert (at_twilio.messaging_service_sid, at_twilio.from_) == (service, own.number)
    assert (message.step, message.sender, message.status) == (Step.TAKEN, own.number, "accepted")


def test_without_a_service_a_text_is_of_the_number_alone(simulator, line):
    message = written(line)
    simulator.quiet()

    assert get_client().messages(message.sid).fetch().messaging_service_sid is None


_TWO_SEGMENTS = "Your lamp is ready. " * 9


def test_its_segments_are_counted_before_twilio_says_how_many_they_are(simulator, service, line):
    message = written(line, _TWO_SEGMENTS)

    assert (message.status, message.num_segments) == ("accepted", 2)


def test_segments_that_are_not_known_are_asked_for(simulator, service, line, settings):
    message = written(line, _TWO_SEGMENTS)
    simulator.quiet()
    Message.objects.update(num_segments=0)
    settings.MESSAGE_RECONCILE_SECONDS = 0

    texts_reconcile()

    message.refresh_from_db()
    assert (message.status, message.num_segments) == ("delivered", 2)


def test_what_becomes_of_it_is_told_as_of_any_text(simulator, service, line):
    message = written(line)

    told(simulator, STATUS)

    message.refresh_from_db()
    assert message.status == "delivered"


def test_a_stop_to_one_line_is_one_to_all_lines_of_the_service(simulator, service, line, sales):
    simulator.post("/sim/messages", {"from": CALLER, "to": SUPPORT, "body": "STOP"})
    told(simulator, INCOMING)

    assert forbidden_of(sales.number, [CALLER]) == {CALLER: "stopped"}
    assert (written(sales).step, len(get_client().messages.list(from_=SALES))) == (Step.REFUSED, 0)


def test_who_told_one_of_us_gets_no_text_that_waited_and_it_does_not_say_stop(simulator, service, line):
    consent_record(CALLER, sender=SUPPORT, state=Consent.State.FORBIDDEN, source=Consent.Source.SPOKEN)

    message = written(line)

    assert (message.step, message.problem) == (Step.REFUSED, "This number wants no texts: one of us was told so.")


def test_a_stop_that_only_twilio_knows_is_kept_for_the_service_too(simulator, service, line, sales):
    simulator.post("/sim/messages", {"from": CALLER, "to": SUPPORT, "body": "STOP"})
    simulator.quiet()

    message = written(sales)

    assert (message.step, message.error_code) == (Step.REFUSED, "21610")
    assert numbers_that_forbid(service, [CALLER]) == {CALLER: "stopped"}
    assert forbidden_of(line.number, [CALLER]) == {CALLER: "stopped"}
