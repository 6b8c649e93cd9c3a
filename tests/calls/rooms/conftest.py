from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from rest_framework.test import APIClient

from calls.rooms import leading
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
