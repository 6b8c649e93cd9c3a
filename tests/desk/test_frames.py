"""What travels over the desk's socket is what the API's description says, from which the front end has its types."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from desk.consumers import DeskConsumer
from desk.frames import DESK_FRAMES, SERVER_FRAMES
from tests.desk.desk_socket import DeskSocket, run
from tests.desk.schema import mistakes

SAMPLES = Path(__file__).parents[1] / "payloads" / "desk"
DOCUMENT = (Path(__file__).parents[2] / "docs" / "desk-protocol.md").read_text()


def documented(heading: str) -> set[str]:
    section = DOCUMENT.partition(f"### {heading}\n")[2].partition("\n## ")[0].partition("\n### ")[0]
    return set(re.findall(r"^\| `([a-z_.]+)` \|", section, re.MULTILINE)) - {"type"}


def test_every_frame_has_a_sample_that_is_as_described():
    samples = {path.stem: json.loads(path.read_text()) for path in SAMPLES.glob("*.json")}

    assert samples.keys() == SERVER_FRAMES.keys()
    assert {name: mistakes("ServerFrame", frame) for name, frame in samples.items()} == {name: [] for name in samples}


def test_the_server_takes_the_frames_that_are_described_and_no_others():
    assert DeskConsumer._HANDLERS.keys() == DESK_FRAMES.keys()


def test_the_protocol_is_written_down():
    assert documented("Server to desk") == SERVER_FRAMES.keys()
    assert documented("Desk to server") == DESK_FRAMES.keys()


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "phone.state"}, {"type": "phone.state", "registered": "yes"}, {"type": "nonsense"},
        {"type": "ping", "more": 1}, {"type": "call.problem", "sid": "CA1", "message": None, "permanent": True},
    ],
)  # fmt: skip
def test_a_frame_that_is_not_as_described_is_noticed(frame):
    assert mistakes("ServerFrame", frame) != []


@pytest.mark.parametrize(
    ("frame", "mistake"),
    [
        ({"type": "phone.state"}, "$: 'registered' is a required property"),
        ({"type": "phone.state", "registered": "yes"}, "$.registered: 'yes' is not of type 'boolean'"),
        ({"type": "line.renamed"}, "No ServerFrame is of the type 'line.renamed'"),
    ],
)
def test_what_is_wrong_with_a_frame_is_said_of_its_own_type(frame, mistake):
    assert mistakes("ServerFrame", frame) == [mistake]


@pytest.mark.django_db(transaction=True)
def test_a_frame_that_does_not_come_is_named_with_those_that_came(ada, monkeypatch):
    desk = DeskSocket(ada)

    async def scenario() -> None:
        await desk.open()
        await desk.send(type="ping")
        received = desk.communicator.receive_json_from
        monkeypatch.setattr(desk.communicator, "receive_json_from", lambda timeout: received(timeout=0.2))
        with pytest.raises(AssertionError, match=r"no line\.renamed; came: .*pong"):
            await desk.until("line.renamed")

    run(scenario)
