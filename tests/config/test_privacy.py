"""Exporting and erasing one person: nothing is left, nobody else loses anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import requests
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.core.serializers import serialize
from django.test import Client
from kombu.exceptions import OperationalError
from twilio.base.exceptions import TwilioRestException
from twilio.rest.api.v2010.account.call import CallContext
from twilio.rest.api.v2010.account.recording import RecordingContext

from calls.models import Call, CallEvent, CallOffer, Recording, RecordingPlay
from config.models import Erasure
from config.privacy.person import NotAPerson, person_find
from config.privacy.services import person_counts, person_erase, person_export
from config.privacy.tasks import erase_at_twilio
from contacts.models import Contact, ContactNumber
from messaging.models import GroupRecipient, GroupSend, MessageWebhook
from telephony.models import Webhook
from telephony.webhooks.spool import spool_append
from tests import factories
from tests.packages import is_of_the_product
from tests.twilio import sid

pytestmark = pytest.mark.django_db
PAGE = "/admin/privacy/"
MAYA, HER_OTHER, TOM = "+12025550142", "+12025550177", "+12025550143"
HERS = ("2025550142", "2025550177", "Maya", "Okonkwo", "sofa")


def call(number: int, **values: Any) -> Call:
    root = factories.make_call(number, **values)
    factories.make_call(number + 100, parent=root, caller=root.caller, called="client:agent_1")
    Webhook.objects.create(sid=root.sid, kind="incoming", params={"From": root.caller}, answer="<Response/>")
    CallEvent.objects.create(call_sid=root.sid, kind="action", name="note", detail={"after": root.note})
    return root


@pytest.fixture
def kept(line, ada) -> dict[str, Any]:
    """Rows about Maya in every spelling and every table, and about Tom."""
    maya, tom = factories.make_contact("Maya Okonkwo", MAYA, note="sofa"), factories.make_contact("Tom", TOM)
    ContactNumber.objects.create(contact=maya, number=HER_OTHER)
    first = call(1, caller=MAYA, contact=maya, note="Her sofa is late.", line=line)
    Recording.objects.create(sid=sid("RE", 1), call=first, duration=4)
    RecordingPlay.objects.create(recording_id=sid("RE", 1), call=first, agent=ada)
    CallOffer.objects.create(call=first, agent=ada, state="ended")
    call(2, caller=f"sip:{MAYA}@carrier.example")
    call(3, caller="12025550142")
    call(4, caller="client:agent_1", called=HER_OTHER, contact=maya)
    call(5, caller=TOM, contact=tom, note="Tom's", forwarded_from="+120255501425")
    call(6, caller=f"{MAYA}5", note="A longer number is somebody else's.")
    Webhook.objects.create(sid="", kind="status", params={"From": "sip:%2B12025550142@x"}, verdict="unusable")
    MessageWebhook.objects.create(kind="fallback", sender=MAYA, body="Where is my sofa?", params={"From": MAYA})
    MessageWebhook.objects.create(kind="fallback", sender=TOM, body="Hello", params={"From": TOM})
    for contact in (maya, tom):
        LogEntry.objects.create(
            user=ada,
            content_type=ContentType.objects.get_for_model(Contact),
            object_id=str(contact.pk),
            object_repr=contact.name,
            action_flag=CHANGE,
            change_message=f"Added {contact.name}",
        )
    return {"maya": maya, "tom": tom}


def everything_kept() -> str:
    """Every row of every table of ours, and the admin's history, as text."""
    models = [model for model in apps.get_models() if is_of_the_product(model)]
    return "".join(serialize("json", model._default_manager.all()) for model in [*models, LogEntry])


@pytest.fixture
def deleted() -> Any:
    """What was asked of Twilio to delete."""
    sids: list[str] = []

    def delete(resource: Any) -> bool:
        sids.append(resource._solution["sid"])
        return True

    with (
        patch.object(CallContext, "delete", autospec=True, side_effect=delete),
        patch.object(RecordingContext, "delete", autospec=True, side_effect=delete),
    ):
        yield sids


def run(name: str, *arguments: str) -> str:
    out = StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("asked", [MAYA, "(202) 555-0142", f"sip:{MAYA}@carrier.example", "12025550142", HER_OTHER])
def test_nothing_of_an_erased_person_is_left_and_nobody_else_loses_anything(kept, deleted, asked):
    before = serialize("json", [*Call.objects.filter(sid__in=[sid("CA", n) for n in (5, 6, 105, 106)]), kept["tom"]])

    said = run("person_erase", asked, "--yes")

    left = everything_kept()
    assert [word for word in HERS if word in left.replace(f"{MAYA}5", "").replace("+120255501425", "")] == []
    after = serialize("json", [*Call.objects.filter(sid__in=[sid("CA", n) for n in (5, 6, 105, 106)]), kept["tom"]])
    assert before == after
    assert Call.objects.count() == 4
    assert MessageWebhook.objects.get().sender == TOM
    assert LogEntry.objects.get().object_repr == "Tom"
    assert not RecordingPlay.objects.exists()
    assert not CallOffer.objects.exists()
    assert sorted(deleted) == sorted([sid("RE", 1), *(sid("CA", n) for n in (1, 2, 3, 4, 101, 102, 103, 104))])
    assert "Deleted at Twilio: 9" in said


