"""Agents, their names and their sign-in."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from agents import services
from agents.models import DESK_LIFETIME, Agent, Desk
from telephony.identity import agent_id_from, identity_for
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("first", "last", "name", "initials"),
    [
        ("Ada", "Byron", "Ada Byron", "AB"),
        ("Ada", "", "Ada", "A"),
        ("", "", "ada", "A"),
        ("Ada Maria", "de Byron", "Ada Maria de Byron", "AB"),
    ],
)
def test_an_agent_has_a_name_and_initials(first, last, name, initials):
    agent = Agent(username="ada", first_name=first, last_name=last)

    assert (agent.name, agent.initials) == (name, initials)


@pytest.mark.parametrize(
    ("identity", "agent_id"),
    [
        ("client:agent_7", 7),
        ("agent_7", None),
        ("client:agent_07", None),
        ("client:agent_", None),
        ("client:agent_7\n", None),
        ("client:agent_7 ", None),
        (" client:agent_7", None),
        ("Client:agent_7", None),
        ("ada", None),
        ("client:client:agent_7", None),
        ("client:agent_٧", None),
        ("", None),
        ("client:agent_" + "9" * 19, None),
    ],
)
def test_identities_are_read_strictly(identity, agent_id):
    assert agent_id_from(identity) == agent_id


def test_an_identity_is_the_agents_number():
    assert identity_for(7) == "agent_7"


def test_a_desk_that_fell_silent_counts_again_when_it_speaks(ada):
    desk = ada.desks.get()
    Desk.objects.update(seen_at="2020-01-01T00:00:00Z")
    minute_ago = timezone.now() - DESK_LIFETIME
    assert not Desk.objects.can_ring(minute_ago).exists()

    assert not services.desk_seen(agent_id=ada.pk, channel_name=desk.channel_name, registered=True)

    assert Desk.objects.can_ring(minute_ago).exists()


def test_a_desk_that_was_taken_for_gone_is_news_when_it_speaks(ada):
    desk = ada.desks.get()
    Desk.objects.update(registered=False)
    assert services.desk_seen(agent_id=ada.pk, channel_name=desk.channel_name, registered=True)
    Desk.objects.all().delete()
    assert services.desk_seen(agent_id=ada.pk, channel_name=desk.channel_name, registered=True)

    assert ada.desks.get().registered


def test_the_desk_needs_a_log_in(db):
    response = Client().get("/", secure=True)

    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/"


def test_demo_log_ins_are_named_only_with_the_simulator(db, settings):
    assert b"ringdesk-demo" not in Client().get("/accounts/login/", secure=True).content


class TestAdmin:
    @pytest.fixture
    def admin(self) -> Client:
        client = Client()
        client.force_login(factories.make_agent("root", is_staff=True, is_superuser=True))
        return client

    @pytest.mark.parametrize(
        "path",
        [
            "",
            "agents/agent/",
            "agents/team/",
            "contacts/contact/",
            "routing/line/",
            "calls/call/",
            "tokens/issuedtoken/",
            "agents/agent/add/",
            "routing/line/add/",
            "contacts/contact/add/",
            "calls/call/?shown=legs&q=okonkwo",
        ],
    )
    def test_every_page_opens(self, admin, line, path):
        assert admin.get(f"/admin/{path}", secure=True).status_code == 200

    def test_a_calls_page_tells_its_legs_and_its_time_line_and_cannot_be_changed(self, admin, ada, line, settings):
        from tests.calls.test_webhooks_incoming import INCOMING, STATUS
        from tests.twilio import TwilioClient, incoming, leg_status, root_status, sid

        twilio = TwilioClient()
        twilio.webhook(INCOMING, incoming(CallerName="<script>alert(1)</script>"))
        twilio.webhook(STATUS, leg_status(ada.pk, "completed", 3, CallDuration="5"))
        twilio.webhook(STATUS, root_status("completed", CallDuration="9"))
        page = f"/admin/calls/call/{sid('CA', 1)}/change/"

        text = admin.get(page, secure=True).content.decode()

        assert "client:agent_" in text
        assert text.count("<summary>Fields") == 3
        assert "<script>alert" not in text
        assert settings.TWILIO_ACCOUNT_SID not in text
        assert admin.post(page, {"status": "failed"}, secure=True).status_code == 403
        assert admin.post(f"/admin/calls/call/{sid('CA', 1)}/delete/", {"post": "yes"}, secure=True).status_code == 403

    def test_a_number_that_is_none_is_explained(self, admin, team):
        form = {"name": "Sales", "number": "maya", "team": team.pk, "ring_seconds": 20}

        response = admin.post("/admin/routing/line/add/", form, secure=True)

        assert b"This is not a telephone number." in response.content
