"""A device logs in, is listed, and is signed out again: /api/v1/auth/"""

from __future__ import annotations

from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils import timezone
from knox.crypto import hash_token

from agents.models import LoginRecord
from tests import factories
from tests.tokens.devices import DEVICES, LOGIN, PASSWORD, log_in, voice, with_token
from tokens.models import Device

pytestmark = pytest.mark.django_db


def test_a_device_gets_a_token_of_its_own(ada):
    response = log_in()

    data = response.json()
    device = Device.objects.get()
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert set(data) == {"token", "expires_at", "device", "agent"}
    assert data["agent"] == {"id": ada.pk, "identity": ada.identity, "name": "Ada", "role": "agent"}
    assert data["device"] == {
        "id": device.pk,
        "name": "Ada's iPhone",
        "platform": "ios",
        "address": "127.0.0.1",
        "created_at": data["device"]["created_at"],
        "last_used_at": None,
        "expires_at": data["expires_at"],
        "current": True,
    }
    assert datetime.fromisoformat(data["expires_at"]) == device.expiry
    assert voice(with_token(data["token"])).status_code == 200


def test_of_the_token_only_the_hash_is_kept(token):
    row = Device.objects.values().get()

    assert row["digest"] == hash_token(token)
    assert token not in str(row)


def test_a_device_needs_one_query_to_be_known_and_one_for_the_record(token, django_assert_num_queries):
    client = with_token(token)
    voice(client)

    with django_assert_num_queries(2):
        assert voice(client).status_code == 200


def test_a_devices_last_use_is_written_once_a_minute(token):
    client = with_token(token)
    voice(client)
    first = Device.objects.get().last_used_at
    voice(client)
    assert Device.objects.get().last_used_at == first

    Device.objects.update(last_used_at=timezone.now() - timedelta(minutes=2), address=None)
    voice(client)

    device = Device.objects.get()
    assert device.last_used_at > first
    assert device.address == "127.0.0.1"


@pytest.mark.parametrize(
    ("username", "password"), [("ada", "wrong"), ("nobody", PASSWORD), ("suspended", PASSWORD), ("demo", PASSWORD)]
)
def test_whatever_is_wrong_with_a_log_in_the_answer_is_the_same(ada, username, password):
    factories.make_agent("suspended", is_active=False)
    factories.make_agent("demo", is_demo=True)

    response = log_in(username, password)

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Token"
    assert response.json() == {
        "type": "/problems/wrong-credentials",
        "title": "The log-in failed",
        "status": 401,
        "code": "wrong_credentials",
        "detail": "That username and password do not match.",
        "instance": LOGIN,
    }
    assert not Device.objects.exists()


@pytest.mark.parametrize("username", ["ada", "nobody"])
def test_a_password_is_hashed_once_whether_or_not_there_is_such_an_agent(ada, username):
    from django.contrib.auth.hashers import MD5PasswordHasher

    with patch.object(MD5PasswordHasher, "encode", autospec=True, side_effect=MD5PasswordHasher.encode) as encode:
        log_in(username, "wrong")

    assert encode.call_count == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", ""),
        ("username", "a\x00b"),
        ("username", "a" * 151),
        ("password", ""),
        ("device_name", ""),
        ("device_name", "x" * 81),
        ("platform", "fridge"),
    ],
)
def test_a_log_in_that_says_too_little_or_too_much_is_explained(ada, field, value):
    response = log_in(**{field: value})

    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [field]


@pytest.mark.parametrize("body", ["[]", '"ada"', "{", "null", ""])
def test_a_log_in_of_another_shape_is_refused(db, body):
    response = Client().post(LOGIN, body, content_type="application/json", secure=True)

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


def test_the_demos_log_ins_open_a_device_only_with_the_simulator(db, settings):
    factories.make_agent("demo", is_demo=True)
    settings.SIMULATOR = True
    client = with_token(log_in("demo").json()["token"])
    assert voice(client).status_code == 200

    settings.SIMULATOR = False

    assert (voice(client).status_code, voice(client).json()["code"]) == (403, "agent_suspended")


def test_a_device_needs_no_csrf_token(token):
    client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Token {token}"})

    assert voice(client).status_code == 200


def test_a_token_counts_before_a_session(token, grace):
    client = with_token(token)
    client.force_login(grace)

    assert voice(client).json()["identity"] != grace.identity


@pytest.mark.parametrize(
    "header",
    ["Token", "Token ", "Token nonsense", "Token a b", "Token " + "0" * 64, "token \xff\xfe", "Token \x00"],
)
def test_a_token_that_is_none_gets_401(ada, header):
    response = voice(Client(headers={"Authorization": header}))

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Token"
    assert response.json()["code"] == "invalid_token"


