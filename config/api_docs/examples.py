"""One example for each shape of the API's description, by the name of its component."""

from __future__ import annotations

from typing import Any

_SID = "CA" + "0123456789abcdef" * 2
_AGENT = {"id": 3, "identity": "agent_3", "name": "Ada Byron"}
_CONTACT = {"id": 12, "name": "Maya Okonkwo", "company": "Okonkwo Bakery", "note": "Orders on Mondays."}
_DEVICE = {
    "id": 7, "name": "Ada's iPhone", "platform": "ios", "address": "198.51.100.7",
    "created_at": "2026-11-23T09:30:00Z", "last_used_at": None, "expires_at": "2027-02-21T09:30:00Z", "current": True,
}  # fmt: skip
_LEG: dict[str, Any] = {
    "sid": _SID, "parent_call_sid": None, "direction": "inbound", "caller": "+12025550142",
    "called": "+12025550100", "status": "completed", "start_time": "2026-11-23T09:30:00Z",
    "answer_time": "2026-11-23T09:30:06Z", "end_time": "2026-11-23T09:34:18Z", "duration": 258, "agent": _AGENT,
}  # fmt: skip
_CALL = _LEG | {
    "incoming": True,
    "party": {
        "number": "+12025550142", "display": "(202) 555-0142", "name": "Maya Okonkwo", "company": "Okonkwo Bakery",
        "place": "Washington, DC", "withheld": False, "verified": True,
        "verification_failed": False,
    },
    "line": {"id": 1, "name": "Support", "number": "+12025550100", "display": "(202) 555-0100"},
    "contact": _CONTACT, "result": "answered", "ring_seconds": None, "problem": "", "note": "Wants a call on Monday.",
    "outcome": "call-back", "revision": 6, "recordings": [],
    "legs": [
        _LEG | {
            "sid": "CA" + "fedcba9876543210" * 2, "parent_call_sid": _SID, "direction": "outbound-dial",
            "called": "client:agent_3", "start_time": "2026-11-23T09:30:01Z", "duration": 252,
        }
    ],
}  # fmt: skip
_NUMBERS = [{"number": "+12025550142", "label": "Mobile"}]
_CONTACT_DETAIL = _CONTACT | {
    "email": "maya@okonkwo.example",
    "numbers": [{"number": "+12025550142", "extension": "", "display": "(202) 555-0142", "label": "Mobile"}],
}
_PAGE = {"next": None, "previous": None}

EXAMPLES: dict[str, Any] = {
    "Call": _CALL,
    "CallList": _PAGE | {"results": [_CALL]},
    "CallChange": {"note": "Wants a call on Monday.", "outcome": "call-back"},
    "ContactDetail": _CONTACT_DETAIL,
    "ContactDetailList": _PAGE | {"results": [_CONTACT_DETAIL]},
    "ContactInput": {
        "name": "Maya Okonkwo", "company": "Okonkwo Bakery", "email": "maya@okonkwo.example",
        "note": "Orders on Mondays.", "numbers": _NUMBERS,
    },
    "Detail": {"detail": "The call is being ended."},
    "Device": _DEVICE,
    "ImportResult": {
        "dry_run": False, "created": 1, "updated": 0, "skipped": 0,
        "errors": [{"row": 3, "detail": "number: This number is too short."}],
    },
    "ImportRow": {
        "name": "Maya Okonkwo", "number": "(202) 555-0142", "company": "Okonkwo Bakery", "label": "Mobile",
    },
    "Login": {
        "token": "4f1c0d2b7a", "expires_at": "2027-02-21T09:30:00Z", "device": _DEVICE,
        "agent": _AGENT | {"role": "agent"},
    },
    "LoginRequest": {
        "username": "ada", "password": "correct horse battery", "device_name": "Ada's iPhone", "platform": "ios",
    },
    "OwnAgent": _AGENT | {"language": "de"},
    "OwnAgentChange": {"language": "de"},
    "NumberCheck": {
        "input": "202 555 0142", "valid": True, "e164": "+12025550142", "extension": "",
        "display": "(202) 555-0142", "country": "United States",
        "place": "United States", "message": "", "contact": _CONTACT, "known_calls": 4,
    },
    "Timeline": {
        "sid": _SID,
        "entries": [
            {
                "at": "2026-11-23T09:30:00Z", "kind": "webhook", "title": "Twilio says that a call comes in",
                "of": "root", "verdict": "applied", "milliseconds": 11.4, "params": {"CallStatus": "ringing"},
                "answer": "<Response/>", "detail": "",
            }
        ],
    },
    "VoiceToken": {
        "token": "eyJhbGciOi", "identity": "agent_3", "platform": "ios", "ttl": 3600,
        "expires_at": "2026-11-23T10:30:00Z", "edge": "roaming", "grants": {"incoming": True, "outgoing": True},
    },
    "VoiceTokenRequest": {"platform": "ios", "ttl": 3600},
}  # fmt: skip
# What stands in addresses, by the names of parameters.
PARAMETERS: dict[str, Any] = {
    "sid": _SID, "recording_sid": "RE" + "0123456789abcdef" * 2, "id": 12, "device_id": 7, "number": "2025550142",
}  # fmt: skip
# Not JSON, so without a component.
TEXTS: dict[str, str] = {
    "text/csv": "name,number,company,label\nMaya Okonkwo,(202) 555-0142,Okonkwo Bakery,Mobile\n",
}
