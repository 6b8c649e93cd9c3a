"""What of the flight recorder's rows each of us may read.

Credentials are hidden from everybody, wherever they stand: in a field of that name, in the user part of a URL, in a
query, or as one of the values this server is configured with. Beyond that it goes by role.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from xml.etree import ElementTree

from django.conf import settings

from agents.permissions import has_supervisor_role
from calls.answering.twiml_reading import twiml_parsed

if TYPE_CHECKING:
    from agents.models import Agent
    from calls.models import Call

HIDDEN = "(hidden)"

_CREDENTIAL_NAME = re.compile(
    r"token|secret|passw(?:or)?d|credential|signature|authorization|account_?sid|api_?key|cookie|username|idempotency",
    re.IGNORECASE,
)
# `password="x"`, `token=x&`, `"secret": "x"`: for texts that are neither a field nor XML. No expression here may go
# back over a text again and again: callers choose some of what Twilio posts.
_NAME = re.compile(r"""(?<![\w.-])([\w.-]++)["']?\s*+[=:]\s*+""")
_VALUE = re.compile(r"""("[^"]*"|'[^']*'|[^\s&"'<>,;]+)""")
_USERINFO = re.compile(r"""(:(?://|%2F%2F))[^/?\#\s"'<>]*@""", re.IGNORECASE)
_SIP_PASSWORD = re.compile(r"""(sips?:[^\s:@"'<>]{1,200}):[^\s@"'<>]{1,200}@""", re.IGNORECASE)
_SCHEME = re.compile(r"\b(basic|bearer)\s+[A-Za-z0-9+/=_.~-]{8,}", re.IGNORECASE)
_ACCOUNT = re.compile(r"(?:AC|SK)[0-9a-fA-F]{32}")
_JWT = re.compile(r"(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w-]*")
_NUMBER = re.compile(r"(?:\+|%2B|(?<![0-9A-Za-z]))([0-9]{7,15})(?![0-9A-Za-z])", re.IGNORECASE)
# A configured value shorter than this would blot out harmless words.
_SHORTEST_SECRET = 6

# All that an agent reads of what Twilio posted: how the call went, nothing about the caller that the desk does not say.
AGENT_FIELDS = frozenset(
    {
        "CallSid",
        "ParentCallSid",
        "CallStatus",
        "CallDuration",
        "Direction",
        "From",
        "To",
        "SequenceNumber",
        "Timestamp",
        "DialCallStatus",
        "DialCallSid",
        "DialCallDuration",
        "RecordingSid",
        "RecordingStatus",
        "RecordingDuration",
        "SipResponseCode",
        "ErrorCode",
    }
)
# What callers typed or said may be a PIN or a card's number: for admins only.
_TYPED = re.compile(r"digits|speechresult|transcription|^finishedonkey$|^sipheader_", re.IGNORECASE)


class Role(IntEnum):
    """Who looks, by how much is shown."""

    AGENT = 1
    SUPERVISOR = 2
    ADMIN = 3


@dataclass(frozen=True, slots=True)
class MaskingPolicy:
    """What somebody may see of one call. `numbers`: whether telephone numbers are written out."""

    role: Role
    numbers: bool


def masking_policy_for(viewer: Agent, call: Call | None = None) -> MaskingPolicy:
    """What `viewer` may see of `call`; of rows that belong to no call when there is none."""
    if viewer.is_superuser:
        return MaskingPolicy(Role.ADMIN, numbers=True)
    if has_supervisor_role(viewer):
        return MaskingPolicy(Role.SUPERVISOR, numbers=True)
    return MaskingPolicy(Role.AGENT, numbers=call is not None and call.agent_id == viewer.pk)


def params_masked(params: dict[str, Any], policy: MaskingPolicy) -> dict[str, Any]:
    """The fields of a request that `policy` covers, with what must not be read hidden."""
    return {
        text_masked(name, policy): HIDDEN if _is_hidden(name, policy) else value_masked(value, policy)
        for name, value in params.items()
        if policy.role > Role.AGENT or name in AGENT_FIELDS
    }