def test_the_record_of_it_names_nobody(kept, deleted):
    run("person_erase", MAYA, "--yes")

    record = Erasure.objects.get()
    assert record.rows["calls and legs"] == 8
    assert record.rows["contacts"] == 1
    assert (record.by, record.at_twilio, record.deleted_at_twilio) == (None, 9, 9)
    assert not any(word in serialize("json", [record]) for word in HERS)


def test_numbers_that_were_typed_into_group_sends_are_found_exported_and_taken_out(kept, line, ada, deleted):
    maya = kept["maya"]
    draft = GroupSend.objects.create(
        title="Draft", line=line, body="Hello", numbers=[TOM, MAYA, "nonsense", f"{MAYA}5"], contact_ids=[maya.pk]
    )
    scheduled = GroupSend.objects.create(
        title="Later", line=line, body="Hello", state="scheduled", numbers=[HER_OTHER], summary={"chosen": 1}
    )
    others = GroupSend.objects.create(title="Others", line=line, body="Hello", numbers=[TOM, f"{MAYA}5"])
    untouched = GroupSend.objects.filter(pk=others.pk).values().get()
    GroupRecipient.objects.create(send=scheduled, name="Maya Okonkwo", number=HER_OTHER, body="Hello")
    person = person_find(MAYA)

    counts, export = person_counts(person), person_export(person)
    erased = person_erase(person, by=None)

    assert counts["group sends for which the person was chosen"] == 2
    assert [(one["title"], one["numbers"]) for one in export["group_sends"]] == [
        ("Draft", [MAYA]),
        ("Later", [HER_OTHER]),
    ]
    assert export["recipient_of"] == [
        {"send": "Later", "name": "Maya Okonkwo", "number": HER_OTHER, "body": "Hello", "state": "pending"}
    ]
    draft.refresh_from_db()
    scheduled.refresh_from_db()
    assert (draft.numbers, draft.contact_ids, draft.revision) == ([TOM, "nonsense", f"{MAYA}5"], [], 1)
    # Counted anew: of whom it is left for.
    assert draft.summary["chosen"] == 3
    assert (scheduled.numbers, scheduled.summary) == ([], {"chosen": 1})
    assert not GroupRecipient.objects.exists()
    assert GroupSend.objects.filter(pk=others.pk).values().get() == untouched
    assert erased.record.rows["group sends for which the person was chosen"] == 2


def test_what_waits_on_disk_goes_too(kept, deleted):
    wanted = {"store": "nobody", "form": {"From": [MAYA]}}
    with patch("telephony.webhooks.inbox.spool_drain", autospec=True, return_value=0):
        spool_append(wanted)
        spool_append(wanted | {"form": {"From": [TOM]}})
        run("person_erase", MAYA, "--yes")

    (file,) = Path(settings.SPOOL_DIR).glob("*.jsonl")
    assert [json.loads(line)["form"]["From"] for line in file.read_text().splitlines()] == [[TOM]]
    assert Erasure.objects.get().rows["webhooks that waited on disk"] == 1


@pytest.mark.parametrize(
    ("failure", "left"),
    [(TwilioRestException(404, "/x", code=20404), 0), (requests.ConnectionError("away"), 9)],
    ids=["gone", "away"],
)
def test_what_remains_at_twilio_is_said(kept, failure, left):
    with (
        patch.object(CallContext, "delete", autospec=True, side_effect=failure),
        patch.object(RecordingContext, "delete", autospec=True, side_effect=failure),
        patch("telephony.rest.http.sleep", autospec=True),
    ):
        if left:
            with pytest.raises(CommandError, match=f"Twilio still keeps these.*{sid('RE', 1)}"):
                run("person_erase", MAYA, "--yes")
        else:
            run("person_erase", MAYA, "--yes")

    assert Erasure.objects.get().deleted_at_twilio == 9 - left
    assert not Call.objects.filter(caller=MAYA).exists()


def test_nobody_is_erased_while_on_the_telephone(kept, deleted):
    factories.make_call(7, caller=MAYA, status="in-progress")

    with pytest.raises(CommandError, match="has not ended yet"):
        run("person_erase", MAYA, "--yes")

    assert Call.objects.filter(caller=MAYA).count() == 3
    assert deleted == []


