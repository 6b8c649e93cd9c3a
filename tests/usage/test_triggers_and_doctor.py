"""What provisioning makes of limits at Twilio, and what the doctor says of usage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.db import DatabaseError
from django.utils import timezone
from twilio.rest.api.v2010.account.usage.trigger import TriggerContext, TriggerInstance, TriggerList

from telephony.doctor.findings import Check, Finding, State
from telephony.provisioning.services import apply, plan_all, plan_triggers
from telephony.rest.client import get_client
from tests import factories
from tests.telephony.account import account_at_twilio
from tests.twilio import ACCOUNT_SID, sid
from tests.usage.twilio_figures import day
from usage import doctor, tasks
from usage.models import SpendLimit, UsageRefresh
from usage.services import usage_refresh
from usage.triggers import triggers_follow, triggers_wanted

pytestmark = pytest.mark.django_db
URL = "https://desk.example.com/twilio/usage/trigger/#rc=2&rp=ct,rt,5xx&ct=1000&rt=4000"


class Triggers:
    """Those of the account, and what was done to them."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, Any]] = {}
        self.done: list[tuple[str, str]] = []
        self.listed = 0

    def _instance(self, one: str) -> TriggerInstance:
        return TriggerInstance(get_client().api.v2010, self.found[one], account_sid=ACCOUNT_SID)

    def list(self, resource: Any, **options: Any) -> list[TriggerInstance]:
        self.listed += 1
        return [self._instance(one) for one in reversed(self.found)]

    def create(self, resource: Any, **values: Any) -> None:
        one = sid("UT", len(self.done) + 1)
        self.found[one] = {"sid": one, **values}
        self.done.append(("create", one))

    def fetch(self, resource: Any) -> TriggerInstance:
        return self._instance(resource._solution["sid"])

    def update(self, resource: Any, **values: Any) -> None:
        one = resource._solution["sid"]
        self.found[one].update(values)
        self.done.append(("update", one))

    def delete(self, resource: Any) -> None:
        one = resource._solution["sid"]
        del self.found[one]
        self.done.append(("delete", one))


@pytest.fixture
def triggers() -> Iterator[Triggers]:
    triggers = Triggers()
    with ExitStack() as stack:
        for kind, method in (
            (TriggerList, "list"), (TriggerList, "create"), (TriggerContext, "fetch"), (TriggerContext, "update"),
            (TriggerContext, "delete"),
        ):  # fmt: skip
            answer = getattr(triggers, method)
            stack.enter_context(patch.object(kind, method, autospec=True, side_effect=answer))
        yield triggers


def carry_out() -> None:
    with account_at_twilio():
        list(apply(plan_all([], triggers=triggers_wanted())))


def limit(amount: str = "500", period: str = "monthly") -> SpendLimit:
    return SpendLimit.objects.create(period=period, amount=Decimal(amount))


def test_each_limit_gets_a_trigger_at_all_of_its_amount(triggers):
    limit()
    limit("60", "daily")

    carry_out()

    assert [
        {name: value for name, value in one.items() if name not in ("sid", "callback_url", "callback_method")}
        for one in triggers.found.values()
    ] == [
        {
            "friendly_name": f"Ringdesk desk.example.com {period}", "usage_category": "totalprice",
            "trigger_by": "price", "recurring": period, "trigger_value": value,
        }
        for period, value in (("daily", "60.00"), ("monthly", "500.00"))
    ]  # fmt: skip
    assert {(one["callback_url"], one["callback_method"]) for one in triggers.found.values()} == {(URL, "POST")}


def test_what_is_there_is_not_made_again(triggers):
    limit()
    carry_out()
    triggers.found[sid("UT", 1)]["trigger_value"] = "500"

    carry_out()

    assert triggers.done == [("create", sid("UT", 1))]


def test_a_limit_that_was_changed_gets_a_new_trigger_before_the_old_one_goes(triggers):
    one = limit()
    carry_out()
    one.amount = Decimal(700)
    one.save()

    carry_out()

    assert triggers.done == [("create", sid("UT", 1)), ("create", sid("UT", 2)), ("delete", sid("UT", 1))]
    (found,) = triggers.found.values()
    assert (found["trigger_value"], found["recurring"], found["callback_url"]) == ("700.00", "monthly", URL)


def test_an_address_that_was_changed_is_mended(triggers):
    limit()
    carry_out()
    triggers.found[sid("UT", 1)]["callback_url"] = "https://desk.example.com/old/"

    carry_out()

    assert triggers.done[1:] == [("update", sid("UT", 1))]
    assert triggers.found[sid("UT", 1)]["callback_url"] == URL


def others() -> dict[str, dict[str, Any]]:
    """By name, and one of our name that tells another host: a copy of this desk on another machine."""
    ours = {"friendly_name": "Ringdesk desk.example.com daily", "recurring": "daily", "trigger_value": "5"}
    return {
        sid("UT", 7): {"sid": sid("UT", 7), "friendly_name": "Ringdesk desk.example.com yearly", "callback_url": URL},
        sid("UT", 8): {"sid": sid("UT", 8), "callback_url": "https://other.example/", **ours},
        sid("UT", 9): {"sid": sid("UT", 9), "friendly_name": "somebody else's", "trigger_value": "5"},
    }


def test_triggers_of_others_are_left_alone(triggers):
    triggers.found = others()
    assert plan_triggers([]) == []
    limit()
    carry_out()
    SpendLimit.objects.all().delete()
    carry_out()

    assert triggers.found == others()
    assert [what for what, _ in triggers.done] == ["create", "delete"]


