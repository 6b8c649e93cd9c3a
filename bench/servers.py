"""The servers that are measured: how each is started, and how much processor time it has used."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.browser.stack import ROOT, free_port

PATIENCE_SECONDS = 40
HOST = "desk.example.com"
BASE_URL = f"https://{HOST}"
ACCOUNT_SID = "AC" + "a" * 32
AUTH_TOKEN = "bench-auth-token-0123456789abcdef"
WEBHOOK_USERNAME, WEBHOOK_PASSWORD = "benchuser", "benchpassword"
# What the naive servers and the product are told alike.
COMMON = {
    "DEBUG": "False",
    "SECRET_KEY": "of-the-benchmark-only-0123456789-0123456789-0123456789",
    "PUBLIC_BASE_URL": BASE_URL,
    "ALLOWED_HOSTS": f"{HOST},127.0.0.1,localhost",
    "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
    "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
    "TWILIO_API_KEY_SID": "SK" + "b" * 32,
    "TWILIO_API_KEY_SECRET": "of-the-benchmark-only-0123456789",
    "TWILIO_TWIML_APP_SID": "AP" + "c" * 32,
    "TWILIO_CALLER_ID": "+12025550100",
    "TWILIO_WEBHOOK_USERNAME": "",
    "TWILIO_WEBHOOK_PASSWORD": "",
    "TWILIO_API_BASE_URL": "",
    "TWILIO_VOICE_SIGNALLING_URL": "",
    # The load generator plays the proxy that ends TLS.
    "TRUSTED_PROXIES": "127.0.0.1",
    "SIMULATOR": "False",
    "REDIS_URL": "",
    "LOG_LEVEL": "ERROR",
    "PYTHONWARNINGS": "ignore",
}


def product() -> list[str]:
    """The command that serves Ringdesk: the one place to change when that changes."""
    return [*uvicorn("config.asgi:application"), "--timeout-graceful-shutdown", "2", "--lifespan", "on"]


def uvicorn(application: str) -> list[str]:
    command = [sys.executable, "-m", "uvicorn", application, "--port", "{port}", "--log-level", "error"]
    return [*command, "--no-access-log", "--no-proxy-headers"]


def gunicorn(application: str, workers: int = 2) -> list[str]:
    command = [sys.executable, "-m", "gunicorn", application, "--bind", "127.0.0.1:{port}", "--log-level", "error"]
    return [*command, "--workers", str(workers)]


class Server:
    """One server in processes of its own, running from `start` to `stop`.

    With `copies`, its command runs so many times, each on a port of its own, as behind a proxy.
    """

    def __init__(self, name: str, command: list[str], folder: Path, *, copies: int = 1, **environment: str) -> None:
        self.name = name
        self.ports = [free_port() for _ in range(copies)]
        self.commands = [[part.replace("{port}", str(port)) for part in command] for port in self.ports]
        self.environment = {**os.environ, **COMMON, **environment}
        self.log = folder / f"{name.replace(' ', '-').replace('/', '-')}.log"
        self.processes: list[subprocess.Popen[bytes]] = []

    @property
    def port(self) -> int:
        return self.ports[0]

    def run(self, *command: str) -> str:
        """Runs a program with the server's settings to its end; returns what it printed."""
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"{self.name}: {' '.join(command)} failed:\n{done.stderr[-3000:]}")
        return done.stdout

    def start(self) -> Server:
        with self.log.open("ab") as log:
            for command in self.commands:
                process = subprocess.Popen(
                    command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
                )
                self.processes.append(process)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not all(map(self._answers, self.ports)):
            if any(process.poll() is not None for process in self.processes) or time.monotonic() > deadline:
                self.stop()
                raise SystemExit(f"{self.name} did not start:\n{self.said()}")
            time.sleep(0.05)
        return self

    def stop(self) -> None:
        processes, self.processes = self.processes, []
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            # Its workers, too, when it left any.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def said(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]

    def pids(self) -> list[int]:
        """The server's processes: all of its sessions."""
        sessions = {process.pid for process in self.processes}
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                # pid (name) state ppid pgrp session …; the name may hold spaces.
                if int(stat.read_text().rpartition(")")[2].split()[3]) in sessions:
                    found.append(int(stat.parent.name))
        return found

    @staticmethod
    def _answers(port: int) -> bool:
        """Whether it answers an HTTP request: a socket that listens may have no worker behind it yet."""
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as probe:
                probe.sendall(f"GET /healthz HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
                return bool(probe.recv(12))
        except OSError:
            return False


def cpu_seconds(pids: list[int]) -> float:
    """Processor time of these processes, their threads that ended included, to the nanosecond."""
    total = 0.0
    for pid in pids:
        with contextlib.suppress(OSError):
            # The clock of another process: clock_getcpuclockid(3), which Python gives for threads of its own only.
            total += time.clock_gettime((~pid << 3) | 2)
    return total
