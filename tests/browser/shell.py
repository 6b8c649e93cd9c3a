"""A Python program of the product that stays: what a test asks the database need not start one each time."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
# Reads code as JSON, a line each, and answers each with what it printed, or with what went wrong. Nothing of the
# database is kept open: a test may stop that.
_PROGRAM = """
import contextlib, io, json, sys, traceback
import django
django.setup()
from django.db import connections
answers = sys.stdout
for line in sys.stdin:
    said, failed = io.StringIO(), ""
    try:
        with contextlib.redirect_stdout(said):
            exec(json.loads(line), {"__name__": "__main__"})
    except BaseException:
        failed = traceback.format_exc()
    connections.close_all()
    print(json.dumps([said.getvalue(), failed]), file=answers, flush=True)
"""


class Shell:
    """Starts with the first code that it is given; ends with `close`."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self._environment, self._log = environment, log
        self._process: subprocess.Popen[str] | None = None
        self._one_at_a_time = threading.Lock()

    def run(self, code: str) -> str:
        """What the code prints. Raises AssertionError with what the code raised."""
        with self._one_at_a_time:
            process = self._process = self._process or self._start()
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(code) + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
            assert answer, f"the shell ended: {self._log.read_text(errors='replace')[-3000:]}"
        said, failed = json.loads(answer)
        assert not failed, failed
        return str(said)

    def _start(self) -> subprocess.Popen[str]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-c", _PROGRAM],
                cwd=ROOT,
                env=dict(self._environment),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def close(self) -> None:
        if self._process is not None:
            self._process.communicate()
            self._process = None
