"""How fast a sender may send."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.models import Priority, Sender
from messaging.outbox.pace import Pace, rate
from messaging.outbox.results import pause_after
from telephony.errors import RateLimited

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
LINE, US, UK = "+12025550100", "+12025550142", "+442079460018"


@pytest.mark.parametrize(
    ("sender", "recipient", "segments"),
    [
        ("+12025550100", "+12025550142", 1),
        ("+12025550100", "+442079460018", 10),
        ("+18885550100", "+12025550142", 3),
        ("+442079460018", "+12025550142", 10),
        ("12345", "+12025550142", 100),
    ],
)
def test_each_kind_of_number_has_its_rate(sender, recipient, segments):
    assert rate(sender, recipient) == segments


def test_many_go_as_fast_as_they_leave_the_queue():
    pace = Pace(NOW, NOW)

    # A second's worth ahead, and no more.
    assert [pace.take(LINE, US, 1, Priority.GROUP) for _ in range(3)] == [True, False, False]
    pace.now += timedelta(seconds=1)
    assert [pace.take(LINE, US, 1, Priority.GROUP) for _ in range(2)] == [True, False]


def test_what_an_agent_writes_does_not_wait_for_the_pace():
    pace = Pace(NOW + timedelta(minutes=5), NOW)

    assert pace.take(LINE, US, 3, Priority.SINGLE)
    assert not pace.take(LINE, US, 1, Priority.GROUP)


def test_nothing_is_handed_over_that_twilios_queue_could_not_hold():
    pace = Pace(NOW + timedelta(hours=9), NOW)

    assert not pace.take(LINE, US, 1, Priority.SINGLE)


def busy(retry_after):
    error = RateLimited("Too many")
    error.retry_after = retry_after
    return error


@pytest.mark.parametrize("asked", [0.0, 2.0, None])
def test_a_sender_that_is_asked_to_slow_down_again_and_again_rests_longer_each_time(asked):
    error = busy(asked)
    pauses = [pause_after(error, slowed) for slowed in range(8)]

    assert pauses[0] >= max(0.3, asked or 0)
    assert pauses[7] > 20
    assert sum(pauses) > 40


def test_a_sender_rests_as_long_as_twilio_asks_within_an_hour():
    assert pause_after(busy(300.0), 0) == 300
    assert pause_after(busy(1e9), 0) == 3600


@given(
    texts=st.lists(st.tuples(st.integers(1, 11), st.sampled_from([US, UK]), st.floats(0, 5)), max_size=200),
    own=st.none() | st.floats(0.1, 100),
)
def test_over_any_time_no_more_than_the_rate_is_handed_over(texts, own):
    pace = Pace(NOW, NOW, own)
    seconds = 0.0
    for segments, recipient, pause in texts:
        pace.now += timedelta(seconds=pause)
        if pace.take(LINE, recipient, segments, Priority.GROUP):
            # The last one begins within a second of its turn, however long it takes.
            last = segments / (own or rate(LINE, recipient))
            seconds += last
            assert seconds - last <= (pace.now - NOW).total_seconds() + 1.001


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "kept"), [("25", 25.0), ("1000", 1000.0), ("1e300", None), ("nan", None), ("0", None)]
)
def test_a_rate_that_nobody_agreed_to_is_refused_in_admin(admin_client, typed, kept):
    admin_client.post(
        "/admin/messaging/sender/add/", {"name": "+12025550100", "segments_per_second": typed}, secure=True
    )

    assert list(Sender.objects.values_list("segments_per_second", flat=True)) == ([kept] if kept else [])
