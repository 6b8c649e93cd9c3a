"""Usage over REST: what is stored, paged, with its age."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from tests import factories
from tests.twilio import sid
from tests.usage.twilio_figures import TODAY, day
from usage.models import CallPrice, UsageRecord
from usage.services import usage_refresh

pytestmark = pytest.mark.django_db
LIST, COSTS, CALL = "/api/v1/usage/", "/api/v1/usage/costs/", "/api/v1/usage/calls/{}/"


@pytest.fixture
def api(client):
    client.force_login(factories.make_agent("admin", is_superuser=True))

    def get(path, **query):
        return client.get(path, query, secure=True)

    return get


def test_records_are_given_as_numbers_in_strings_with_the_time_of_the_last_look(api, figures):
    figures.put("calls", day(), price="1.2300", count="12", usage="30")
    usage_refresh(days=1)

    answer = api(LIST).json()

    (row,) = answer["results"]
    assert row == {
        "category": "calls", "day": TODAY.isoformat(), "description": "Calls", "count": "12", "count_unit": "calls",
        "usage": "30", "usage_unit": "minutes", "price": "1.23", "price_unit": "usd",
        "as_of": figures.as_of.isoformat().replace("+00:00", "Z"),
    }  # fmt: skip
    assert answer["as_of"].endswith("Z")
    assert (answer["next"], answer["previous"]) == (None, None)


def test_before_the_first_figures_there_is_an_empty_list(api):
    assert api(LIST).json() == {"next": None, "previous": None, "results": [], "as_of": None}


def test_all_pages_together_have_each_record_once(api):
    for back in range(5):
        for category in ("calls", "sms", "totalprice"):
            UsageRecord.objects.create(category=category, day=day(back))

    found, url, query = [], LIST, {"page_size": 4}
    while url:
        answer = api(url, **query).json()
        found += [(row["day"], row["category"]) for row in answer["results"]]
        url, query = answer["next"], {}

    assert len(found) == len(set(found)) == 15
    assert found == sorted(found, key=lambda one: (-int(one[0].replace("-", "")), one[1]))


def test_days_and_category_narrow_it(api):
    for back in range(5):
        for category in ("calls", "sms"):
            UsageRecord.objects.create(category=category, day=day(back))

    answer = api(LIST, start=day(3).isoformat(), end=day(1).isoformat(), category="sms").json()

    assert [row["day"] for row in answer["results"]] == [day(back).isoformat() for back in (1, 2, 3)]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"start": "yesterday"}, "start"),
        ({"end": "2026-02-30"}, "end"),
        ({"end": "20261101"}, "end"),
        ({"start": "-30days"}, "start"),
        ({"start": "2026-11-02", "end": "2026-11-01"}, "end"),
        ({"cursor": "nonsense"}, "cursor"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_name(api, query, field):
    answer = api(LIST, **query)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_category_that_nobody_knows_is_an_empty_list(api):
    UsageRecord.objects.create(category="calls", day=day())

    assert api(LIST, category="nothing\x00like it").json()["results"] == []


@pytest.mark.parametrize("by", ["line", "agent", "group-send"])
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_nothing_was_spent_on_the_first_and_the_last_of_all_days(api, by, day):
    assert api(COSTS, by=by, start=day, end=day).json()["results"] == []


def test_costs_by_line(api, line, ada):
    factories.make_call(1, line=line, agent=ada, start_time=timezone.now(), duration=61)
    CallPrice.objects.create(call_id=sid("CA", 1), price=Decimal("0.25"), price_unit="usd")

    answer = api(COSTS, by="line").json()

    assert (answer["by"], answer["start"], answer["end"]) == (
        "line", TODAY.replace(day=1).isoformat(), TODAY.isoformat(),
    )  # fmt: skip
    assert answer["results"] == [
        {
            "id": line.pk, "name": "Support", "calls": 1, "minutes": 2, "calls_price": "0.25", "texts": 0,
            "segments": 0, "texts_price": "0", "price": "0.25", "open": 0,
        }
    ]  # fmt: skip


@pytest.mark.parametrize("by", ["agent", "group-send"])
def test_costs_by_others_are_there_too(api, by):
    assert api(COSTS, by=by).json()["results"] == []


@pytest.mark.parametrize(
    "query", [{"by": ""}, {"by": "moon"}, {"by": "line", "start": "2020-01-01", "end": "2026-11-01"}]
)
def test_costs_of_nothing_in_particular_or_of_too_long_are_refused(api, query):
    assert api(COSTS, **query).status_code == 400


def test_a_call_costs_what_its_legs_cost(api):
    call = factories.make_call(1, start_time=timezone.now() - timedelta(minutes=1))
    factories.make_call(2, parent=call)
    CallPrice.objects.create(call_id=sid("CA", 1), price=Decimal("0.0085"), price_unit="usd")

    assert api(CALL.format(sid("CA", 1))).json() == {
        "sid": sid("CA", 1), "price": "0.0085", "price_unit": "usd", "open": 1,
        "legs": [{"sid": sid("CA", 1), "price": "0.0085"}, {"sid": sid("CA", 2), "price": None}],
    }  # fmt: skip


@pytest.mark.parametrize("which", [sid("CA", 9), "nonsense", "%00"])
def test_a_call_that_is_not_there_is_not_found(api, which):
    assert api(CALL.format(which)).status_code == 404
