"""Django admin: what no row can have is answered, whatever page is asked for it."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db
HUGE = "9" * 30
LISTS = sorted(f"/admin/{model._meta.app_label}/{model._meta.model_name}/" for model in admin.site._registry)
QUERIES = [
    f"?id__in={HUGE}", f"?pk__in=1,{HUGE}", f"?id__exact=-{HUGE}", f"?id__gt={HUGE}", f"?p={HUGE}", f"?q={HUGE}",
    f"?o={HUGE}", f"?line__id__exact={HUGE}", f"?teams__id__in={HUGE}", f"?at__year={HUGE}", "?at__year=99999",
    "?at__year=0", "?at__year=-1", "?at__year__gte=99999", f"?at__gte={HUGE}", "?start_time__year=99999",
    "?id__in=\u0663",
]  # fmt: skip


@pytest.fixture
def client() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(factories.make_agent("root", is_staff=True, is_superuser=True))
    return client


@pytest.mark.parametrize("path", LISTS)
def test_every_list_answers_whatever_is_looked_up(client, path):
    answers = {query: client.get(path + query, secure=True).status_code for query in QUERIES}

    assert {query: status for query, status in answers.items() if status >= 500} == {}
    assert answers["?at__year=99999"] == answers[f"?id__in={HUGE}"] == 400


@pytest.mark.parametrize("path", LISTS)
def test_every_action_answers_whatever_is_chosen(client, path):
    for action in ("delete_selected", "suspend", "unlock", "of nobody"):
        chosen = {"action": action, "_selected_action": ["1", HUGE]}
        assert client.post(path, chosen, secure=True).status_code in (400, 403)


def test_the_answer_says_what_to_do(client):
    page = client.get("/admin/agents/agent/?id__in=" + HUGE, secure=True).content.decode()

    assert "This cannot be asked for" in page
    assert "Go back in your browser" in page


def test_who_is_not_signed_in_learns_nothing(db):
    answer = Client().get("/admin/agents/agent/?id__in=" + HUGE, secure=True)

    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/admin/login/")
