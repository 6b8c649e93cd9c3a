"""A number's extension is kept with it, and keyed when it has answered."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from contacts.models import Contact, ContactNumber
from tests import factories
from tests.calls.test_webhooks_incoming import verbs
from tests.calls.test_webhooks_outgoing import OUTGOING
from tests.twilio import outgoing

pytestmark = pytest.mark.django_db

URL = "/api/v1/contacts/"


@pytest.fixture
def client(ada) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def dialled(response) -> tuple[str | None, str | None]:
    number = verbs(response).find("Dial").find("Number")
    return number.text, number.get("sendDigits")


@pytest.mark.parametrize("to", ["+12025550142;ext=12", "(202) 555-0142 x12", "+12025550142,,12"])
def test_an_extension_that_is_dialled_is_keyed(twilio, line, ada, to):
    assert dialled(twilio.webhook(OUTGOING, outgoing(ada.pk, to))) == ("+12025550142", "wwww12")


def test_the_extension_of_a_contact_is_keyed(twilio, line, ada):
    ContactNumber.objects.filter(contact=factories.make_contact()).update(extension="12")

    assert dialled(twilio.webhook(OUTGOING, outgoing(ada.pk, "+12025550142"))) == ("+12025550142", "wwww12")
    assert dialled(twilio.webhook(OUTGOING, outgoing(ada.pk, "+12025550142;ext=7"))) == ("+12025550142", "wwww7")


def test_without_one_nothing_is_keyed(twilio, line, ada):
    factories.make_contact()

    assert dialled(twilio.webhook(OUTGOING, outgoing(ada.pk, "+12025550142"))) == ("+12025550142", None)


def test_the_number_entry_understands_it(client):
    answer = client.get("/api/v1/numbers/check/", {"number": "202 555 0142 ext. 12"}, secure=True).json()

    assert (answer["e164"], answer["extension"], answer["display"]) == ("+12025550142", "12", "(202) 555-0142 ext. 12")


@pytest.mark.parametrize("number", [{"number": "202 555 0142 x12"}, {"number": "+12025550142", "extension": "12"}])
def test_a_contact_keeps_it_over_rest(client, number):
    body = {"name": "Tom", "numbers": [number]}

    found = client.post(URL, body, content_type="application/json", secure=True).json()

    shown = {"number": "+12025550142", "extension": "12", "display": "(202) 555-0142 ext. 12", "label": ""}
    shown |= {"line_type": "", "region": "US"}
    assert found["numbers"] == [shown]
    sent_back = client.patch(f"{URL}{found['id']}/", found, content_type="application/json", secure=True).json()
    assert sent_back["numbers"] == [shown]
    client.patch(
        f"{URL}{found['id']}/", {"numbers": [{"number": "+12025550142"}]}, content_type="application/json", secure=True
    )
    assert ContactNumber.objects.get().extension == ""


def test_an_extension_is_digits(client):
    body = {"name": "Tom", "numbers": [{"number": "+12025550142", "extension": "wait"}]}

    answer = client.post(URL, body, content_type="application/json", secure=True)

    assert answer.status_code == 400
    assert "digits only" in answer.content.decode()
    with pytest.raises(ValidationError, match="digits only"):
        ContactNumber(contact=Contact.objects.create(name="Tom"), number="+12025550142", extension="w").full_clean()


def test_admin_takes_it_out_of_the_number():
    number = ContactNumber(contact=Contact.objects.create(name="Tom"), number="(202) 555-0142 x12")

    number.full_clean()

    assert (number.number, number.extension, str(number)) == ("+12025550142", "12", "+12025550142;ext=12")


@pytest.mark.parametrize("number", ["+61 1300 555 555", "+44 845 123 4567", "+1 900 555 1234"])
def test_a_contact_may_have_a_number_that_may_not_be_called(client, settings, number):
    settings.ALLOWED_NUMBER_KINDS = ["none"]

    answer = client.post(
        URL, {"name": "Tom", "numbers": [{"number": number}]}, content_type="application/json", secure=True
    )

    assert answer.status_code == 201, answer.content
