"""What others wrote is made fit for what it goes into, and stays what it was where it can."""

from __future__ import annotations

import json
import unicodedata
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import cleaned, cleaned_lines, fit_for_xml, shortened

texts = st.text(st.characters(), max_size=40)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Maya Okonkwo", "Maya Okonkwo"),
        ("A\x0bB", "A B"),
        ("a\x00b\x1b[31m\x7f\x85c", "a b [31m  c"),
        ("one\r\ntwo\tthree", "one  two three"),
        ("\ud800\ufffe\uffff", "\ufffd\ufffd\ufffd"),
        ("Zoë 🎉 \u202e\u200f", "Zoë 🎉 \u202e\u200f"),
    ],
)
def test_a_line_is_cleaned(text, expected):
    assert cleaned(text) == expected


def test_a_text_of_several_lines_keeps_them():
    assert cleaned_lines("one\r\ntwo\rthree\n\tfour\x0bfive") == "one\ntwo\nthree\n\tfour five"


@given(texts)
def test_what_is_cleaned_is_fit_for_all_that_it_may_go_into(text):
    for made in (cleaned(text), cleaned_lines(text)):
        made.encode()
        assert json.loads(json.dumps(made, ensure_ascii=False)) == made
        assert ElementTree.fromstring(f"<a>{escape(made)}</a>").tag == "a"
    assert not any(unicodedata.category(sign) in ("Cc", "Cs") for sign in cleaned(text))
    assert len(cleaned(text)) == len(text)
    assert cleaned(cleaned(text)) == cleaned(text)


@given(texts)
def test_of_a_text_for_xml_only_what_xml_cannot_hold_is_replaced(text):
    made = fit_for_xml(text)

    ElementTree.fromstring(f"<a>{escape(made)}</a>")
    assert all(new in (old, " ", "\ufffd") for old, new in zip(text, made, strict=True))


def test_a_long_text_is_shortened_and_its_length_told():
    assert shortened("x" * 60_000, 10) == "xxxxxxxxxx… (60000 characters)"
    assert shortened("a\nb", 10) == "a b"
