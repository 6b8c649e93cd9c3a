"""A supervisor who sends, and the Twilio that it is sent by."""

from __future__ import annotations

import pytest

from tests.messaging.account import Account, twilio_is
from tests.messaging.group_sends.sends import Requests, make_supervisor


@pytest.fixture
def hedy(team):
    return Requests(make_supervisor(team))


@pytest.fixture
def account():
    with twilio_is(Account()) as account:
        yield account


@pytest.fixture
def fast(settings):
    settings.MESSAGE_SEGMENTS_PER_SECOND = 10_000
