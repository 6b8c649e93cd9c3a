"""What is searched is found in whatever case and composition it is typed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.folding import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Leïla", "leila"),
        ("Lei\u0308la", "leila"),
        ("МАРИЯ", "мария"),
        ("Straße", "strasse"),
        ("İstanbul", "istanbul"),
        ("Nguyễn", "nguyen"),
        ("Søren Łuk", "soren luk"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
        ("Ｍａｙａ", "maya"),
        ("كَتَبَ", "كتب"),
        ("हिन्दी", "हिन्दी"),
        ("", ""),
    ],
)
def test_case_accents_and_composition_are_folded(text, folded):
    assert fold(text) == folded


@given(st.text())
def test_folding_is_the_same_for_every_composition_and_only_once(text):
    folded = fold(text)

    assert fold(folded) == folded
    assert {fold(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")} == {folded}
