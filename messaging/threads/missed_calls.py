"""A text to somebody whose call nobody answered: by rule of the line, once a day, and never to who wants none."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from celery import shared_task
from django.db import IntegrityError
from django.db.models import Q
from django.utils import timezone

from calls.log.to_do import missed_to_call_back
from calls.models import Call, CallResult
from messaging.models import Message, MissedCallText, Origin
from messaging.refused_numbers import INVALID_CODES, LANDLINE_CODES, numbers_last_refused
from messaging.services import message_write
from messaging.threads.services import TextRefused, text_check, text_check_allowed
from routing.models import Line
from routing.outgoing.rules import Role
from telephony.party import same_party

logger = logging.getLogger(__name__)

# What was missed longer ago gets no text: after an outage nobody is to be surprised in the night.
_LATELY = timedelta(minutes=15)
_A_DAY = timedelta(hours=24)


@shared_task(name="messaging.threads.missed_calls.write")  # type: ignore[untyped-decorator]
def missed_calls_text() -> None:
    """Looks at the calls that were missed lately. By the clock: a push that is lost loses nobody."""
    rules = {rule.line_id: rule for rule in MissedCallText.objects.filter(is_on=True, line__is_active=True)}
    if not rules:
        return
    lately = Call.objects.filter(line__in=rules, end_time__gte=timezone.now() - _LATELY)
    # Who called again meanwhile, or was called, needs none; unless that was missed, too, at a line that texts nobody.
    again = Q(line__in=rules) | ~Q(result=CallResult.MISSED)
    calls = {_key(call): call for call in missed_to_call_back(lately, again=again).order_by("end_time")}
    if not calls:
        return
    # All who were missed in these minutes are looked at each time: most of them have theirs.
    written = set(Message.objects.filter(key__in_array=list(calls)).order_by().values_list("key", flat=True))
    for key, call in calls.items():
        if key not in written:
            _write(rules[call.line_id or 0], call, key)


def _key(call: Call) -> str:
    """One text a day to each number of a line."""
    return f"missed:{call.line_id}:{call.caller}:{_ended(call).date():%Y%m%d}"


def _ended(call: Call) -> datetime:
    return timezone.localtime(call.end_time or call.start_time)


def _write(rule: MissedCallText, call: Call, key: str) -> None:
    ended = _ended(call)
    line = rule.line
    # The number of a marked caller may be that of somebody who never called.
    if call.spam or not is_within(rule, ended) or _was_written_lately(line, call.caller) or _took_none(call.caller):
        return
    try:
        text_check(line, call.caller)
        # The rule is an admin's.
        text_check_allowed(call.caller, role=Role.ADMIN)
        message_write(line, call.caller, rule.body, origin=Origin.RULE, key=key)
    except TextRefused as refused:
        # Every few seconds, as long as it was missed lately.
        logger.debug("no text after missed call %s: %s", call.sid, refused.code)
    except IntegrityError:
        # Another worker has just written it.
        pass


def _was_written_lately(line: Line, number: str) -> bool:
    """By hours and not by dates: who calls before midnight and after it is one who called twice."""
    rows = Message.objects.filter(thread__line=line, thread__number__in=same_party(number), origin=Origin.RULE)
    return rows.filter(created_at__gt=timezone.now() - _A_DAY).exists()


def _took_none(number: str) -> bool:
    """Whether Twilio could deliver nothing the last time, also when it is no contact's: nobody is there to see that it
    fails each day."""
    return bool(numbers_last_refused(same_party(number), (*LANDLINE_CODES, *INVALID_CODES)))


def is_within(rule: MissedCallText, moment: datetime) -> bool:
    """Whether the rule is in force at that local time; a span may go past midnight."""
    begins, ends = rule.begins_at, rule.ends_at
    if begins is None or ends is None:
        return True
    now = moment.time()
    return begins <= now < ends if begins <= ends else now >= begins or now < ends