def test_the_trigger_of_a_deleted_limit_is_removed_also_when_it_is_there_twice(triggers):
    one = limit()
    limit("60", "daily")
    carry_out()
    monthly = next(row for row in triggers.found.values() if row["recurring"] == "monthly")
    triggers.found[sid("UT", 50)] = monthly | {"sid": sid("UT", 50)}
    carry_out()
    # Of two of one name, the newer stays.
    assert triggers.done[2:] == [("delete", monthly["sid"])]

    one.delete()
    carry_out()

    assert [row["recurring"] for row in triggers.found.values()] == ["daily"]


def test_while_the_limits_cannot_be_read_no_trigger_is_removed(triggers):
    limit()
    carry_out()

    with patch.object(SpendLimit.objects, "order_by", side_effect=DatabaseError):
        carry_out()
        triggers_follow()

    assert [what for what, _ in triggers.done] == ["create"]


@pytest.fixture
def at_once(django_capture_on_commit_callbacks):
    """The queue's work is done when the request is."""

    @contextmanager
    def doing():
        with (
            patch.object(tasks.triggers, "delay", autospec=True, side_effect=lambda: tasks.triggers.apply(throw=True)),
            account_at_twilio(),
            django_capture_on_commit_callbacks(execute=True),
        ):
            yield

    return doing


def test_in_admin_a_limits_trigger_follows_its_change_and_goes_with_it(triggers, client, at_once):
    one = limit()
    carry_out()
    client.force_login(factories.make_agent("admin", is_superuser=True, is_staff=True))
    page = f"/admin/usage/spendlimit/{one.pk}/"
    fields = {"period": "monthly", "amount": "800", "currency": "usd", "first_level": 70, "second_level": 90}

    with at_once():
        assert client.post(f"{page}change/", fields, secure=True).status_code == 302
    values = [row["trigger_value"] for row in triggers.found.values()]
    with at_once():
        assert client.post(f"{page}delete/", {"post": "yes"}, secure=True).status_code == 302

    assert values == ["800.00"]
    assert triggers.found == {}


def test_a_limit_for_which_nobody_made_a_trigger_gets_none_by_itself(triggers, client, at_once):
    client.force_login(factories.make_agent("admin", is_superuser=True, is_staff=True))
    fields = {"period": "monthly", "amount": "800", "currency": "usd", "first_level": 70, "second_level": 90}

    with at_once():
        assert client.post("/admin/usage/spendlimit/add/", fields, secure=True).status_code == 302

    assert triggers.done == []


def test_the_command_shows_them_and_makes_them(triggers, line):
    limit()
    out = StringIO()
    with account_at_twilio():
        call_command("twilio_provision", "--yes", stdout=out)

    assert "Usage trigger Ringdesk desk.example.com monthly: will be made" in out.getvalue()
    assert triggers.done == [("create", sid("UT", 1))]


# --- The doctor ---


def look(check) -> list[Finding]:
    """Here and not in a thread, which would not see what the test has not committed."""
    findings = check(Check("it", "It", check))
    return findings if isinstance(findings, list) else [findings]


def test_before_the_first_figures_it_waits(figures):
    assert look(doctor.check_refresh)[0].state == State.SKIPPED


def test_fresh_figures_are_well_old_ones_are_not_and_say_why(figures):
    figures.put("totalprice", day())
    usage_refresh()
    assert look(doctor.check_refresh)[0].state == State.OK

    figures.fails_after = 0
    usage_refresh()
    assert look(doctor.check_refresh)[0].state == State.OK
    UsageRefresh.objects.update(succeeded_at=timezone.now() - timedelta(hours=25))

    (finding,) = look(doctor.check_refresh)
    assert (finding.state, finding.seen.endswith("Twilio is busy. Try again in a moment.")) == (State.FAILED, True)


def test_when_no_figures_ever_came_it_says_why(figures):
    figures.put("totalprice", day())
    figures.fails_after = 0
    usage_refresh()

    (finding,) = look(doctor.check_refresh)
    assert (finding.state, "Twilio is busy" in finding.seen) == (State.WARNING, True)


@pytest.mark.parametrize(
    ("spent", "expected"), [("1", State.OK), ("80", State.OK), ("90", State.WARNING), ("100", State.FAILED)]
)
def test_limits_are_warned_of_from_the_second_level_on(figures, spent, expected):
    limit("100")
    figures.put("totalprice", day(), price=spent)
    usage_refresh()

    (finding,) = look(doctor.check_limits)
    assert (finding.state, finding.id) == (expected, "spend-monthly")


def test_a_limit_in_another_currency_is_wrong(figures):
    SpendLimit.objects.create(period="daily", amount=5, currency="eur")
    figures.put("totalprice", day(), price="1")
    usage_refresh()

    (finding,) = look(doctor.check_limits)
    assert (finding.state, "it stops nothing" in finding.seen) == (State.FAILED, True)


def test_missing_triggers_are_warned_of_and_without_limits_none_is_missing(triggers):
    assert look(doctor.check_triggers)[0].state == State.SKIPPED
    triggers.found[sid("UT", 4)] = {
        "sid": sid("UT", 4), "friendly_name": "Ringdesk desk.example.com daily", "callback_url": URL,
    }  # fmt: skip
    assert look(doctor.check_triggers)[0].state == State.WARNING
    triggers.found.clear()
    assert look(doctor.check_limits)[0].state == State.SKIPPED
    limit()
    assert look(doctor.check_triggers)[0].state == State.WARNING

    carry_out()
    assert look(doctor.check_triggers)[0].state == State.OK
