"""The hand-written JSON of a call is what the schema's serializers say."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from calls import payloads
from calls.log.serializers import CallSerializer, LegSerializer, LineSerializer
from calls.models import Call, Recording
from calls.selectors import call_get
from contacts.models import Contact
from tests import factories
from tests.twilio import sid

pytestmark = pytest.mark.django_db

NOW = timezone.now()
ROOTS = {
    "plain": {},
    "everything": {
        "caller_name": "MAYA O",
        "city": "WASHINGTON",
        "state": "DC",
        "country": "US",
        "duration": 7,
        "stir_verstat": "TN-Validation-Passed-A",
        "answer_time": NOW,
        "end_time": NOW + timedelta(seconds=9),
        "result": "answered",
        "note": "A note\nof two lines",
        "outcome": "spam",
        "waited": 41,
        "spam": "mark",
        "revision": 12,
    },
    "rang in vain": {"status": "no-answer", "start_time": NOW, "end_time": NOW + timedelta(seconds=21.4)},
    "withheld": {"caller": "anonymous", "caller_name": "SECRET"},
    "withheld by digits": {"caller": "+266696687"},
    "out of order": {"start_time": NOW, "end_time": NOW - timedelta(seconds=5)},
    "no microseconds": {"start_time": NOW.replace(microsecond=0)},
    "outgoing": {"caller": "client:agent_1", "called": "+442079460100", "problem": "Busy.", "result": "busy"},
    "odd parties": {"caller": "sip:a@b", "called": "12345"},
    "empty": {"caller": "", "called": "", "status": "queued"},
}


@pytest.mark.parametrize("zone", ["UTC", "America/St_Johns"])
@pytest.mark.parametrize("name", ROOTS)
@pytest.mark.parametrize("with_people", [True, False])
def test_a_call_is_the_same_by_hand_and_by_serializer(ada, line, settings, name, with_people, zone):
    settings.TIME_ZONE = zone
    people = {"agent": ada, "line": line, "contact": factories.make_contact(company="O & Co")} if with_people else {}
    factories.make_call(1, **people, **ROOTS[name])
    factories.make_call(2, parent_id=sid("CA", 1), agent=ada, direction="outbound-dial", called=ada.identity)
    factories.make_call(3, parent_id=sid("CA", 1), direction="outbound-dial", end_time=NOW)
    for number, status in enumerate(["completed", "absent", ""]):
        Recording.objects.create(sid=sid("RE", number), call_id=sid("CA", 1), status=status, duration=number)
    call = call_get(sid("CA", 1))
    assert call is not None

    by_hand, by_serializer = payloads.call_json(call), CallSerializer(call).data

    assert by_hand == by_serializer
    assert list(by_hand) == list(by_serializer)
    assert DjangoJSONEncoder().encode(by_hand) == DjangoJSONEncoder().encode(by_serializer)


def test_the_parts_are_the_same_too(ada, line):
    leg = factories.make_call(1, agent=ada)

    assert payloads.leg_json(leg) == LegSerializer(leg).data
    assert payloads.line_json(line) == LineSerializer(line).data


def test_every_field_of_a_call_that_people_change_moves_its_version(ada, line):
    call = factories.make_call(1, line=line)
    before = payloads.call_etag(call)

    call.revision += 1

    assert payloads.call_etag(call) != before
    call.revision -= 1
    call.save()
    assert payloads.call_etag(call) != before


def test_times_are_in_utc_whatever_the_servers_zone(settings):
    settings.TIME_ZONE = "Asia/Kolkata"
    call = Call(sid="x", start_time=timezone.datetime(2026, 11, 23, 9, 30, tzinfo=timezone.get_fixed_timezone(330)))

    assert payloads.leg_json(call)["start_time"] == "2026-11-23T04:00:00Z"


def test_a_contacts_name_goes_before_the_one_that_twilio_sent(line):
    call = Call(caller="+12025550142", caller_name="MAYA O", contact=Contact(name="Maya Okonkwo", company="O & Co"))

    assert (payloads.party_json(call)["name"], payloads.party_json(call)["company"]) == ("Maya Okonkwo", "O & Co")


@pytest.mark.parametrize(
    ("verdict", "verified", "failed"),
    [
        ("TN-Validation-Passed-A", True, False),
        ("TN-Validation-Passed-B", False, False),
        ("TN-Validation-Failed", False, True),
        ("TN-Validation-Failed-A", False, True),
        ("TN-Validation-Failed-C-Diverted", False, True),
        ("No-TN-Validation", False, False),
        ("", False, False),
    ],
)
def test_a_number_that_the_network_could_not_verify_is_told(verdict, verified, failed):
    factories.make_call(1, stir_verstat=verdict)
    party = payloads.party_json(Call.objects.get(sid=sid("CA", 1)))
    assert (party["verified"], party["verification_failed"]) == (verified, failed)


def test_the_verdict_on_a_call_that_we_make_is_not_about_its_other_party():
    factories.make_call(1, caller="client:agent_1", called="+442079460100", stir_verstat="TN-Validation-Failed-A")
    assert payloads.party_json(Call.objects.get(sid=sid("CA", 1)))["verification_failed"] is False
