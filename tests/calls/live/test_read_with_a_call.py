"""What is shown with a call, of its line, agent and contact, is read together with it."""

from __future__ import annotations

import pytest
from django.db.models import Model

from agents.models import Agent
from contacts.models import Contact
from routing.models import Line
from telephony.webhooks import inbox
from tests import factories
from tests.calls.live.lifecycles import Story, tell
from tests.twilio import TwilioClient

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("way", ["incoming", "outgoing", "internal"])
def test_no_column_of_a_line_an_agent_or_a_contact_is_asked_for_by_itself(team, line, monkeypatch, way):
    agents = [factories.make_agent(name, team=team, reachable=True) for name in ("ada", "grace")]
    factories.make_contact(note="Likes to be called in the morning.")
    told = tell(Story(way, ("canceled", "busy"), 0, False, False, "completed", 3, 20), agents)
    asked: list[tuple[str, list[str] | None]] = []

    def refresh(row: Model, using: str | None = None, fields: list[str] | None = None, **more: object) -> None:
        asked.append((type(row).__name__, fields))
        really_refresh(row, using=using, fields=fields, **more)

    really_refresh = Model.refresh_from_db
    for model in (Line, Agent, Contact):
        monkeypatch.setattr(model, "refresh_from_db", refresh)
    twilio = TwilioClient()
    for request in told.requests:
        twilio.webhook(request.path, request.fields)
    inbox.drain()

    # `_LINE`, `_AGENT` and the contact's columns in `calls/live/call_batch.py`.
    assert asked == []
