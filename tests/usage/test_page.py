"""The usage page: from stored figures alone, for admins, in words that say how old they are."""

from __future__ import annotations

import csv
import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from io import StringIO

import pytest
from django.test import Client
from django.utils import timezone, translation

from tests import factories
from tests.twilio import sid
from tests.usage.twilio_figures import TODAY, day
from usage.charts import HEIGHT, chart
from usage.models import CallPrice, SpendLimit, UsageRecord
from usage.money import change, money
from usage.months import Month
from usage.services import usage_refresh

pytestmark = pytest.mark.django_db
PAGE, EXPORT, TRY_NOW = "/admin/usage/", "/admin/usage/export.csv", "/admin/usage/try-now/"


@pytest.fixture
def admin(db):
    client = Client()
    client.force_login(factories.make_agent("admin", is_superuser=True, is_staff=True))
    return client


def page(client, query: str = "") -> str:
    answer = client.get(PAGE + query, secure=True)
    assert answer.status_code == 200
    return unescape(answer.content.decode()).replace("\xa0", " ")


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def fill(figures) -> None:
    """A cheap day in each of the last two months, and today something under a top, and something that nobody knows."""
    for back in range(62):
        figures.put("totalprice", day(back), price="1")
        figures.put("calls", day(back), price="0.75", count="3", usage="7")
    figures.put("calls-inbound", day(), price="0.5", count="2")
    figures.put("fax", day(), price="0.25", count="1", description="Fax pages")
    usage_refresh(days=62)


@pytest.mark.parametrize("path", [PAGE, EXPORT])
def test_it_is_for_superusers_only(path):
    staff, agent = Client(), Client()
    staff.force_login(factories.make_agent("staff", is_staff=True))
    agent.force_login(factories.make_agent("agent"))

    assert staff.get(path, secure=True).status_code == 403
    assert "/admin/login/" in agent.get(path, secure=True)["Location"]
    assert "/admin/login/" in Client().get(path, secure=True)["Location"]
    assert staff.post(TRY_NOW, secure=True).status_code == 403


def test_nothing_of_it_asks_twilio(figures, admin):
    fill(figures)
    figures.asked.clear()

    for query in ("", "?by=line", "?by=agent", "?by=group-send", "?days=table", "?month=2020-01"):
        page(admin, query)
    admin.get(EXPORT, secure=True)

    assert figures.asked == []


def test_it_shows_the_months_sums_and_the_age_of_the_figures(figures, admin):
    fill(figures)

    said = words(page(admin))

    before = Month.of(TODAY).same_date_before(TODAY)
    changed = change(Decimal(TODAY.day), Decimal(before.day)).replace("\xa0", " ")
    assert f"Money {changed}, ${before.day}.00 ${TODAY.day}.00" in said
    assert f"{3 * TODAY.day} calls" in said
    # With its day, where that is another one.
    assert re.search(r"As of ([^·]* )?\d\d:\d\d , next at ([^·]* )?\d\d:(00|15|30|45) ·", said)
    assert "days are Twilio's, midnight GMT" in said


def test_parts_stand_in_brackets_and_the_sum_is_counted_once(figures, admin):
    fill(figures)

    said = words(page(admin))

    assert "of that incoming calls-inbound 2 calls ($0.50)" in said
    assert "of that Fax pages fax 1 ($0.25)" in said
    total = f"All, counted once ${TODAY.day}.00"
    assert total in said
    assert f"Other ${TODAY.day * Decimal('0.25')}" in said


def test_the_days_are_a_table_for_who_cannot_see_bars_and_for_paper(figures, admin):
    fill(figures)

    html = page(admin)
    table = html[html.index("usage-days") : html.index("usage-cards")]

    assert table.count("<tr>") == TODAY.day + 1
    assert "so far" in table
    assert html.count('role="img"') == 4


def test_no_style_and_no_script_stands_in_the_page(figures, admin):
    fill(figures)
    SpendLimit.objects.create(period="monthly", amount=10)
    html = page(admin)
    content = html[html.index('id="content"') : html.index('id="footer"')]

    assert "style=" not in content
    assert "<script" not in content


