"""`make openapi` gives the samples what a shape has won, and takes from them what it has lost."""

from __future__ import annotations

import json

import pytest

from config.api_docs.examples import EXAMPLES
from scripts.samples import SAMPLES, completed, written


def sample(name: str) -> dict:
    return json.loads((SAMPLES / f"{name}.json").read_text())


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_a_sample_that_has_all_its_fields_stays_as_it_is(path):
    assert written(completed(json.loads(path.read_text()))) == path.read_text()


def test_a_field_that_a_sample_has_not_comes_from_the_example_wherever_it_belongs():
    snapshot = sample("desk.snapshot")
    call = snapshot["calls"][0]["call"]
    before = list(call)
    del call["problem"], call["party"]["verified"]

    now = completed(snapshot)["calls"][0]["call"]

    assert list(now) == before
    assert now["problem"] == EXAMPLES["Call"]["problem"]
    assert now["party"]["verified"] == EXAMPLES["Call"]["party"]["verified"]
    assert now["sid"] == call["sid"]


def test_a_field_that_no_shape_has_any_more_goes():
    frame = sample("call.ended")
    frame["call"]["colour"] = "blue"

    assert "colour" not in completed(frame)["call"]
