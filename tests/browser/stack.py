"""The whole product on free ports: the desk's server, the Twilio simulator, and with Redis a worker, as `make run`
starts them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

from scripts.make_env import environment
from scripts.run import worker_command
from tests.browser.prepared import copied, once, shared_folder
from tests.browser.shell import ROOT, Shell
from tests.services import own_services, worker_listens

PATIENCE = 30.0
T = TypeVar("T")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def eventually(check: Callable[[], T], what: str, *, seconds: float = PATIENCE) -> T:
    """What `check` returns as soon as it is truthy. Fails with `what` and the last answer."""
    deadline = time.monotonic() + seconds
    while True:
        found = check()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"never happened: {what}; last seen: {found!r}")
        time.sleep(0.05)


def answers(url: str) -> Callable[[], bool]:
    """Whether a program answers at this address yet."""

    def check() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            return False

    return check


class Stack:
    """Web and simulator with a database, and if there is one a Redis, of their own. Use as a context manager."""

    def __init__(self, folder: Path, **changes: str) -> None:
        self.folder = folder
        web, bench = str(free_port()), str(free_port())
        self.desk_url = f"http://localhost:{web}"
        self.bench_url = f"http://localhost:{bench}"
        self.settings = environment(web, bench) | {
            # Callers whom a test sends to the fallback are asked for a message.
            "TWILIO_FALLBACK_NUMBER": "",
            "STATIC_ROOT": str(folder / "static"),
            "SPOOL_DIR": str(folder / "spool"),
            "DJANGO_SETTINGS_MODULE": "config.settings.base",
            "SIMULATOR_DIAL_BUFFER": "0",
            "SIMULATOR_SPEED": "4",
        }
        self.changes = changes
        self.environment: dict[str, str] = {}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._services = ExitStack()
        self._shell: Shell | None = None

    def __enter__(self) -> Stack:
        self.settings |= self._services.enter_context(own_services(self.folder)) | self.changes
        self.environment = os.environ | self.settings
        try:
            self._prepare()
            self.start_simulator()
            self.start_web()
            if self.settings["REDIS_URL"]:
                self.start_worker()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _prepare(self) -> None:
        """Fills the database, and collects the files that pages load."""
        shared = shared_folder(self.folder)
        if shared is None:
            self._fill(self.settings["DATABASE_URL"])
            self._collect(self.settings["STATIC_ROOT"])
            return
        copied(shared, self.settings["DATABASE_URL"], self._fill)
        if "STATIC_ROOT" not in self.changes:
            self.settings["STATIC_ROOT"] = self.environment["STATIC_ROOT"] = str(once(shared / "static", self._collect))

    def _fill(self, database_url: str) -> None:
        self.manage("migrate", "-v0", DATABASE_URL=database_url)
        self.manage("load_demo_data", "--without-calls", DATABASE_URL=database_url)

    def _collect(self, folder: str) -> None:
        self.manage("collectstatic", "--noinput", "-v0", STATIC_ROOT=folder)

    def __exit__(self, *_: object) -> None:
        if self._shell is not None:
            self._shell.close()
        for name in list(self.processes):
            self.stop(name)
        self._services.close()

    def manage(self, *arguments: str, **changes: str) -> str:
        """What one of the product's commands prints, with the stack's settings but for these changes."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment | changes,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def shell(self, code: str) -> str:
        """What this code of the product prints. Raises AssertionError with what it raised."""
        if self._shell is None:
            self._shell = Shell(self.environment, self.folder / "shell.log")
        return self._shell.run(code)

    def start_web(self) -> None:
        port = self.desk_url.rpartition(":")[2]
        command = ["uvicorn", "config.asgi:application", "--port", port, "--timeout-graceful-shutdown", "2"]
        self._start(
            "web", [sys.executable, "-m", *command, "--log-level", "warning"], answers(f"{self.desk_url}/healthz")
        )

    def start_simulator(self) -> None:
        self._start("simulator", [sys.executable, "-m", "simulator"], answers(f"{self.bench_url}/sim/health"))

    def start_worker(self) -> None:
        redis_url = self.settings["REDIS_URL"]
        self._start("worker", worker_command(self.folder / "beat"), lambda: worker_listens(redis_url))

    def _start(self, name: str, command: list[str], is_up: Callable[[], bool]) -> None:
        log = (self.folder / f"{name}.log").open("ab")
        process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
        )
        self.processes[name] = process

        def up() -> bool:
            assert process.poll() is None, f"{name} stopped:\n{self.log(name)}"
            return is_up()

        eventually(up, f"the {name} is up")

    def stop(self, name: str, *, how: int = signal.SIGINT) -> None:
        process = self.processes.pop(name)
        if process.poll() is None:
            process.send_signal(how)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-6000:]

    # --- The simulator's control API ------------------------------------------------------------------------------

    def bench(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """What the simulator answers to a control request."""
        request = urllib.request.Request(
            f"{self.bench_url}{path}",
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def telephone_calls(self, caller: str, called: str = "+12025550100", **more: Any) -> str:
        """A simulated telephone calls one of our numbers. Returns the call's sid."""
        sid: str = self.bench("POST", "/sim/calls", {"from": caller, "to": called, **more})["sid"]
        return sid

    def call(self, sid: str) -> dict[str, Any]:
        found: dict[str, Any] = self.bench("GET", f"/sim/calls/{sid}")
        return found

    def end_all_calls(self) -> None:
        """Hangs every telephone up, and waits until the desk has been told. A reset alone tells nobody."""

        def quiet() -> bool:
            calls = self.bench("GET", "/sim/calls")["calls"]
            live = [call for call in calls if not call["end_time"]]
            for call in live:
                if call["party"] == "telephone":
                    self.bench("POST", f"/sim/calls/{call['sid']}/hangup")
            health = self.bench("GET", "/sim/health")
            return not live and not health["tasks"]

        eventually(quiet, "the line is quiet")
        self.bench("POST", "/sim/reset")

    def everybody_is_available(self) -> None:
        """As the demo data has it: nobody is busy, away or in wrap-up, and no team asks for wrap-up."""
        self.shell(
            "from agents.models import Agent, Team; Team.objects.update(wrap_up_seconds=0);"
            " Agent.objects.update(availability='available', wrap_up_until=None, wrap_up_stays=False)"
        )

    def heard(self, sid: str, seconds: float = 1.0, tones: Iterable[int] = ()) -> dict[str, Any]:
        """How loud and how high what a telephone hears is: RMS of 32767, and the strongest frequency in Hz. Of each of
        these `tones`, how loud it is but for gaps (`level`)."""
        asked = ",".join(map(str, tones))
        found: dict[str, Any] = self.bench("GET", f"/sim/calls/{sid}/heard?seconds={seconds}&tones={asked}")
        return found

    def requests(self, sid: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.bench("GET", f"/sim/requests?call_sid={sid}")["requests"]
        return found
