"""Callbacks that come at the same time: several of one call, each more than once, to several threads and processes."""

from __future__ import annotations

import json
import random
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connections
from twilio.request_validator import RequestValidator

from calls.models import Call, CallOffer
from telephony.models import Webhook
from tests import factories
from tests.browser.stack import Stack
from tests.calls.live.lifecycles import Lifecycle, Request, Story, tell
from tests.twilio import TwilioClient

CALLS, THREADS = 50, 8
_IN, _OUT = "incoming", "outgoing"
STORIES = [
    Story(_IN, ("canceled", "busy", "no-answer"), 0, False, False, "completed", 3, 20),
    Story(_IN, ("canceled", "canceled"), 1, False, False, "completed", 4, 7),
    Story(_IN, ("canceled", "canceled", "canceled"), None, True, False, "no-answer", 9, 1),
    Story(_IN, ("no-answer", "busy"), None, False, True, "completed", 12, 1),
    Story(_IN, ("failed",), None, False, False, "completed", 2, 1),
    Story(_OUT, ("completed",), 0, False, False, "completed", 5, 31),
    Story(_OUT, ("busy",), None, False, False, "completed", 2, 1),
    Story(_OUT, ("canceled",), None, True, False, "canceled", 6, 1),
]


def fifty_calls(agents_of: Callable[[int], list[Any]]) -> list[Lifecycle]:
    """`agents_of`: of each call, by its place, whom it rings."""
    stories = [STORIES[index % len(STORIES)] for index in range(CALLS)]
    return [
        tell(Story(**(vars(story) | {"number": 10 * index + 10})), agents_of(index))
        for index, story in enumerate(stories)
    ]


def in_parallel(requests: list[Request], post: Callable[[Request], int]) -> list[int]:
    """What each was answered. All threads take from one queue."""
    waiting: SimpleQueue[Request] = SimpleQueue()
    for request in requests:
        waiting.put(request)
    answers: list[int] = []
    barrier = threading.Barrier(THREADS)

    def work() -> None:
        barrier.wait()
        try:
            while True:
                answers.append(post(waiting.get_nowait()))
        except Empty:
            pass
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def shuffled(told: list[Lifecycle]) -> list[Request]:
    """All but the first request of each call, a third of them twice, in an order that is always the same."""
    chance = random.Random(1)
    requests = [request for call in told for request in call.requests[1:]]
    requests += chance.sample(requests, len(requests) // 3)
    chance.shuffle(requests)
    return requests


def legs_told(told: list[Lifecycle]) -> dict[str, list[Any]]:
    return {
        leg.sid: [leg.parent, leg.status, leg.ended.isoformat(), leg.duration, call.result if leg is call.root else ""]
        for call in told
        for leg in call.all
    }


def legs_logged(rows: list[list[Any]]) -> dict[str, list[Any]]:
    return {row[0]: row[1:] for row in rows}


COLUMNS = ["sid", "parent_id", "status", "end_time", "duration", "result"]


@pytest.mark.skipif(
    settings.DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql",
    reason="threads share SQLite's one connection in memory: `make test-services` runs this on PostgreSQL",
)
@pytest.mark.django_db(transaction=True)
def test_threads_deliver_fifty_calls_at_once(team, line, caplog):
    # Nobody may have two open offers: each call rings others.
    told = fifty_calls(lambda call: [factories.make_agent(f"agent-{call}-{place}", team=team) for place in range(3)])
    for call in told:
        TwilioClient().webhook(call.requests[0].path, call.requests[0].fields)
        CallOffer.objects.bulk_create(
            [CallOffer(call_id=call.root.sid, agent_id=leg.agent_id) for leg in call.legs if leg.agent_id]
        )
    requests = shuffled(told)

    def post(request: Request) -> int:
        twilio = TwilioClient()
        twilio.raise_request_exception = False
        return twilio.webhook(request.path, request.fields).status_code

    answers = in_parallel(requests, post)

    assert len(answers) == len(requests)
    assert set(answers) == {200, 204}
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []
    rows = [
        [value.isoformat() if hasattr(value, "isoformat") else value for value in row]
        for row in Call.objects.values_list(*COLUMNS)
    ]
    assert legs_logged(rows) == legs_told(told)
    assert not CallOffer.objects.filter(state__in=["ringing", "canceled"]).exists()
    assert Webhook.objects.count() == CALLS + len(requests)


@pytest.fixture
def stack(tmp_path) -> Iterator[Stack]:
    with Stack(tmp_path) as running:
        yield running


class _Agent:
    """An agent of the server's, as a story needs it."""

    def __init__(self, pk: int) -> None:
        self.pk, self.identity = pk, f"agent_{pk}"


_DUMP = f"""
import json
from calls.models import Call, CallOffer
from telephony.models import Webhook
rows = [[v.isoformat() if hasattr(v, "isoformat") else v for v in row] for row in Call.objects.values_list(*{COLUMNS})]
open_offers = CallOffer.objects.filter(state__in=["ringing", "canceled"]).count()
print(json.dumps({{"calls": rows, "open": open_offers, "webhooks": Webhook.objects.count()}}))
"""
_AGENTS = """
from agents.models import Agent
print(list(Agent.objects.order_by("pk").values_list("pk", flat=True)[:3]))
"""


def test_a_real_server_takes_fifty_calls_at_once(stack):
    """With SQLite in a file, or on PostgreSQL: as the tests run."""
    agents = [_Agent(pk) for pk in json.loads(stack.shell(_AGENTS))]
    told = fifty_calls(lambda call: agents)
    validator = RequestValidator(stack.settings["TWILIO_AUTH_TOKEN"])

    def post(request: Request) -> int:
        url = f"{stack.desk_url}{request.path}"
        signature = validator.compute_signature(url, request.fields)
        posted = urllib.request.Request(
            url, data=urlencode(request.fields).encode(), headers={"X-Twilio-Signature": signature}
        )
        try:
            with urllib.request.urlopen(posted, timeout=60) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    first = in_parallel([call.requests[0] for call in told], post)
    requests = shuffled(told)
    answers = in_parallel(requests, post)

    assert first == [200] * CALLS
    assert len(answers) == len(requests)
    assert set(answers) == {200, 204}
    assert "Traceback" not in stack.log("web")
    found = json.loads(stack.shell(_DUMP))
    assert legs_logged(found["calls"]) == legs_told(told)
    assert (found["open"], found["webhooks"]) == (0, CALLS + len(requests))
