"""A team's form in admin: who is in the team, and that nobody else is moved by it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from agents.models import Agent, Team
from tests import factories
from tests.agents.test_admin_rights import staff

pytestmark = pytest.mark.django_db

TEAMS = "/admin/agents/team/"


@pytest.fixture
def root() -> Agent:
    return factories.make_agent("root", is_staff=True, is_superuser=True)


@pytest.fixture
def orders() -> Team:
    return Team.objects.create(name="Orders")


@pytest.fixture
def hedy() -> Agent:
    return factories.make_agent("hedy")


def signed_in(agent: Agent) -> Client:
    client = Client()
    client.force_login(agent)
    return client


def form_of(team: Team, shown: list[Agent] | None, chosen: list[Agent]) -> dict[str, Any]:
    """As the page sends it that showed these members; None: from no page of ours."""
    form: dict[str, Any] = {
        "name": team.name,
        "members": [agent.pk for agent in chosen],
        "wrap_up_seconds": "0",
        "supervision_is_shown": "on",
    }
    if shown is not None:
        form |= {
            "initial-name": team.name, "initial-members": [agent.pk for agent in shown],
            "initial-wrap_up_seconds": "0", "initial-supervision_is_shown": "True",
        }  # fmt: skip
    return form


def save(client: Client, team: Team, form: dict[str, Any]):
    return client.post(f"{TEAMS}{team.pk}/change/", form, secure=True, follow=True)


def names(team: Team) -> list[str]:
    return sorted(team.agents.values_list("username", flat=True))


def test_a_new_team_has_the_members_that_were_chosen(root, ada, grace):
    form = form_of(Team(name="Returns"), [], [ada, grace])

    response = signed_in(root).post(f"{TEAMS}add/", form, secure=True, follow=True)

    assert "errornote" not in response.content.decode()
    assert names(Team.objects.get(name="Returns")) == ["ada", "grace"]


def test_the_page_shows_who_is_in_it(root, ada, grace, orders):
    orders.agents.add(ada)

    page = signed_in(root).get(f"{TEAMS}{orders.pk}/change/", secure=True).content.decode()

    boxes = re.findall(r'<input type="checkbox" name="members" value="(\d+)"[^>]*?( checked)?>', page)
    assert (str(ada.pk), " checked") in boxes
    assert (str(grace.pk), "") in boxes
    assert f'name="initial-members" value="{ada.pk}"' in page


def test_what_a_colleague_changed_meanwhile_stays(root, ada, grace, hedy, orders):
    orders.agents.add(ada, grace)
    # Opened with both; then somebody takes Grace out, and puts Hedy in.
    orders.agents.set([ada, hedy])

    save(signed_in(root), orders, form_of(orders, [ada, grace], [grace]))

    assert names(orders) == ["hedy"]


def test_a_form_of_no_page_says_who_is_in_it(root, ada, grace, orders):
    orders.agents.add(ada)

    save(signed_in(root), orders, form_of(orders, None, [grace]))

    assert names(orders) == ["grace"]


def test_other_teams_keep_their_members_and_other_fields_change_nobody(root, ada, orders, team):
    ada.teams.set([team, orders])

    save(signed_in(root), orders, form_of(orders, [ada], [ada]) | {"wrap_up_seconds": "20"})
    assert names(orders) == ["ada"]
    save(signed_in(root), orders, form_of(orders, [ada], []))

    assert names(orders) == []
    assert ada.teams.get() == team


def test_who_is_left_without_a_team_is_named(root, ada, orders):
    ada.teams.set([orders])

    page = save(signed_in(root), orders, form_of(orders, [ada], [])).content.decode()

    assert "is in no team" in page


def test_desks_hear_of_it(root, ada, grace, orders, monkeypatch):
    told: list[tuple[set[int], set[int]]] = []
    monkeypatch.setattr(
        "agents.receivers.rights_change",
        lambda agent_ids=(), team_ids=(): told.append((set(agent_ids), set(team_ids))),
    )
    orders.agents.add(ada)
    told.clear()

    save(signed_in(root), orders, form_of(orders, [ada], [ada, grace]))

    assert told == [({grace.pk}, {orders.pk})]


class TestWhoMay:
    def test_not_oneself(self, ada, orders):
        """Who may see a team's calls is not said by whoever wants to see them."""
        manager = staff("manager", "view_team", "change_team", "change_agent", "view_agent")
        client = signed_in(manager)

        page = client.get(f"{TEAMS}{orders.pk}/change/", secure=True).content.decode()
        response = save(client, orders, form_of(orders, [], [manager, ada]))

        assert f'value="{manager.pk}"' not in page
        assert "errornote" in response.content.decode()
        assert names(orders) == []

    def test_nobody_whom_they_may_not_change(self, root, orders):
        orders.agents.add(root)
        client = signed_in(staff("manager", "view_team", "change_team", "change_agent", "view_agent"))

        save(client, orders, form_of(orders, [root], []))

        assert names(orders) == ["root"]

    def test_nobody_without_the_right_to_change_agents(self, ada, grace, orders):
        orders.agents.add(ada)
        client = signed_in(staff("manager", "view_team", "change_team"))

        page = client.get(f"{TEAMS}{orders.pk}/change/", secure=True).content.decode()
        save(client, orders, form_of(orders, [ada], [grace]))

        assert str(ada) in page
        assert 'name="members"' not in page
        assert names(orders) == ["ada"]

    @pytest.mark.parametrize("sent", ["x", "9" * 30, "0", "-1", "\x00"])
    def test_no_ids_of_nobody(self, root, ada, orders, sent):
        form = form_of(orders, [], []) | {"members": [sent], "initial-members": [sent]}

        response = save(signed_in(root), orders, form)

        assert response.status_code == 200
        assert names(orders) == []
