"""The REST client. Nothing else imports `twilio.rest`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop
from twilio.rest import Client

from telephony.errors import NotConfigured, translated
from telephony.rest.http import RetryingHttpClient, SimulatorHttpClient, for_purpose


@lru_cache(maxsize=1)
def _client(account_sid: str, key_sid: str, key_secret: str, base_url: str, timeout: float) -> Client:
    http_client = SimulatorHttpClient(base_url, timeout=timeout) if base_url else RetryingHttpClient(timeout=timeout)
    return Client(key_sid, key_secret, account_sid, http_client=http_client)


def get_client() -> Client:
    """The client of this process, made when first needed. Raises `NotConfigured` without credentials."""
    account_sid = settings.TWILIO_ACCOUNT_SID
    if settings.TWILIO_AUTH_TOKEN:
        key_sid, secret = account_sid, settings.TWILIO_AUTH_TOKEN
    else:
        key_sid, secret = settings.TWILIO_API_KEY_SID, settings.TWILIO_API_KEY_SECRET
    if not (account_sid and key_sid and secret):
        raise NotConfigured(gettext_noop("Twilio is not set up yet. Ask your admin."), permanent=True)
    return _client(account_sid, key_sid, secret, settings.TWILIO_API_BASE_URL, settings.TWILIO_TIMEOUT_SECONDS)


def client_for(key_sid: str, secret: str) -> Client:
    """A client that lets itself in with these credentials, to see whether Twilio takes them."""
    make = _client.__wrapped__
    return make(
        settings.TWILIO_ACCOUNT_SID, key_sid, secret, settings.TWILIO_API_BASE_URL, settings.TWILIO_TIMEOUT_SECONDS
    )


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What Twilio's REST API says of a call. Times are aware; `duration` is in seconds."""

    sid: str
    parent_call_sid: str
    caller: str
    called: str
    status: str
    direction: str
    created: datetime | None
    start_time: datetime | None
    end_time: datetime | None
    duration: int | None


def call_fetch(sid: str) -> CallFacts:
    """Asks Twilio about a call. Raises `TelephonyError`; `CallGone` when Twilio does not know it."""
    with translated():
        return _facts(get_client().calls(sid).fetch())


def calls_since(since: datetime) -> Iterator[CallFacts]:
    """What Twilio says of every leg that was begun since then, a thousand with each request.

    Raises `TelephonyError`, also half-way.
    """
    with translated():
        for call in get_client().calls.stream(start_time_after=since, page_size=1000):
            yield _facts(call)


def _facts(call: Any) -> CallFacts:
    return CallFacts(
        sid=call.sid,
        parent_call_sid=call.parent_call_sid or "",
        caller=getattr(call, "_from", "") or "",
        called=call.to or "",
        status=str(call.status or ""),
        direction=str(call.direction or ""),
        created=call.date_created,
        start_time=call.start_time,
        end_time=call.end_time,
        # Twilio sends it as a string, or as null while the call lives.
        duration=int(call.duration) if call.duration else None,
    )


def call_hang_up(sid: str) -> None:
    """Ends a call at Twilio. Raises `TelephonyError`; `CallGone` when it is over already."""
    with translated():
        get_client().calls(sid).update(status="completed")


def call_error_codes(sid: str) -> list[str]:
    """What Twilio's debugger has against a call, as codes, the latest first: why a `<Dial>` in it called nobody, among
    them (Twilio Docs, "Call Notifications resource"; for countries its support article on geographic permissions).
    Raises `TelephonyError`."""
    with translated():
        return [one.error_code or "" for one in get_client().calls(sid).notifications.list(log=0, limit=20)]


def call_redirect(sid: str, url: str, *, fallback_url: str, purpose: str = "redirect") -> None:
    """Has a living call ask at `url` what to do next, and at the other one should that fail: what the call came with
    does not count for an address that it is sent to (Twilio Docs, "Call resource", `FallbackUrl`). Raises
    `TelephonyError`; `CallGone` when it is over already."""
    with translated(), for_purpose(purpose):
        get_client().calls(sid).update(url=url, method="POST", fallback_url=fallback_url, fallback_method="POST")


