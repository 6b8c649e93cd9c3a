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
    "sid": _SID,
    "parent_call_sid": None,
    "direction": "inbound",
    "caller": "+12025550142",
    "called": "+12025550100",
    "status": "completed",
    "start_time": "2026-11-23T09:30:00Z",
    "answer_time": "2026-11-23T09:30:06Z",
    "end_time": "2026-11-23T09:34:18Z",
    "duration": 258,
    "agent": _AGENT,
}
_CALL = _LEG | {
    "incoming": True,
    "internal": False,
    "party": {
        "number": "+12025550142",
        "display": "(202) 555-0142",
        "name": "Maya Okonkwo",
        "company": "Okonkwo Bakery",
        "place": "Washington, DC",
        "withheld": False,
        "verified": True,
        "verification_failed": False,
        "spam": False,
    },
    "line": {"id": 1, "name": "Support", "number": "+12025550100", "display": "(202) 555-0100"},
    "contact": _CONTACT,
    "result": "answered",
    "ring_seconds": None,
    "waited": 12,
    "agents": [{"agent": _AGENT, "since": "2026-11-23T09:30:06Z", "until": "2026-11-23T09:34:18Z"}],
    "participants": [],
    "held_seconds": 0,
    "parked_since": None,
    "transfer": None,
    "help_since": None,
    "problem": "",
    "note": "Wants a call on Monday.",
    "outcome": "call-back",
    "revision": 6,
    "recordings": [],
    "legs": [
        _LEG
        | {
            "sid": "CA" + "fedcba9876543210" * 2,
            "parent_call_sid": _SID,
            "direction": "outbound-dial",
            "called": "client:agent_3",
            "start_time": "2026-11-23T09:30:01Z",
            "duration": 252,
        }
    ],
}
_MEASURED: dict[str, Any] = {
    "leg": "CA" + "fedcba9876543210" * 2, "seconds": 252, "poor_seconds": 0,
    "mos": {"min": 4.1, "mean": 4.3, "p95": 4.2, "max": 4.4}, "jitter": {"min": 2, "mean": 6.2, "p95": 11, "max": 14},
    "rtt": {"min": 40, "mean": 52, "p95": 80, "max": 120}, "loss": {"min": 0, "mean": 0.2, "p95": 1, "max": 2},
    "input_level": None, "output_level": None, "microphone": "Headset", "speaker": "Headset", "network": "wifi",
    "edge": "roaming", "codec": "opus", "is_complete": True,
}  # fmt: skip
_WARNING = {"name": "high-jitter", "times": 1, "seconds": 4}
_KEPT_WARNING = _WARNING | {"text": "packets came unevenly, 4 s"}
_QUALITY = _MEASURED | {
    "agent": _AGENT, "at": "2026-11-23T09:34:19Z", "verdict": "good",
    "summary": "Good: MOS 4.3, loss 0.2%, jitter 6 ms, round trip 52 ms", "warnings": [_KEPT_WARNING],
}  # fmt: skip
_NUMBERS = [{"number": "+12025550142", "label": "Mobile"}]
_CONTACT_DETAIL = _CONTACT | {
    "email": "maya@okonkwo.example", "owner": {"id": 3, "name": "Ada Byron"}, "language": "", "time_zone": "",
    "guessed": {"language": "en", "time_zone": "America/New_York"}, "own": {"customer_no": "TR-20418"},
    "created_at": "2026-03-02T08:00:00Z", "updated_at": "2026-11-23T09:30:00Z",
    "numbers": [
        {
            "number": "+12025550142", "extension": "", "display": "(202) 555-0142", "label": "Mobile",
            "line_type": "mobile", "region": "US",
        }
    ],
}  # fmt: skip
_PERSON = {"id": 3, "name": "Ada Byron"}
_BLOCKED = {
    "id": 5, "number": "+12025550177", "display": "(202) 555-0177", "reason": "Shouts", "by": _PERSON,
    "at": "2026-11-23T09:30:00Z",
}  # fmt: skip
_CONTACT_PAGE = _CONTACT_DETAIL | {
    "groups": [{"id": 2, "name": "Trade customers", "by_rule": False}], "blocked": [],
    "merges": [{"id": 9, "name": "M. Okonkwo", "by": _PERSON, "at": "2026-11-20T10:00:00Z"}],
}  # fmt: skip
_NOTE = {
    "id": 31, "text": "Prefers to be rung after 14:00.", "author": _PERSON, "at": "2026-11-19T16:20:00Z",
    "edited_at": None, "may_edit": True,
}  # fmt: skip
_RULE = {"match": "all", "conditions": [{"field": "country", "is": "any-of", "value": ["GB", "IE"]}]}
_GROUP = {"id": 2, "name": "Trade customers", "description": "", "rule": _RULE, "members": 214}
_PREVIEW = {
    "id": "9Zc1m0", "name": "contacts.csv", "problem": "",
    "columns": [
        {"header": "Full name", "target": "name", "samples": ["Maya Okonkwo"]},
        {"header": "Phone", "target": "number", "samples": ["(202) 555-0142"]},
    ],
    "targets": [{"key": "name", "name": "Name"}, {"key": "number", "name": "Number"}],
    "groups": [2], "created": 1, "updated": 1, "skipped": 0, "changes_total": 1,
    "changes": [
        {
            "row": 4, "contact": "Maya Okonkwo", "number": "+12025550142", "display": "(202) 555-0142",
            "fields": [
                {"name": "name", "label": "Name", "was": "Maya Okonkwo", "becomes": "Tom Aldous"},
                {"name": "extension", "label": "Extension", "was": "", "becomes": "12"},
            ],
        },
    ],
    "errors": [{"row": 3, "detail": "number: This number is too short."}],
}  # fmt: skip
_LINE = {"id": 1, "name": "Support", "number": "+12025550100", "display": "(202) 555-0100"}
_MEDIA = {
    "id": 5, "content_type": "image/jpeg", "size": 214_000, "state": "kept", "url": "/api/v1/messages/media/5/",
}  # fmt: skip
_MESSAGE: dict[str, Any] = {
    "id": 41, "thread": 7, "sid": "SM" + "0123456789abcdef" * 2, "direction": "inbound",
    "body": "Any news on the delivery date?", "media": [], "state": "received", "problem": "", "help": "",
    "may_retry": False, "error_code": "", "segments": 1, "by": None, "origin": "", "group_send": None,
    "at": "2026-11-23T09:30:00Z",
}  # fmt: skip
_THREAD = {
    "id": 7, "line": _LINE, "number": "+12025550142", "display": "(202) 555-0142", "contact": _CONTACT,
    "assigned_to": None, "last": _MESSAGE, "last_at": "2026-11-23T09:30:00Z", "unread": 1, "closed": "", "revision": 3,
}  # fmt: skip
_PAGE = {"next": None, "previous": None}
_USAGE = {
    "category": "totalprice", "day": "2026-11-24", "description": "Total Price", "count": "0", "count_unit": "",
    "usage": "26.4", "usage_unit": "usd", "price": "26.4", "price_unit": "usd", "as_of": "2026-11-24T10:45:03Z",
}  # fmt: skip
_COST = {
    "id": 1, "name": "Support", "calls": 171, "minutes": 512, "calls_price": "8.43", "texts": 96, "segments": 131,
    "texts_price": "1.62", "price": "10.05", "open": 12,
}  # fmt: skip
_GROUP_SEND_ROW: dict[str, Any] = {
    "id": 4, "title": "Closed at Christmas", "state": "draft", "problem": "", "goes_on_by_itself": False,
    "started_at": None, "finished_at": None, "progress": None, "revision": 0, "line": _LINE,
    "body": "Hello {first name}, we are closed on 24 December.", "groups": [], "scheduled_for": None,
    "keeps_hours": True, "hours_from": "08:00", "hours_until": "20:00", "written_by": _AGENT, "started_by": None,
    "summary": None, "created_at": "2026-11-23T09:30:00Z",
}  # fmt: skip
_GROUP_SEND = _GROUP_SEND_ROW | {"contacts": [], "numbers": ["+12025550142"]}
_RECIPIENT = {
    "id": 5, "contact": 12, "name": "Maya Okonkwo", "number": "+12025550142", "display": "(202) 555-0142",
    "outcome": "not-delivered", "outcome_text": "Not delivered", "why": "The phone is switched off.",
    "at": "2026-11-23T09:31:00Z", "what_now": "try-again", "what_now_text": "can be tried", "help": "",
    "body": "Hello Maya, we are closed on 24 December.", "segments": 1, "price": None, "thread": 7, "answered": False,
}  # fmt: skip

