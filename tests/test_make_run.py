"""`make run` as a newcomer sees it, from the first line to the doctor's word."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.make_env import check_ports, environment
from tests.browser.stack import ROOT, eventually, free_port
from tests.services import own_services


class Run:
    """A fresh demo, started by the script that `make run` ends with."""

    def __init__(self, folder: Path, services: dict[str, str]) -> None:
        self.folder = folder
        self.web, self.simulator = str(free_port()), str(free_port())
        self.environment = os.environ | environment(self.web, self.simulator) | services
        self.environment |= {
            "STATIC_ROOT": str(folder / "static"),
            "SPOOL_DIR": str(folder / "spool"),
            "DJANGO_SETTINGS_MODULE": "config.settings.base",
            # As to a terminal's reader: a line is seen when it is said.
            "PYTHONUNBUFFERED": "1",
        }
        with (folder / "said").open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "scripts/run.py"], cwd=ROOT, env=self.environment, stdout=said, stderr=said
            )

    @property
    def said(self) -> str:
        return (self.folder / "said").read_text()

    def is_up(self) -> bool:
        assert self.process.poll() is None, self.said
        return "Ctrl-C stops everything" in self.said

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("run")
    with own_services(folder) as services:
        run = Run(folder, services)
        try:
            eventually(run.is_up, "everything is up", seconds=90)
            yield run
        finally:
            if run.process.poll() is None:
                run.stop()


def test_it_says_what_it_does_and_where_it_is(demo):
    steps = [line for line in demo.said.splitlines() if line.endswith("…")]

    assert len(steps) >= 5
    assert f"http://localhost:{demo.web}/" in demo.said
    assert f"http://localhost:{demo.simulator}/" in demo.said


def test_the_doctor_has_nothing_to_say_of_a_fresh_demo(demo):
    done = subprocess.run(
        [sys.executable, "manage.py", "twilio_doctor", "--json"],
        cwd=ROOT,
        env=demo.environment,
        capture_output=True,
        text=True,
        check=False,
    )

    findings = json.loads(done.stdout)["findings"]
    assert [finding for finding in findings if finding["state"] not in ("ok", "skipped")] == []
    assert done.returncode == 0


def test_a_second_one_says_that_the_port_is_taken(demo):
    again = subprocess.run(
        [sys.executable, "scripts/run.py"], cwd=ROOT, env=demo.environment, capture_output=True, text=True, check=False
    )

    assert again.returncode == 1
    assert f"Port {demo.web} (WEB_PORT) is taken." in again.stderr
    assert "Bringing the database" not in again.stdout


def test_ctrl_c_ends_all_that_it_started(demo):
    assert demo.stop() == 0

    # Else this raises: nothing is left that listens.
    check_ports({"WEB_PORT": demo.web, "SIMULATOR_PORT": demo.simulator, "SIMULATOR": "True"}, is_written=True)