@dataclass(frozen=True, slots=True)
class ParticipantFacts:
    """What Twilio's REST API says of one in a conference."""

    call_sid: str
    label: str
    status: str
    held: bool
    muted: bool
    # Whom alone it is heard by; "" when by all.
    coached: str = ""


def conference_find(name: str) -> str:
    """The sid of the conference of that name that is on; "" when there is none. Raises `TelephonyError`."""
    with translated(), for_purpose("conference"):
        for status in ("in-progress", "init"):
            for found in get_client().conferences.list(friendly_name=name, status=status, limit=1):
                return str(found.sid)
    return ""


def participants_of(conference_sid: str) -> list[ParticipantFacts]:
    """Who is in a conference, or called into it. Raises `TelephonyError`."""
    with translated(), for_purpose("conference"):
        found = get_client().conferences(conference_sid).participants.list(limit=50)
        return [
            ParticipantFacts(
                one.call_sid,
                one.label or "",
                str(one.status or ""),
                bool(one.hold),
                bool(one.muted),
                str(one.call_sid_to_coach or "") if one.coaching else "",
            )
            for one in found
        ]


def participant_hold(conference_sid: str, leg: str, *, held: bool, music_url: str) -> None:
    """Puts somebody in a conference on hold, or ends that. Raises `TelephonyError`."""
    music = {"hold_url": music_url, "hold_method": "POST"} if held else {}
    with translated(), for_purpose("hold" if held else "resume"):
        get_client().conferences(conference_sid).participants(leg).update(hold=held, **music)


def participant_mute(conference_sid: str, leg: str, *, muted: bool) -> None:
    """Raises `TelephonyError`."""
    with translated(), for_purpose("mute"):
        get_client().conferences(conference_sid).participants(leg).update(muted=muted)


def participant_supervise(conference_sid: str, leg: str, *, muted: bool, coached: str | None) -> None:
    """By whom somebody in a conference is heard: `coached`, a leg, by that alone; "", by all; None stays as it is.
    Raises `TelephonyError`."""
    coaching: dict[str, Any] = {}
    if coached is not None:
        coaching = {"coaching": bool(coached)} | ({"call_sid_to_coach": coached} if coached else {})
    with translated(), for_purpose("supervise"):
        get_client().conferences(conference_sid).participants(leg).update(muted=muted, **coaching)


def participant_remove(conference_sid: str, leg: str) -> None:
    """Takes somebody out of a conference; who is still called is called no more. Raises `TelephonyError`."""
    with translated(), for_purpose("remove"):
        get_client().conferences(conference_sid).participants(leg).delete()


def participant_call(
    conference_sid: str, *, to: str, caller_id: str, label: str, timeout: int, status_url: str, events_url: str
) -> str:
    """Calls somebody into a conference: the sid of that call. Raises `TelephonyError`."""
    with translated(), for_purpose("call-in"):
        made = (
            get_client()
            .conferences(conference_sid)
            .participants.create(
                from_=caller_id,
                to=to,
                label=label,
                timeout=timeout,
                beep="false",
                early_media=True,
                end_conference_on_exit=False,
                status_callback=status_url,
                status_callback_event=["initiated", "ringing", "answered", "completed"],
                status_callback_method="POST",
                conference_status_callback=events_url,
                conference_status_callback_event=["start", "end", "join", "leave", "mute", "hold", "modify"],
                conference_status_callback_method="POST",
            )
        )
        return str(made.call_sid)


def call_delete(sid: str) -> None:
    """Deletes Twilio's record of a call. Raises `TelephonyError`; `CallGone` when there is none."""
    with translated():
        get_client().calls(sid).delete()


def recording_delete(sid: str) -> None:
    """Deletes a recording at Twilio. Raises `TelephonyError`; `CallGone` when there is none."""
    with translated():
        get_client().recordings(sid).delete()
