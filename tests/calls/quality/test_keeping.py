"""PUT /api/v1/calls/{sid}/quality/: what an agent's own phone measured."""

from __future__ import annotations

import json

import pytest
from django.utils import translation
from rest_framework.test import APIClient

from calls.models import CallQuality, Participant, Room
from calls.quality.words import quality_summary
from config.privacy.person import person_find
from config.privacy.services import person_counts, person_erase, person_export
from tests import factories
from tests.twilio import CALLER, sid

pytestmark = pytest.mark.django_db
ROOT, LEG = sid("CA", 1), sid("CA", 2)
URL = f"/api/v1/calls/{ROOT}/quality/"


def figures(mean: float, *, low: float | None = None, high: float | None = None) -> dict[str, float]:
    low, high = mean if low is None else low, mean if high is None else high
    return {"min": low, "mean": mean, "p95": high, "max": high}


def measured(**more):
    return {
        "leg": LEG,
        "seconds": 200,
        "poor_seconds": 0,
        "mos": figures(4.3),
        "loss": figures(0.2),
        "jitter": figures(6),
        "is_complete": True,
    } | more


@pytest.fixture
def call(ada, line):
    root = factories.make_call(1, line=line, agent=ada, direction="inbound")
    factories.make_call(2, parent=root, agent=ada, called=f"client:{ada.identity}", direction="outbound-dial")
    return root


def client_of(agent):
    client = APIClient()
    client.force_authenticate(agent)
    return client


def put(agent, body=None, url=URL):
    return client_of(agent).put(url, measured() if body is None else body, format="json", secure=True)


def test_it_is_kept_and_stands_in_the_calls_own_answer_in_words(call, ada):
    warned = [{"name": "high-jitter", "times": 1, "seconds": 4}]
    answer = put(ada, measured(microphone="Headset", network="wifi", warnings=warned))

    assert answer.status_code == 200
    found = client_of(ada).get(f"/api/v1/calls/{ROOT}/", secure=True).json()["quality"]
    assert found == [answer.json()]
    assert found[0]["summary"] == "Good: MOS 4.3, loss 0.2%, jitter 6 ms"
    assert (found[0]["verdict"], found[0]["agent"]["id"], found[0]["microphone"]) == ("good", ada.pk, "Headset")
    assert found[0]["warnings"] == [{**warned[0], "text": "packets came unevenly, 4 s"}]


def test_an_outgoing_call_is_the_phones_own_leg(ada, line):
    factories.make_call(1, line=line, agent=ada, caller=f"client:{ada.identity}", called=CALLER, direction="inbound")

    assert put(ada, measured(leg=ROOT)).status_code == 200


def test_sent_twice_it_is_kept_once_and_the_longer_time_stays(call, ada):
    put(ada, measured(seconds=100, is_complete=False))
    put(ada, measured(seconds=200))
    put(ada, measured(seconds=200))
    late = put(ada, measured(seconds=150, is_complete=False))

    kept = CallQuality.objects.get()
    assert (kept.seconds, kept.is_complete) == (200, True)
    assert late.json()["seconds"] == 200


def test_of_anothers_phone_and_of_the_callers_leg_nothing_is_kept(call, ada, team):
    grace = factories.make_agent("grace", team=team)
    hedy = factories.make_agent("hedy", team=team, role="supervisor")

    assert put(grace).status_code == 403
    assert put(hedy).status_code == 403
    assert put(factories.make_agent("stranger", team=factories.make_team("Sales"))).status_code == 404
    assert put(ada, measured(leg=ROOT)).status_code == 403
    assert not CallQuality.objects.exists()


def test_a_leg_of_another_call_or_of_none_is_not_found(call, ada):
    factories.make_call(3, agent=ada, caller=f"client:{ada.identity}", direction="inbound")

    assert put(ada, measured(leg=sid("CA", 3))).status_code == 404
    assert put(ada, measured(leg=sid("CA", 9))).status_code == 404
    assert put(ada, url=f"/api/v1/calls/{sid('CA', 9)}/quality/").status_code == 404
    assert put(ada, url="/api/v1/calls/%00/quality/", body=measured(leg="x")).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"mos": figures(7)}, "mos"),
        ({"loss": figures(101)}, "loss"),
        ({"jitter": figures(-1)}, "jitter"),
        ({"mos": figures(4, low=5)}, "mos"),
        ({"mos": {"min": 1}}, "mos"),
        ({"seconds": 100_000}, "seconds"),
        ({"poor_seconds": 201}, "poor_seconds"),
        ({"warnings": [{"name": "made-up", "times": 1, "seconds": 1}]}, "warnings"),
        ({"warnings": [{"name": "low-mos", "times": 1, "seconds": 1}] * 2}, "warnings"),
        ({"microphone": "x" * 121}, "microphone"),
        ({"microphone": "\x00"}, "microphone"),
        ({"leg": ""}, "leg"),
        ({"caller": "+12025550142"}, "caller"),
    ],
)
def test_what_no_phone_can_have_measured_is_refused_with_its_field(call, ada, wrong, field):
    answer = put(ada, measured(**wrong))

    assert answer.status_code == 400
    assert any(error["field"].startswith(field) for error in answer.json()["errors"]), answer.json()
    assert not CallQuality.objects.exists()


