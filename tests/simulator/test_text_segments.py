"""What a text counts as."""

import pytest

from simulator.texts.segments import GSM_BASIC, is_gsm, segments, smartly_encoded


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),  # each counts twice
        ("€" * 80 + "a", 2),
        ("a" * 152 + "€" * 10, 2),  # no half of an escaped letter at the end of a part: 152, then 20
        ("a" * 152 + "€" * 77, 3),
        ("я" * 70, 1),
        ("я" * 71, 2),
        ("я" * 134, 2),
        ("я" * 135, 3),
        ("🙂" * 35, 1),  # two units of UTF-16 each
        ("🙂" * 36, 2),
        ("🙂" * 66, 2),  # 33 in each part: the 67th unit stays free
        ("🙂" * 67, 3),
        ("a" * 69 + "“", 1),
        ("a" * 70 + "“", 2),
        ("ä" * 160, 1),
        ("ç" * 71, 2),  # GSM 03.38 has only the capital
    ],
)
def test_segments_are_counted_as_networks_do(text, count):
    assert segments(text) == count


def test_the_alphabet_is_the_whole_of_gsm_03_38_but_the_escape():
    assert len(GSM_BASIC) == 127


def test_smart_encoding_needs_no_utf_16_for_quotes_and_dashes():
    text = "“Don’t” – wait…"

    assert not is_gsm(text)
    assert smartly_encoded(text) == '"Don\'t" - wait...'
    assert is_gsm(smartly_encoded(text))
