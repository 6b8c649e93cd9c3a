"""Who is in a conference: Twilio Docs, "Conference Participant resource"."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from simulator.engine.calls import API_RING_TIMEOUT, Extras
from simulator.engine.conference import Conference, Document, Participant
from simulator.engine.conference_events import Callback
from simulator.engine.detection import MACHINES, Detection
from simulator.engine.interpreter import Goto
from simulator.engine.joining import into
from simulator.identifiers import rfc2822
from simulator.rest import making
from simulator.rest.api import API, ApiRequest
from simulator.rest.conferences import find_conference
from simulator.rest.errors import ApiError
from simulator.rest.paging import page_response

LONGEST_LABEL = LONGEST_NAME = 128
EVENTS = frozenset({"start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement"})


def participant_json(participant: Participant, conference: Conference, account_sid: str) -> dict[str, Any]:
    base = f"{API}/Accounts/{account_sid}/Conferences/{conference.sid}/Participants"
    return {
        "account_sid": account_sid,
        "call_sid": participant.sid,
        "conference_sid": conference.sid,
        "label": participant.label or None,
        "status": participant.status,
        "muted": participant.muted,
        "hold": participant.hold is not None,
        "coaching": bool(participant.coached),
        "call_sid_to_coach": participant.coached or None,
        "start_conference_on_enter": participant.starts,
        "end_conference_on_exit": participant.ends,
        "queue_time": None,
        "date_created": rfc2822(participant.date_created),
        "date_updated": rfc2822(participant.date_updated),
        "uri": f"{base}/{participant.sid}.json",
    }


async def index(api: ApiRequest) -> Response:
    conference, query = find_conference(api), api.request.query_params
    account_sid = api.engine.config.account_sid

    def fits(one: Participant) -> bool:
        facts = {"Muted": one.muted, "Hold": one.hold is not None, "Coaching": bool(one.coached)}
        return all(query.get(name, str(value).lower()).lower() == str(value).lower() for name, value in facts.items())

    everybody = sorted([*conference.participants, *conference.awaited], key=lambda one: one.date_created)
    found = [one for one in everybody if fits(one)]
    return page_response(api, "participants", found, lambda one: participant_json(one, conference, account_sid))


async def create(api: ApiRequest) -> Response:
    """Calls somebody into a conference: one that is on, by its SID or its name, or a new one by its name."""
    to, from_ = making.parties(api)
    label = api.text("Label")
    if len(label) > LONGEST_LABEL:
        raise ApiError(20001, message=f"Label may have {LONGEST_LABEL} characters")
    extras = Extras(
        time_limit=making.seconds(api, "TimeLimit", 0) or None,
        recording=making.recording(api),
        detection=_detection(api),
    )
    timeout = making.seconds(api, "Timeout", API_RING_TIMEOUT)
    subscriptions = making.subscriptions(api)
    settings: dict[str, Any] = {
        "label": label,
        "muted": api.flag("Muted"),
        "starts": api.choice("StartConferenceOnEnter", "true", "true", "false") == "true",
        "ends": api.flag("EndConferenceOnExit"),
        "early_media": api.choice("EarlyMedia", "true", "true", "false") == "true",
        "callback": _conference_callback(api),
        "wait": _wait(api),
    }
    known = _known(api)
    settings["coached"] = _coached(api, known)
    if label and known is not None and known.find(label) is not None:
        raise ApiError(16025, label)
    conference = known or api.engine.conferences.named(api.path("conference"))
    leg = api.engine.create_call(
        from_, to, into(conference.name), Goto(""), subscriptions, timeout=timeout, extras=extras
    )
    participant = Participant(leg, **settings)
    conference.expect(participant)
    answer = participant_json(participant, conference, api.engine.config.account_sid)
    return JSONResponse({**answer, "queue_time": str(leg.queue_time)}, 201)


async def fetch(api: ApiRequest) -> Response:
    conference = find_conference(api)
    return JSONResponse(participant_json(_participant(api, conference), conference, api.engine.config.account_sid))


async def update(api: ApiRequest) -> Response:
    conference = find_conference(api)
    participant = _participant(api, conference)
    hold = Document(making.address(api, "HoldUrl") or None, api.method("HoldMethod", "GET"))
    if api.has("HoldUrl") and not api.text("HoldUrl"):
        hold = Document("", hold.method)
    announcement = making.address(api, "AnnounceUrl")
    method = api.method("AnnounceMethod")
    changes: dict[str, Any] = {}
    if api.has("EndConferenceOnExit"):
        changes["ends"] = _true(api, "EndConferenceOnExit")
    if api.has("Coaching") or api.has("CallSidToCoach"):
        changes["coached"] = _coached(api, conference)
    if api.has("WaitUrl"):
        changes["wait"] = _wait(api)
    if api.has("Muted"):
        conference.mute(participant, _true(api, "Muted"))
    if api.has("Hold"):
        conference.set_hold(participant, hold if _true(api, "Hold") else None)
    conference.modify(participant, **changes)
    if announcement:
        conference.announce(participant, Document(announcement, method))
    return JSONResponse(participant_json(participant, conference, api.engine.config.account_sid))


async def delete(api: ApiRequest) -> Response:
    conference = find_conference(api)
    conference.kick(_participant(api, conference))
    return Response(status_code=204)


def _participant(api: ApiRequest, conference: Conference) -> Participant:
    """By CallSid or label. Raises `ApiError` 20404."""
    name = api.path("call")
    participant = conference.find(name)
    if participant is None:
        account = api.engine.config.account_sid
        raise ApiError(20404, f"/Accounts/{account}/Conferences/{conference.sid}/Participants/{name}.json")
    return participant


def _known(api: ApiRequest) -> Conference | None:
    """The conference that is meant; None for a new one. Raises `ApiError` for an unknown SID, or one that is over."""
    name = api.path("conference")
    if name.startswith("CF") and len(name) == 34:
        conference = find_conference(api)
        if conference.ended.is_set():
            raise ApiError(20001, message=f"Conference {name} is completed")
        return conference
    if len(name) > LONGEST_NAME:
        raise ApiError(20001, message=f"A conference's name may have {LONGEST_NAME} characters")
    return api.engine.conferences.get(name)


def _true(api: ApiRequest, name: str) -> bool:
    """Twilio takes whatever is not `true` for false."""
    return api.text(name).lower() == "true"


def _coached(api: ApiRequest, conference: Conference | None) -> str:
    """The CallSid of whoever is coached; empty for nobody. Raises `ApiError` when nobody is there to be."""
    sid = api.text("CallSidToCoach")
    coaching = _true(api, "Coaching") if api.has("Coaching") else bool(sid)
    if not coaching:
        return ""
    if conference is None or all(one.sid != sid for one in conference.participants):
        raise ApiError(13240, sid or "Nobody")
    return sid


def _wait(api: ApiRequest) -> Document:
    url = making.address(api, "WaitUrl")
    return Document(url if api.has("WaitUrl") else None, api.method("WaitMethod"))


def _conference_callback(api: ApiRequest) -> Callback | None:
    url = making.address(api, "ConferenceStatusCallback")
    events = frozenset(api.texts("ConferenceStatusCallbackEvent") or ["start", "end"])
    if unknown := events - EVENTS:
        text = f"ConferenceStatusCallbackEvent: {', '.join(sorted(unknown))} is no event of a conference"
        api.engine.inspector.warn(21626, text)
    return Callback(url, api.method("ConferenceStatusCallbackMethod"), events & EVENTS) if url else None


def _detection(api: ApiRequest) -> Detection | None:
    """It goes on while the call is in the room already."""
    if not api.text("MachineDetection"):
        return None
    mode = api.choice("MachineDetection", "Enable", *MACHINES)
    callback = making.address(api, "AmdStatusCallback")
    return Detection(mode, callback, api.method("AmdStatusCallbackMethod"), in_background=True)
