"""Segments, counted as Twilio counts them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.segments import Encoding, count, is_plain, plain, twin

# Text, encoding, units and segments, as Twilio's own segment calculator says them.
VECTORS = [
    ("", "GSM-7", 0, 0),
    ("a", "GSM-7", 1, 1),
    ("a" * 160, "GSM-7", 160, 1),
    ("a" * 161, "GSM-7", 161, 2),
    ("a" * 306, "GSM-7", 306, 2),
    ("a" * 307, "GSM-7", 307, 3),
    ("a" * 1600, "GSM-7", 1600, 11),
    # Of the extension, each counts two.
    ("€", "GSM-7", 2, 1),
    ("€" * 80, "GSM-7", 160, 1),
    ("€" * 81, "GSM-7", 162, 2),
    ("[]{}\\|^~€\f", "GSM-7", 20, 1),
    # One that would be parted begins the next segment: 76 of them in 153.
    ("€" * 153, "GSM-7", 306, 3),
    ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3),
    ("Grüße, çava? No: Ça va? àèéìòù ÄÖÜß ñÑ ¿¡".replace("ç", "Ç"), "GSM-7", 41, 1),
    ("é" * 160, "GSM-7", 160, 1),
    ("line one\r\nline two", "GSM-7", 18, 1),
    # One letter that is not plain turns the whole text.
    ("–", "UCS-2", 1, 1),
    ("ç", "UCS-2", 1, 1),
    ("`", "UCS-2", 1, 1),
    ("“Hello”", "UCS-2", 7, 1),
    ("–" + "a" * 69, "UCS-2", 70, 1),
    ("–" + "a" * 70, "UCS-2", 71, 2),
    ("–" + "a" * 133, "UCS-2", 134, 2),
    ("–" + "a" * 134, "UCS-2", 135, 3),
    # An extension letter counts one there.
    ("–€", "UCS-2", 2, 1),
    # Those beyond the first plane are two units.
    ("😀", "UCS-2", 2, 1),
    ("😀" * 35, "UCS-2", 70, 1),
    ("😀" * 36, "UCS-2", 72, 2),
    # And are not parted: 33 in 67.
    ("😀" * 67, "UCS-2", 134, 3),
    ("Привет", "UCS-2", 6, 1),
    ("你好" * 35, "UCS-2", 70, 1),
]


@pytest.mark.parametrize(("text", "encoding", "units", "segments"), VECTORS)
def test_known_texts_have_the_segments_that_twilio_says(text, encoding, units, segments):
    found = count(text)

    assert (found.encoding, found.units, found.segments) == (encoding, units, segments)


def test_the_letters_that_are_not_plain_are_named_once_as_they_come():
    assert count("24–28 “December” – ok").letters == ("–", "“", "”")


def test_a_dash_has_a_hyphen_for_its_plain_twin():
    assert plain("24–28 December") == "24-28 December"
    assert count(plain("“Hello” … it’s 5 o’clock")).encoding is Encoding.GSM_7


@pytest.mark.parametrize("letter", ["😀", "Ж", "你", "ש"])
def test_a_letter_of_its_own_has_no_twin_and_stays(letter):
    assert twin(letter) is None
    assert plain(letter) == letter


texts = st.text(max_size=1700)
plain_texts = st.text(alphabet=st.characters(codec="latin-1").filter(is_plain), max_size=1700)


def reference(text: str) -> int:
    """Segments, put together letter by letter as a telephone network does."""
    wide = any(not is_plain(letter) for letter in text)
    size = (lambda one: len(one.encode("utf-16-be")) // 2) if wide else (lambda one: 2 if one in "\f^{}\\[~]|€" else 1)
    single, part = (70, 67) if wide else (160, 153)
    if sum(map(size, text)) <= single:
        return 1 if text else 0
    parts = [0]
    for letter in text:
        if parts[-1] + size(letter) > part:
            parts.append(0)
        parts[-1] += size(letter)
    return len(parts)


@given(texts | plain_texts)
def test_any_text_is_counted_as_it_is_put_together(text):
    assert count(text).segments == reference(text)


@given(texts)
def test_units_fit_into_the_segments_and_the_rest_is_what_is_left(text):
    found = count(text)
    single, part = (160, 153) if found.encoding is Encoding.GSM_7 else (70, 67)

    assert found.units <= (single if found.segments <= 1 else found.segments * part)
    assert found.left >= 0
    assert (found.encoding is Encoding.UCS_2) == bool(found.letters)


@given(texts)
def test_plain_letters_stay_and_twins_are_plain(text):
    for letter in text:
        found = twin(letter)
        assert found is None or all(map(is_plain, found))
        if is_plain(letter):
            assert found == letter


@given(plain_texts)
def test_a_plain_text_is_its_own_twin(text):
    assert plain(text) == text


@given(texts)
def test_plain_never_has_more_kinds_of_letters_that_are_not_plain(text):
    assert len(count(plain(text)).letters) <= max(1, len(count(text).letters))