_QUEUE_CALLER = {
    "sid": _SID, "place": 1, "state": "waiting", "since": "2026-11-23T09:30:02Z",
    "late_at": "2026-11-23T09:32:02Z", "party": _CALL["party"],
    "line": _CALL["line"], "why": "pressed 2, Orders", "not_before": None, "tries": 0, "rings_at": [],
}  # fmt: skip
_RINGING_AT = _AGENT | {"since": "2026-11-23T09:30:14Z"}
_RINGING = {"agent": _AGENT, "since": "2026-11-23T09:30:14Z", "party": _CALL["party"], "line": _LINE}
_QUEUE = {
    "team": {"id": 1, "name": "Support"}, "waiting": 1, "call_backs": 0, "longest_since": "2026-11-23T09:30:02Z",
    "call_backs_since": None, "callers": [_QUEUE_CALLER],
    "ringing": [_RINGING],
}  # fmt: skip
_BOARD_FIGURES = {
    "calls": 151, "answered": 142, "answered_in_goal": 114, "counted": 146, "service_level": 78.1, "voicemail": 3,
    "missed": 6, "abandoned": 6, "abandoned_percent": 4.0, "abandoned_waited": 64, "to_call_back": 3,
}  # fmt: skip
_BOARD_GOAL = {"percent": 80, "seconds": 20, "wait_seconds": 120}
_BOARD_STANDING = {
    "waiting": 1, "longest_since": "2026-11-23T09:30:02Z", "late_at": "2026-11-23T09:32:02Z", "goal": _BOARD_GOAL,
    "figures": _BOARD_FIGURES,
}  # fmt: skip
_BOARD_CALLER = _QUEUE_CALLER | {"team": {"id": 1, "name": "Support"}}
_BOARD_CALL = {"sid": _SID, "party": _CALL["party"], "line": _LINE}
_BOARD_AGENT: dict[str, Any] = {
    "agent": _AGENT, "availability": "available", "state": "ringing", "since": "2026-11-23T09:30:14Z", "reason": "",
    "back_at": None, "set_at": "2026-11-23T08:01:00Z", "set_by": None, "rule": "", "wrap_up": None, "trouble": "",
    "call": _BOARD_CALL, "calls": 11, "talking": False, "help_since": None, "supervisors": [], "may_supervise": False,
}  # fmt: skip
_BOARD = {
    "now": "2026-11-23T09:30:24Z", "day": "2026-11-23", "team": None, "teams": [{"id": 1, "name": "Support"}],
    "all": _BOARD_STANDING, "by_team": [{"team": {"id": 1, "name": "Support"}} | _BOARD_STANDING],
    "by_line": [{"line": _LINE} | _BOARD_STANDING], "callers": [_BOARD_CALLER], "call_backs": 0,
    "notices": [{"text": "72 % of today's spend limit. At the limit texts to groups pause.", "urgent": False}],
    "agents": [_BOARD_AGENT],
}  # fmt: skip
_CALL_BACK = {
    "sid": _SID, "party": _CALL["party"], "line": _CALL["line"], "team": {"id": 1, "name": "Support"},
    "since": "2026-11-23T09:30:02Z", "until": "2026-11-23T09:36:34Z", "tries": 0,
    "why": "pressed 2, Orders", "note": "",
}  # fmt: skip
_HANDLING_AGENT = _AGENT | {"id": 4, "identity": "agent_4", "name": "Grace Hall"}
_PARTICIPANT = {
    "leg": _SID, "role": "customer", "agent": None, "name": "Maya Okonkwo", "number": "+12025550142",
    "display": "(202) 555-0142", "state": "in", "held": True, "held_since": "2026-11-23T09:31:00Z", "muted": False,
    "mode": "", "problem": "",
}  # fmt: skip
_TRANSFER_TO = {
    "agent": _HANDLING_AGENT, "team": None, "number": "", "display": "", "name": "Grace Hall",
}  # fmt: skip
_TRANSFER = {
    "id": 8, "mode": "warm", "state": "consulting", "from": _AGENT, "to": _TRANSFER_TO,
    "since": "2026-11-23T09:31:00Z", "problem": "",
}  # fmt: skip
_PRESENCE = {
    "agent": _HANDLING_AGENT, "availability": "available", "state": "on-call", "since": "2026-11-23T09:28:00Z",
    "reason": "", "back_at": None, "set_at": "2026-11-23T08:01:00Z", "set_by": None, "rule": "", "wrap_up": None,
    "trouble": "",
}  # fmt: skip
_AGENT_TARGET = {"may": False, "why": "Is on a call.", "presence": _PRESENCE}
_TEAM_TARGET = {"may": True, "why": "", "team": {"id": 2, "name": "Sales"}, "waiting": 0}
_NUMBER_TARGET = {
    "may": True, "why": "", "number": "+12025550176", "display": "(202) 555-0176", "name": "Maya Okonkwo",
    "label": "Office", "company": "Okonkwo Bakery",
}  # fmt: skip
EXAMPLES: dict[str, Any] = {
    "AgentTarget": _AGENT_TARGET,
    "Colleague": _AGENT_TARGET | {"to": "client:agent_4"},
    "HandlingAgent": _HANDLING_AGENT,
    "HandlingTeam": {"id": 2, "name": "Sales"},
    "NumberTarget": _NUMBER_TARGET,
    "Participant": _PARTICIPANT,
    "ParticipantChange": {"muted": True},
    "HelpRequest": {"wanted": True},
    "SuperviseRequest": {"mode": "listen"},
    "ParticipantRequest": {"to": {"agent": 4}},
    "Somebody": {"agent": 4},
    "TeamTarget": _TEAM_TARGET,
    "Transfer": _TRANSFER,
    "TransferRequest": {"to": {"team": 2}, "mode": "blind"},
    "TransferTargetTo": _TRANSFER_TO,
    "TransferTargets": {"agents": [_AGENT_TARGET], "teams": [_TEAM_TARGET], "numbers": [_NUMBER_TARGET]},
    "Whom": {"team": 2},
    "Board": _BOARD,
    "BoardAgent": _BOARD_AGENT,
    "BoardCall": _BOARD_CALL,
    "BoardCaller": _BOARD_CALLER,
    "BoardFigures": _BOARD_FIGURES,
    "BoardGoal": _BOARD_GOAL,
    "BoardLine": {"line": _LINE} | _BOARD_STANDING,
    "BoardStanding": _BOARD_STANDING,
    "BoardSupervisor": {"id": 5, "name": "Hedy Brandt", "mode": "listen"},
    "BoardTeam": {"team": {"id": 1, "name": "Support"}} | _BOARD_STANDING,
    "Give": {"sid": _SID, "agent": 3},
    "RingingAt": _RINGING_AT,
    "CallBack": _CALL_BACK,
    "CallBackAction": {"sid": _SID},
    "Queue": _QUEUE,
    "QueueCaller": _QUEUE_CALLER,
    "Ringing": _RINGING,
    "QueueTeam": {"id": 1, "name": "Support"},
    "Queues": {"queues": [_QUEUE]},
    "Take": {"sid": _SID},
    "Assign": {"agent": None},
    "AwayReason": {"id": 1, "name": "Lunch"},
    "Presence": {
        "agent": _AGENT, "availability": "away", "state": "away", "since": "2026-11-23T10:31:00Z", "reason": "Lunch",
        "back_at": "2026-11-23T11:00:00Z", "set_at": "2026-11-23T10:31:00Z",
        "set_by": {"id": 5, "identity": "agent_5", "name": "Hedy Brandt"}, "rule": "", "wrap_up": None, "trouble": "",
    },
    "PresenceChange": {"availability": "away", "back_at": None},
    "Call": _CALL,
    "CallDetail": _CALL | {"quality": [_QUALITY]},
    "CallQuality": _QUALITY,
    "Figures": _MEASURED["mos"],
    "KeptWarning": _KEPT_WARNING,
    "Quality": _MEASURED | {"warnings": [_WARNING]},
    "QualityWarning": _WARNING,
    "CallList": _PAGE | {"results": [_CALL]},
    "CallCost": {
        "sid": _SID, "price": "0.0125", "price_unit": "usd", "open": 0,
        "legs": [{"sid": _SID, "price": "0.0085"}, {"sid": "CA" + "fedcba9876543210" * 2, "price": "0.004"}],
    },
    "CallChange": {"note": "Wants a call on Monday.", "outcome": "call-back"},
    "ContactDetail": _CONTACT_DETAIL,
    "ContactDetailList": _PAGE | {"results": [_CONTACT_DETAIL]},
    "ContactInput": {
        "name": "Maya Okonkwo", "company": "Okonkwo Bakery", "email": "maya@okonkwo.example",
        "note": "Orders on Mondays.", "numbers": _NUMBERS,
    },
    "BlockedNumber": _BLOCKED,
    "BlockedNumberList": _PAGE | {"results": [_BLOCKED]},
    "BlockInput": {"reason": "Shouts"},
    "BlockNumberInput": {"number": "(202) 555-0177", "reason": "Shouts"},
    "ConsentInput": {
        "number": "+12025550142", "sender": "+12025550100", "state": "allowed", "source": "spoken",
        "note": "Asked on the phone.",
    },
    "Consents": {
        "senders": [{"sender": "+12025550100", "name": "Support", "display": "(202) 555-0100"}],
        "history": [
            {
                "number": "+12025550142", "sender": "+12025550100", "state": "allowed", "source": "spoken",
                "note": "Asked on the phone.", "by": _PERSON, "at": "2026-11-23T09:30:00Z",
            }
        ],
    },
    "ContactPage": _CONTACT_PAGE,
    "ContactTimeline": {
        "next": None, "counts": {"call": 14, "text": 38, "voicemail": 2, "note": 7},
        "results": [
            {"at": "2026-11-19T16:20:00Z", "kind": "note", "id": "00000000000000000031", "note": _NOTE},
            {"at": "2026-11-18T09:30:00Z", "kind": "call", "id": _SID, "call": _CALL},
        ],
    },
    "CostList": {
        "by": "line", "start": "2026-11-01", "end": "2026-11-24", "price_unit": "usd", "results": [_COST],
    },
    "Detail": {"detail": "The call is being ended."},
    "Device": _DEVICE,
    "Group": _GROUP,
    "GroupInput": {"name": "Trade customers", "rule": _RULE},
    "ImportChoices": {"columns": ["name", "number"], "groups": [2]},
    "ImportPreview": _PREVIEW,
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
    "GroupRecipient": _RECIPIENT,
    "GroupRecipientList": _PAGE | {"results": [_RECIPIENT]},
    "GroupSend": _GROUP_SEND,
    "GroupSendInput": {
        "line": 1, "title": "Closed at Christmas", "groups": [2],
        "body": "Hello {first name}, we are closed on 24 December.",
    },
    "GroupSendChange": {"body": "Hello {first name}, we are closed on 24 and 25 December.", "revision": 3},
    "GroupSendStart": {"revision": 4},
    "GroupSendRow": _GROUP_SEND_ROW,
    "GroupSendRowList": _PAGE | {"results": [_GROUP_SEND_ROW]},
    "MergeInput": {"contact": 12},
    "Note": _NOTE,
    "NoteInput": {"text": "Prefers to be rung after 14:00."},
    "Media": _MEDIA,
    "Message": _MESSAGE,
    "MessageInput": {"line": "+12025550100", "to": "(202) 555-0142", "body": "Yes: Thursday morning."},
    "MessageList": _PAGE | {"results": [_MESSAGE]},
    "OwnAgent": _AGENT | {"language": "de"},
    "OwnAgentChange": {"language": "de"},
    "NumberCheck": {
        "input": "202 555 0142", "valid": True, "e164": "+12025550142", "extension": "",
        "display": "(202) 555-0142", "country": "United States",
        "place": "United States", "message": "", "may_override": False, "contact": _CONTACT, "known_calls": 4,
    },
    "OverrideInput": {"to": "+12025550198", "reason": "She asked to be called tonight."},
    "Override": {
        "id": "I6UtfYe_9bf3KlrBnY9AwGJHOJ0GWpsh", "to": "+12025550198", "expires_at": "2026-11-23T09:32:00Z",
    },
    "OwnField": {"key": "customer_no", "name": "Customer no."},
    "RetryAnswer": {"retried": 1, "send": _GROUP_SEND},
    "RuleField": {"name": "country", "ways": ["any-of", "none-of"]},
    "ExplainInput": {"line": "+12025550100", "from": "+12025550142", "at": "2026-11-23T17:41:00Z", "keys": "1"},
    "Explanation": {
        "line": {"id": 1, "name": "Support", "number": "+12025550100", "display": "(202) 555-0100"},
        "route": {"id": 2, "name": "Support, daytime", "version": 12}, "at": "2026-11-23T17:41:00Z",
        "result": "rings", "conclusion": "After 6 s the phone of Ada Byron rings.",
        "steps": [
            {
                "at": "2026-11-23T17:41:00Z", "kind": "decision", "step": "hours", "title": "Step 1, Shop hours: open",
                "reason": "Shop hours: the span 08:30–18:00 of 23 Nov 2026, Europe/London.", "if_nobody": False,
            }
        ],
        "rings": [{"agent": _PERSON, "reason": "Available.", "at": "2026-11-23T17:41:06Z"}], "does_not_ring": [],
    },
    "Read": {"up_to": 41},
    "ReadyText": {"id": 2, "name": "Missed you", "body": "Hello {first name}, when may we call again?", "line": None},
    "Thread": _THREAD,
    "ThreadClosed": {
        "closed": "stopped", "message": "This number replied STOP and gets no texts until it writes START.",
        "may_override": False,
    },
    "ThreadList": _PAGE | {"results": [_THREAD]},
    "ToMyself": {"number": "(202) 555-0143"},
    "ThreadMessageInput": {"body": "Yes: Thursday morning."},
    "ThreadTimeline": {
        "next": None,
        "results": [
            {
                "kind": "message", "at": "2026-11-23T09:30:00Z", "id": "message-41", "message": _MESSAGE, "call": None,
                "consent": None,
            }
        ],
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
    "UsageRecord": _USAGE,
    "UsageRecordList": _PAGE | {"as_of": "2026-11-24T10:45:00Z", "results": [_USAGE]},
    "VoiceToken": {
        "token": "eyJhbGciOi", "identity": "agent_3", "platform": "ios", "ttl": 3600,
        "expires_at": "2026-11-23T10:30:00Z", "edge": "roaming",
        "grants": {"incoming": True, "outgoing": True, "second_call": False},
    },
    "WebPush": {
        "endpoint": "https://fcm.googleapis.com/fcm/send/example",
        "p256dh": "BFTnlpnXkvZikmC4f906nIxLf8Itz6YaMmePhlVsDXU1SNB4MNRRFW510lRL7jgvLY7Vego_ssapLCp4EZTEQXk",
        "auth": "AAAAAAAAAAAAAAAAAAAAAA", "hides_names": False,
    },
    "WebPushEnd": {"endpoint": "https://fcm.googleapis.com/fcm/send/example"},
    "VoiceTokenRequest": {"platform": "ios", "ttl": 3600},
}  # fmt: skip
# What stands in addresses, by the names of parameters.
PARAMETERS: dict[str, Any] = {
    "agent_id": 3, "leg": "CA" + "fedcba9876543210" * 2,
    "sid": _SID, "recording_sid": "RE" + "0123456789abcdef" * 2, "id": 12, "device_id": 7, "number": "2025550142",
    "note_id": 31, "merge_id": 9, "group_id": 2, "block_id": 5, "import_id": "9Zc1m0",
    "line": 1, "thread_id": 7, "message_id": 41, "media_id": 5, "recipient": 5,
}  # fmt: skip
# Not JSON, so without a component.
TEXTS: dict[str, str] = {
    "text/csv": "name,number,company,label\nMaya Okonkwo,(202) 555-0142,Okonkwo Bakery,Mobile\n",
}
