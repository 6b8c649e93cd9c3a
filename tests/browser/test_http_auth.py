"""Digest authentication, signature and a whole call in concert, against the simulator's own client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.stack import Stack, eventually
from tests.browser.test_calls import expect_log


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    credentials = {"TWILIO_WEBHOOK_USERNAME": "twilio", "TWILIO_WEBHOOK_PASSWORD": "Correct1Horse"}
    with Stack(tmp_path_factory.mktemp("guarded"), **credentials) as stack:
        yield stack


@pytest.fixture
def stack(guarded: Stack) -> Stack:
    return guarded


def test_a_call_goes_through_with_credentials_on_every_request(open_desk, stack):
    desk = open_desk("ada")
    desk.expect_reachable()

    sid = stack.telephone_calls("+12025550142")
    desk.take("Maya Okonkwo")
    desk.hang_up()

    expect_log(desk, sid, result="answered")
    requests = eventually(lambda: [r for r in stack.requests(sid) if r["direction"] == "out"], "requests were sent")
    assert {request["status"] for request in requests} <= {200, 204}
    assert "Correct1Horse" not in str(requests)
