"""`make soak`: 500 calls of every kind, a fifth of all requests with a fault. `make drill`: with ten restarts instead.

Ends with 1 when anything is not as it must be. docs/soak.md says what is compared.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

from bench.soak.house import House
from bench.soak.soak import Options, Report, Soak

SHOWN_OF_A_KIND = 12


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--calls", type=int, default=500)
    parser.add_argument("--at-once", type=int, default=10)
    parser.add_argument("--robots", type=int, default=14, help="agents")
    parser.add_argument("--supervisors", type=int, default=3)
    parser.add_argument("--sound", type=int, default=2, help="how many of them send and hear real sound")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=float, default=0.2, help="share of requests that meet a fault; 0: none")
    parser.add_argument("--restarts", type=int, default=0, help="how often web and worker are killed")
    parser.add_argument("--speed", type=float, default=8, help="how fast the simulator speaks")
    parser.add_argument("--folder", type=Path, help="where to keep database and logs (default: nowhere)")
    options = parser.parse_args()
    chosen = Options(
        seed=options.seed,
        calls=options.calls,
        at_once=options.at_once,
        robots=options.robots,
        supervisors=options.supervisors,
        sound=options.sound,
        faults=options.faults,
        restarts=options.restarts,
    )
    with tempfile.TemporaryDirectory() as nowhere:
        folder = options.folder or Path(nowhere)
        folder.mkdir(parents=True, exist_ok=True)
        return print_report(run(folder, chosen, options.speed))


def run(folder: Path, options: Options, speed: float = 8) -> Report:
    """One soak with a house of its own."""
    with House(folder, agents=options.robots, supervisors=options.supervisors, SIMULATOR_SPEED=f"{speed:g}") as house:
        soak = Soak(house, options)
        try:
            return asyncio.run(soak.run())
        finally:
            (folder / "record.json").write_text(json.dumps(soak.kept))


def print_report(report: Report) -> int:
    """The report on the terminal, and the exit code."""
    print(f"\nSeed {report.options.seed}: {report.counts['calls']} calls in {report.seconds:.0f} s under load")
    for title, numbers in (
        ("Calls by kind", report.kinds),
        ("How legs ended", report.ends),
        ("Asked in calls", report.handled),
        ("What came of it", report.outcomes),
        ("What became of callers", report.excuses),
        ("Faults fired", report.fired),
        ("Counted", report.counts),
    ):
        if numbers:
            print(f"\n{title}")
            for name, number in sorted(numbers.items()):
                print(f"  {name:48}{number:7}")
    print("\nReconciler\n  " + "\n  ".join(report.reconciled))
    print("\nHeld after the warm-up, and at the end")
    for name, then in report.held[0].items():
        now = report.held[1].get(name, {})
        print(f"  {name}: " + ", ".join(f"{kind} {then.get(kind, 0)} → {number}" for kind, number in now.items()))
    by_kind = Counter(discrepancy.kind for discrepancy in report.discrepancies)
    for kind, number in by_kind.most_common():
        print(f"\n{number} × {kind}")
        for discrepancy in [d for d in report.discrepancies if d.kind == kind][:SHOWN_OF_A_KIND]:
            print(f"  {discrepancy}")
    print(f"\n{'FAILED' if by_kind else 'Nothing is wrong.'}\n")
    return int(bool(by_kind))


if __name__ == "__main__":
    sys.exit(main())
