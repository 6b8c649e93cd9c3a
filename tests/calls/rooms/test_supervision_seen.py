"""What agents see of supervision, and that they ask for help."""

from __future__ import annotations

import pytest

from calls.models import CallEvent
from calls.recorder.timeline import call_timeline
from calls.selectors import call_get
from tests.calls.rooms.rooms import LEG, ROOT, Conference
from tests.calls.rooms.supervised import PHONE, TOLD, inside, look, shown, supervise, supervisor
from tests.twilio import root_status, sid

pytestmark = pytest.mark.django_db


@pytest.fixture
def secret(team):
    team.supervision_is_shown = False
    team.save()


def roles(viewer=None):
    return [one["role"] for one in shown(viewer)["participants"]]


def test_agents_see_by_default_who_listens(twilio, talking, ada, desk, hedy, rest):
    inside(twilio, desk, hedy, "listen")

    found = shown(ada)["participants"][-1]
    assert (found["role"], found["agent"]["name"], found["mode"]) == ("supervisor", "Hedy", "listen")
    assert "Hedy listens to the call" in [entry.title for entry in call_timeline(call_get(ROOT), viewer=ada)]


@pytest.mark.parametrize("mode", ["listen", "whisper"])
def test_where_a_team_has_it_so_agents_see_nothing_of_it_and_supervisors_do(
    twilio, secret, talking, ada, api, desk, hedy, rest, mode
):
    conference = inside(twilio, desk, hedy, mode)

    def seen(client):
        answers = [
            client.get(f"/api/v1/calls/{ROOT}/{part}", secure=True) for part in ("", "participants/", "timeline/")
        ]
        return " ".join(answer.content.decode() for answer in answers)

    for _ in range(2):
        assert "supervisor" not in roles(ada)
        assert "supervisor" not in roles()
        for sign in ("Hedy", PHONE, "supervis", supervisor().label):
            assert sign not in seen(api)
        assert "supervisor" in roles(hedy)
        assert "Hedy" in seen(desk)
        conference.tell("participant-leave", PHONE)


@pytest.mark.parametrize("mode", ["join", "take-over"])
def test_who_is_heard_is_shown_whatever_the_team_says(twilio, secret, talking, ada, desk, hedy, rest, mode):
    conference = inside(twilio, desk, hedy, "listen")
    supervise(desk, mode)
    conference.tell("participant-unmute", PHONE, **TOLD["join"])

    assert "Hedy" in str(shown(ada)["participants"])
    titles = [entry.title for entry in call_timeline(call_get(ROOT), viewer=ada)]
    assert "Hedy listens to the call" not in titles
    assert any(title in titles for title in ("Hedy joined the call", "Hedy takes over the call"))


def want_help(client, wanted):
    return client.post(f"/api/v1/calls/{ROOT}/help/", {"wanted": wanted}, format="json", secure=True)


def test_an_agent_asks_for_help_once_and_takes_it_back(talking, api, ada):
    first = want_help(api, True)
    assert (first.status_code, first.json()["help_since"] is not None) == (202, True)
    assert want_help(api, True).json()["help_since"] == first.json()["help_since"]
    assert want_help(api, False).json()["help_since"] is None

    events = CallEvent.objects.filter(name="help", agent=ada)
    assert list(events.values_list("outcome", flat=True)) == ["wanted", "taken-back"]


def test_only_the_agent_of_the_call_asks_for_help(talking, desk, api, rest):
    assert want_help(desk, True).status_code == 403
    assert want_help(api, "perhaps").status_code == 400
    assert shown()["help_since"] is None


@pytest.mark.parametrize(("mode", "came"), [("listen", False), ("whisper", True), ("join", True), ("take-over", True)])
def test_help_has_come_with_a_supervisor_who_is_heard(twilio, talking, api, desk, hedy, rest, mode, came):
    want_help(api, True)

    inside(twilio, desk, hedy, mode)

    assert (shown()["help_since"] is None) == came


def test_who_asks_for_help_with_a_supervisor_at_the_ear_has_it(twilio, talking, api, desk, hedy, rest):
    inside(twilio, desk, hedy, "whisper")
    want_help(api, True)

    look()
    look()

    assert shown()["help_since"] is None
    assert CallEvent.objects.filter(name="help", outcome="came").count() == 1


def test_who_whispers_unseen_is_not_named_when_help_has_come(twilio, secret, talking, api, desk, ada, hedy, rest):
    inside(twilio, desk, hedy, "whisper")
    want_help(api, True)
    look()

    def said(viewer):
        return [entry.title for entry in call_timeline(call_get(ROOT), viewer=viewer)]

    assert not any("Hedy" in title for title in said(ada))
    assert any("Hedy" in title and "help" in title for title in said(hedy))


def test_help_is_not_wanted_any_more_when_the_call_is_over_or_given_away(twilio, talking, api, grace, rest):
    want_help(api, True)
    body = {"to": {"agent": grace.pk}, "mode": "blind"}
    assert api.post(f"/api/v1/calls/{ROOT}/transfer/", body, format="json", secure=True).status_code == 202
    assert shown()["help_since"] is None


def test_nobody_wants_help_who_has_left_the_caller_with_somebody_outside(twilio, talking, api, ada, rest):
    want_help(api, True)
    body = {"to": {"number": "+442079460100"}}
    assert api.post(f"/api/v1/calls/{ROOT}/participants/", body, format="json", secure=True).status_code == 202
    conference, outside = Conference(twilio), sid("CA", 51)
    conference.join(LEG, ROOT)
    look()
    conference.join(outside)
    assert shown()["help_since"] is not None

    conference.tell("participant-leave", LEG)

    assert shown()["help_since"] is None


def test_the_end_of_the_call_ends_the_wish(twilio, talking, api):
    want_help(api, True)

    twilio.webhook("/twilio/voice/status/", root_status("completed"))

    assert shown()["help_since"] is None
