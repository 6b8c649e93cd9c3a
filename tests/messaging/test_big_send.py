"""A text to very many, with everything going wrong that may: the simulator's own record says who got it, and how often.

`BIG_SEND=10000` sets how many; a thousand otherwise.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.run import worker_command
from tests.browser.stack import ROOT, Stack, eventually
from tests.services import worker_listens

PEOPLE = int(os.environ.get("BIG_SEND", "1000"))
LEFT_OUT = 40
LINE = "+12025550100"
# What a process that sends may grow by in the second half of the people, when each of its threads has had work to do,
# and however many people there are.
MOST_GROWTH_MB = 30
# The longest that it may take, however often its workers are killed.
PATIENCE = 240.0 + PEOPLE / 10

_MAKE_PEOPLE = """
import os, sys
import django; django.setup()
from contacts.consents import consent_record
from contacts.models import BlockedNumber, Consent, Contact, ContactNumber, Group
from routing.models import Line
people, left_out = int(sys.argv[1]), int(sys.argv[2])
numbers = [f"+1202{2000000 + index}" for index in range(people + left_out)]
contacts = Contact.objects.bulk_create([Contact(name=f"Person{index:05} Smith") for index in range(people + left_out)])
rows = [ContactNumber(contact=contact, number=number) for contact, number in zip(contacts, numbers)]
for index, row in enumerate(rows[people:]):
    if index % 3 == 0:
        row.line_type = "landline"
    elif index % 3 == 1:
        BlockedNumber.objects.create(number=row.number)
    else:
        consent_record(row.number, sender="+12025550100", state=Consent.State.FORBIDDEN, source=Consent.Source.TEXT)
