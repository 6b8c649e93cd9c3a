"""What is looked for when somebody types a number, or part of one."""

from __future__ import annotations

import pytest

from telephony.number_search import digits_wanted, numbers_wanted


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("020 7946 0018", "2079460018"), ("+44 (0)20 7946 0018", "442079460018"), ("0044 20 7946", "44207946"),
        ("(202) 555-0142", "2025550142"), ("0142", "142"), ("0018", "0018"), ("٠٢٠ ٧٩٤", "20794"),
        ("12", ""), ("Maya²", ""), ("", ""),
    ],
)  # fmt: skip
def test_the_digits_are_those_that_a_number_holds(typed, digits):
    assert digits_wanted(typed) == digits


@pytest.mark.parametrize(
    ("region", "typed", "numbers"),
    [
        ("GB", "020 7946 0018", ("+442079460018",)), ("DE", "030 901820", ("+4930901820",)),
        ("HU", "06 1 234 5678", ("+3612345678",)), ("GB", "7946", ()), ("GB", "Maya", ()),
    ],
)  # fmt: skip
def test_a_whole_number_is_one_of_the_home_region(settings, region, typed, numbers):
    settings.HOME_REGION = region
    assert numbers_wanted(typed) == numbers
