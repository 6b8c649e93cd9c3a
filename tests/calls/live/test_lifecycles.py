"""Whole calls, drawn at random, with their callbacks shuffled, doubled and lost: the log says what happened."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from twilio.rest.api.v2010.account.call import CallContext, CallInstance

from agents.models import Agent, Desk
from calls.models import STATUS_RANK, Call, CallEvent, CallOffer, Recording
from calls.reconcile import calls_reconcile
from telephony.models import Webhook
from tests import factories
from tests.calls.live.lifecycles import DIAL_ACTION, TERMINAL, Leg, Lifecycle, Request, stories, tell
from tests.calls.test_reconcile import instance
from tests.twilio import TwilioClient, rfc2822, sid

pytestmark = pytest.mark.django_db
# Not shrunk: a call is short enough to be read as it is, and each try is dozens of requests.
examples = settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def agents(team, line) -> list[Agent]:
    """Three agents of the line's team. Whose phones can ring is up to the example."""
    return [factories.make_agent(name, team=team) for name in ("ada", "grace", "hedy")]


def begin(agents: list[Agent], ringing: int) -> None:
    """An empty log, and as many phones that can ring."""
    for model in (Webhook, CallEvent, CallOffer, Recording, Call, Desk):
        model.objects.all().delete()
    for agent in agents[:ringing]:
        factories.make_desk(agent)


@st.composite
def orders(draw: st.DrawFn, requests: list[Request]) -> list[Request]:
    """The same requests with the callbacks anywhere after the first of all, and some of them twice."""
    callbacks = [request for request in requests[1:] if request.is_callback]
    others = [request for request in requests[1:] if not request.is_callback]
    if callbacks:
        callbacks = draw(st.permutations(callbacks + draw(st.lists(st.sampled_from(callbacks), max_size=4))))
    mixed = list(others)
    for callback in callbacks:
        mixed.insert(draw(st.integers(0, len(mixed))), callback)
    return [requests[0], *mixed]


def deliver(requests: list[Request]) -> None:
    """Posts them one after the other. No call's status may go back, and none may leave its end, on the way."""
    note("\n".join(f"{request.path} {request.fields['CallSid'][-1]} {request.status}" for request in requests))
    twilio = TwilioClient()
    known: dict[str, str] = {}
    for request in requests:
        response = twilio.webhook(request.path, request.fields)

        assert response.status_code in (200, 204)
        now = dict(Call.objects.values_list("sid", "status"))
        for call_sid, before in known.items():
            after = now[call_sid]
            assert after == before or (STATUS_RANK[after] > STATUS_RANK[before] and before not in TERMINAL)
        known = now