def test_a_no_erases_nothing(kept, deleted, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda _: "n")

    with pytest.raises(CommandError, match="Nothing was erased"):
        run("person_erase", MAYA)

    assert Contact.objects.count() == 2


@pytest.mark.parametrize("command", ["person_erase", "person_export"])
@pytest.mark.parametrize(
    ("number", "sentence"),
    [("+12025550100", "number of our line"), ("anonymous", "not a telephone number"), ("", "Enter a telephone number")],
)
def test_what_is_nobodys_number_is_refused(kept, command, number, sentence):
    with pytest.raises(CommandError, match=sentence):
        run(command, number)


def test_an_export_holds_all_of_one_and_nothing_of_others(kept, settings):
    Webhook.objects.filter(sid=sid("CA", 1)).update(
        params={"From": MAYA, "AccountSid": settings.TWILIO_ACCOUNT_SID, "Digits": "4711"}
    )

    text = run("person_export", MAYA)

    found = json.loads(text)
    assert found["contacts"][0]["name"] == "Maya Okonkwo"
    assert [number["number"] for number in found["contacts"][0]["numbers"]] == [MAYA, HER_OTHER]
    assert {each["sid"] for each in found["calls"]} == {sid("CA", n) for n in (1, 2, 3, 4)}
    assert "Her sofa is late." in text
    assert found["messages"][0]["body"] == "Where is my sofa?"
    assert found["recordings_heard"][0]["by"] == "Ada"
    assert any(webhook["fields"].get("Digits") == "4711" for webhook in found["webhooks"])
    assert TOM not in text
    assert settings.TWILIO_ACCOUNT_SID not in text


def test_twins_of_a_number_are_one_person(db):
    factories.make_call(1, caller="+5215512345678")

    assert person_find("+525512345678").root_sids == {sid("CA", 1)}


def test_withheld_callers_are_nobody(db):
    factories.make_call(1, caller="anonymous")

    with pytest.raises(NotAPerson):
        person_find("+266696687")


# --- In the admin -----------------------------------------------------------------------------------------------------


@pytest.fixture
def post(kept) -> Callable[..., Any]:
    client = Client()
    client.force_login(factories.make_agent("root", is_staff=True, is_superuser=True))
    return lambda **fields: client.post(PAGE, fields, secure=True, follow=True)


@pytest.mark.parametrize("rights", [{"is_staff": True}, {}])
def test_the_page_is_for_superusers_only(kept, rights):
    client = Client()
    client.force_login(factories.make_agent("staff", **rights))

    assert client.get(PAGE, secure=True).status_code in (302, 403)
    assert client.post(PAGE, {"number": MAYA, "do": "erase", "sure": "yes"}, secure=True).status_code in (302, 403)
    assert Contact.objects.count() == 2


def test_the_page_shows_what_is_kept_before_anything_is_done(post):
    page = post(number="(202) 555-0142", do="find").content.decode()

    assert "Maya Okonkwo" in page
    assert HER_OTHER in page
    assert "8 calls and legs" in page
    assert Contact.objects.count() == 2


def test_the_page_erases_only_what_somebody_is_sure_of(post, deleted):
    assert b"Tick that you are sure" in post(number=MAYA, do="erase").content
    assert Contact.objects.count() == 2

    with patch.object(erase_at_twilio, "delay", autospec=True, side_effect=erase_at_twilio.run) as queued:
        page = post(number=MAYA, do="erase", sure="yes").content.decode()

    assert queued.called
    assert "Being deleted at Twilio" in page
    record = Erasure.objects.get()
    assert (record.by.username, record.deleted_at_twilio) == ("root", 9)
    assert len(deleted) == 9
    assert Contact.objects.get().name == "Tom"


def test_the_page_says_what_is_left_when_there_is_no_queue(post):
    with patch.object(erase_at_twilio, "delay", autospec=True, side_effect=OperationalError):
        page = post(number=MAYA, do="erase", sure="yes").content.decode()

    assert sid("RE", 1) in page
    assert "Twilio still keeps" in page


def test_the_page_gives_a_file(post):
    answer = post(number=MAYA, do="export")

    assert answer["Content-Disposition"] == 'attachment; filename="person.json"'
    assert "no-store" in answer["Cache-Control"]
    assert answer.json()["numbers"][0] == MAYA


def test_erasures_can_be_read_and_not_changed(kept, deleted):
    run("person_erase", MAYA, "--yes")
    client = Client()
    client.force_login(factories.make_agent("root", is_staff=True, is_superuser=True))
    record = Erasure.objects.get()

    assert "8 calls and legs" in client.get(f"/admin/config/erasure/{record.pk}/change/", secure=True).content.decode()
    assert client.get("/admin/config/erasure/", secure=True).status_code == 200
    assert client.post(f"/admin/config/erasure/{record.pk}/delete/", {"post": "yes"}, secure=True).status_code == 403
