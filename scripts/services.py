#!/usr/bin/env python3
"""Runs a command beside a PostgreSQL and a Redis of its own: `scripts/services.py -- pytest`.

Both keep their data in a temporary folder, listen on free ports of this machine behind a new password, and end with
the command, however it ends. The command finds them in DATABASE_URL and REDIS_URL, and for the tests in
TEST_DATABASE_URL and TEST_REDIS_URL; where one of these two is set already, that server is used and none is started.
Needs nothing but Python. Debian's packages are installed when we may, else it says exactly what to do.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.servers import Server, ServicesUnavailable, find_program, start_postgres, start_redis

_MISSING = """The tests on PostgreSQL and Redis need {names}, which {verb} not found.
  Debian, Ubuntu:  sudo apt-get install postgresql redis-server
  macOS:           brew install postgresql redis
  elsewhere:       install them, or set TEST_DATABASE_URL and TEST_REDIS_URL to servers for tests alone"""


def missing_programs(names: list[str]) -> list[str]:
    return [name for name in names if find_program(name) is None]


def ensure_programs(names: list[str]) -> None:
    """Installs what is not there, on Debian as root. Raises `ServicesUnavailable` where that is not possible."""
    missing = missing_programs(names)
    if missing and shutil.which("apt-get") and os.geteuid() == 0:
        print("Installing PostgreSQL and Redis for the tests…", flush=True)
        # RUNLEVEL: the packages would start servers of their own, which nobody needs.
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        packages = ["postgresql", "redis-server"]
        for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
            subprocess.run(["apt-get", *command], env=quiet, stdout=subprocess.DEVNULL, check=False)
        missing = missing_programs(names)
    if missing:
        verb = "was" if len(missing) == 1 else "were"
        raise ServicesUnavailable(_MISSING.format(names=" and ".join(missing), verb=verb))


@contextlib.contextmanager
def services(environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """What to add to the environment while both servers run. Raises `ServicesUnavailable`."""
    makers: list[tuple[str, list[str], Callable[[Server], str]]] = [
        ("DATABASE_URL", ["initdb", "postgres"], start_postgres),
        ("REDIS_URL", ["redis-server"], start_redis),
    ]
    given = {name: environment[f"TEST_{name}"] for name, *_ in makers if environment.get(f"TEST_{name}")}
    ensure_programs([program for name, programs, _ in makers if name not in given for program in programs])
    folder = Path(tempfile.mkdtemp(prefix="ringdesk-services-"))
    folder.chmod(0o711)  # The servers' user must pass through.
    servers: list[Server] = []
    try:
        for name, _, start in makers:
            if name not in given:
                servers.append(Server(start.__name__.removeprefix("start_"), folder / name.lower()))
                given[name] = start(servers[-1])
        yield given | {f"TEST_{name}": url for name, url in given.items()}
    finally:
        for server in servers:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


class _Stopped(BaseException):
    """Somebody ended us while the servers started."""


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--"]:
        arguments = arguments[1:]
    if not arguments:
        print("Usage: scripts/services.py -- command …", file=sys.stderr)
        return 2
    command: list[subprocess.Popen[bytes]] = []

    def stop(number: int, _: object) -> None:
        if not command:
            raise _Stopped
        # A terminal's Ctrl-C reached the command already; a kill reached us alone.
        if number != signal.SIGINT:
            command[0].send_signal(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        with services(dict(os.environ)) as found:
            command.append(subprocess.Popen(arguments, env=os.environ | found))
            code = command[0].wait()
            return code if code >= 0 else 128 - code
    except ServicesUnavailable as error:
        print(error, file=sys.stderr)
        return 1
    except _Stopped:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