def assert_every_request_is_kept(requests: list[Request]) -> None:
    def row(params: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
        return tuple(sorted(params.items()))

    kept = Counter(row(params) for params in Webhook.objects.values_list("params", flat=True))
    assert kept == Counter(row(request.fields) for request in requests)


def assert_leg_is_as_told(leg: Leg, requests: list[Request]) -> None:
    """Whatever else was lost: what was told of this leg is in the log."""
    told = {request.status for request in requests if request.status and request.fields["CallSid"] == leg.sid}
    call = Call.objects.filter(pk=leg.sid).first()
    if call is None:
        assert not told
        return
    assert (call.parent_id, call.caller, call.called, call.direction) == (
        leg.parent, leg.caller, leg.called, leg.direction,
    )  # fmt: skip
    if leg.parent:
        assert call.agent_id == leg.agent_id
    if "initiated" in told:
        assert call.start_time == leg.started
    if leg.answered and told & {"in-progress", "completed"}:
        assert call.answer_time == leg.answered
    if told & set(TERMINAL):
        assert (call.status, call.end_time, call.duration) == (leg.status, leg.ended, leg.duration)
    elif told and leg.parent:
        assert call.status == max(told, key=lambda status: STATUS_RANK[status])


def assert_call_is_as_told(told: Lifecycle) -> None:
    """Everything is known: the call as people read it."""
    root = Call.objects.get(pk=sid("CA", 1))
    assert (root.result, root.agent_id, root.status) == (told.result, told.root.agent_id, told.root.status)
    if told.root.answered:
        assert root.answer_time == told.root.answered
    winner = next((leg.agent_id for leg in told.legs if leg.answered), None)
    rung = [leg.agent_id for leg in told.legs if leg.agent_id]
    offers = dict(CallOffer.objects.values_list("agent_id", "state"))
    # A call that is known to be over before its answer is known has ended its offers already.
    assert offers.keys() == set(rung)
    assert {state for agent_id, state in offers.items() if agent_id != winner} <= {"ended"}
    assert offers.get(winner, "answered") in ("answered", "ended")


def facts() -> dict[str, list[dict[str, Any]]]:
    """The log without its raw rows. A revision only says "look again"."""
    bookkeeping = {"updated_at", "revision"}
    return {
        model.__name__: [
            {name: value for name, value in row.items() if name not in bookkeeping}
            for row in model.objects.order_by("pk").values()
        ]
        for model in (Call, CallOffer, Recording)
    }


@examples
@given(data=st.data(), story=stories())
def test_in_whatever_order_and_however_often_it_is_told_the_log_says_what_happened(agents, data, story):
    begin(agents, story.phones)
    told = tell(story, agents)
    requests = data.draw(orders(told.requests))

    deliver(requests)

    for leg in told.all:
        assert_leg_is_as_told(leg, requests)
    assert_call_is_as_told(told)
    assert_every_request_is_kept(requests)


@examples
@given(data=st.data(), story=stories())
def test_what_was_told_is_right_whatever_else_was_lost(agents, data, story):
    begin(agents, story.phones)
    told = tell(story, agents)
    requests = [request for request in told.requests if not request.is_callback or data.draw(st.booleans())]
    requests = data.draw(orders(requests))

    deliver(requests)

    for leg in told.all:
        assert_leg_is_as_told(leg, requests)
    assert_every_request_is_kept(requests)


@examples
@given(data=st.data(), story=stories())
def test_telling_everything_again_adds_rows_and_changes_nothing(agents, data, story):
    begin(agents, story.phones)
    requests = data.draw(orders(tell(story, agents).requests))
    deliver(requests)
    before = facts()

    deliver(requests)

    assert facts() == before
    assert_every_request_is_kept(requests * 2)


@examples
@given(data=st.data(), story=stories())
def test_twilio_is_asked_for_the_ends_that_were_lost(agents, data, story):
    begin(agents, story.phones)
    told = tell(story, agents)
    # A leg of which nothing came at all is not known to be asked about.
    lost = [
        request for request in told.requests if request.status not in ("", "initiated") and data.draw(st.booleans())
    ]
    requests = data.draw(orders([request for request in told.requests if request not in lost]))
    deliver(requests)
    note(f"lost: {[(request.fields['CallSid'][-1], request.status) for request in lost]}")
    Call.objects.update(updated_at=timezone.now() - timedelta(minutes=10))

    with patch.object(CallContext, "fetch", autospec=True, side_effect=rest_answers(told)):
        report = calls_reconcile()

    assert report.failed == report.unknown == 0
    # When the caller hangs up, the <Dial> says so already, and Twilio is not asked about the root any more.
    dialled = [request.fields["CallStatus"] for request in requests if request.path == DIAL_ACTION]
    root_is_over = dialled[0] in TERMINAL
    asked = [request for request in lost if request.status in TERMINAL]
    asked = [request for request in asked if not (root_is_over and request.fields["CallSid"] == told.root.sid)]
    for leg in told.all:
        assert_leg_is_as_told(leg, [*requests, *asked])
    assert_call_is_as_told(told)


def rest_answers(told: Lifecycle) -> Any:
    """What the REST API says of each call when everything is over."""

    def fetch(context: CallContext) -> CallInstance:
        number, leg = next(
            (number, leg) for number, leg in enumerate(told.all, 1) if leg.sid == context._solution["sid"]
        )
        times = {"start_time": rfc2822(leg.answered or leg.started), "end_time": rfc2822(leg.ended)}
        more = {"from": leg.caller, "to": leg.called, "direction": leg.direction, "parent_call_sid": leg.parent}
        return instance(number, status=leg.status, duration=str(leg.duration), **times, **more)

    return fetch
