"""Devices are listed and signed out: by their agent over REST, by an admin in Django admin."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from agents.models import LoginRecord
from tests import factories
from tests.tokens.devices import DEVICES, log_in, voice, with_token
from tokens.models import Device

pytestmark = pytest.mark.django_db


def test_an_agent_sees_his_own_devices(token, ada, grace):
    log_in("grace", device_name="Grace's telephone")
    log_in(device_name="Ada's tablet", platform="android")

    found = with_token(token).get(DEVICES, secure=True).json()

    assert [(item["name"], item["platform"], item["current"]) for item in found] == [
        ("Ada's tablet", "android", False),
        ("Ada's iPhone", "ios", True),
    ]


def test_a_lost_telephone_is_signed_out_from_another_device(token):
    lost = log_in(device_name="Lost telephone").json()
    client = with_token(token)

    response = client.delete(f"{DEVICES}{lost['device']['id']}/", secure=True)

    assert response.status_code == 204
    assert voice(with_token(lost["token"])).json()["code"] == "device_revoked"
    assert [item["name"] for item in client.get(DEVICES, secure=True).json()] == ["Ada's iPhone"]
    record = LoginRecord.objects.first()
    assert (record.kind, record.device, record.address) == ("device-revoked", "Lost telephone", "127.0.0.1")


def test_nobody_signs_out_another_agents_device(token, grace):
    other = log_in("grace").json()

    response = with_token(token).delete(f"{DEVICES}{other['device']['id']}/", secure=True)

    assert response.status_code == 404
    assert voice(with_token(other["token"])).status_code == 200


class TestAdmin:
    @pytest.fixture
    def admin(self, token) -> Client:
        client = Client()
        client.force_login(factories.make_agent("root", is_staff=True, is_superuser=True))
        return client

    def test_the_list_says_whose_device_it_is_and_when_it_was_used(self, admin, token):
        voice(with_token(token))

        text = admin.get("/admin/tokens/device/", secure=True).content.decode()

        assert "Ada&#x27;s iPhone" in text
        assert "127.0.0.1" in text
        assert "signed in" in text

    @pytest.mark.parametrize(("state", "count"), [("in", 1), ("out", 1), ("expired", 1), ("", 3)])
    def test_the_list_is_filtered_by_state(self, admin, ada, state, count):
        now = timezone.now()
        factories.make_device(ada, "Lost telephone", revoked_at=now)
        factories.make_device(ada, "Old telephone", expiry=now - timedelta(days=1))

        text = admin.get(f"/admin/tokens/device/?state={state}", secure=True).content.decode()

        assert text.count('class="field-platform"') == count

    def test_no_page_shows_a_hash(self, admin):
        device = Device.objects.get()

        for path in ("", f"{device.pk}/change/"):
            text = admin.get(f"/admin/tokens/device/{path}", secure=True).content.decode()
            assert device.digest not in text
            assert device.token_key not in text

    def test_a_button_signs_the_device_out(self, admin, token):
        page = f"/admin/tokens/device/{Device.objects.get().pk}/change/"
        assert "Revoke this device" in admin.get(page, secure=True).content.decode()

        response = admin.post(page, {"_revoke": "Revoke this device"}, secure=True, follow=True)

        assert "This device is signed out." in response.content.decode()
        assert voice(with_token(token)).json()["code"] == "device_revoked"
        record = LoginRecord.objects.first()
        assert (record.kind, record.username, record.by.username) == ("device-revoked", "ada", "root")

    def test_an_action_signs_many_out(self, admin, token):
        form = {"action": "revoke", "_selected_action": [Device.objects.get().pk]}

        admin.post("/admin/tokens/device/", form, secure=True)

        assert voice(with_token(token)).json()["code"] == "device_revoked"

    def test_a_device_cannot_be_changed_by_hand(self, admin, token):
        page = f"/admin/tokens/device/{Device.objects.get().pk}/change/"

        admin.post(page, {"name": "Mallory's", "_save": "Save"}, secure=True)

        assert Device.objects.get().name == "Ada's iPhone"
        assert voice(with_token(token)).status_code == 200
