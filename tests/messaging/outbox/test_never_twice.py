"""Nobody gets a text twice, and nobody is forgotten: whatever Twilio, the network, the workers and the clock do."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from contacts.models import Consent
from messaging.models import Message, Origin, Sender, Step, Thread
from messaging.outbox import claims, lookups, results, sending
from messaging.outbox.claims import Claimed, claim_next, expired_become_unclear
from messaging.outbox.sending import Outcome
from messaging.params import StatusUpdate
from messaging.services import message_write
from messaging.statuses import statuses_apply
from routing.models import Line
from tests.messaging.account import (
    BUSY,
    FATES,
    LOST_MOVED,
    LOST_SILENT,
    OK,
    TAKEN_MOVED,
    TAKEN_SILENT,
    Account,
    twilio_is,
)
from tests.twilio import CALLER

pytestmark = pytest.mark.django_db

NUMBERS = [CALLER, "+12025550143", "+442079460018"]
REFUSALS = [21211, 21610, 21614, 20003, 99999]


class Clock:
    """The time of all of it: rows, claims and deadlines."""

    def __init__(self) -> None:
        # What a row says by default is said by the real clock.
        self.now = timezone.now()
        self.began = self.now

    def time(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return (self.now - self.began).total_seconds()


class Worker:
    """A process that claims, asks and writes, each when it is told to; and dies with what it knows."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.claimed: list[Claimed] = []
        self.outcomes: list[Outcome] = []


class Outbox:
    """A line, two workers, Twilio and the clock. What happens next is chosen by lot."""

    def __init__(self, lot: random.Random, account: Account, clock: Clock) -> None:
        self.lot, self.account, self.clock = lot, account, clock
        self.line = Line.objects.get()
        self.workers = [Worker("one"), Worker("two")]
        self.written = 0
        # How unwell the network is differs from run to run.
        fates = [OK] * lot.choice([1, 10]) + [*FATES, lot.choice(REFUSALS)]
        account.fate = lambda data: lot.choice(fates)
        self.steps = [
            *[self.somebody_writes] * 3,
            *[self.a_worker_claims] * 4,
            *[self.a_worker_asks_twilio] * 6,
            *[self.a_worker_writes] * 4,
            self.a_worker_is_killed,
            *[self.time_passes] * 4,
            *[self.what_is_unclear_is_looked_up] * 3,
            *[self.twilio_calls_back] * 2,
        ]

    def step(self) -> None:
        self.lot.choice(self.steps)()
        self.twilio_has_no_text_twice()

    # --- What happens ---

    def somebody_writes(self) -> None:
        self.written += 1
        # Each says something else, so that it is seen which came twice.
        message_write(self.line, self.lot.choice(NUMBERS), f"Text {self.written}", origin=Origin.AGENT)

    def a_worker_claims(self) -> None:
        one = self.lot.choice(self.workers)
        one.claimed += claim_next(one.name, self.lot.randint(1, 5)).claimed

    def a_worker_asks_twilio(self) -> None:
        one = self.lot.choice(self.workers)
        if one.claimed:
            one.outcomes.append(sending.send(one.claimed.pop(0)))

    def a_worker_writes(self) -> None:
        one = self.lot.choice(self.workers)
        if one.outcomes:
            results.results_write(one.outcomes)
            one.outcomes = []

    def a_worker_is_killed(self) -> None:
        place = self.lot.randrange(len(self.workers))
        self.workers[place] = Worker(self.workers[place].name)

    def time_passes(self) -> None:
        self.clock.now += timedelta(seconds=self.lot.choice([1, 1, 5, 20, 40, 70, 1000]))

    def what_is_unclear_is_looked_up(self, *, away: bool | None = None) -> None:
        expired_become_unclear()
        self.account.is_away = self.lot.random() < 0.2 if away is None else away
        for row in lookups.lookups_take(5):
            lookups.look_write(lookups.look(row))
        self.account.is_away = False

    def twilio_calls_back(self) -> None:
        if not self.account.texts:
            return
        text, status = self.lot.choice(self.account.texts), self.lot.choice(["sent", "delivered", "undelivered"])
        message_id = text["callback"].partition("message=")[2].partition("#")[0]
        fields = {"MessageSid": text["sid"], "MessageStatus": status, "From": text["from"], "To": text["to"]}
        fields |= {"message": message_id, "ErrorCode": "30003" if status == "undelivered" else ""}
        with transaction.atomic():
            statuses_apply([StatusUpdate.from_fields(fields, at=self.clock.now)])

    # --- What must be so ---

    def twilio_has_no_text_twice(self) -> None:
        bodies = Counter(text["body"] for text in self.account.texts)
        assert [body for body, number in bodies.items() if number > 1] == []
        for number in NUMBERS:
            order = [int(text["body"].split()[1]) for text in self.account.to(number)]
            assert order == sorted(order)

    def come_to_an_end(self) -> None:
        """Twilio and the network are well, one worker lives, and time passes: nothing stays undecided."""
        self.account.fate = lambda data: OK
        for _ in range(300):
            if not Message.objects.filter(step__in=[Step.WAITING, Step.CLAIMED, Step.UNCLEAR]).exists():
                break
            self.what_is_unclear_is_looked_up(away=False)
            results.results_write([sending.send(one) for one in claim_next("last", 10).claimed])
            self.clock.now += timedelta(seconds=40)
        self.twilio_has_no_text_twice()
        at_twilio = {text["body"]: text["sid"] for text in self.account.texts}
        for row in Message.objects.all():
            assert row.step in (Step.TAKEN, Step.REFUSED, Step.UNKNOWN)
            if row.step == Step.TAKEN:
                assert at_twilio[row.body] == row.sid
            elif row.step == Step.REFUSED:
                assert row.body not in at_twilio
                assert row.problem


