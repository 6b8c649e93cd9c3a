"""The doctor's page: for superusers, and a button that changes exactly what was shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from django.test import Client

from config.doctor import views
from telephony.doctor.findings import Check, Finding, State
from telephony.doctor.routes import check_numbers
from telephony.doctor.runner import run
from tests import factories
from tests.telephony.account import Account, account_at_twilio, refusal
from tests.test_secrecy import holds
from tests.twilio import SUPPORT

pytestmark = pytest.mark.django_db
PAGE, MEND = "/admin/doctor/", "/admin/doctor/mend/"
WRONG = "https://desk.example.com/wrong/"


@pytest.fixture
def account(line) -> Iterator[Account]:
    """An account that is looked at, and nothing else."""
    checks = [Check("numbers", "Numbers", check_numbers(lambda: [SUPPORT]))]
    with account_at_twilio() as account, patch.object(views, "examine", autospec=True, side_effect=lambda: run(checks)):
        yield account


@pytest.fixture
def admin() -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.make_agent("admin", is_staff=True, is_superuser=True))
    return client


def page(client: Client, path: str, **options) -> str:
    response = client.get(path, secure=True, **options)
    assert response.status_code == 200
    return response.content.decode()


def press(client: Client, html: str):
    """Sends the form on the page, as a browser does."""
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)"', html))
    return client.post(MEND, fields, secure=True, HTTP_REFERER=f"https://testserver{MEND}", follow=True)


@pytest.mark.parametrize("path", [PAGE, MEND])
def test_it_is_for_superusers_only(account, path):
    staff = Client()
    staff.force_login(factories.make_agent("staff", is_staff=True))
    agent = Client()
    agent.force_login(factories.make_agent("agent"))

    assert staff.get(path, secure=True).status_code == 403
    assert staff.post(path, secure=True).status_code in (403, 405)
    assert "/admin/login/" in agent.get(path, secure=True)["Location"]
    assert "/admin/login/" in Client().get(path, secure=True)["Location"]


def test_the_index_leads_superusers_to_it(account, admin):
    staff = Client()
    staff.force_login(factories.make_agent("staff", is_staff=True))

    assert f'href="{PAGE}"' in page(admin, "/admin/")
    assert f'href="{PAGE}"' not in page(staff, "/admin/")


def test_it_shows_what_was_found_and_offers_no_button_when_all_is_well(account, admin):
    html = page(admin, PAGE)

    assert "All is well." in html
    assert f"Number {SUPPORT}" in html
    assert MEND not in html


def test_drift_is_shown_and_mended_by_the_button(account, admin):
    account.number()["voice_url"] = WRONG

    assert WRONG in page(admin, PAGE)
    assert MEND in page(admin, PAGE)
    shown = page(admin, MEND)
    assert WRONG in shown
    assert account.writes == []
    answer = press(admin, shown).content.decode()
    assert [what for what, *_ in account.writes] == ["number-update"]
    assert f"Number {SUPPORT} is set as it should be." in answer
    assert "All is well." in answer


def test_nothing_is_changed_that_was_not_shown(account, admin):
    account.number()["voice_url"] = WRONG
    shown = page(admin, MEND)
    account.number()["voice_url"] = "https://desk.example.com/quite/another/"

    answer = press(admin, shown).content.decode()

    assert account.writes == []
    assert "have changed since you looked" in answer
    assert "https://desk.example.com/quite/another/" in answer


@pytest.mark.parametrize("plan", ["", "0" * 64, "é"])
def test_a_form_that_was_made_up_changes_nothing(account, admin, plan):
    account.number()["voice_url"] = WRONG
    html = page(admin, MEND).replace(re.search(r'name="plan" value="([^"]+)"', page(admin, MEND))[1], plan)

    press(admin, html)

    assert account.writes == []


def test_a_post_from_another_page_changes_nothing(account, admin):
    account.number()["voice_url"] = WRONG

    assert admin.post(MEND, {"plan": "x"}, secure=True).status_code == 403
    assert account.writes == []


def test_what_belongs_to_somebody_else_is_left_alone_and_said(account, admin):
    account.number()["voice_url"] = "https://user:hunter2@other.example.com/voice?key=hunter2"

    html = page(admin, PAGE) + page(admin, MEND)

    assert f"--take-over {SUPPORT}" in html
    assert "hunter2" not in html
    press(admin, page(admin, MEND))
    assert account.writes == []


def test_twilio_out_of_reach_is_a_sentence_on_the_page(account, admin):
    account.failure = refusal(503, 20503)

    answer = admin.get(MEND, secure=True, follow=True)

    assert "Twilio cannot be reached." in answer.content.decode()


def test_the_pages_hold_no_secret(account, admin, settings):
    settings.TWILIO_WEBHOOK_USERNAME, settings.TWILIO_WEBHOOK_PASSWORD = "twilio", "hunter2"

    html = page(admin, PAGE) + page(admin, MEND)

    assert "•••@desk.example.com" in html
    assert "hunter2" not in html
    assert holds(html) == []


def test_a_failed_finding_leads_the_page(admin):
    fine = Finding("fine", "Fine thing", State.OK, "It is.")
    bad = Finding("bad", "Bad thing", State.FAILED, "It is not.", "Mend it.")

    with patch.object(views, "examine", autospec=True, return_value=[fine, bad]):
        html = page(admin, PAGE)

    assert html.index("Bad thing") < html.index("Fine thing")
    assert "Something keeps calls from working" in html
