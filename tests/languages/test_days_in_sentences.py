"""A date in a sentence is written as its reader's language writes it, also once the sentence was kept."""

from __future__ import annotations

from datetime import date

import pytest

from core.languages import Day, Sentence, as_json, as_text, from_json, sentence, speaking

SAID = Sentence("%(day)s is a holiday: %(name)s.", {"day": Day(date(2026, 12, 1)), "name": "Feast"})


@pytest.mark.parametrize(
    ("language", "day"), [("en", "01 Dec 2026 is a holiday: Feast."), ("de", "01.12.2026 ist ein Feiertag: Feast.")]
)
def test_a_day_is_said_as_its_reader_writes_it(language, day):
    with speaking(language):
        assert sentence(SAID) == sentence(from_json(as_json(SAID))) == sentence(as_text(SAID)) == day


def test_a_day_is_the_same_everywhere_for_programs():
    assert str(SAID) == "2026-12-01 is a holiday: Feast."
    assert str(SAID.with_blanks(str.upper)) == "2026-12-01 is a holiday: FEAST."
