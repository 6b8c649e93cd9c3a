"""Agents choose what they read and hear: at the desk, and over REST."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from agents.models import Agent
from tests.calls.test_webhooks_outgoing import OUTGOING
from tests.twilio import outgoing

pytestmark = pytest.mark.django_db
URL = "/api/v1/me/"


@pytest.fixture
def client(ada: Agent) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(ada)
    return client


def choose(client: Client, body: Any) -> Any:
    return client.patch(URL, body, content_type="application/json", secure=True)


def test_an_agent_reads_who_asks_and_in_which_language(client, ada):
    expected = {"id": ada.pk, "identity": ada.identity, "name": ada.name, "language": ""}

    assert client.get(URL, secure=True).json() == expected


def test_a_chosen_language_is_that_of_the_next_page_and_of_what_the_agent_hears(client, ada, line, twilio):
    answer = choose(client, {"language": "de"})

    assert (answer.status_code, answer.json()["language"]) == (200, "de")
    page = client.get("/", secure=True)
    assert '<html lang="de">' in page.content.decode()
    assert page.context["config"]["languageChosen"] == "de"
    assert "Diese Nummer ist zu kurz." in twilio.webhook(OUTGOING, outgoing(ada.pk, "12")).content.decode()


def test_none_leaves_it_to_the_browser(client, ada):
    Agent.objects.filter(pk=ada.pk).update(language="de")

    assert choose(client, {"language": ""}).status_code == 200
    page = client.get("/", secure=True)
    assert '<html lang="en">' in page.content.decode()
    assert (page.context["config"]["language"], page.context["config"]["languageChosen"]) == ("en", "")


@pytest.mark.parametrize("body", [{"language": "fr"}, {"language": None}, {"language": ["de"]}, {"role": "supervisor"}])
def test_what_cannot_be_chosen_is_refused_and_changes_nothing(client, ada, body):
    answer = choose(client, body)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, next(iter(body)))
    ada.refresh_from_db()
    assert (ada.language, ada.role) == ("", "agent")


def test_a_change_of_nothing_changes_nothing(client, ada):
    Agent.objects.filter(pk=ada.pk).update(language="de")

    assert choose(client, {}).json()["language"] == "de"


def test_the_page_names_each_language_in_its_own_words(client):
    config = client.get("/", secure=True).context["config"]

    assert config["languages"] == [{"code": "en", "name": "English"}, {"code": "de", "name": "Deutsch"}]
    assert config["urls"]["me"] == URL
