"""The flight recorder in Django admin."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.test import Client

from calls.models import CallEvent
from telephony.models import Webhook
from telephony.webhooks import inbox
from tests import factories
from tests.test_secrecy import holds
from tests.twilio import CALLER, SUPPORT, at, sid

pytestmark = pytest.mark.django_db

CALL = sid("CA", 1)
ANSWER = "<Response><Dial action='https://twilio:webhook-password@desk.example.com/x/'/><Say>Sorry.</Say></Response>"


@pytest.fixture
def call(line, ada):
    """A call of Ada's in which something of ours failed."""
    found = factories.make_call(1, line=line, agent=ada, start_time=at(0))
    Webhook.objects.create(
        sid=CALL,
        kind="incoming",
        params={"From": CALLER, "AccountSid": settings.TWILIO_ACCOUNT_SID, "Digits": "4242", "Odd": "<script>"},
        answer=ANSWER,
        milliseconds=12.4,
        received_at=at(0),
    )
    CallEvent.objects.create(call_sid=CALL, kind="incident", name="incoming", outcome="no database", at=at(1))
    CallEvent.objects.create(call_sid=CALL, kind="action", name="hang-up", agent=ada, at=at(2))
    return found


@pytest.fixture
def admin(db):
    return signed_in(factories.make_agent("admin", is_staff=True, is_superuser=True))


@pytest.fixture
def text(twilio):
    """A text that waited in the spool, and is in the flight recorder with what it says."""
    fields = {"MessageSid": sid("SM", 1), "AccountSid": settings.TWILIO_ACCOUNT_SID, "From": CALLER, "To": SUPPORT}
    twilio.webhook("/twilio/messaging/fallback/", fields | {"Body": "Where is it?", "ErrorCode": "11200"})
    inbox.drain()
    return Webhook.objects.get()


APP = {"webhook": "telephony", "callevent": "calls", "call": "calls"}


def signed_in(agent: Any) -> Client:
    client = Client()
    client.force_login(agent)
    return client


def page(client: Client, path: str) -> str:
    response = client.get(f"/admin/{APP[path.partition('/')[0]]}/{path}", secure=True)
    assert response.status_code == 200, path
    return response.content.decode()


def test_a_calls_page_tells_what_happened(admin, call):
    text = page(admin, f"call/{CALL}/change/")

    assert "Twilio asked what to do with the call." in text
    assert "Ada ended the call." in text
    assert "12 ms" in text


def test_what_failed_of_ours_stands_out_with_what_the_caller_heard(admin, call):
    text = page(admin, f"call/{CALL}/change/")

    assert '<li class="timeline-incident">' in text
    assert "Something of ours failed here: no database." in text
    assert "The caller heard: “Sorry.”" in text


def test_raw_fields_are_folded_escaped_and_without_credentials(admin, call):
    text = page(admin, f"call/{CALL}/change/")

    assert "<details><summary>Fields" in text
    assert "&lt;script&gt;" in text
    assert "4242" in text
    assert "webhook-password" not in text
    assert holds(text) == []


def test_staff_without_all_rights_read_by_their_role(call):
    staff = factories.make_agent("staff", is_staff=True, role="supervisor")
    staff.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    text = page(signed_in(staff), f"call/{CALL}/change/")

    assert CALLER in text
    assert "4242" not in text


def test_a_call_of_which_nothing_is_recorded_has_a_page(admin, line):
    factories.make_call(5)

    assert "The call began." in page(admin, f"call/{sid('CA', 5)}/change/")


def test_the_list_of_events_shows_our_failures_unless_asked_otherwise(admin, call):
    assert "no database" in page(admin, "callevent/")
    assert "hang-up" not in page(admin, "callevent/")
    assert "hang-up" in page(admin, "callevent/?kind=action")
    assert "no database" not in page(admin, "callevent/?kind=action")
    assert "hang-up" in page(admin, "callevent/?kind=all")


def test_rows_lead_to_their_call(admin, call):
    link = f'href="/admin/calls/call/{CALL}/change/"'

    assert link in page(admin, "callevent/")
    assert link in page(admin, "webhook/")


@pytest.mark.parametrize(
    ("query", "found"), [("", 1), ("kind=incoming", 1), ("kind=status", 0), ("verdict=failed", 0), (f"q={CALL}", 1)]
)
def test_webhooks_can_be_narrowed(admin, call, query, found):
    assert page(admin, f"webhook/?{query}").count('class="field-received"') == found


def test_a_webhook_and_an_event_have_pages_without_credentials(admin, call):
    for path in (
        f"webhook/{Webhook.objects.get().pk}/change/",
        f"callevent/{CallEvent.objects.filter(kind='incident').get().pk}/change/",
        "webhook/",
    ):
        text = page(admin, path)
        assert "webhook-password" not in text
        assert holds(text) == []


@pytest.mark.parametrize("model", ["webhook", "callevent"])
def test_nobody_changes_what_happened(admin, call, model):
    row = {"webhook": Webhook, "callevent": CallEvent}[model].objects.first()

    for path in ("add/", f"{row.pk}/delete/"):
        assert admin.post(f"/admin/{APP[model]}/{model}/{path}", {"post": "yes"}, secure=True).status_code == 403
    assert admin.post(f"/admin/{APP[model]}/{model}/{row.pk}/change/", {"kind": "x"}, secure=True).status_code == 403


def test_an_unknown_row_is_not_a_crash(admin):
    assert admin.get("/admin/telephony/webhook/999/change/", secure=True).status_code == 302


@pytest.mark.parametrize("path", ["call/", f"call/{CALL}/change/"])
def test_what_came_of_a_call_is_not_confused_with_what_its_agent_noted(admin, call, path):
    type(call).objects.update(result="voicemail", outcome="spam")

    text = page(admin, path)

    assert '<span class="tag info">Voicemail</span>' in text
    # The menu has "Spam rules".
    assert (re.search(r"\bSpam\b(?! rules)", text) is not None) == (path != "call/")


def test_a_text_leads_to_no_call(admin, text):
    for shown in ("webhook/", f"webhook/{text.pk}/change/"):
        html = page(admin, shown)
        assert f"…{text.sid[-6:]}" in html
        assert f"/admin/calls/call/{text.sid}/" not in html


@pytest.mark.parametrize("may_read_texts", [False, True])
def test_only_who_may_read_texts_reads_them_as_webhooks(text, call, may_read_texts):
    staff = factories.make_agent("staff", is_staff=True, role="supervisor")
    names = ["view_webhook", "view_messagewebhook"] if may_read_texts else ["view_webhook"]
    staff.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = signed_in(staff)

    assert ("message-fallback" in page(client, "webhook/")) is may_read_texts
    shown = client.get(f"/admin/telephony/webhook/{text.pk}/change/", secure=True)
    assert (b"Where is it?" in shown.content) is may_read_texts
    assert "incoming" in page(client, "webhook/")
