"""The frames that both test suites know: the front end decodes the samples, the server makes frames of their shape."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests import factories
from tests.calls.test_webhooks_incoming import INCOMING, STATUS
from tests.desk.desk_socket import DeskSocket, run, webhook
from tests.twilio import incoming, leg_status, outgoing, root_status, sid

pytestmark = pytest.mark.django_db(transaction=True)

SAMPLES = Path(__file__).parent.parent / "payloads" / "desk"


def merged(sample: Any, real: Any, path: str = "") -> list[str]:
    """Keys that one has and the other has not. What is empty or null on either side says nothing."""
    if isinstance(sample, dict) and isinstance(real, dict):
        different = [f"{path}.{key}" for key in sample.keys() ^ real.keys()]
        return different + [
            d for key in sample.keys() & real.keys() for d in merged(sample[key], real[key], f"{path}.{key}")
        ]
    if isinstance(sample, list) and isinstance(real, list) and sample and real:
        return merged(sample[0], real[0], f"{path}[]")
    return []


def test_the_frames_have_the_shape_of_the_samples_that_the_front_end_is_tested_with(ada, grace, line):
    factories.make_contact()
    factories.make_call(10, line=line, agent=ada, result="answered")
    socket = DeskSocket(ada)
    frames: dict[str, Any] = {}

    async def scenario() -> None:
        frames["desk.snapshot"] = await socket.open()
        await webhook(INCOMING, incoming())
        frames["call.incoming"] = await socket.until("call.incoming")
        await webhook(STATUS, leg_status(ada.pk, "in-progress", 2))
        frames["call.status"] = await socket.until("call.status")
        await webhook(STATUS, root_status("completed"))
        frames["call.ended"] = await socket.until("call.ended")
        frames["log.changed"] = await socket.until("log.changed")
        await webhook(INCOMING, incoming(CallSid=sid("CA", 20)))
        await webhook(STATUS, root_status("no-answer", CallSid=sid("CA", 20)))
        frames["call.withdrawn"] = await socket.until("call.withdrawn")
        await webhook("/twilio/voice/outgoing/", outgoing(ada.pk, "1", CallSid=sid("CA", 30)))
        frames["call.problem"] = await socket.until("call.problem")
        await socket.send(type="phone.state", registered=True)
        while not frames.keys() >= {"phone.state", "presence.changed"}:
            frame = await socket.until("phone.state", "presence.changed")
            frames[frame["type"]] = frame
        await socket.close()

    run(scenario)
    for name, frame in frames.items():
        sample = json.loads((SAMPLES / f"{name}.json").read_text())
        assert merged(sample, frame) == [], name
