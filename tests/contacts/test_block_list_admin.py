"""The block list in Django admin: what blocking a number does, and what it does not do."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from contacts.models import BlockedNumber
from tests import factories

LIST, ADD = "/admin/contacts/blockednumber/", "/admin/contacts/blockednumber/add/"
WHAT = "Ringdesk neither calls nor texts these numbers. To refuse their calls, make a spam rule."

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(factories.make_agent("root", is_staff=True, is_superuser=True))
    return client


def page(client: Client, path: str) -> str:
    answer = client.get(path, secure=True)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("path", [LIST, ADD])
def test_the_block_list_says_that_it_keeps_no_calls_away_and_what_does(admin, path):
    assert WHAT in page(admin, path)
    assert "/admin/routing/spamrule/add/" in page(admin, path).split(WHAT)[1][:60]


@pytest.mark.parametrize("path", [LIST, ADD])
def test_who_may_make_no_spam_rule_is_led_to_none(path):
    agent = factories.make_agent("clerk", is_staff=True)
    agent.user_permissions.set(Permission.objects.filter(content_type__model="blockednumber"))
    client = Client()
    client.force_login(agent)

    assert WHAT in page(client, path)
    assert "spamrule/add" not in page(client, path)


def test_who_blocked_a_number_and_when_is_shown_once_it_is_blocked(admin):
    added = page(admin, ADD)
    assert "Blocked by" not in added
    assert "E.164" not in added
    assert "+12025550142" in added

    assert admin.post(ADD, {"number": "+12025550142", "reason": "Rude"}, secure=True).status_code == 302
    row = BlockedNumber.objects.get()
    assert (row.blocked_by.username, row.reason) == ("root", "Rude")
    assert "Blocked by" in page(admin, f"{LIST}{row.pk}/change/")


def test_a_number_that_is_none_is_refused_at_its_field(admin):
    answer = admin.post(ADD, {"number": "many", "reason": ""}, secure=True)

    assert list(answer.context["adminform"].form.errors) == ["number"]
