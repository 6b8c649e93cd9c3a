"""A short soak of the queue: what `make soak-queue` does with a thousand callers."""

from __future__ import annotations

import pytest

from bench.soak.queue import QueueOptions, run

CALLERS = 60


def options(**more) -> QueueOptions:
    return QueueOptions(agents=10, callers=CALLERS, seconds=30, load=1.4, patience=60, seed=3, **more)


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("WARNING", logger="httpx")


def test_callers_wait_about_as_long_as_with_an_ideal_scheduler_and_nobody_is_lost_or_in_silence(tmp_path):
    report = run(tmp_path, options(faults=0.05))

    # In so short a time chance counts for more than a scheduler's five percent.
    assert [str(found) for found in report.discrepancies if found.kind != "waits"] == []
    assert report.figures.callers == CALLERS
    assert report.figures.met_nobody < CALLERS / 5
    assert report.figures.wait > 2, "nobody waited: this shows nothing"
    assert report.figures.wait < 1.5 * report.figures.ideal_wait + 1
    assert sum(report.fired.values())
