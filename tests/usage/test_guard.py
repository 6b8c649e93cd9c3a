"""The spend guard: each level is told once, what is stopped goes on when the limit is raised, callers never stop."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.utils import timezone

from calls.models import Call, CallEvent
from messaging.models import Direction, Message, Step
from messaging.outbox.guards import group_sends_paused
from messaging.services import thread_with
from telephony.phone import parse_dialled
from tests import factories
from tests.calls.routes import Caller, box, make_route
from tests.twilio import incoming, outgoing, sid
from tests.usage.twilio_figures import TODAY, day
from usage import guard
from usage.guard import SpendLimitReached
from usage.models import SpendAlert, SpendLimit, UsageRecord
from usage.services import usage_refresh
from usage.spending import segment_price, spent_in

pytestmark = pytest.mark.django_db
JAMAICA, DIRECTORY, HOME = "+18765550142", "+442079460142", "+12025550142"


@pytest.fixture(autouse=True)
def mail_server(settings):
    settings.EMAIL_URL = "smtp://mail.example.com"


@pytest.fixture
def admin(db):
    return factories.make_agent("admin", is_superuser=True, is_staff=True, email="admin@example.com")


def limit(amount: str = "100", period: str = "monthly", **values) -> SpendLimit:
    return SpendLimit.objects.create(period=period, amount=Decimal(amount), **values)


def spend(figures, amount: str, on=None) -> None:
    figures.put("totalprice", on or day(), price=amount)
    usage_refresh(days=1)


def told() -> list[int]:
    return sorted(SpendAlert.objects.values_list("level", flat=True))


def text(segments: int, *, line, at=None, **values) -> Message:
    return Message.objects.create(
        thread=thread_with(line, HOME), direction=Direction.OUTBOUND, sender=line.number, recipient=HOME,
        num_segments=segments, step=Step.TAKEN, sent_at=at or timezone.now(), **values,
    )  # fmt: skip


# --- Levels ---


def test_nothing_is_told_below_the_first_level(figures, admin):
    limit()
    spend(figures, "69.99")

    assert (told(), mail.outbox) == ([], [])


def test_each_level_is_told_once_however_often_it_is_looked_at(figures, admin):
    limit()
    for amount in ("70", "71", "89.99", "90", "95", "100", "140", "141"):
        spend(figures, amount)

    assert told() == [70, 90, 100]
    assert [letter.subject for letter in mail.outbox] == [
        "Ringdesk: 70 % of this month's spend limit",
        "Ringdesk: 90 % of this month's spend limit",
        "Ringdesk: 100 % of this month's spend limit",
    ]
    assert [letter.to for letter in mail.outbox] == [["admin@example.com"]] * 3


def test_levels_that_are_passed_at_one_stroke_are_told_in_one_letter(figures, admin):
    limit()
    spend(figures, "250")

    assert told() == [70, 90, 100]
    assert [letter.subject for letter in mail.outbox] == ["Ringdesk: 250 % of this month's spend limit"]
    assert "Texts to groups are paused." in mail.outbox[0].body
    assert "https://desk.example.com/admin/usage/" in mail.outbox[0].body


def test_a_letter_is_in_the_language_of_whoever_gets_it(figures, admin):
    admin.language = "de"
    admin.save()
    limit()
    spend(figures, "80")

    assert "Monat" in mail.outbox[0].subject
    assert "80,00 $" in mail.outbox[0].body.replace("\xa0", " ")


def test_what_could_not_be_sent_is_sent_with_the_next_figures(figures, admin, monkeypatch):
    from usage import alerts

    def refuse(*args, **options):
        raise ConnectionRefusedError

    limit()
    with monkeypatch.context() as patched:
        patched.setattr(alerts, "send_mail", refuse)
        spend(figures, "80")
    assert mail.outbox == []

    spend(figures, "80")
    spend(figures, "80")

    assert len(mail.outbox) == 1


def test_an_address_that_is_refused_keeps_nobody_elses_letter_back_and_repeats_none(figures, monkeypatch):
    from usage import alerts

    for name in ("anna", "bob", "carl"):
        factories.make_agent(name, is_superuser=True, is_staff=True, email=f"{name}@example.com")
    send = alerts.send_mail

    def refuse_bob(subject, body, sender, addresses):
        if "bob@example.com" in addresses:
            raise SMTPRecipientsRefused({})
        return send(subject, body, sender, addresses)

    monkeypatch.setattr(alerts, "send_mail", refuse_bob)
    limit()
    spend(figures, "80")
    spend(figures, "81")

    assert sorted(address for letter in mail.outbox for address in letter.to) == [
        "anna@example.com",
        "carl@example.com",
    ]


def test_nobody_is_written_to_when_the_limit_says_so_or_no_server_is_set(figures, admin, settings):
    limit(emails_admins=False)
    limit(period="daily", amount="10")
    settings.EMAIL_URL = ""
    spend(figures, "100")

    assert mail.outbox == []
    assert SpendAlert.objects.count() == 6


def test_a_daily_limit_counts_today_and_a_monthly_one_the_month(figures):
    limit(period="daily", amount="10")
    limit(period="monthly", amount="1000")
    for back in range(70):
        figures.put("totalprice", day(back), price="3")
    usage_refresh(days=70)

    found = {one.limit.period: one.spent for one in spent_in(list(SpendLimit.objects.all()))}

    assert found == {"daily": 3, "monthly": 3 * TODAY.day}


def test_a_limit_in_another_currency_than_twilios_stops_nothing(figures):
    limit(currency="eur")
    spend(figures, "500")

    assert (told(), guard.group_sends_paused()) == ([], "")


# --- Texts to groups ---


def test_texts_to_groups_stop_at_the_limit_and_go_on_when_it_is_raised(figures):
    one = limit()
    spend(figures, "99.99")
    guard.group_sends_may_go_on()
    spend(figures, "100")

    with pytest.raises(SpendLimitReached, match="the month's spend limit is reached"):
        guard.group_sends_may_go_on()
    assert "An admin can raise it" in group_sends_paused()

    SpendLimit.objects.filter(pk=one.pk).update(amount=200)
    guard.forget()
    guard.group_sends_may_go_on()


def test_they_go_on_where_the_limit_does_not_stop_them(figures):
    limit(stops_group_sends=False)
    spend(figures, "500")

    assert guard.group_sends_paused() == ""


def test_the_longer_limit_is_the_reason_when_both_are_reached(figures):
    limit(period="daily", amount="1")
    limit(period="monthly", amount="1")
    spend(figures, "5")

    assert "the month's spend limit" in guard.group_sends_paused()


def test_texts_that_twilio_has_not_counted_yet_are_estimated(figures, line):
    limit(amount="10")
    figures.put("sms-outbound", day(), price="0.80", count="100")
    figures.put("sms-messages-carrierfees", day(), price="0.20", count="100")
    spend(figures, "5")
    assert segment_price() == Decimal("0.01")

    text(400, line=line, at=figures.as_of + timedelta(seconds=1))
    text(1000, line=line, at=figures.as_of - timedelta(seconds=1))
    guard.forget()
    (one,) = spent_in([SpendLimit.objects.get()])
    assert (one.spent, one.estimated, guard.group_sends_paused()) == (9, 4, "")

    text(100, line=line, at=figures.as_of + timedelta(seconds=2))
    guard.forget()
    assert guard.group_sends_paused()


def test_texts_to_a_dear_country_are_estimated_at_what_they_cost_there(figures, line):
    limit(amount="10")
    figures.put("sms-outbound", day(), price="1.00", count="100")
    spend(figures, "5")
    text(1, line=line, at=figures.as_of - timedelta(days=1))
    Message.objects.update(recipient="+4915112345678", price="0.12", price_unit="USD", num_segments=1)

    text(20, line=line, at=figures.as_of + timedelta(seconds=1))
    Message.objects.filter(price=None).update(recipient="+4915112345679")
    guard.forget()

    (one,) = spent_in([SpendLimit.objects.get()])
    assert one.estimated == Decimal("2.4")


def test_a_segment_costs_its_part_of_a_long_text(figures):
    figures.put("sms-outbound", day(), price="2.40", count="100", usage="300", usage_unit="segments")
    # Twilio says messages where it counts no segments.
    figures.put("sms-outbound", day(1), price="0.80", count="100", usage="100", usage_unit="messages")
    usage_refresh(days=2)

    assert segment_price() == Decimal("0.008")


def test_texts_that_went_out_after_days_of_waiting_are_estimated(figures, line):
    limit(amount="10")
    spend(figures, "5")
    text(100, line=line, at=figures.as_of + timedelta(seconds=1))
    Message.objects.update(created_at=timezone.now() - timedelta(days=5))

    (one,) = spent_in([SpendLimit.objects.get()])

    assert one.estimated == 1


def test_texts_still_count_while_twilio_gives_no_figures_at_all(figures, line):
    limit(amount="1")
    text(99, line=line)
    assert guard.group_sends_paused() == ""

    text(1, line=line)
    guard.forget()
    assert guard.group_sends_paused()


def test_what_the_guard_knows_is_read_once_in_a_while(figures, django_assert_num_queries):
    limit()
    guard.group_sends_paused()

    with django_assert_num_queries(0):
        for _ in range(100):
            guard.group_sends_paused()
            guard.dear_call_refused(parse_dialled(JAMAICA))


# --- Calls ---


def test_a_dear_call_is_refused_with_a_sentence_and_a_cheap_one_is_not(figures, twilio, line, ada):
    limit()
    spend(figures, "100")

    refused = twilio.webhook("/twilio/voice/outgoing/", outgoing(ada.pk, JAMAICA)).content.decode()
    allowed = twilio.webhook("/twilio/voice/outgoing/", outgoing(ada.pk, HOME, CallSid=sid("CA", 2))).content.decode()

    assert "This call would cost more than this month's limit allows." in refused
    assert "<Dial" not in refused
    assert "<Dial" in allowed
    problems = dict(Call.objects.values_list("pk", "problem"))
    assert problems == {
        sid("CA", 1): "This call would cost more than this month's limit allows. Ask your admin.", sid("CA", 2): "",
    }  # fmt: skip


def test_dear_calls_are_made_until_the_limit_is_reached_and_again_when_it_is_raised(figures):
    one = limit()
    number = parse_dialled(JAMAICA)
    spend(figures, "99")
    guard.dear_calls_may_go_on(number)
    spend(figures, "101")
    with pytest.raises(SpendLimitReached):
        guard.dear_calls_may_go_on(number)

    one.amount = Decimal(1000)
    one.save()
    guard.forget()
    guard.dear_calls_may_go_on(number)


def test_countries_of_lines_and_those_that_an_admin_names_are_not_dear(figures, team):
    one = limit()
    spend(figures, "500")
    number = parse_dialled(DIRECTORY)
    assert guard.dear_call_refused(number)

    factories.make_line(team=team, number="+442079460018")
    assert guard.dear_call_refused(number) == ""

    one.cheap_regions = "JM"
    one.save()
    guard.forget()
    assert guard.dear_call_refused(parse_dialled(JAMAICA)) == ""


def test_special_rates_are_dear_at_home_too(figures, settings):
    settings.HOME_REGION = "GB"
    settings.ALLOWED_NUMBER_KINDS = ["shared-cost", "personal", "satellite"]
    limit()
    spend(figures, "500")

    assert guard.dear_call_refused(parse_dialled("+448431234567"))
    assert guard.dear_call_refused(parse_dialled(DIRECTORY)) == ""


def test_callers_are_never_stopped(figures, twilio, line, ada):
    limit()
    limit(period="daily", amount="1")
    spend(figures, "5000")

    answer = twilio.webhook("/twilio/voice/incoming/", incoming(From=JAMAICA)).content.decode()

    assert f"<Identity>{ada.identity}</Identity>" in answer


@pytest.mark.parametrize(("number", "is_dialled"), [(JAMAICA, False), (HOME, True)])
def test_a_route_calls_no_dear_outside_number_at_the_limit_and_the_caller_goes_on(
    figures, twilio, line, number, is_dialled
):
    limit()
    spend(figures, "100")
    make_route(line, {"id": "away", "kind": "number", "number": number, "next": "box"}, box())
    caller = Caller(twilio)

    caller.call()

    assert ("Dial" in caller.verbs, "Record" in caller.verbs) == (is_dialled, not is_dialled)
    said = [event.outcome for event in CallEvent.objects.filter(kind="route")]
    assert ("+18765550142 is not called: the caller goes on" in said) is not is_dialled


# --- Its form ---


@pytest.fixture
def client(client, admin):
    client.force_login(admin)
    return client


def save(client, **fields):
    values = {
        "period": "monthly", "amount": "500", "currency": "usd", "first_level": "70", "second_level": "90",
        "emails_admins": "on", "stops_group_sends": "on", "stops_dear_calls": "on", "cheap_regions": "",
    } | fields  # fmt: skip
    return client.post("/admin/usage/spendlimit/add/", values, secure=True)


def test_a_limit_that_is_saved_in_the_admin_counts_at_once(figures, client, settings):
    spend(figures, "600")
    assert guard.group_sends_paused() == ""

    answer = save(client, cheap_regions="fr, gb fr", currency="USD")

    assert answer.status_code == 302
    assert guard.group_sends_paused()
    assert SpendLimit.objects.get().cheap_regions == "FR GB"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"currency": "eur"}, "Twilio bills this account in usd."),
        ({"currency": "dollars"}, "at most 3 characters"),
        ({"currency": "u1d"}, "Write three letters, like usd."),
        ({"amount": "0"}, "greater than or equal to 0.01"),
        ({"amount": "-5"}, "greater than or equal to 0.01"),
        ({"first_level": "90"}, "The second level must be above the first."),
        ({"second_level": "100"}, "less than or equal to 99"),
        ({"cheap_regions": "France"}, "Write codes of two letters, like GB IE FR."),
    ],
)
def test_a_limit_that_would_not_work_is_refused_with_the_reason(client, fields, said):
    UsageRecord.objects.create(category="totalprice", day=day(), price_unit="usd")

    answer = save(client, **fields)

    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not SpendLimit.objects.exists()


def test_the_board_says_how_far_a_limit_is_used_up_and_no_sum_of_money(client, figures, line, team):
    hedy = factories.make_agent("hedy", team=team, role="supervisor")
    client.force_login(hedy)
    limit()

    def notices(language: str = "en"):
        guard.forget()
        answer = client.get("/api/v1/board/", headers={"Accept-Language": language})
        return [(one["text"], one["urgent"]) for one in answer.json()["notices"]]

    spend(figures, "69")
    assert notices() == []
    spend(figures, "75")
    said = "75 % of this month's spend limit. At the limit texts to groups pause. At the limit dear outgoing calls are "
    assert notices() == [(said + "refused.", False)]
    spend(figures, "101")
    ((text_now, urgent),) = notices()
    assert (text_now.partition(".")[0], urgent) == ("101 % of this month's spend limit", True)
    assert "paused" in text_now
    ((german, _),) = notices("de")
    assert german.startswith(("101\xa0% ", "101 % "))
    assert "paused" not in german
