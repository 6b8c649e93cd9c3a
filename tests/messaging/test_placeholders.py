"""Texts with fields."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from messaging.placeholders import empty_fields, fields_in, filled_in, unknown_fields, values_of

MAYA = values_of("Maya Ruth Okonkwo", "Okonkwo Bakery", {"customer_no": 4471, "area": None})


def test_fields_are_filled_in_however_they_are_written():
    assert filled_in("Hello {first name} { Last  Name } of {COMPANY}, no. {customer_no}", MAYA) == (
        "Hello Maya Okonkwo of Okonkwo Bakery, no. 4471"
    )


def test_a_name_of_one_word_has_no_last_name():
    assert empty_fields("{first name} {last name}", values_of("Cher")) == ["last name"]


def test_fields_that_nobody_has_are_named():
    assert unknown_fields("{first name} {shoe size}", MAYA) == ["shoe size"]
    assert fields_in("{name} {Name}") == ["name"]


def test_what_a_person_is_called_is_never_filled_in_again():
    assert filled_in("Hello {name}", values_of("{company}", "secret")) == "Hello {company}"


@given(st.text(max_size=200))
def test_any_text_is_filled_in_without_a_failure(text):
    values = values_of("Maya", "")
    assert not fields_in(filled_in(text, dict.fromkeys(values, "x"))) or fields_in(text)
