"""How far texts of ours have come: callbacks in any order, twice, and before we know what they are about."""

from __future__ import annotations

import itertools
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone

from contacts.models import Consent
from messaging.models import MESSAGE_STATUS_RANK, Message, Step, Thread
from messaging.reconcile import texts_reconcile
from messaging.statuses import statuses_catch_up
from telephony.models import Webhook
from telephony.rest.messages import MessageFacts
from tests.messaging.texts import STATUS, make_message, make_thread, status
from tests.twilio import CALLER, SUPPORT, sid

pytestmark = pytest.mark.django_db


@pytest.fixture
def message(line) -> Message:
    return make_message(make_thread(line), sid=sid("SM", 9), step=Step.TAKEN, status="accepted")


def test_a_text_that_was_held_for_days_is_asked_for_when_nothing_is_told_of_it(message, settings):
    now = timezone.now()
    Message.objects.update(created_at=now - timedelta(days=5), sent_at=now - timedelta(minutes=10))

    with patch("messaging.reconcile.messages_since", autospec=True, return_value=iter(())) as asked:
        texts_reconcile()

    ((sender,), _) = asked.call_args
    assert sender == SUPPORT


def test_a_text_that_failed_before_it_went_out_is_asked_for_by_itself(message):
    """Twilio's lists go by when texts were sent, and this one was not."""
    now = timezone.now()
    later = make_message(message.thread, sid=sid("SM", 10), step=Step.TAKEN, status="queued")
    Message.objects.filter(pk=message.pk).update(sent_at=now - timedelta(hours=1))
    Message.objects.filter(pk=later.pk).update(sent_at=now - timedelta(minutes=10))
    failed = MessageFacts(
        sid=message.sid, sender=SUPPORT, messaging_service_sid="", recipient=CALLER, body="", status="failed",
        direction="outbound-api", num_segments=1, price=None, price_unit="", error_code="30006", created=now,
    )  # fmt: skip

    with (
        patch("messaging.reconcile.messages_since", autospec=True, return_value=iter(())),
        patch("messaging.reconcile.message_find", autospec=True, return_value=failed) as found,
    ):
        texts_reconcile()

    message.refresh_from_db()
    assert (message.status, message.error_code) == ("failed", "30006")
    assert [one.args for one in found.call_args_list] == [(message.sid,)], "the other one is in time"


def verdicts() -> list[str]:
    return [row.verdict for row in Webhook.objects.order_by("pk")]


@pytest.mark.parametrize("words", list(itertools.permutations(["queued", "sent", "delivered"])))
def test_in_whatever_order_they_come_the_farthest_counts(twilio, message, words):
    for word in words:
        twilio.webhook(STATUS, status(word))

    message.refresh_from_db()
    assert message.status == "delivered"
    assert message.ended_at is not None


def test_what_is_over_stays_as_it_is(twilio, message):
    for word in ("undelivered", "delivered", "read"):
        twilio.webhook(STATUS, status(word))

    message.refresh_from_db()
    assert message.status == "undelivered"
    assert verdicts() == ["applied", "late", "late"]


def test_the_same_twice_is_noticed(twilio, message):
    for _ in range(2):
        twilio.webhook(STATUS, status("sent"))

    assert verdicts() == ["applied", "duplicate"]
    assert Thread.objects.get().revision == 1


@pytest.mark.parametrize("step", [Step.WAITING, Step.CLAIMED, Step.UNCLEAR, Step.UNKNOWN])
def test_the_address_says_whose_callback_it_is_before_twilio_has_answered_us(twilio, line, step):
    message = make_message(make_thread(line), step=step, claim="somebody's")

    twilio.webhook(f"{STATUS}?message={message.pk}", status("sent"))

    message.refresh_from_db()
    assert (message.sid, message.step, message.status, message.claim) == (sid("SM", 9), Step.TAKEN, "sent", "")
    assert message.sent_at is not None
    assert Webhook.objects.get().params["RingdeskMessage"] == str(message.pk)


def test_only_the_address_says_so_and_not_a_field_that_was_posted(twilio, line):
    message = make_message(make_thread(line), step=Step.WAITING)

    twilio.webhook(STATUS, status("sent", RingdeskMessage=str(message.pk)))

    message.refresh_from_db()
    assert (message.sid, message.step) == (None, Step.WAITING)
    assert "RingdeskMessage" not in Webhook.objects.get().params


def test_an_address_that_nobody_signed_changes_nothing(twilio, line):
    message = make_message(make_thread(line), step=Step.WAITING)
    signed_for_another = twilio.webhook(f"{STATUS}?message={message.pk}", status("sent"), signature="x" * 28)

    message.refresh_from_db()
    assert signed_for_another.status_code == 403
    assert message.sid is None


def test_a_message_that_has_a_sid_is_not_taken_over_by_another(twilio, message, caplog):
    twilio.webhook(f"{STATUS}?message={message.pk}", status("delivered", 8))

    message.refresh_from_db()
    assert (message.sid, message.status) == (sid("SM", 9), "accepted")
    assert "Twilio says" in caplog.text


def test_a_status_of_an_unknown_sid_is_kept_and_applied_once_it_is_known(twilio, line):
    twilio.webhook(STATUS, status("delivered"))
    twilio.webhook(STATUS, status("sent"))
    message = make_message(make_thread(line), step=Step.TAKEN, sid=sid("SM", 9), status="queued")

    statuses_catch_up([sid("SM", 9)])

    message.refresh_from_db()
    assert message.status == "delivered"


def test_who_has_replied_stop_is_not_written_to_again(twilio, message):
    twilio.webhook(STATUS, status("failed", ErrorCode="21610"))

    message.refresh_from_db()
    consent = Consent.objects.get()
    assert (consent.number, consent.sender, consent.state, consent.source) == (
        CALLER, SUPPORT, "forbidden", "twilio",
    )  # fmt: skip
    assert message.problem == "This number wants no texts: it replied STOP."


def test_a_code_that_nobody_knows_has_a_sentence_too(twilio, message):
    twilio.webhook(STATUS, status("undelivered", ErrorCode="30999"))

    message.refresh_from_db()
    assert (message.error_code, message.problem) == ("30999", "This text was not delivered.")


def test_every_status_of_twilios_is_ranked():
    from messaging.models import MessageStatus

    assert set(MessageStatus.values) <= MESSAGE_STATUS_RANK.keys()


@pytest.mark.parametrize(
    "fields", [{"MessageStatus": "exploded"}, {"MessageSid": "nonsense"}, {"MessageStatus": ["sent", "failed"]}]
)
def test_a_status_that_makes_no_sense_is_kept_and_changes_nothing(twilio, message, fields):
    twilio.webhook(STATUS, status("sent") | fields)

    message.refresh_from_db()
    assert (message.status, verdicts()) == ("accepted", ["unusable"])