def test_a_number_that_is_none_and_a_body_too_large_are_refused(call, ada):
    raw = json.dumps(measured(mos=figures(4444))).replace("4444", "1e999")

    assert client_of(ada).put(URL, raw, content_type="application/json", secure=True).status_code == 400
    huge = json.dumps(measured(microphone="x" * 20_000))
    assert client_of(ada).put(URL, huge, content_type="application/json", secure=True).status_code == 413


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "Good: MOS 4.3, loss 0.2%, jitter 6 ms"),
        ({"mos": figures(3.3)}, "Fair: MOS 3.3, loss 0.2%, jitter 6 ms"),
        ({"mos": figures(2.2)}, "Poor: MOS 2.2, loss 0.2%, jitter 6 ms"),
        ({"poor_seconds": 40, "warnings": [("high-packet-loss", 40)]}, "Poor for 40 s: packets lost"),
        (
            {"poor_seconds": 6, "warnings": [("high-rtt", 6), ("high-jitter", 5), ("high-packet-loss", 2)]},
            "Fair, poor for 6 s: the sound came late, packets came unevenly",
        ),
        (
            {"poor_seconds": 180, "warnings": [("constant-audio-input-level", 190), ("low-bytes-received", 180)]},
            "Poor for 3 min: no sound came in",
        ),
        ({"seconds": 3}, "Not measured: too short, or no sound came"),
        ({"mos": None}, "Not measured: too short, or no sound came"),
    ],
)
def test_what_the_figures_come_to_is_said_in_words(call, ada, more, said):
    more = dict(more)
    warned = [{"name": name, "times": 1, "seconds": seconds} for name, seconds in more.pop("warnings", [])]

    assert put(ada, measured(warnings=warned, **more)).json()["summary"] == said


def test_it_is_said_in_german_with_german_numbers(call, ada):
    put(ada, measured(poor_seconds=0))
    with translation.override("de"):
        assert quality_summary(CallQuality.objects.get()) == "Gut: MOS 4,3, Verlust 0,2 %, Jitter 6 ms"


def test_the_calls_page_in_admin_says_it(call, ada, client):
    put(ada, measured(seconds=75, is_complete=False, microphone="Headset <b>"))
    client.force_login(factories.make_agent("root", is_staff=True, is_superuser=True))

    html = client.get(f"/admin/calls/call/{ROOT}/change/", secure=True).content.decode()

    assert "Good: MOS 4.3" in html
    assert "1:15, until its page went away" in html
    assert "Headset &lt;b&gt;" in html


def test_erasing_a_person_takes_it_along_and_exporting_has_it(call, ada):
    put(ada)
    person = person_find(CALLER)

    assert person_counts(person)["measurements of calls' sound"] == 1
    assert person_export(person)["call_quality"][0]["leg"] == LEG
    person_erase(person, by=None)

    assert not CallQuality.objects.exists()


def test_how_it_sounded_to_a_supervisor_is_kept_once_the_call_was_taken_over(call, ada, grace):
    factories.make_call(3, parent=call, agent=grace, caller=f"client:{grace.identity}", direction="inbound")
    Room.objects.create(call=call, name="r" * 32)
    one = Participant.objects.create(room_id=ROOT, label="p1", leg_sid=sid("CA", 3), role="supervisor", agent=grace)

    assert put(grace, measured(leg=sid("CA", 3))).status_code in (403, 404)
    assert not CallQuality.objects.exists()
    Participant.objects.filter(pk=one.pk).update(role="agent")
    assert put(grace, measured(leg=sid("CA", 3))).status_code == 200
    assert CallQuality.objects.get().agent_id == grace.pk
