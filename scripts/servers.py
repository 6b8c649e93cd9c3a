"""A PostgreSQL and a Redis that live in a folder, for as long as a command needs them. Nothing but Python's library."""

from __future__ import annotations

import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

START_SECONDS = 60
STOP_SECONDS = 15
# One for the unit tests, one for each product that the browser tests start, and some to spare.
REDIS_DATABASES = 64
# Where PostgreSQL's programs hide when they are not on the PATH: Debian's and Homebrew's places.
_POSTGRES_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
_PR_SET_PDEATHSIG = 1


class ServicesUnavailable(Exception):
    """A server cannot be started. Its text says what to do."""


def find_program(name: str) -> Path | None:
    """Where `initdb`, `postgres` or `redis-server` is; of several PostgreSQLs, the newest."""
    found = shutil.which(name)
    if found:
        return Path(found)
    places = [place for pattern in _POSTGRES_FOLDERS for place in Path("/").glob(f"{pattern[1:]}/{name}")]
    return max(places, key=lambda place: [int(part) for part in place.parts if part.isdigit()], default=None)


def program(name: str) -> Path:
    """Raises `ServicesUnavailable` when there is none."""
    found = find_program(name)
    if found is None:
        raise ServicesUnavailable(f"{name} was not found.")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def unprivileged_user() -> str | None:
    """Who runs the servers when we are root, which PostgreSQL refuses; None when we are somebody else."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


class Server:
    """A server in a folder of its own. It outlives neither `stop` nor this process."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        self.folder.mkdir()
        self.user = unprivileged_user()
        if self.user:
            shutil.chown(self.folder, self.user)
        self.process: subprocess.Popen[bytes] | None = None
        self._how: tuple[list[str | Path], Callable[[], bool]] | None = None

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def run(self, command: list[str | Path]) -> None:
        """Runs a command to its end as the server's user. Raises `ServicesUnavailable` with its last words."""
        with self.log.open("ab") as log:
            done = subprocess.run(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, check=False, **self._as())
        if done.returncode:
            raise ServicesUnavailable(f"{self.name} could not be set up:\n{self.last_words()}")

    def start(self, command: list[str | Path], is_up: Callable[[], bool]) -> None:
        self._how = command, is_up
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C must not take the servers away from tests that are still ending.
            self.process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
                **self._as(),
            )
        deadline = time.monotonic() + START_SECONDS
        while not is_up():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise ServicesUnavailable(f"{self.name} did not start:\n{self.last_words()}")
            time.sleep(0.05)

    def start_again(self) -> None:
        """After `stop`: the same server, on the same port, with what it had stored."""
        if self._how is None:
            raise ServicesUnavailable(f"{self.name} was never started.")
        self.log.unlink(missing_ok=True)
        self.start(*self._how)

    def _as(self) -> dict[str, Any]:
        home = {"cwd": self.folder, "env": os.environ | {"HOME": str(self.folder)}}
        if not self.user:
            return home
        return home | {"user": self.user, "group": pwd.getpwnam(self.user).pw_gid, "extra_groups": []}

    def last_words(self) -> str:
        return self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        # To PostgreSQL: end at once, but in good order; to Redis: end.
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def _end_with_parent() -> None:
    """In the child, before it becomes the server: Linux ends it even when we are killed without a word."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


def _answers(port: int, question: bytes, answer: bytes) -> bool:
    """Whether a server at this port says what it should."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(question)
            return connection.recv(64).startswith(answer)
    except OSError:
        return False


def start_postgres(server: Server) -> str:
    """Starts PostgreSQL, as fast as one that may lose its data. Returns its URL."""
    password, port = secrets.token_urlsafe(24), free_port()
    secret = _private_file(server, "password", password)
    data = server.folder / "data"
    cluster = ["--encoding=UTF8", "--locale=C", "--no-sync", "--auth=scram-sha-256", f"--pwfile={secret}"]
    server.run([program("initdb"), "-D", data, "--username=ringdesk", *cluster])
    careless = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
    options = (*careless, "listen_addresses=127.0.0.1", f"port={port}", "max_connections=300",
               f"unix_socket_directories={server.folder}", "autovacuum=off", "shared_buffers=128MB")  # fmt: skip
    # An SSLRequest, which every PostgreSQL that listens answers with one letter.
    question = bytes.fromhex("0000000804d2162f")
    server.start(
        [program("postgres"), "-D", data, *(part for option in options for part in ("-c", option))],
        lambda: _answers(port, question, b"N") and "ready to accept connections" in server.last_words(),
    )
    return f"postgres://ringdesk:{password}@127.0.0.1:{port}/postgres"


def start_redis(server: Server) -> str:
    """Starts a Redis that keeps nothing. Returns the URL of its database 0."""
    password, port = secrets.token_urlsafe(24), free_port()
    lines = (f"port {port}", "bind 127.0.0.1", f"requirepass {password}", 'save ""', "appendonly no",
             f"databases {REDIS_DATABASES}", f"dir {server.folder}")  # fmt: skip
    config = _private_file(server, "redis.conf", "\n".join(lines) + "\n")
    question = f"AUTH {password}\r\n".encode()
    server.start([program("redis-server"), config], lambda: _answers(port, question, b"+OK"))
    return f"redis://:{password}@127.0.0.1:{port}/0"


def _private_file(server: Server, name: str, text: str) -> Path:
    """A file that the server's user alone may read: a password in a command line is everybody's."""
    path = server.folder / name
    path.touch(mode=0o600)
    path.write_text(text)
    if server.user:
        shutil.chown(path, server.user)
    return path
