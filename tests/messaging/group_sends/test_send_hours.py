"""When the people of a send are texted."""

from __future__ import annotations

from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone

from messaging.group_sends.feeding import feed
from messaging.group_sends.preparing import prepare_all
from messaging.group_sends.progress import refresh
from messaging.models import GroupRecipient
from tests.messaging.group_sends.sends import (
    SENDS,
    make_people,
    started,
    work,
)
from tests.routing.outgoing.rows import clock, hours

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fast")]


def test_a_send_for_later_waits_until_then(line, hedy, account):
    at = timezone.now() + timedelta(hours=2)
    send = started(hedy, line, make_people(2), scheduled_for=at.isoformat())
    work()
    assert (send["state"], account.texts) == ("scheduled", [])

    with patch.object(timezone, "now", return_value=at + timedelta(seconds=1)):
        work()

    assert len(account.texts) == 2


def test_nobody_is_texted_by_night_at_the_own_place(line, hedy, account):
    london, (washington,) = "+442079460018", make_people(1)
    # Eight in the evening in London, three in the afternoon in Washington.
    evening = datetime.fromisoformat("2026-11-27T20:00:00+00:00")
    with patch.object(timezone, "now", return_value=evening):
        send = started(hedy, line, [washington], numbers=[london], body="Hi", keeps_hours=True)
        work()
        assert [text["to"] for text in account.texts] == [washington.numbers.get().number]
        assert hedy.get(f"{SENDS}{send['id']}/")["state"] == "running"

    morning = datetime.fromisoformat("2026-11-28T08:00:00+00:00")
    assert GroupRecipient.objects.get(number=london).due_at == morning
    with patch.object(timezone, "now", return_value=morning):
        work()

    assert [text["to"] for text in account.texts][1:] == [london]


def test_a_send_that_waits_for_the_morning_says_so_and_counts_no_seconds_of_the_night(line, hedy, account, settings):
    settings.TIME_ZONE = "America/New_York"
    settings.MESSAGE_SEGMENTS_PER_SECOND = 1
    evening = datetime.fromisoformat("2026-11-27T20:30:00-05:00")
    london = ["+442079460018", "+442079460019"]
    with patch.object(timezone, "now", return_value=evening):
        send = started(hedy, line, make_people(30), numbers=london, body="Hi", keeps_hours=True)
        prepare_all()
        # In London it is half past one.
        for _round in range(5):
            feed(1000)
        work()
        progress = hedy.get(f"{SENDS}{send['id']}/")["progress"]

    assert (progress["waiting"], progress["seconds_left"], account.texts) == (32, 0, [])
    assert progress["goes_on_at"] == "2026-11-28T08:00:00Z"
    with patch.object(timezone, "now", return_value=datetime.fromisoformat("2026-11-28T08:00:00+00:00")):
        refresh(send["id"])
        progress = hedy.get(f"{SENDS}{send['id']}/")["progress"]
    assert (progress["seconds_left"], progress["goes_on_at"]) == (2, "2026-11-28T13:00:00Z")


def test_all_who_wait_for_the_morning_are_put_off_at_once(line, hedy, account, settings):
    settings.MESSAGE_SEGMENTS_PER_SECOND = 1
    evening = datetime.fromisoformat("2026-11-27T20:30:00-05:00")
    with patch.object(timezone, "now", return_value=evening):
        started(hedy, line, make_people(30), body="Hi", keeps_hours=True)

        # Ten at a time: while there are more it is called again at once.
        later = evening + timedelta(days=1)
        assert [(feed(1000) or later) <= evening for _round in range(4)] == [True, True, True, False]


def test_a_text_that_no_hours_allow_is_not_said_to_be_left_out_from_now_on(line, hedy, account):
    send = started(hedy, line, make_people(1))
    prepare_all()
    hours(weekdays="")
    work()

    (person,) = hedy.people(send["id"], show="to-look-at")
    assert (person["what_now"], person["what_now_text"]) == ("help", "What helps")
    assert person["help"] == "An admin can change the hours in which your company texts there."


def test_who_is_at_a_place_where_the_hours_of_the_send_and_the_company_never_meet_is_left_out(line, hedy, account):
    hours("09:00", "17:00", place="GB", channels="texts")
    london, people = "+442079460018", make_people(2)
    evening = {"body": "Hi", "keeps_hours": True, "hours_from": "18:00", "hours_until": "20:00"}
    draft = hedy.draft(line, contacts=[one.pk for one in people], numbers=[london], **evening)

    assert draft["summary"]["recipients"] == 2
    assert [(one["reason"], one["text"]) for one in draft["summary"]["reasons"]] == [
        ("no-hours", "for 1 the hours of this send and your company's never meet")
    ]
    hedy.step(draft["id"], "start")
    prepare_all()
    (row,) = hedy.people(draft["id"], show="left-out")
    assert (row["number"], row["why"]) == (london, "This send's hours and your company's never meet there")


def test_a_send_whose_hours_never_meet_the_companys_is_not_started(line, hedy):
    hours("09:00", "17:00", channels="texts")
    contacts = [one.pk for one in make_people(1)]
    draft = hedy.draft(line, contacts=contacts, keeps_hours=True, hours_from="18:00", hours_until="20:00")

    refused = hedy.step(draft["id"], "start", status=409)

    assert refused["detail"] == "Nobody would get this text: everybody is left out."


def test_hours_that_meet_for_a_minute_a_day_are_waited_for(line, hedy, account):
    hours("09:00", "18:01", channels="texts")
    send = hedy.draft(
        line, contacts=[one.pk for one in make_people(1)], keeps_hours=True, hours_from="18:00", hours_until="20:00"
    )
    with clock(datetime.fromisoformat("2026-11-27T17:00:00+00:00")):
        hedy.step(send["id"], "start")
        work()
    assert account.texts == []

    # Six in the evening in Washington.
    with clock(datetime.fromisoformat("2026-11-27T23:00:30+00:00")):
        work()
    assert len(account.texts) == 1


@pytest.mark.parametrize("fed", [False, True])
def test_hours_that_part_while_a_send_waits_are_said_of_each_person(line, hedy, account, fed):
    contacts = [one.pk for one in make_people(1)]
    noon = datetime.fromisoformat("2026-11-27T17:00:00+00:00")
    with clock(noon):
        send = hedy.draft(line, contacts=contacts, keeps_hours=True, hours_from="18:00", hours_until="20:00")
        hedy.step(send["id"], "start")
        prepare_all()
        work(1)
    hours("09:00", "17:00", channels="texts")
    with clock(noon + timedelta(hours=6, minutes=30)):
        if fed:
            feed(1000)
        work()

    assert account.texts == []
    (person,) = hedy.people(send["id"], show="to-look-at")
    assert person["why"] == "The hours of this send and those in which your company texts there never meet."
    assert person["help"].startswith("Choose other hours for the next send")
    assert hedy.get(f"{SENDS}{send['id']}/")["state"] == "finished"
