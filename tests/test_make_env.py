"""What `make run` looks at before it installs or writes anything."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts.make_env import environment, read_file
from tests.browser.stack import free_port

ROOT = Path(__file__).parent.parent
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "make_env.py", tmp_path / "scripts")
    return tmp_path


@pytest.fixture
def run(clone: Path) -> Run:
    """Runs the script in a fresh clone, with nothing of our own environment that it would listen to."""
    ours = {name: value for name, value in os.environ.items() if name not in environment("", "")}

    def make_env(**changes: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "scripts/make_env.py"],
            cwd=clone,
            env=ours | changes,
            capture_output=True,
            text=True,
            check=False,
        )

    return make_env


@pytest.fixture
def ports() -> dict[str, str]:
    return {"WEB_PORT": str(free_port()), "SIMULATOR_PORT": str(free_port())}


@pytest.fixture
def taken() -> Iterator[str]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield str(server.getsockname()[1])


def test_every_address_comes_from_the_ports(clone, run, ports):
    done = run(**ports)

    written = read_file(clone / ".env")
    assert (done.returncode, done.stderr) == (0, "")
    assert written["PUBLIC_BASE_URL"] == f"http://localhost:{ports['WEB_PORT']}"
    assert written["TWILIO_API_BASE_URL"] == f"http://localhost:{ports['SIMULATOR_PORT']}"
    assert written["TWILIO_VOICE_SIGNALLING_URL"] == f"ws://localhost:{ports['SIMULATOR_PORT']}/signal"
    assert (clone / ".env").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["WEB_PORT", "SIMULATOR_PORT"])
def test_nothing_is_written_while_a_port_is_taken(clone, run, ports, taken, name):
    done = run(**ports | {name: taken})

    assert done.returncode == 1
    assert f"Port {taken} ({name}) is taken." in done.stderr
    assert not (clone / ".env").exists()
    # What it proposes works.
    other = re.search(rf"{name}=(\d+) make run", done.stderr)
    assert other
    assert run(**ports | {name: other[1]}).returncode == 0


@pytest.mark.parametrize("port", ["x", "0", "65536", "-1", "80 80", "٨٠٠٠"])
def test_what_is_no_port_is_said_to_be_none(clone, run, ports, port):
    done = run(**ports | {"WEB_PORT": port})

    assert done.returncode == 1
    assert done.stderr.startswith("WEB_PORT is ")
    assert "Traceback" not in done.stderr
    assert not (clone / ".env").exists()


def test_both_programs_need_a_port_of_their_own(clone, run, ports):
    done = run(WEB_PORT=ports["WEB_PORT"], SIMULATOR_PORT=ports["WEB_PORT"])

    assert done.returncode == 1
    assert "both" in done.stderr
    assert not (clone / ".env").exists()


def test_ports_that_a_written_file_does_not_fit_are_refused_with_the_mend(clone, run, ports):
    run(**ports)
    before = (clone / ".env").read_text()
    moved = str(free_port())

    done = run(WEB_PORT=moved)

    assert done.returncode == 1
    assert f"PUBLIC_BASE_URL=http://localhost:{ports['WEB_PORT']}" in done.stderr
    assert f"it must be   http://localhost:{moved}" in done.stderr
    assert "TWILIO_API_BASE_URL" not in done.stderr
    assert (clone / ".env").read_text() == before
    assert run().returncode == 0


def test_a_port_of_a_written_file_that_is_taken_is_to_be_changed_there(clone, run, ports, taken):
    run(**ports)
    (clone / ".env").write_text("\n".join(f"{k}={v}" for k, v in environment(taken, ports["SIMULATOR_PORT"]).items()))

    done = run()

    assert done.returncode == 1
    assert f"Port {taken} (WEB_PORT) is taken." in done.stderr
    assert "in .env" in done.stderr


def test_an_address_of_another_machine_may_have_any_port(clone, run, ports):
    run(**ports)
    text = (clone / ".env").read_text()
    (clone / ".env").write_text(re.sub(r"(?m)^PUBLIC_BASE_URL=.*", "PUBLIC_BASE_URL=https://x.example.com", text))

    assert run().returncode == 0


def test_make_run_looks_at_the_ports_before_it_installs():
    said = subprocess.run(["make", "-n", "-B", "run"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert 0 <= said.index("scripts/make_env.py") < said.index("pip install") < said.index("scripts/run.py")
    assert said.index("scripts/make_env.py") < said.index("npm ci")
    assert "--quiet" not in said