def test_when_twilio_is_away_it_says_since_when_and_shows_what_is_stored(figures, admin):
    fill(figures)
    figures.fails_after = 0
    usage_refresh()

    said = words(page(admin))

    assert "Twilio gives no figures since" in said
    assert "Nothing is lost; Ringdesk asks again at" in said
    assert f"${TODAY.day}.00" in said
    assert admin.get(EXPORT, secure=True).status_code == 200


def test_before_the_first_figures_it_says_so(admin):
    html = page(admin)

    assert "There are no figures yet." in words(html)
    assert "Try now" in words(html)
    # Nor sums and bars of nothing.
    for name in ("Days as a table", 'aria-label="Figures"', 'aria-label="Categories"'):
        assert name not in html


def test_try_now_asks_twilio_and_says_what_came_of_it(figures, admin):
    figures.put("totalprice", day(), price="4")

    good = admin.post(TRY_NOW, secure=True, follow=True).content.decode()
    figures.fails_after = 0
    bad = admin.post(TRY_NOW, secure=True, follow=True).content.decode()

    assert "These are Twilio" in good
    assert "Twilio is busy." in bad
    assert admin.get(TRY_NOW, secure=True).status_code == 405


@pytest.mark.parametrize(
    "query", ["?month=", "?month=2026-13", "?month=x&by=y", "?month=9999-01", "?by=%00", "?days=1"]
)
def test_what_cannot_be_asked_for_is_this_month(figures, admin, query):
    fill(figures)

    assert f"${TODAY.day}.00" in words(page(admin, query))


def test_a_month_that_is_over_is_compared_to_the_whole_one_before(figures, admin):
    before = Month.of(TODAY).before
    UsageRecord.objects.create(category="totalprice", day=before.last, price=30, price_unit="usd")
    UsageRecord.objects.create(category="totalprice", day=before.before.last, price=20, price_unit="usd")

    said = words(page(admin, f"?month={before}"))

    assert "+50 %, $20.00" in said
    assert "so far" not in said


def test_the_limits_show_how_far_they_are_used_up_and_when_a_level_was_reached(figures, admin):
    SpendLimit.objects.create(period="monthly", amount=TODAY.day + 1)
    fill(figures)

    said = words(page(admin))

    assert f"${TODAY.day}.00 of ${TODAY.day + 1}.00" in said
    assert "incoming calls never stop" in said
    if TODAY.day >= 10:
        assert "past 90 %" in said
        assert re.search(r"the Doctor warns · reached \d\d \w+ \d{4}", said)


@pytest.mark.parametrize("is_asked_for", [True, False])
def test_costs_by_line_come_from_settled_prices_and_say_what_is_open(admin, line, ada, is_asked_for):
    """In the account's currency, also before Twilio was asked for any usage."""
    now = timezone.now()
    factories.make_call(1, line=line, agent=ada, start_time=now, duration=61)
    factories.make_call(2, line=line, start_time=now, duration=5)
    CallPrice.objects.create(call_id=sid("CA", 1), price=Decimal("0.25"), price_unit="usd")
    if is_asked_for:
        UsageRecord.objects.create(category="totalprice", day=TODAY, price_unit="usd")

    by_line, by_agent = words(page(admin, "?by=line")), words(page(admin, "?by=agent"))

    assert "Support 2 2 $0.25 0 $0.00 $0.25 1" in by_line
    assert ("the price of 1 call is still open" in by_line) == is_asked_for
    assert "Ada 1 2 $0.25 0 $0.00 $0.25 0" in by_agent
    assert "Nobody 1 1 $0.00" in by_agent


def test_a_calls_own_page_says_what_it_cost(admin):
    call = factories.make_call(1)
    factories.make_call(2, parent=call)
    address = f"/admin/calls/call/{call.pk}/change/"
    assert "Not settled yet" in admin.get(address, secure=True).content.decode()

    CallPrice.objects.create(call_id=sid("CA", 1), price=Decimal("0.0085"), price_unit="usd")

    assert "$0.0085 · 1 leg is not settled yet" in admin.get(address, secure=True).content.decode()