def _is_hidden(name: str, policy: MaskingPolicy) -> bool:
    if _CREDENTIAL_NAME.search(name):
        return True
    return policy.role < Role.ADMIN and _TYPED.search(name) is not None


def value_masked(value: Any, policy: MaskingPolicy) -> Any:
    """The same for any JSON value, however deep."""
    if isinstance(value, str):
        return text_masked(value, policy)
    if isinstance(value, dict):
        return {
            text_masked(str(name), policy): HIDDEN if _is_hidden(str(name), policy) else value_masked(part, policy)
            for name, part in value.items()
        }
    if isinstance(value, list | tuple):
        return [value_masked(part, policy) for part in value]
    if isinstance(value, bool) or value is None:
        return value
    # A number in JSON may be a telephone number or a numeric secret as well as a duration.
    masked = text_masked(str(value), policy)
    return value if masked == str(value) else masked


def text_masked(text: str, policy: MaskingPolicy) -> str:
    """A text without credentials, and without telephone numbers where `policy` does not cover them."""
    if len(text) < _SHORTEST_SECRET:
        return text
    text = _without_configured_secrets(text)
    text = _USERINFO.sub(rf"\1{HIDDEN}@", text)
    text = _SIP_PASSWORD.sub(rf"\1:{HIDDEN}@", text)
    text = _without_named(text)
    for pattern in (_ACCOUNT, _JWT):
        text = pattern.sub(HIDDEN, text)
    text = _SCHEME.sub(rf"\1 {HIDDEN}", text)
    return text if policy.numbers else _NUMBER.sub(_last_digits, text)


def _without_named(text: str) -> str:
    """Hides what follows a credential's name and an equals sign or a colon."""
    parts: list[str] = []
    at = 0
    for name in _NAME.finditer(text):
        if name.start() < at or not _CREDENTIAL_NAME.search(name[1]):
            continue
        value = _VALUE.match(text, name.end())
        if value is not None:
            mark = value[0][0] if value[0][0] in "\"'" else ""
            parts += (text[at : name.end()], mark, HIDDEN, mark)
            at = value.end()
    return "".join((*parts, text[at:]))


def _last_digits(match: re.Match[str]) -> str:
    return f"…{match[1][-2:]}"


def _without_configured_secrets(text: str) -> str:
    pattern = _secrets_pattern(
        (
            settings.TWILIO_ACCOUNT_SID,
            settings.TWILIO_AUTH_TOKEN,
            settings.TWILIO_AUTH_TOKEN_SECONDARY,
            settings.TWILIO_API_KEY_SID,
            settings.TWILIO_API_KEY_SECRET,
            settings.WEB_PUSH_PRIVATE_KEY,
            settings.TWILIO_WEBHOOK_PASSWORD,
            settings.SECRET_KEY,
            *settings.TWILIO_WEBHOOK_SHARED_KEYS.values(),
        )
    )
    return pattern.sub(HIDDEN, text) if pattern else text


@lru_cache(maxsize=4)
def _secrets_pattern(values: tuple[str, ...]) -> re.Pattern[str] | None:
    """Every secret this server knows, as it stands in texts, in URLs and in XML; the longest first."""
    forms = {form for value in values for form in (value, quote(value, safe=""), escape(value))}
    kept = sorted((form for form in forms if len(form) >= _SHORTEST_SECRET), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, kept))) if kept else None


def twiml_masked(answer: str, policy: MaskingPolicy) -> str:
    """TwiML to read: indented, credentials hidden. What is not XML comes back as it is, masked as a text."""
    root = twiml_parsed(answer)
    if root is None:
        return text_masked(answer, policy)
    for element in root.iter():
        for name in element.attrib:
            if _CREDENTIAL_NAME.search(name):
                element.set(name, HIDDEN)
        # <Parameter name="token" value="…">
        if _CREDENTIAL_NAME.search(element.get("name", "")) and "value" in element.attrib:
            element.set("value", HIDDEN)
    ElementTree.indent(root)
    return text_masked(ElementTree.tostring(root, encoding="unicode"), policy)