@contextmanager
def an_outbox(lot: random.Random) -> Iterator[Outbox]:
    """Undone when it is left."""
    clock = Clock()
    with (
        patch.object(timezone, "now", clock.time),
        patch.object(claims, "monotonic", clock.monotonic),
        patch.object(sending, "monotonic", clock.monotonic),
        twilio_is(Account()) as account,
    ):
        yield Outbox(lot, account, clock)
    Thread.objects.all().update(last_message=None)
    for model in (Message, Thread, Sender, Consent):
        model.objects.all().delete()


def _happen(seed: int) -> None:
    with an_outbox(random.Random(seed)) as outbox:
        for _ in range(150):
            outbox.step()
        outbox.come_to_an_end()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32))
def _happenings(seed: int) -> None:
    _happen(seed)


def test_nobody_gets_a_text_twice_and_nobody_is_forgotten(line):
    _happenings()


def test_the_test_sees_what_it_must_not_see(line):
    """A worker that takes a silence for a refusal is found out."""

    def careless(outcomes):
        careful([replace(one, step=Step.WAITING) if one.step == Step.UNCLEAR else one for one in outcomes])

    careful = results.results_write

    def happen_often():
        for seed in range(30):
            _happen(seed)

    with patch.object(results, "results_write", careless), pytest.raises(AssertionError):
        happen_often()


def test_a_text_is_known_again_with_plain_letters_in_it(line):
    """A messaging service puts them in the place of those that cost more."""

    class Plain(Account):
        def take(self, data):
            return super().take(data | {"Body": 'It\'s "ready" - come...'})

    with twilio_is(Plain(fate=lambda data: TAKEN_SILENT)) as account:
        message = message_write(line, CALLER, "It’s “ready” – come…", origin=Origin.AGENT)
        (claimed,) = claim_next("worker", 1).claimed
        results.results_write([sending.send(claimed)])
        (row,) = lookups.lookups_take(1)
        lookups.look_write(lookups.look(row))

    message.refresh_from_db()
    assert (message.step, message.sid) == (Step.TAKEN, account.texts[0]["sid"])


def _looked_up_to_the_end() -> None:
    for _look in range(2):
        Message.objects.filter(step=Step.UNCLEAR).update(due_at=timezone.now())
        for row in lookups.lookups_take(10):
            lookups.look_write(lookups.look(row))


@pytest.mark.parametrize("stored", ["", "See https://twil.io/x1 for it"])
def test_a_text_that_twilio_stores_in_other_words_is_not_sent_again(line, stored):
    """A service shortens links, an account keeps no bodies: what is there may be ours."""

    class Changed(Account):
        def take(self, data):
            return super().take(data | {"Body": stored})

    with twilio_is(Changed(fate=lambda data: TAKEN_SILENT)) as account:
        message = message_write(line, CALLER, "See https://example.com/long for it", origin=Origin.AGENT)
        (claimed,) = claim_next("worker", 1).claimed
        results.results_write([sending.send(claimed)])
        _looked_up_to_the_end()
        again = list(claim_next("worker", 1).claimed)

    message.refresh_from_db()
    assert (message.step, message.problem, again) == (Step.UNKNOWN, lookups.UNKNOWN, [])
    assert len(account.texts) == 1


def test_another_text_of_ours_is_not_taken_for_one_in_other_words(line):
    fates = [TAKEN_SILENT, LOST_SILENT]
    with twilio_is(Account(fate=lambda data: fates.pop(0))):
        taken = message_write(line, CALLER, "First", origin=Origin.AGENT)
        lost = message_write(line, CALLER, "Second", origin=Origin.AGENT)
        outcomes = [sending.send(one) for one in claim_next("worker", 2).claimed]
        results.results_write(outcomes)
        # The first one's answer is still with another worker.
        Message.objects.filter(pk=taken.pk).update(step=Step.CLAIMED)
        _looked_up_to_the_end()

    lost.refresh_from_db()
    assert lost.step == Step.WAITING


@pytest.mark.parametrize(("fate", "asked"), [(TAKEN_MOVED, 1), (LOST_MOVED, 2)])
def test_an_answer_that_sends_us_elsewhere_is_looked_into_before_anything_is_sent_again(line, fate, asked):
    fates = [fate]
    with twilio_is(Account(fate=lambda data: fates.pop() if fates else OK)) as account:
        message = message_write(line, CALLER, "Hello", origin=Origin.AGENT)
        (claimed,) = claim_next("worker", 1).claimed
        results.results_write([sending.send(claimed)])
        message.refresh_from_db()
        assert (message.step, message.problem) == (Step.UNCLEAR, "")
        for _look in range(2):
            Message.objects.filter(step=Step.UNCLEAR).update(due_at=timezone.now())
            for row in lookups.lookups_take(1):
                lookups.look_write(lookups.look(row))
        if claimed_again := claim_next("worker", 1).claimed:
            results.results_write([sending.send(claimed_again[0])])

    message.refresh_from_db()
    assert (len(account.texts), len(account.asked)) == (1, asked)
    assert (message.step, message.sid) == (Step.TAKEN, account.texts[0]["sid"])


def test_a_sender_that_an_admin_deletes_meanwhile_loses_no_result(line):
    with twilio_is(Account(fate=lambda data: BUSY)):
        message = message_write(line, CALLER, "Hello", origin=Origin.AGENT)
        (claimed,) = claim_next("worker", 1).claimed
        Sender.objects.all().delete()
        results.results_write([sending.send(claimed)])

    message.refresh_from_db()
    assert message.step == Step.WAITING
