from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from rest_framework.test import APIClient

from calls.live import broadcasts
from calls.live.frames import agent_group
from calls.live.push_queue import PushQueue
from calls.rooms import leading
from core.realtime import outbox
from tests import factories
from tests.calls.rooms.rooms import rest_faked, talk


@pytest.fixture
def rest(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """What is asked of Twilio is written down."""
    with rest_faked() as rest:
        monkeypatch.setattr(leading, "call_redirect", rest.note("fetch"))
        yield rest


@pytest.fixture
def api(ada: Any) -> APIClient:
    client = APIClient()
    client.force_authenticate(ada)
    return client


@pytest.fixture
def hedy(team):
    return factories.make_agent("hedy", team=team, role="supervisor", reachable=True)


@pytest.fixture
def desk(hedy):
    client = APIClient()
    client.force_authenticate(hedy)
    return client


@pytest.fixture
def talking(twilio, line, ada):
    talk(twilio, ada)


@pytest.fixture
def told(monkeypatch, django_capture_on_commit_callbacks):
    """What the desks of an agent are told of calls while something is done."""

    def told(agent, *done):
        sent = []
        monkeypatch.setattr(broadcasts, "_queue", PushQueue(broadcasts._make, broadcasts._send))
        monkeypatch.setattr(outbox, "send", sent.extend)
        with django_capture_on_commit_callbacks(execute=True):
            for do in done:
                do()
        types = [json.loads(frame["text"])["type"] for group, frame in sent if group == agent_group(agent.pk)]
        return [name for name in types if name.startswith("call.")]

    return told