def test_the_home_page_says_what_the_month_cost_and_what_is_past_a_level(figures, admin):
    assert "Spent this month" not in admin.get("/admin/", secure=True).content.decode()
    SpendLimit.objects.create(period="monthly", amount=TODAY.day)
    fill(figures)

    html = words(unescape(admin.get("/admin/", secure=True).content.decode()))

    assert f"Spent this month ${TODAY.day}.00" in html
    assert "100 % of this month's spend limit" in html
    assert "See usage" in html


# --- Export ---


def rows(client, query: str = "") -> list[dict[str, str]]:
    answer = client.get(EXPORT + query, secure=True)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(StringIO(answer.content.decode().removeprefix("\ufeff"))))


def test_every_category_of_every_day_is_exported(figures, admin):
    fill(figures)

    found = rows(admin)

    assert len(found) == 2 * TODAY.day + 2
    assert found[0] == {
        "day": TODAY.replace(day=1).isoformat(), "category": "calls", "description": "Calls", "count": "3",
        "count_unit": "calls", "usage": "7", "usage_unit": "minutes", "price": "0.75", "price_unit": "usd",
    }  # fmt: skip


def test_costs_are_exported_too_and_no_name_becomes_a_formula(admin, team):
    line = factories.make_line(team=team, name="=HYPERLINK(0)")
    factories.make_call(1, line=line, start_time=timezone.now())

    (found,) = rows(admin, "?by=line")

    assert found["name"] == "'=HYPERLINK(0)"


# --- Drawing and figures ---


def test_bars_begin_at_zero_and_the_highest_fills_the_chart():
    days = Month(2026, 11).days
    drawn = chart(days, {days[0]: Decimal(50), days[2]: Decimal(0)}, {days[1]: Decimal(100)}, today=days[0])

    assert [(bar.height, bar.y, bar.is_open) for bar in drawn.bars] == [
        (f"{HEIGHT / 2:.1f}", f"{HEIGHT / 2:.1f}", True)
    ]
    assert [bar.height for bar in drawn.behind] == [f"{HEIGHT:.1f}"]
    assert [label.text for label in drawn.labels] == ["1", "8", "15", "22", "29"]


def test_a_chart_of_nothing_has_no_bars():
    days = Month(2026, 2).days

    assert chart(days, dict.fromkeys(days, Decimal(0)), {}, today=date(2026, 2, 3)).bars == []


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        ("106", "100", "+6\xa0%"),
        ("66", "100", "−34\xa0%"),
        ("100", "100", "±0\xa0%"),
        ("5", "0", ""),
        ("0", "5", "−100\xa0%"),
    ],
)
def test_a_change_is_said_with_sign_and_per_cent(now, before, said):
    assert change(Decimal(now), Decimal(before)) == said


@pytest.mark.parametrize(
    ("language", "currency", "said"),
    [
        ("en", "gbp", "£1,412.60"), ("de", "gbp", "1.412,60\xa0£"), ("en", "usd", "$1,412.60"),
        ("de", "eur", "1.412,60\xa0€"), ("en", "chf", "1,412.60\xa0CHF"), ("de", "chf", "1.412,60\xa0CHF"),
        ("en", "", "1,412.60"),
    ],
)  # fmt: skip
def test_money_is_written_as_the_reader_writes_it(language, currency, said):
    with translation.override(language):
        assert money(Decimal("1412.6"), currency) == said


def test_records_of_a_month_with_a_change_of_summer_time_are_by_twilios_days(admin, settings):
    """The days of the page are GMT's, whatever the desk's time zone does in between."""
    settings.TIME_ZONE = "Europe/Berlin"
    month = Month(2026, 3)
    for on in month.days:
        UsageRecord.objects.create(category="totalprice", day=on, price=1, price_unit="usd")

    html = page(admin, "?month=2026-03")

    assert "$31.00" in words(html)
    assert html[html.index("usage-days") :].count('<th scope="row">') >= 31
    assert month.last - month.first == timedelta(days=30)
