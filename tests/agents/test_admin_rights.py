"""Only superusers touch rights and superusers, by whatever page or action."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from agents.models import Agent, FailedLogin, LoginRecord
from tests import factories
from tests.agents.test_lockout import DESK, fail

pytestmark = pytest.mark.django_db

AGENTS = "/admin/agents/agent/"


def staff(username: str, *rights: str, **values: Any) -> Agent:
    agent = factories.make_agent(username, is_staff=True, **values)
    agent.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return agent


@pytest.fixture
def root() -> Agent:
    return factories.make_agent("root", is_staff=True, is_superuser=True)


@pytest.fixture
def manager() -> Agent:
    """May add, change and delete agents and devices, and no more."""
    return staff(
        "manager", "view_agent", "add_agent", "change_agent", "delete_agent", "view_device", "change_device",
        "view_failedlogin", "view_group", "add_group", "change_group", "delete_group",
    )  # fmt: skip


@pytest.fixture
def client(manager: Agent) -> Client:
    client = Client()
    client.force_login(manager)
    return client


def form_of(agent: Agent, **values: Any) -> dict[str, Any]:
    return {
        "username": agent.username, "first_name": agent.first_name, "last_name": agent.last_name, "email": "",
        "role": agent.role, "availability": agent.availability, "may_receive_calls": "on", "may_make_calls": "on",
        "is_active": "on", "date_joined_0": "2026-11-01", "date_joined_1": "09:00:00", **values,
    }  # fmt: skip


def post(client: Client, path: str, form: dict[str, Any]):
    return client.post(path, form, secure=True)


def change(client: Client, agent: Agent, **values: Any):
    return post(client, f"{AGENTS}{agent.pk}/change/", form_of(agent, **values))


def act(client: Client, action: str, *agents: Agent, path: str = AGENTS, **values: Any):
    form = {"action": action, "_selected_action": [agent.pk for agent in agents], **values}
    return client.post(path, form, secure=True, follow=True)


def rights_of(agent: Agent) -> tuple[bool, bool, int, int]:
    agent = Agent.objects.get(pk=agent.pk)
    return agent.is_staff, agent.is_superuser, agent.groups.count(), agent.user_permissions.count()


def test_what_is_nobodys_id_is_refused_at_its_field(client, ada, team):
    page = change(client, ada, teams=[team.pk, "9" * 30]).content.decode()

    assert "Select a valid choice. 999999999999999999… (30 characters) is not one" in page
    assert ada.teams.get() == team


@pytest.mark.parametrize("whose", ["manager", "ada"])
def test_staff_cannot_give_rights_to_themselves_or_others(client, manager, ada, whose):
    agent = {"manager": manager, "ada": ada}[whose]
    group, right = Group.objects.create(name="All"), Permission.objects.first()
    before = rights_of(agent)

    response = change(
        client, agent, first_name="Changed", is_staff="on", is_superuser="on", groups=[group.pk],
        user_permissions=[right.pk],
    )  # fmt: skip

    assert response.status_code == 302
    assert Agent.objects.get(pk=agent.pk).first_name == "Changed"
    assert rights_of(agent) == before


def test_a_superuser_gives_rights(root, ada):
    client = Client()
    client.force_login(root)

    change(client, ada, is_staff="on", is_superuser="on")

    assert rights_of(ada)[:2] == (True, True)


@pytest.mark.parametrize("page", ["change/", "password/", "delete/"])
def test_staff_do_not_touch_a_superuser(client, root, page):
    before = Agent.objects.values().get(pk=root.pk)
    form = form_of(root, first_name="Taken", password1="taken-over-9", password2="taken-over-9", post="yes")

    response = post(client, f"{AGENTS}{root.pk}/{page}", form)

    assert response.status_code == 403
    assert Agent.objects.values().get(pk=root.pk) == before


def test_the_password_form_of_a_superuser_does_not_open(client, root):
    assert client.get(f"{AGENTS}{root.pk}/password/", secure=True).status_code == 403


def test_staff_do_not_touch_a_superuser_who_is_suspended_or_staff_with_more_rights(client):
    more = staff("more", "change_line")
    asleep = staff("asleep", "change_line", is_active=False)
    retired = factories.make_agent("retired", is_superuser=True, is_active=False)

    for agent in (more, asleep, retired):
        assert client.get(f"{AGENTS}{agent.pk}/password/", secure=True).status_code == 403
        assert change(client, agent, first_name="Taken").status_code == 403


def test_rights_that_come_by_a_group_count(client, ada):
    group = Group.objects.create(name="Lines")
    group.permissions.set(Permission.objects.filter(codename="change_line"))
    ada.groups.add(group)

    assert client.get(f"{AGENTS}{ada.pk}/password/", secure=True).status_code == 403


def test_staff_administer_those_who_may_no_more_than_they(client, ada):
    fewer = staff("fewer", "view_agent")
    form = {"usable_password": "true", "password1": "a-new-one-9", "password2": "a-new-one-9"}

    for agent in (ada, fewer):
        assert change(client, agent, first_name="Changed").status_code == 302
        assert post(client, f"{AGENTS}{agent.pk}/password/", form).status_code == 302
        assert Agent.objects.get(pk=agent.pk).check_password("a-new-one-9")


@pytest.mark.parametrize("action", ["suspend", "sign_out_everywhere"])
def test_an_action_leaves_superusers_out_and_says_so(client, root, ada, action):
    response = act(client, action, root, ada)

    text = response.content.decode()
    root.refresh_from_db()
    assert (root.is_active, root.sign_out_count) == (True, 0)
    assert set(LoginRecord.objects.filter(by__username="manager").values_list("username", flat=True)) == {"ada"}
    assert "Only a superuser may do this to Root." in text


def test_a_superuser_is_not_deleted_with_others(client, root, ada):
    act(client, "delete_selected", root, ada, post="yes")

    assert Agent.objects.filter(pk=root.pk).exists()


def test_staff_do_not_unlock_a_superuser(client, root, ada):
    fail(DESK, 5, username="root")
    fail(DESK, 5, username="ada", address="198.51.100.8")

    response = act(client, "unlock", *FailedLogin.objects.all(), path="/admin/agents/failedlogin/")

    assert "Unlocked: ada." in response.content.decode()
    assert set(FailedLogin.objects.values_list("username", flat=True)) == {"root"}


def test_staff_do_not_revoke_a_superusers_device(client, root, ada):
    hers, roots = factories.make_device(ada), factories.make_device(root)

    act(client, "revoke", hers, roots, path="/admin/tokens/device/")
    response = post(client, f"/admin/tokens/device/{roots.pk}/change/", {"_revoke": "1"})

    roots.refresh_from_db()
    hers.refresh_from_db()
    assert response.status_code == 403
    assert (roots.revoked_at, hers.revoked_at is None) == (None, False)


@pytest.mark.parametrize("page", ["", "add/", "{}/change/", "{}/delete/"])
def test_groups_are_for_superusers(client, root, manager, page):
    group = Group.objects.create(name="All")
    manager.groups.add(group)
    path = f"/admin/auth/group/{page.format(group.pk)}"

    assert client.get(path, secure=True).status_code == 403

    client.force_login(root)
    assert client.get(path, secure=True).status_code == 200


def test_staff_cannot_make_themselves_supervisor_of_other_teams(client, manager, team):
    answer = change(client, manager, role="supervisor", teams=[team.pk])

    manager.refresh_from_db()
    assert answer.status_code == 302
    assert (manager.role, manager.teams.count()) == ("agent", 0)


def test_staff_do_not_open_a_supervisors_password(client, team):
    hedy = factories.make_agent("hedy", team=team, role="supervisor")

    assert client.get(f"{AGENTS}{hedy.pk}/password/", secure=True).status_code == 403
