"""After too many failures nothing is tried any more, at the desk, in admin and over REST."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from agents.models import FailedLogin, LoginRecord
from tests import factories

pytestmark = pytest.mark.django_db

DESK = "/accounts/login/"
ADMIN = "/admin/login/"
REST = "/api/v1/auth/login/"
PASSWORD = "secret-for-tests"


@pytest.fixture(autouse=True)
def _no_throttle_left_over():
    cache.clear()


def attempt(path: str, username: str = "ada", password: str = "wrong", address: str = "198.51.100.7", **headers: str):
    body = {"username": username, "password": password}
    client = Client(REMOTE_ADDR=address, headers=headers)
    if path == REST:
        body |= {"device_name": "iPhone", "platform": "ios"}
        return client.post(path, body, content_type="application/json", secure=True)
    return client.post(path, body, secure=True)


def fail(path: str, times: int, **values: str):
    for number in range(times):
        cache.clear()
        response = attempt(path, **values, **{"User-Agent": f"browser {number}"})
    return response


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(factories.make_agent("root", is_staff=True, is_superuser=True))
    return client


@pytest.mark.parametrize("path", [DESK, ADMIN, REST])
@pytest.mark.parametrize("username", ["ada", "nobody"])
def test_the_fifth_failure_locks_whoever_it_is(ada, path, username):
    assert fail(path, 4, username=username).status_code != 429

    response = fail(path, 1, username=username)

    text = response.json()["detail"] if path == REST else response.content.decode()
    assert response.status_code == 429
    assert 890 <= int(response["Retry-After"]) <= 900
    assert response["Cache-Control"] == "no-store"
    assert (
        "Too many failed log-ins for this username from this address. "
        "Try again in 15 minutes, or ask your admin to unlock it."
    ) in text


@pytest.mark.parametrize("locked", [DESK, ADMIN, REST])
@pytest.mark.parametrize("tried", [DESK, ADMIN, REST])
def test_the_right_password_does_not_help_then_anywhere(ada, locked, tried):
    fail(locked, 5)

    response = attempt(tried, password=PASSWORD)

    assert response.status_code == 429
    assert "sessionid" not in response.cookies


def test_the_rest_answer_is_a_problem(ada):
    response = fail(REST, 5)

    assert response["Content-Type"] == "application/problem+json"
    assert (response.json()["code"], response.json()["type"]) == ("locked_out", "/problems/locked-out")


def test_another_address_and_another_username_are_not_locked(ada, grace):
    fail(DESK, 5)

    assert attempt(DESK, password=PASSWORD, address="198.51.100.8").status_code == 302
    assert attempt(DESK, username="grace", password=PASSWORD).status_code == 302


def test_behind_a_proxy_the_visitor_is_locked_and_not_the_proxy(ada, settings):
    settings.TRUSTED_PROXIES = ["198.51.100.7"]
    for _ in range(5):
        attempt(DESK, **{"X-Forwarded-For": "203.0.113.1"})

    assert attempt(DESK, password=PASSWORD, **{"X-Forwarded-For": "203.0.113.1"}).status_code == 429
    assert attempt(DESK, password=PASSWORD, **{"X-Forwarded-For": "203.0.113.2"}).status_code == 302


def test_trying_on_does_not_lengthen_the_lock(ada):
    fail(DESK, 5)
    FailedLogin.objects.update(attempt_time=timezone.now() - timedelta(seconds=600))

    response = attempt(DESK, password=PASSWORD)

    assert 290 <= int(response["Retry-After"]) <= 300
    assert "Try again in 5 minutes" in response.content.decode()


def test_the_lock_opens_by_itself(ada):
    fail(DESK, 5)
    FailedLogin.objects.update(attempt_time=timezone.now() - timedelta(seconds=901))

    assert attempt(DESK, password=PASSWORD).status_code == 302


def test_a_log_in_that_succeeds_forgets_the_failures_before_it(ada):
    fail(DESK, 4)
    assert attempt(DESK, password=PASSWORD).status_code == 302

    assert fail(DESK, 4).status_code == 200


def test_an_admin_unlocks(ada, admin):
    fail(DESK, 5)
    attempt(DESK, username="grace")
    page = "/admin/agents/failedlogin/"
    text = admin.get(page, secure=True).content.decode()
    assert (text.count('field-state">locked<'), text.count('field-state">open<')) == (5, 1)

    form = {"action": "unlock", "_selected_action": [FailedLogin.objects.filter(username="ada").first().pk]}
    response = admin.post(page, form, secure=True, follow=True)

    assert "Unlocked: ada." in response.content.decode()
    assert attempt(DESK, password=PASSWORD).status_code == 302
    record = LoginRecord.objects.get(kind="unlocked")
    assert (record.username, record.by.username, record.address) == ("ada", "root", "198.51.100.7")


def test_a_lock_is_recorded_and_so_is_each_try_at_it(ada):
    fail(DESK, 6)

    kinds = list(LoginRecord.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["failed"] * 4 + ["locked-out"] * 2


def test_no_password_is_kept_or_logged(ada, caplog):
    caplog.set_level("DEBUG")

    fail(DESK, 3, password="typed-by-mistake")
    fail(REST, 3, password="typed-by-mistake")

    kept = f"{list(FailedLogin.objects.values())} {list(LoginRecord.objects.values())}"
    assert "typed-by-mistake" not in kept
    assert "typed-by-mistake" not in caplog.text


@pytest.mark.parametrize("path", ["agents/loginrecord/", "agents/failedlogin/"])
def test_admin_shows_the_records_and_nobody_changes_them(ada, admin, path):
    fail(DESK, 5)
    row = (LoginRecord if "record" in path else FailedLogin).objects.first()

    assert "ada" in admin.get(f"/admin/{path}", secure=True).content.decode()
    assert admin.get(f"/admin/{path}{row.pk}/change/", secure=True).status_code == 200
    assert admin.post(f"/admin/{path}{row.pk}/delete/", {"post": "yes"}, secure=True).status_code == 403
    assert admin.get(f"/admin/{path}add/", secure=True).status_code == 403


def refused(path: str, addresses: list[str], names: list[str]) -> int:
    """How many of these tries with a wrong password were not looked at."""
    answers = []
    for number, address in enumerate(addresses):
        cache.clear()
        answers.append(attempt(path, username=names[number % len(names)], address=address).status_code)
    return answers.count(429)


FORTY_IPV4 = [f"198.51.100.{number}" for number in range(1, 41)]
FORTY_IN_A_64 = [f"2001:db8:1:2::{number:x}" for number in range(1, 41)]


@pytest.mark.parametrize("path", [DESK, ADMIN, REST])
def test_an_ipv6_customer_has_one_budget_and_not_one_for_each_of_his_addresses(ada, path):
    assert refused(path, FORTY_IN_A_64, ["ada"]) == 36
    assert attempt(path, address="2001:db8:1:3::1", password=PASSWORD).status_code in (200, 302)


@pytest.mark.parametrize("path", [DESK, ADMIN, REST])
def test_many_addresses_have_one_budget_for_a_username(ada, path):
    assert refused(path, FORTY_IPV4, ["ada"]) == 21

    response = attempt(path, address="203.0.113.1", password=PASSWORD)
    text = response.json()["detail"] if path == REST else response.content.decode()
    assert response.status_code == 429
    assert (
        "Too many failed log-ins for this username. Try again in 15 minutes, sign in from where you have signed in "
        "before, or ask your admin to unlock it."
    ) in text


def test_an_address_has_one_budget_for_all_usernames(ada, settings):
    settings.LOGIN_FAILURE_LIMIT_PER_ADDRESS = 8
    assert refused(DESK, ["198.51.100.7"] * 12, [f"nobody-{number}" for number in range(12)]) == 5

    response = attempt(DESK, password=PASSWORD)
    assert response.status_code == 429
    assert "Too many failed log-ins from this address. Try again in 15 minutes" in response.content.decode()


@pytest.mark.parametrize("path", [DESK, REST])
def test_strangers_lock_nobody_out_of_his_own_place(ada, path):
    attempt(DESK, password=PASSWORD, address="2001:db8:77::1")
    refused(path, FORTY_IPV4, ["ada"])

    assert attempt(path, password=PASSWORD, address="2001:db8:77::2").status_code in (200, 302)
    assert attempt(path, password=PASSWORD, address="2001:db8:78::2").status_code == 429
    # There, too, a password can only be tried so often.
    assert fail(path, 5, address="2001:db8:77::3").status_code == 429
    assert attempt(path, password=PASSWORD, address="2001:db8:77::2").status_code == 429


def test_strangers_use_up_the_apis_tries_of_a_minute_but_not_where_somebody_is_known(ada):
    attempt(DESK, password=PASSWORD, address="203.0.113.9")
    for address in FORTY_IPV4[:11]:
        last = attempt(REST, address=address)

    assert (last.status_code, last.json()["code"]) == (429, "throttled")
    assert attempt(REST, password=PASSWORD, address="203.0.113.9").status_code == 200


@pytest.mark.parametrize("path", [DESK, ADMIN, REST])
def test_another_way_to_write_a_username_is_no_other_username(ada, path):
    names = ["ada", " ada", "ada ", "ADA", "Ada", "\N{FULLWIDTH LATIN SMALL LETTER A}da", "ada\t", "aDa"]

    assert refused(path, ["198.51.100.7"] * 8, names) == 4


def test_trailing_spaces_are_no_way_around_the_apis_limit_of_a_minute(ada):
    answers = [
        attempt(REST, username="ada" + " " * number, address=address) for number, address in enumerate(FORTY_IPV4[:11])
    ]

    assert (answers[-1].status_code, answers[-1].json()["code"]) == (429, "throttled")


def test_ipv4_written_as_ipv6_is_ipv4(ada):
    fail(DESK, 5, address="::ffff:198.51.100.7")

    assert attempt(DESK, password=PASSWORD).status_code == 429
    assert attempt(DESK, password=PASSWORD, address="::ffff:198.51.100.8").status_code == 302


@pytest.mark.parametrize("address", ["", "unix", "fe80::1%eth0"])
def test_an_address_of_another_kind_has_a_budget_too(ada, address):
    assert fail(DESK, 5, address=address).status_code == 429


@pytest.mark.parametrize("path", [DESK, ADMIN])
def test_a_username_of_a_megabyte_is_refused_like_any_other(db, path, caplog):
    response = attempt(path, username="a" * 900_000)

    assert response.status_code == 200
    assert max(len(record.getMessage()) for record in caplog.records) < 1000
    assert len(LoginRecord.objects.get().username) == len(FailedLogin.objects.get().username) == 150


def test_an_admin_unlocks_a_username_that_is_locked_everywhere(ada, admin):
    refused(DESK, FORTY_IPV4, ["ada"])
    form = {"action": "unlock", "_selected_action": [FailedLogin.objects.first().pk]}

    admin.post("/admin/agents/failedlogin/", form, secure=True)

    assert attempt(DESK, password=PASSWORD, address="203.0.113.1").status_code == 302


def test_an_admin_unlocks_an_address(ada, admin, settings):
    settings.LOGIN_FAILURE_LIMIT_PER_ADDRESS = 8
    assert refused(DESK, ["198.51.100.7"] * 8, [f"nobody-{number}" for number in range(8)]) == 1
    form = {"action": "unlock", "_selected_action": [FailedLogin.objects.first().pk]}

    admin.post("/admin/agents/failedlogin/", form, secure=True)

    assert attempt(DESK, password=PASSWORD).status_code == 302


def test_who_tries_on_while_locked_fills_no_table(ada):
    fail(DESK, 20)

    assert LoginRecord.objects.filter(kind="locked-out").count() == 10