def test_a_token_that_begins_right_is_not_enough(token):
    response = voice(with_token(token[:15] + "0" * (len(token) - 15)))

    assert response.json()["code"] == "invalid_token"


def test_an_expired_token_gets_401(token):
    Device.objects.update(expiry=timezone.now() - timedelta(seconds=1))

    response = voice(with_token(token))

    assert (response.status_code, response.json()["code"]) == (401, "token_expired")


def test_a_device_logs_itself_out_and_no_other(token):
    other = log_in(device_name="Ada's tablet").json()["token"]

    response = with_token(token).post("/api/v1/auth/logout/", secure=True)

    assert response.status_code == 204
    assert (voice(with_token(token)).status_code, voice(with_token(token)).json()["code"]) == (403, "device_revoked")
    assert voice(with_token(other)).status_code == 200
    assert LoginRecord.objects.first().kind == "signed-out"


def test_a_browser_may_log_out_over_rest_too(ada):
    client = Client()
    client.force_login(ada)

    assert client.post("/api/v1/auth/logout/", secure=True).status_code == 204
    assert voice(client).status_code == 403


def test_logging_out_everywhere_ends_devices_and_browsers(token, ada, grace, django_capture_on_commit_callbacks):
    browser, other = Client(), Client()
    browser.force_login(ada)
    other.force_login(grace)

    with django_capture_on_commit_callbacks(execute=True):
        assert with_token(token).post("/api/v1/auth/logout-all/", secure=True).status_code == 204

    assert voice(with_token(token)).json()["code"] == "device_revoked"
    assert voice(browser).status_code == 403
    assert voice(other).status_code == 200
    assert LoginRecord.objects.first().kind == "signed-out-everywhere"


def test_a_suspended_agents_device_gets_403_until_he_is_active_again(token, ada):
    ada.is_active = False
    ada.save()
    response = voice(with_token(token))
    assert (response.status_code, response.json()["code"]) == (403, "agent_suspended")

    ada.is_active = True
    ada.save()

    assert voice(with_token(token)).status_code == 200


@pytest.mark.parametrize("path", [DEVICES, "/api/v1/calls/", "/api/v1/contacts/"])
def test_a_device_may_use_the_whole_api(token, path):
    assert with_token(token).get(path, secure=True).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", DEVICES),
        ("delete", f"{DEVICES}1/"),
        ("post", "/api/v1/auth/logout/"),
        ("post", "/api/v1/auth/logout-all/"),
    ],
)
def test_without_any_log_in_it_is_403(db, method, path):
    response = getattr(Client(), method)(path, secure=True)

    assert (response.status_code, response.json()["code"]) == (403, "not_authenticated")


def test_every_log_in_and_failure_is_recorded(ada, client):
    log_in()
    log_in(password="wrong")
    log_in("nobody", "wrong")
    client.post("/accounts/login/", {"username": "ada", "password": PASSWORD}, secure=True)

    records = LoginRecord.objects.order_by("pk").values_list("kind", "username", "agent", "device", "address")
    assert list(records) == [
        ("signed-in", "ada", ada.pk, "Ada's iPhone", "127.0.0.1"),
        ("failed", "ada", ada.pk, "", "127.0.0.1"),
        ("failed", "nobody", None, "", "127.0.0.1"),
        ("signed-in", "ada", ada.pk, "", "127.0.0.1"),
    ]


def test_a_username_is_tried_ten_times_a_minute_from_wherever(ada):
    answers = [log_in(client=Client(REMOTE_ADDR=f"198.51.100.{number}"), password="wrong") for number in range(11)]

    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert answers[-1].json()["code"] == "throttled"
    assert 0 < int(answers[-1]["Retry-After"]) <= 60


@pytest.mark.parametrize(
    ("addresses", "last"),
    [
        (["198.51.100.1"] * 31, 429),
        ([f"2001:db8::{number:x}" for number in range(1, 32)], 429),
        ([f"2001:db8:{number:x}::1" for number in range(1, 32)], 401),
    ],
    ids=["one address", "one IPv6 network", "many IPv6 networks"],
)
def test_an_address_tries_thirty_times_a_minute(db, addresses, last):
    answers = [
        log_in(f"nobody-{number}", client=Client(REMOTE_ADDR=address)).status_code
        for number, address in enumerate(addresses)
    ]

    assert answers == [401] * 30 + [last]
