"""What a number says about the place where it is answered."""

import pytest

from telephony.numbers import country_of, language_of_region, time_zone_of


@pytest.mark.parametrize(
    ("number", "country", "zone", "language"),
    [
        ("+12025550142", "US", "America/New_York", "en"),
        ("+13105550142", "US", "America/Los_Angeles", "en"),
        # Kept for films: the library knows no such number.
        ("+447700900142", "GB", "Europe/London", "en"),
        ("+4930901820", "DE", "Europe/Berlin", "de"),
        ("+5511987654321", "BR", "America/Sao_Paulo", "pt"),
        ("+883510001234567", "", "", ""),
        ("anonymous", "", "", ""),
        ("", "", "", ""),
    ],
)
def test_its_country_zone_and_language_are_guessed(number, country, zone, language):
    region = country_of(number)

    assert (region, time_zone_of(number), language_of_region(region)) == (country, zone, language)
