"""Who changes an agent's presence, and what is kept of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from agents import presence
from agents.models import Agent, AwayReason, PresenceChange
from agents.permissions import may_set_presence
from agents.presence import CallEnded, Chosen, PresenceRefused
from calls.live import presence as live
from tests import factories
from tests.twilio import at, incoming, leg_status, rfc2822, root_status, sid

pytestmark = pytest.mark.django_db

INCOMING, STATUS = "/twilio/voice/incoming/", "/twilio/voice/status/"


def now_of(agent: Agent) -> dict:
    return live.presence_of({agent.pk})[0]


def kept(agent: Agent) -> list[tuple]:
    return list(agent.presence_changes.order_by("pk").values_list("before", "after", "by", "rule"))


def ended(agent: Agent, team, *, seconds_ago: float = 0, call: int = 1) -> CallEnded:
    return CallEnded(agent.pk, team.pk, sid("CA", call), timezone.now() - timedelta(seconds=seconds_ago))


class TestChosen:
    def test_who_is_away_has_a_reason_and_a_time_of_return_and_nobody_else_has(self, ada):
        lunch, back = AwayReason.objects.create(name="Late lunch"), timezone.now() + timedelta(minutes=30)

        assert presence.presence_set(agent_id=ada.pk, chosen=Chosen("away", lunch.pk, back), by=ada)

        now = now_of(ada)
        assert (now["state"], now["reason"], now["set_by"]) == ("away", "Late lunch", None)
        assert now["back_at"] is not None
        presence.presence_set(agent_id=ada.pk, chosen=Chosen("busy", lunch.pk, back), by=ada)
        assert (now_of(ada)["reason"], now_of(ada)["back_at"]) == ("", None)

    def test_the_same_again_is_no_change(self, ada):
        assert presence.presence_set(agent_id=ada.pk, chosen=Chosen("away"), by=ada) is True
        assert presence.presence_set(agent_id=ada.pk, chosen=Chosen("away"), by=ada) is False

        assert kept(ada) == [("available", "away", ada.pk, "")]

    def test_whoever_changed_it_is_kept_and_shown(self, ada):
        hedy = factories.make_agent("hedy")

        presence.presence_set(agent_id=ada.pk, chosen=Chosen("away"), by=hedy)

        assert now_of(ada)["set_by"]["name"] == "Hedy"
        assert kept(ada) == [("available", "away", hedy.pk, "")]

    @pytest.mark.parametrize(
        ("chosen", "field"),
        [
            (Chosen("asleep"), "availability"),
            (Chosen("away", 999_999), "reason"),
            (Chosen("away", None, timezone.now() + timedelta(days=8)), "back_at"),
        ],
    )
    def test_what_there_is_not_is_refused_with_the_field_that_is_wrong(self, ada, chosen, field):
        with pytest.raises(PresenceRefused) as refused:
            presence.presence_set(agent_id=ada.pk, chosen=chosen, by=ada)

        assert refused.value.field == field
        assert kept(ada) == []

    def test_a_time_of_return_that_is_over_keeps_nobody_available(self, ada):
        over = timezone.now() - timedelta(hours=1)

        assert presence.presence_set(agent_id=ada.pk, chosen=Chosen("away", None, over), by=ada)

        assert (now_of(ada)["state"], now_of(ada)["back_at"]) == ("away", None)

    def test_a_reason_that_is_offered_no_more_is_refused(self, ada):
        old = AwayReason.objects.create(name="Smoking", is_active=False)

        with pytest.raises(PresenceRefused):
            presence.presence_set(agent_id=ada.pk, chosen=Chosen("away", old.pk), by=ada)

    def test_who_has_finished_for_today_is_offline_even_without_a_desk(self, ada):
        presence.presence_set(agent_id=ada.pk, chosen=Chosen("offline"), by=ada)
        ada.desks.all().delete()

        assert now_of(ada)["state"] == "offline"

    def test_supervisors_set_the_members_of_their_own_teams_and_nobody_else(self, ada, team, stranger):
        hedy = factories.make_agent("hedy", team=team, role="supervisor")
        admin = factories.make_agent("root", is_superuser=True)

        assert may_set_presence(hedy, ada)
        assert not may_set_presence(hedy, stranger)
        assert not may_set_presence(ada, hedy)
        assert may_set_presence(ada, ada)
        assert may_set_presence(admin, stranger)

    def test_changes_are_kept_for_as_long_as_the_setting_says(self, ada, settings):
        settings.PRESENCE_DAYS = 30
        presence.presence_set(agent_id=ada.pk, chosen=Chosen("busy"), by=ada)
        PresenceChange.objects.update(at=timezone.now() - timedelta(days=31))
        presence.presence_set(agent_id=ada.pk, chosen=Chosen("away"), by=ada)

        assert presence.presence_changes_prune() == 1
        assert kept(ada) == [("busy", "away", ada.pk, "")]


class TestWrapUp:
    @pytest.fixture(autouse=True)
    def _wanted(self, team) -> None:
        team.wrap_up_seconds = 60
        team.save()

    def test_it_begins_with_the_end_of_the_agents_leg_and_nobody_is_put_through(self, twilio, line, ada):
        twilio.webhook(INCOMING, incoming())
        twilio.webhook(STATUS, leg_status(ada.pk, "in-progress", 2))
        end = rfc2822(timezone.now())
        twilio.webhook(STATUS, leg_status(ada.pk, "completed", 3, CallDuration="5", Timestamp=end))

        now = now_of(ada)
        assert now["state"] == "wrap-up"
        assert now["wrap_up"]["stays"] is False
        assert kept(ada) == [("available", "wrap-up", None, "call-ended")]
        answer = twilio.webhook(INCOMING, incoming(CallSid=sid("CA", 9)))
        assert ada.identity not in answer.content.decode()

    def test_a_call_that_nobody_answered_has_none(self, twilio, line, ada):
        twilio.webhook(INCOMING, incoming())
        twilio.webhook(STATUS, leg_status(ada.pk, "no-answer", 3, Timestamp=rfc2822(timezone.now())))

        assert now_of(ada)["state"] == "available"

    def test_an_end_that_is_told_of_again_begins_none_again(self, twilio, line, ada):
        twilio.webhook(INCOMING, incoming())
        twilio.webhook(STATUS, leg_status(ada.pk, "in-progress", 2))
        end = rfc2822(timezone.now())
        twilio.webhook(STATUS, leg_status(ada.pk, "completed", 3, CallDuration="5", Timestamp=end))
        presence.wrap_up_end(agent=ada)
        twilio.webhook(STATUS, root_status("completed", CallDuration="9", Timestamp=end))

        assert now_of(ada)["state"] == "available"

    def test_a_call_whose_end_is_heard_of_long_after_it_has_none(self, twilio, line, ada):
        twilio.webhook(INCOMING, incoming())
        twilio.webhook(STATUS, leg_status(ada.pk, "in-progress", 2))
        twilio.webhook(STATUS, leg_status(ada.pk, "completed", 3, CallDuration="5", Timestamp=rfc2822(at(0))))

        assert now_of(ada)["state"] == "available"

    def test_the_clock_ends_it_and_says_so_once(self, ada, team):
        presence.wrap_ups_begin([ended(ada, team, seconds_ago=59.95)])
        until = Agent.objects.get(pk=ada.pk).wrap_up_until
        assert presence.wrap_ups_over() == until
        Agent.objects.update(wrap_up_until=timezone.now())

        assert presence.wrap_ups_over() is None
        presence.wrap_ups_over()

        assert now_of(ada)["state"] == "available"
        assert kept(ada)[1:] == [("wrap-up", "available", None, "wrap-up-over")]

    def test_the_agent_ends_it(self, ada, team):
        presence.wrap_ups_begin([ended(ada, team)])

        assert presence.wrap_up_end(agent=ada) is True
        assert presence.wrap_up_end(agent=ada) is False

        assert now_of(ada)["state"] == "available"
        assert kept(ada)[1:] == [("wrap-up", "available", ada.pk, "")]

    def test_the_agent_stays_in_it_until_ending_it(self, ada, team):
        presence.wrap_ups_begin([ended(ada, team)])

        assert presence.wrap_up_stay(agent_id=ada.pk) is True

        now = now_of(ada)
        assert now["wrap_up"]["stays"] is True
        assert Agent.objects.get(pk=ada.pk).wrap_up_until > timezone.now() + timedelta(minutes=59)

    def test_staying_again_and_again_is_an_hour_at_most_from_its_beginning(self, ada, team):
        presence.wrap_ups_begin([ended(ada, team)])
        since = timezone.now() - timedelta(minutes=50)
        Agent.objects.filter(pk=ada.pk).update(wrap_up_since=since)

        assert presence.wrap_up_stay(agent_id=ada.pk) is True
        assert presence.wrap_up_stay(agent_id=ada.pk) is True

        assert Agent.objects.get(pk=ada.pk).wrap_up_until == since + timedelta(hours=1)

    def test_without_one_there_is_nothing_to_stay_in(self, ada):
        assert presence.wrap_up_stay(agent_id=ada.pk) is False

    def test_a_break_ends_it(self, ada, team):
        presence.wrap_ups_begin([ended(ada, team)])

        presence.presence_set(agent_id=ada.pk, chosen=Chosen("away"), by=ada)

        assert now_of(ada)["state"] == "away"
        assert kept(ada)[1:] == [("wrap-up", "away", ada.pk, "")]

    def test_available_ends_it_too(self, ada, team):
        presence.wrap_ups_begin([ended(ada, team)])

        assert presence.presence_set(agent_id=ada.pk, chosen=Chosen("available"), by=ada) is True

        assert now_of(ada)["state"] == "available"

    def test_who_chose_to_be_away_during_the_call_is_so_after_it(self, ada, team):
        presence.presence_set(agent_id=ada.pk, chosen=Chosen("away"), by=ada)
        presence.wrap_ups_begin([ended(ada, team)])
        assert now_of(ada)["state"] == "wrap-up"
        presence.wrap_up_end(agent=ada)

        assert now_of(ada)["state"] == "away"

    def test_a_team_without_it_has_none(self, ada, team):
        team.wrap_up_seconds = 0
        team.save()

        presence.wrap_ups_begin([ended(ada, team)])

        assert now_of(ada)["state"] == "available"


class TestMissedRings:
    def ring_out(self, twilio, agent, number: int) -> None:
        twilio.webhook(INCOMING, incoming(CallSid=sid("CA", number)))
        twilio.webhook(STATUS, leg_status(agent.pk, "no-answer", 3, leg=number + 1, parent=number))

    @pytest.fixture
    def _wanted(self, team) -> None:
        team.away_when_missed = True
        team.save()

    @pytest.mark.usefixtures("_wanted")
    def test_two_in_a_row_make_an_agent_away_by_the_rule(self, twilio, line, ada):
        self.ring_out(twilio, ada, 10)
        assert now_of(ada)["state"] == "available"
        self.ring_out(twilio, ada, 20)

        now = now_of(ada)
        assert (now["state"], now["rule"], now["set_by"]) == ("away", "missed", None)
        assert kept(ada) == [("available", "away", None, "missed")]

    def test_without_the_teams_wish_nobody_is_set_away(self, twilio, line, ada):
        self.ring_out(twilio, ada, 10)
        self.ring_out(twilio, ada, 20)

        assert now_of(ada)["state"] == "available"

    @pytest.mark.usefixtures("_wanted")
    def test_one_that_is_told_of_twice_is_one(self, twilio, line, ada):
        self.ring_out(twilio, ada, 10)
        twilio.webhook(STATUS, leg_status(ada.pk, "no-answer", 3, leg=11, parent=10))

        assert now_of(ada)["state"] == "available"

    @pytest.mark.usefixtures("_wanted")
    def test_a_call_that_is_taken_between_them_makes_it_none_in_a_row(self, twilio, line, ada):
        self.ring_out(twilio, ada, 10)
        twilio.webhook(INCOMING, incoming(CallSid=sid("CA", 30)))
        twilio.webhook(STATUS, leg_status(ada.pk, "in-progress", 2, leg=31, parent=30))
        twilio.webhook(STATUS, leg_status(ada.pk, "completed", 3, leg=31, parent=30, CallDuration="5"))
        self.ring_out(twilio, ada, 20)

        assert now_of(ada)["state"] == "available"


class TestAdmin:
    @pytest.fixture
    def root(self) -> Agent:
        return factories.make_agent("root", is_staff=True, is_superuser=True)

    @pytest.fixture
    def client(self, root) -> Client:
        client = Client()
        client.force_login(root)
        return client

    def form(self, client, agent) -> dict:
        page = client.get(f"/admin/agents/agent/{agent.pk}/change/", secure=True)
        form = page.context["adminform"].form
        values = {name: form[name].value() for name in form.fields if name not in ("password",)}
        shown = {f"initial-{name}": value for name, value in values.items()}
        return {key: value for key, value in (values | shown).items() if value not in (None, False, [])}

    def post(self, client, agent, values) -> None:
        answer = client.post(f"/admin/agents/agent/{agent.pk}/change/", values, secure=True)
        assert answer.status_code == 302, answer.context["adminform"].form.errors

    def test_what_an_admin_sets_has_the_admins_name_on_it(self, client, root, ada):
        self.post(client, ada, self.form(client, ada) | {"availability": "busy"})

        assert kept(ada) == [("available", "busy", root.pk, "")]
        assert "Root: Busy" in client.get(f"/admin/agents/agent/{ada.pk}/change/", secure=True).content.decode()

    def test_a_form_that_nobody_touched_leaves_what_the_agent_chose_meanwhile(self, client, ada):
        values = self.form(client, ada)
        presence.presence_set(agent_id=ada.pk, chosen=Chosen("away"), by=ada)

        self.post(client, ada, values | {"email": "ada@example.com"})

        assert now_of(ada)["state"] == "away"
        assert len(kept(ada)) == 1

    @pytest.mark.parametrize("path", ["agents/presencechange/", "agents/awayreason/", "agents/awayreason/add/"])
    def test_history_and_reasons_are_there(self, client, ada, path):
        presence.presence_set(agent_id=ada.pk, chosen=Chosen("busy"), by=ada)

        assert client.get(f"/admin/{path}", secure=True).status_code == 200


def test_nothing_is_told_before_it_is_stored(ada, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks, transaction.atomic():
        presence.presence_set(agent_id=ada.pk, chosen=Chosen("busy"), by=ada)

    assert callbacks
