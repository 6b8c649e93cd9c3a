"""Without Redis, tasks run in the web process, and may push to its desks."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

from asgiref.sync import async_to_sync

from core.realtime.channel_layer import ProcessChannelLayer
from tests.packages import ROOT

_PROGRAM = """
import os, threading, time
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
os.environ["TEST_REDIS_URL"] = ""
import django; django.setup()
from config.server import embedded
from config.celery import app
done = threading.Event()
@app.task(name="probe")
def probe(): done.set()
embedded.start()
began = time.monotonic()
probe.delay()
assert done.wait(20), "the task never ran"
print("ran")
"""


def test_a_task_runs_in_the_process_that_asked_for_it():
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )

    assert (done.returncode, done.stdout) == (0, "ran\n"), done.stderr


def test_a_push_from_a_workers_thread_reaches_a_socket_that_waits():
    layer = ProcessChannelLayer()

    async def scenario() -> list[dict[str, object]]:
        await layer.group_add("agent.1", "desk-1")
        waiting = asyncio.create_task(layer.receive("desk-1"))
        await asyncio.sleep(0)
        worker = threading.Thread(target=lambda: async_to_sync(layer.group_send)("agent.1", {"type": "desk.frame"}))
        worker.start()
        message = await asyncio.wait_for(waiting, 5)
        await asyncio.to_thread(worker.join)
        return [message]

    assert asyncio.run(scenario()) == [{"type": "desk.frame"}]
