"""The open desks of an agent whose access ends close at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async
from django.core.cache import cache
from django.test import Client

from agents.models import LoginRecord
from tests import factories
from tests.desk.desk_socket import DeskSocket, run

# Pushes are sent after a real commit, from another thread than the socket's.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def admin(db) -> Client:
    cache.clear()
    client = Client()
    client.force_login(factories.make_agent("root", is_staff=True, is_superuser=True))
    return client


def change(agent, **fields) -> dict[str, object]:
    """What the admin's page of an agent sends."""
    form = {
        "username": agent.username,
        "first_name": agent.first_name,
        "role": agent.role,
        "availability": agent.availability,
        "is_active": "on",
        "may_receive_calls": "on",
        "may_make_calls": "on",
        "date_joined_0": "2026-01-01",
        "date_joined_1": "00:00:00",
    } | fields
    return {name: value for name, value in form.items() if value is not None}


def closes(agent, act: Callable[[], object], message: str) -> None:
    """The agent's desk is told and closed; a colleague's is not."""
    desk, other = DeskSocket(agent), DeskSocket(factories.make_agent("colleague"))

    async def scenario() -> None:
        await desk.open()
        await other.open()
        await sync_to_async(act)()
        assert (await desk.until("session.ended"))["message"] == message
        assert await desk.closed_with() == 4401
        await other.nothing_of("session.ended")
        await other.close()

    run(scenario)


def test_suspending_an_agent_in_admin_closes_his_desk(admin, ada):
    def suspend() -> None:
        page = f"/admin/agents/agent/{ada.pk}/change/"
        assert admin.post(page, change(ada, is_active=None), secure=True).status_code == 302

    closes(ada, suspend, "Your account is not active. Ask your admin.")

    record = LoginRecord.objects.filter(kind="suspended").get()
    assert (record.agent, record.by.username) == (ada, "root")


def test_suspending_agents_by_the_admins_action_closes_their_desks_and_never_ones_own(admin, ada):
    def suspend() -> None:
        rows = [ada.pk, *type(ada).objects.filter(username="root").values_list("pk", flat=True)]
        admin.post("/admin/agents/agent/", {"action": "suspend", "_selected_action": rows}, secure=True)

    closes(ada, suspend, "Your account is not active. Ask your admin.")

    assert list(type(ada).objects.filter(is_active=False)) == [ada]


def test_deleting_an_agent_closes_his_desk(ada):
    closes(ada, ada.delete, "Your account is not active. Ask your admin.")


def test_a_new_password_closes_the_desk_and_ends_devices(admin, ada):
    def new_password() -> None:
        form = {"password1": "a-new-secret-for-tests", "password2": "a-new-secret-for-tests", "usable_password": "true"}
        response = admin.post(f"/admin/agents/agent/{ada.pk}/password/", form, secure=True)
        assert response.status_code == 302

    device = factories.make_device(ada)

    closes(ada, new_password, "Your password was changed. Sign in again.")

    device.refresh_from_db()
    assert device.revoked_at is not None
    assert LoginRecord.objects.filter(kind="password-changed", agent=ada).exists()


def test_taking_the_password_away_closes_the_desk(admin, ada):
    def no_password() -> None:
        form = {"password1": "", "password2": "", "usable_password": "false", "unset-password": "1"}
        response = admin.post(f"/admin/agents/agent/{ada.pk}/password/", form, secure=True)
        assert response.status_code == 302

    closes(ada, no_password, "Your password was changed. Sign in again.")


def test_signing_out_everywhere_in_admin_closes_the_desk_and_ends_sessions(admin, ada):
    browser = Client()
    browser.force_login(ada)

    def sign_out() -> None:
        form = {"action": "sign_out_everywhere", "_selected_action": [ada.pk]}
        admin.post("/admin/agents/agent/", form, secure=True)

    closes(ada, sign_out, "You were signed out everywhere. Sign in again.")

    assert browser.get("/", secure=True).status_code == 302


def test_signing_out_everywhere_over_rest_closes_the_desk(ada):
    client = Client()
    client.force_login(ada)

    closes(
        ada,
        lambda: client.post("/api/v1/auth/logout-all/", secure=True),
        "You were signed out everywhere. Sign in again.",
    )


def test_other_changes_close_nothing(admin, ada):
    desk = DeskSocket(ada)

    def rename() -> None:
        page = f"/admin/agents/agent/{ada.pk}/change/"
        assert admin.post(page, change(ada, first_name="Augusta"), secure=True).status_code == 302

    async def scenario() -> None:
        await desk.open()
        await sync_to_async(rename)()
        await desk.nothing_of("session.ended")
        await desk.close()

    run(scenario)


def test_a_new_hash_of_the_same_password_ends_no_device_and_the_desk_is_what_rest_says(ada, settings):
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    desk, device = DeskSocket(ada), factories.make_device(ada)
    before = ada.password

    async def scenario() -> None:
        await desk.open()
        form = {"username": "ada", "password": "secret-for-tests"}
        await sync_to_async(Client().post)("/accounts/login/", form, secure=True)
        await desk.send(type="ping")
        assert (await desk.until("pong", "session.ended"))["type"] == "session.ended"

    run(scenario)
    ada.refresh_from_db()
    device.refresh_from_db()
    assert ada.password != before
    assert device.revoked_at is None
    assert not LoginRecord.objects.filter(kind="password-changed").exists()
    # Django ties a session to the hash: the pages of that browser are closed, too.
    assert desk.client.get("/api/v1/calls/", secure=True).status_code == 403
