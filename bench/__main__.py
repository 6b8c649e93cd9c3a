"""`make bench`: what Ringdesk costs, beside floors of the same run. How to read it: docs/benchmarks.md.

python -m bench [--only PART] [--rounds N] [--quick]
"""

from __future__ import annotations

import argparse
import importlib
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import services

# Each part's goals, and where they are measured: a module's `parts`.
_PARTS = {
    "signatures": "P8",
    "webhooks": "P1 to P4",
    "push": "P5 and P6",
    "tokens": "P7",
    "texts": "P9 and P10",
    "strangers": "what strangers may cost",
    "offers": "P11 and P12",
}
_NEED_SERVICES = ("webhooks", "push", "tokens", "texts", "offers")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.splitlines()[0])
    names = [*_PARTS, "list", "lists", "calls", "hold", "media"]
    parser.add_argument("--only", choices=names, action="append", help="one part alone; may be said again")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds (at least 5 for a fair median)")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds: a look, not a measurement")
    parser.add_argument("--calls", type=int, default=25, help="calls each way (at least 20 for a fair percentile)")
    parser.add_argument("--turns", type=int, default=20, help="holds and resumes (at least 20 for a fair percentile)")
    options = parser.parse_args()
    # So that every server that was started is stopped, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))
    wanted = options.only or names
    failed = 0
    with tempfile.TemporaryDirectory(prefix="ringdesk-bench-") as folder:
        # PostgreSQL's own user has to get in.
        Path(folder).chmod(0o711)
        _run_parts([name for name in wanted if name in _PARTS], Path(folder), options)
        if "list" in wanted:
            failed = _call_list()
        if "lists" in wanted:
            print("\nLists of texts, and the outbox, with 100,000 and 1,000,000 rows, on PostgreSQL", flush=True)
            failed = _on_services([sys.executable, "-m", "bench.lists"]) or failed
        if "calls" in wanted:
            from bench import calls
            from bench.figures import print_table

            print_table(calls.measure(Path(folder), count=options.calls))
        if "hold" in wanted:
            _hold(Path(folder) / "hold", options.turns)
        if "media" in wanted:
            from bench import media

            failed = media.main([]) or failed
    return failed


def _hold(folder: Path, turns: int) -> None:
    from bench import hold
    from bench.figures import print_table

    folder.mkdir()
    print_table(hold.measure(folder, count=turns))


def _call_list() -> int:
    """In a process of its own for each database, since its settings are made once. Says whether one failed."""
    measure = [sys.executable, "-m", "bench.call_list"]
    print("\nThe call log's list with 100,000 and 1,000,000 calls, on SQLite", flush=True)
    failed = subprocess.run(measure, check=False).returncode
    print("\nThe same on PostgreSQL", flush=True)
    return _on_services(measure) or failed


def _on_services(measure: list[str]) -> int:
    return subprocess.run([sys.executable, "scripts/services.py", "--", *measure], check=False).returncode


def _run_parts(wanted: list[str], folder: Path, options: Any) -> None:
    lacking = services.missing()
    if lacking and any(name in _NEED_SERVICES for name in wanted):
        print(f"What is compared on PostgreSQL and Redis is left out: install {' and '.join(lacking)}.", flush=True)
    for name in wanted:
        own = folder / name
        own.mkdir()
        module = importlib.import_module(f"bench.{name}")
        for report in module.measure(own, rounds=3 if options.quick else options.rounds, quick=options.quick):
            report.show()


if __name__ == "__main__":
    sys.exit(main())