ContactNumber.objects.bulk_create(rows)
group = Group.objects.create(name="Everybody")
group.members.set(contacts)
print(group.pk, Line.objects.get(number="+12025550100").pk)
"""
_FAULTS = [
    {"kind": "rest-error", "rate": 0.05, "match": {"path": "/Messages.json"}},
    {"kind": "rest-timeout", "rate": 0.05, "seconds": 20, "match": {"path": "/Messages.json"}},
    {"kind": "rest-rate-limit", "rate": 0.02, "seconds": 1, "match": {"path": "/Messages.json"}},
    {"kind": "webhook-drop", "rate": 0.05, "match": {"path": "/twilio/messaging/status/"}},
    {"kind": "webhook-duplicate", "rate": 0.05, "match": {"path": "/twilio/messaging/status/"}},
    {"kind": "webhook-reorder", "rate": 0.1, "seconds": 1, "match": {"path": "/twilio/messaging/status/"}},
    {"kind": "webhook-delay", "rate": 0.05, "seconds": 2, "match": {"path": "/twilio/messaging/status/"}},
]


class Desk:
    """The product, with its workers, over REST."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.token = ""
        self.line_id = 0
        self.lot = random.Random(17)

    @property
    def has_redis(self) -> bool:
        return bool(self.stack.settings["REDIS_URL"])

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Token {self.token}"
        request = urllib.request.Request(
            f"{self.stack.desk_url}/api/v1/{path}",
            method=method,
            headers=headers,
            data=json.dumps(body).encode() if body is not None else None,
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    def sign_in(self) -> None:
        answer = self.ask(
            "POST",
            "auth/login/",
            {"username": "hedy", "password": "ringdesk-demo", "device_name": "A test", "platform": "ios"},
        )
        self.token = answer["token"]

    def make_people(self) -> int:
        command = [sys.executable, "-c", _MAKE_PEOPLE, str(PEOPLE), str(LEFT_OUT)]
        done = subprocess.run(
            command, cwd=ROOT, env=self.stack.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        group_id, self.line_id = map(int, done.stdout.split())
        return group_id

    def start_second_worker(self) -> None:
        command = [part for part in worker_command(self.stack.folder / "beat2") if part != "--beat"]
        del command[command.index("--schedule") :]
        redis_url = self.stack.settings["REDIS_URL"]
        self.stack._start("worker-2", [*command, "-n", "second@%h"], lambda: worker_listens(redis_url))

    def kill_a_worker(self) -> None:
        """Without Redis, the web server is the worker."""
        name = self.lot.choice(["worker", "worker-2"]) if self.has_redis else "web"
        self.stack.stop(name, how=signal.SIGKILL)
        {"web": self.stack.start_web, "worker": self.stack.start_worker, "worker-2": self.start_second_worker}[name]()

    def megabytes(self) -> int:
        """What the largest of the processes that send has in memory."""
        names = [name for name in ("web", "worker", "worker-2") if name in self.stack.processes]
        files = [Path(f"/proc/{self.stack.processes[name].pid}/statm") for name in names]
        pages = max(int(file.read_text().split()[1]) for file in files)
        return pages * os.sysconf("SC_PAGE_SIZE") // 2**20

    def send(self, send_id: int) -> dict[str, Any]:
        found: dict[str, Any] = self.ask("GET", f"group-sends/{send_id}/")
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    quick = {
        "MESSAGE_SEGMENTS_PER_SECOND": "100000",
        # By then the simulator must list what it took; so many keep it, and whatever else runs here, busy for seconds.
        "MESSAGE_SETTLE_SECONDS": "2" if PEOPLE <= 1000 else "15",
        "MESSAGE_RECONCILE_SECONDS": "2",
        "TWILIO_TIMEOUT_SECONDS": "2",
    }
    with Stack(tmp_path, **quick) as stack:
        desk = Desk(stack)
        if desk.has_redis:
            desk.start_second_worker()
        desk.sign_in()
        stack.bench("PUT", f"/sim/senders/{LINE}", {"rate": 100_000})
        yield desk


def test_everybody_gets_it_once_and_whoever_is_left_out_never(desk):
    group = desk.make_people()
    draft = desk.ask(
        "POST",
        "group-sends/",
        {"line": desk.line_id, "groups": [group], "body": "Hello {first name}, we are closed.", "keeps_hours": False},
    )
    assert (draft["summary"]["recipients"], draft["summary"]["left_out"]) == (PEOPLE, LEFT_OUT)
    desk.stack.bench("POST", "/sim/faults", {"seed": 17, "rules": _FAULTS})

    desk.ask("POST", f"group-sends/{draft['id']}/start/")
    until = time.monotonic() + PATIENCE
    killed = 0
    memory: list[int] = []
    while (send := desk.send(draft["id"]))["state"] != "finished":
        assert send["state"] == "running", send
        assert time.monotonic() < until, send
        time.sleep(desk.lot.uniform(1, 4))
        # Then it is let alone, or it would never come to look for what it does not know.
        if killed < 6:
            desk.kill_a_worker()
            killed += 1
        elif send["progress"]["handed"] > PEOPLE / 2:
            memory.append(desk.megabytes())

    assert killed
    desk.stack.bench("DELETE", "/sim/faults")
    texts = desk.stack.bench("GET", "/sim/messages?limit=100000")["messages"]
    assert Counter(text["to"] for text in texts) == {f"+1202{2000000 + index}": 1 for index in range(PEOPLE)}
    assert all(text["body"].startswith("Hello Person") for text in texts)

    def receipts_are_there() -> bool:
        progress = desk.send(draft["id"])["progress"]
        return progress["on_the_way"] + progress["sent"] + progress["waiting"] == 0

    eventually(receipts_are_there, "every receipt is there", seconds=120)
    said = Counter(text["status"] for text in desk.stack.bench("GET", "/sim/messages?limit=100000")["messages"])
    progress = desk.send(draft["id"])["progress"]
    assert progress["delivered"] == said["delivered"]
    assert progress["not_delivered"] == said["undelivered"] + said["failed"]
    assert progress["unknown"] == 0
    memory.append(desk.megabytes())
    sys.stderr.write(f"megabytes: {memory[0]} after half of them, {max(memory)} at most, of {len(memory)} looks\n")
    assert max(memory) - memory[0] <= MOST_GROWTH_MB
