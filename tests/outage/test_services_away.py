"""PostgreSQL and Redis stop, or hang, under a running desk: callers are answered all the same, and nothing is lost."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import httpx
import psycopg
import pytest
from twilio.request_validator import RequestValidator
from websockets.sync.client import ClientConnection, connect

from scripts.servers import Server, find_program, start_postgres, start_redis
from tests.browser.stack import Stack, eventually
from tests.twilio import leg_status, root_status, sid

pytestmark = pytest.mark.skipif(
    not (find_program("initdb") and find_program("redis-server")),
    reason="PostgreSQL and Redis are not installed; make test-services sees to them",
)
# What Twilio gives a caller's request in all, by the connection overrides that we set.
PATIENCE = 5.0


@dataclass
class Desk:
    stack: Stack
    database: Server
    redis: Server

    def post(self, path: str, fields: dict[str, Any]) -> httpx.Response:
        """A webhook, signed as this desk expects it."""
        url = f"{self.stack.settings['PUBLIC_BASE_URL']}{path}"
        signature = RequestValidator(self.stack.settings["TWILIO_AUTH_TOKEN"]).compute_signature(url, fields)
        return httpx.post(
            f"{self.stack.desk_url}{path}",
            content=urlencode(fields),
            headers={"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature},
            timeout=PATIENCE,
        )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.stack.settings["DATABASE_URL"]) as connection:
            return connection.execute(query).fetchall()  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("outage")
    # The servers' own user must be able to enter.
    place = Path("/tmp") / f"ringdesk-outage-{os.getpid()}"  # noqa: S108
    place.mkdir(mode=0o711)
    database, redis = Server("postgres", place / "database"), Server("redis", place / "redis")
    try:
        urls = {"DATABASE_URL": start_postgres(database), "REDIS_URL": start_redis(redis)}
        with Stack(folder, TWILIO_FALLBACK_NUMBER="+12025550199", **urls) as stack:
            yield Desk(stack, database, redis)
    finally:
        database.stop()
        redis.stop()
        shutil.rmtree(place, ignore_errors=True)


def open_desk(stack: Stack) -> ClientConnection:
    """Ada's desk, as her browser opens it."""
    with httpx.Client(base_url=stack.desk_url) as browser:
        browser.get("/accounts/login/")
        form = {"username": "ada", "password": "ringdesk-demo", "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        assert browser.post("/accounts/login/", data=form).status_code == 302
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    url = stack.desk_url.replace("http", "ws", 1)
    return connect(f"{url}/ws/desk/", origin=stack.desk_url, additional_headers={"Cookie": cookies})


def frame_of_type(socket: ClientConnection, wanted: str) -> dict[str, Any]:
    """The next frame of this type; what comes before it is passed over. Raises TimeoutError after 20 s."""
    deadline = time.monotonic() + 20
    while True:
        frame: dict[str, Any] = json.loads(socket.recv(max(0, deadline - time.monotonic())))
        if frame["type"] == wanted:
            return frame


def call(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "CallSid": sid("CA", number), "AccountSid": "AC" + "a" * 32, "From": "+12025550142", "To": "+12025550100",
        "CallStatus": "ringing", "Direction": "inbound",
    } | fields  # fmt: skip


def verbs(response: httpx.Response) -> list[str]:
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/xml")
    root = ElementTree.fromstring(response.text)
    assert root.tag == "Response"
    return [verb.tag for verb in root]


def test_with_database_cache_and_broker_stopped_callers_are_answered_and_nothing_is_lost(desk):
    desk.post("/twilio/voice/incoming/", call(1))
    desk.database.stop()
    desk.redis.stop()
    try:
        incoming = desk.post("/twilio/voice/incoming/", call(2))
        outgoing = desk.post("/twilio/voice/outgoing/", call(3, From="client:agent_1", To="+12025550143"))
        error = {"ErrorCode": "11200", "ErrorUrl": "https://user:secret@desk.example.com/twilio/voice/incoming/"}
        fallback = desk.post("/twilio/voice/fallback/", call(4, **error))
        status = desk.post("/twilio/voice/status/", root_status("completed", CallSid=sid("CA", 1), CallDuration="7"))
        message = desk.post("/twilio/messaging/fallback/", {"MessageSid": sid("SM", 1), "Body": "Hello", **error})
    finally:
        desk.database.start_again()
        desk.redis.start_again()

    assert verbs(incoming) == verbs(fallback) == ["Say", "Dial", "Say", "Hangup"]
    assert "+12025550199" in fallback.text
    assert verbs(outgoing) == ["Say", "Hangup"]
    assert status.status_code == 204
    assert verbs(message) == ["Message"]

    eventually(
        lambda: len(desk.rows("SELECT 1 FROM telephony_webhook WHERE sid LIKE 'CA%'")) == 5,
        "every webhook about a call is stored",
    )
    statuses = dict(desk.rows("SELECT sid, status FROM calls_call"))
    assert statuses == {sid("CA", 1): "completed", **{sid("CA", number): "ringing" for number in (2, 3, 4)}}
    assert dict(desk.rows("SELECT sid, error_code FROM calls_call"))[sid("CA", 4)] == "11200"
    incidents = desk.rows("SELECT call_sid, outcome FROM calls_callevent WHERE kind = 'incident' ORDER BY call_sid")
    assert [sid for sid, _ in incidents] == [sid("CA", number) for number in (1, 2, 3, 4)]
    assert "11200" in incidents[3][1]
    assert "secret" not in str(incidents)
    assert eventually(lambda: desk.rows("SELECT error_code FROM messaging_messagewebhook"), "the message is stored")


@pytest.mark.parametrize("path", ["incoming", "outgoing", "dial-action"])
def test_with_a_database_that_hangs_twilio_is_answered_in_time(desk, path):
    assert desk.database.process is not None
    os.killpg(desk.database.process.pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        answer = desk.post(f"/twilio/voice/{path}/", call(10))
        status = desk.post("/twilio/voice/status/", leg_status(1, "ringing", 1, leg=11, parent=10))
    finally:
        os.killpg(desk.database.process.pid, signal.SIGCONT)

    assert "Say" in verbs(answer)
    assert status.status_code == 204
    assert time.monotonic() - began < 2 * PATIENCE
    eventually(lambda: (sid("CA", 11),) in desk.rows("SELECT sid FROM calls_call"), "the leg is stored")


def test_a_desk_that_was_open_while_redis_was_away_is_told_afresh_and_hears_what_comes(desk):
    with open_desk(desk.stack) as socket:
        # Its own presence is told as well, before or after Redis was away.
        frame_of_type(socket, "desk.snapshot")

        desk.redis.stop()
        desk.redis.start_again()

        frame_of_type(socket, "desk.snapshot")
        desk.post("/twilio/voice/status/", root_status("completed", CallSid=sid("CA", 30), CallDuration="7"))
        # Its figures may be told first, and a second time that it may have missed something.
        assert frame_of_type(socket, "log.changed")["call"]["sid"] == sid("CA", 30)


def test_after_all_that_a_caller_is_answered_as_ever(desk):
    answer = eventually(
        lambda: (found := desk.post("/twilio/voice/incoming/", call(20))).text.count("<Record") and found,
        "the desk asks for a message",
    )

    assert verbs(answer)[:2] == ["Say", "Record"]
