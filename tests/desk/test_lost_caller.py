"""A caller to whom an agent did not come back: told at the agent's desks, those that open later, too, until it is
read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async as sync
from django.utils import timezone
from rest_framework.test import APIClient

from calls.live import dispatch
from calls.models import CallOffer, Participant, Room
from calls.rooms import keeping, leading
from calls.selectors import lost_caller_of
from telephony.errors import TelephonyError
from tests import factories
from tests.calls.rooms.rooms import LEG, ROOT, Conference, rest_faked, talk
from tests.desk.desk_socket import DeskSocket, run
from tests.twilio import leg_status, sid

pytestmark = pytest.mark.django_db(transaction=True)
SAID = "You did not come back to Maya Okonkwo in time: the call went to the front of the queue."
AUF_DEUTSCH = "Sie kamen nicht rechtzeitig zu Maya Okonkwo zurück: Der Anruf ging an den Anfang der Warteschlange."


@pytest.fixture(autouse=True)
def rest(monkeypatch: pytest.MonkeyPatch) -> Any:
    with rest_faked() as rest:
        monkeypatch.setattr(leading, "call_redirect", rest.note("fetch"))
        yield rest


@pytest.fixture(autouse=True)
def maya(line: Any, ada: Any) -> None:
    factories.make_contact()
    ada.may_take_second_call = True
    ada.save()


def vanishes(twilio: Any, agent: Any) -> None:
    """The caller is parked, and the agent is on no call any more, and does not come back."""
    talk(twilio, agent)
    client = APIClient()
    client.force_authenticate(agent)
    assert client.post(f"/api/v1/calls/{ROOT}/park/", {}, format="json", secure=True).status_code == 202
    conference = Conference(twilio)
    conference.join(LEG, ROOT)
    keeping.look(ROOT)
    conference.tell("participant-hold", ROOT, Hold="true")
    conference.tell("participant-leave", LEG)
    twilio.webhook("/twilio/voice/status/", leg_status(agent.pk, "completed", 3))
    keeping.look(ROOT)
    Room.objects.update(alone_since=timezone.now() - timedelta(seconds=40))
    keeping.look(ROOT)


def test_every_desk_of_the_agent_is_told_until_one_of_them_says_that_it_was_read(twilio, ada):
    there, later, last = DeskSocket(ada), DeskSocket(ada), DeskSocket(ada)

    async def scenario() -> None:
        assert (await there.open())["lost_caller"] is None
        await sync(vanishes)(twilio, ada)
        told = (await there.until("lost_caller.changed"))["lost_caller"]
        assert (told["sid"], told["message"]) == (ROOT, SAID)
        assert (await later.open())["lost_caller"] == told
        await later.send(type="lost_caller.read", sid=ROOT)
        for desk in (there, later):
            assert (await desk.until("lost_caller.changed"))["lost_caller"] is None
        assert (await last.open())["lost_caller"] is None
        for desk in (there, later, last):
            await desk.close()

    run(scenario)


def test_it_is_said_in_the_agents_language(twilio, ada):
    ada.language = "de"
    ada.save()
    there, later = DeskSocket(ada), DeskSocket(ada)

    async def scenario() -> None:
        await there.open()
        await sync(vanishes)(twilio, ada)
        assert (await there.until("lost_caller.changed"))["lost_caller"]["message"] == AUF_DEUTSCH
        assert (await later.open())["lost_caller"]["message"] == AUF_DEUTSCH
        for desk in (there, later):
            await desk.close()

    run(scenario)


@pytest.mark.parametrize("said", [None, "", 1, ["CA"], "CA" + "g" * 32, "x" * 3000])
def test_what_is_no_sid_is_answered_with_a_sentence(twilio, ada, said):
    vanishes(twilio, ada)
    desk = DeskSocket(ada)

    async def scenario() -> None:
        await desk.open()
        await desk.send(type="lost_caller.read", sid=said)
        assert (await desk.until("error"))["message"] == "lost_caller.read needs `sid`, the call's."
        await desk.close()

    run(scenario)
    assert lost_caller_of(ada.pk) is not None


def test_nobody_reads_it_for_another_and_another_call_is_not_it(twilio, ada, team):
    vanishes(twilio, ada)
    grace = factories.make_agent("grace", team=team)
    mine, others = DeskSocket(ada), DeskSocket(grace)

    async def scenario() -> None:
        await mine.open()
        assert (await others.open())["lost_caller"] is None
        await others.send(type="lost_caller.read", sid=ROOT)
        await mine.send(type="lost_caller.read", sid=sid("CA", 99))
        for desk in (mine, others):
            await desk.send(type="ping")
            await desk.until("pong")
            await desk.close()

    run(scenario)
    assert lost_caller_of(ada.pk) is not None


def test_who_has_that_caller_again_has_nothing_to_read(twilio, ada):
    vanishes(twilio, ada)
    assert lost_caller_of(ada.pk) is not None

    dispatch.dispatch()
    offer = CallOffer.objects.get(call=ROOT, agent=ada, state="ringing")
    for number, status in enumerate(("initiated", "ringing", "in-progress")):
        path = f"/twilio/voice/offer-status/?attempt={offer.attempt}"
        twilio.webhook(path, leg_status(ada.pk, status, number, leg=9))

    assert lost_caller_of(ada.pk) is None


def test_a_caller_whom_twilio_did_not_fetch_is_not_lost(twilio, ada, rest):
    rest.fails["fetch"] = TelephonyError("Twilio did not accept this.", permanent=True)

    vanishes(twilio, ada)

    assert Participant.objects.filter(parked_at__isnull=False).exists(), "waits on"
    assert lost_caller_of(ada.pk) is None


def test_half_a_day_later_the_log_says_it(twilio, ada):
    vanishes(twilio, ada)

    Participant.objects.filter(not_back_at__isnull=False).update(not_back_at=timezone.now() - timedelta(hours=13))

    assert lost_caller_of(ada.pk) is None
