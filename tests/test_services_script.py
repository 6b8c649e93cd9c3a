"""`scripts/services.py` sees to PostgreSQL and Redis for the command it is given, and ends both with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import servers, services
from tests.browser.stack import eventually
from tests.packages import ROOT

PROGRAMS = ["initdb", "postgres", "redis-server"]
GIVEN = {"TEST_DATABASE_URL": "postgres://elsewhere/db", "TEST_REDIS_URL": "redis://elsewhere/0"}
needs_servers = pytest.mark.skipif(
    bool(services.missing_programs(PROGRAMS)),
    reason="PostgreSQL or Redis is not here: `make test-services` sees to both",
)


def script(*command: str, **environment: str) -> subprocess.Popen[str]:
    clean = {name: value for name, value in os.environ.items() if name not in GIVEN}
    return subprocess.Popen(
        [sys.executable, "scripts/services.py", "--", *command],
        cwd=ROOT,
        env=clean | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that is dead and not yet fetched does not."""
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_servers_that_are_given_are_used_and_none_is_started():
    process = script("sh", "-c", "echo $DATABASE_URL $REDIS_URL", **GIVEN)

    assert process.communicate()[0] == "postgres://elsewhere/db redis://elsewhere/0\n"


def test_the_commands_exit_code_is_passed_on():
    assert script("sh", "-c", "exit 7", **GIVEN).wait() == 7


def test_without_a_command_it_says_how_it_is_used():
    process = script(**GIVEN)

    assert "scripts/services.py -- command" in process.communicate()[1]
    assert process.returncode == 2


@pytest.fixture
def bare(monkeypatch, tmp_path) -> Path:
    """A machine with nothing installed. Returns the one folder where programs are looked for."""
    monkeypatch.setattr(servers, "_POSTGRES_FOLDERS", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_what_is_missing_is_named_with_what_to_do(bare, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    with pytest.raises(servers.ServicesUnavailable) as error:
        services.ensure_programs(PROGRAMS)

    assert "initdb and postgres and redis-server, which were not found" in str(error.value)
    assert "sudo apt-get install postgresql redis-server" in str(error.value)


def test_root_on_debian_gets_both_installed_once(bare, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    places = " ".join(str(bare / name) for name in PROGRAMS)
    apt = bare / "apt-get"
    apt.write_text(
        f"#!/bin/sh\necho $* >> {bare}/calls\n[ $1 = install ] || exit 0\n"
        f"for place in {places}; do echo '#!/bin/sh' > $place; /bin/chmod +x $place; done\n"
    )
    apt.chmod(0o755)

    services.ensure_programs(PROGRAMS)
    services.ensure_programs(PROGRAMS)

    calls = (bare / "calls").read_text().splitlines()
    assert [line.split()[0] for line in calls] == ["update", "install"]
    assert calls[1].endswith("postgresql redis-server")


_ASK = """
import os, psycopg, redis
with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    print(connection.execute("SELECT 6 * 7").fetchone()[0], connection.execute("SHOW fsync").fetchone()[0])
print(redis.Redis.from_url(os.environ["REDIS_URL"]).config_get("save")["save"] == "")
print(redis.Redis.from_url(os.environ["REDIS_URL"]).config_get("dir")["dir"])
"""


@needs_servers
def test_both_run_for_the_command_keep_nothing_and_leave_nothing_behind():
    output, errors = script(sys.executable, "-c", _ASK).communicate()

    assert output.splitlines()[:2] == ["42 off", "True"], errors
    folder = Path(output.splitlines()[2]).parent
    assert folder.name.startswith("ringdesk-services-")
    assert not folder.exists()


_WAIT = """
import os, pathlib, sys, time, redis
client = redis.Redis.from_url(os.environ["REDIS_URL"])
postgres = pathlib.Path(client.config_get("dir")["dir"]).parent / "database_url/data/postmaster.pid"
print(os.getpid(), client.info("server")["process_id"], postgres.read_text().split()[0], flush=True)
time.sleep(600)
"""


@needs_servers
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc, and only Linux ends the children of the killed")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL], ids=lambda number: number.name)
def test_both_end_with_the_command_when_it_is_killed(number):
    process = script(sys.executable, "-c", _WAIT)
    pids = [int(pid) for pid in process.stdout.readline().split()]
    assert len(pids) == 3
    assert all(is_alive(pid) for pid in pids)

    process.send_signal(number)

    eventually(lambda: not any(is_alive(pid) for pid in pids), "the command and both servers are gone")
    assert process.wait() != 0
