"""Fields are read at a glance where Twilio writes them as ever, and all the same in any other form."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from telephony.webhooks.forms import sid_field, time_field, whole_field

numbers = st.integers(0, 99).map("{:02}".format)
written = st.builds(
    "{}{} {} {} {}:{}:{} {}".format,
    st.sampled_from(["Thu, ", "Mon, ", "", "thu, ", "Foo, "]),
    numbers | st.sampled_from(["1", "31", "00"]),
    st.sampled_from(["Jan", "Feb", "Jun", "Dec", "jun", "June", "Foo"]),
    st.sampled_from(["2017", "2026", "1999", "0099", "17", "9999", "1800"]),
    numbers,
    numbers,
    numbers | st.sampled_from(["60", "5"]),
    st.sampled_from(["+0000", "-0000", "+0200", "GMT", "", "+9999"]),
)


def librarys(text: str) -> datetime | None:
    try:
        value = parsedate_to_datetime(text)
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


@hypothesis_settings(max_examples=1000, deadline=None)
@given(text=written | st.text(max_size=40))
@example(text="Thu, 01 Jun 2017 20:48:32 +0000")
@example(text="Thu, 01 Jun 2017 20:48:32 +0000\n")
@example(text="Thu, 31 Feb 2017 24:60:60 +0000")
@example(text="")
def test_a_time_is_what_the_library_reads(text):
    assert time_field({"Timestamp": text}, "Timestamp") == librarys(text)


def test_a_time_as_twilio_writes_it():
    found = time_field({"Timestamp": "Thu, 01 Jun 2017 20:48:32 +0000"}, "Timestamp")

    assert found == datetime(2017, 6, 1, 20, 48, 32, tzinfo=UTC)


@hypothesis_settings(max_examples=500, deadline=None)
@given(text=st.text(max_size=12) | st.integers().map(str) | st.text("0123456789٣²\n ", max_size=12))
def test_a_whole_number_is_digits_and_nothing_else(text):
    expected = min(int(text), 2_000_000_000) if re.fullmatch(r"[0-9]{1,10}", text) else None

    assert whole_field({"CallDuration": text}, "CallDuration") == expected


@pytest.mark.parametrize("found", [{}, {"CallSid": ""}, {"CallSid": "CA1"}, {"CallSid": "CA" + "g" * 32}])
def test_no_sid_is_empty(found):
    assert sid_field(found, "CallSid") == ""
