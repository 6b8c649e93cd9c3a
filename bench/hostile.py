"""Webhook requests as nobody should make them, drawn from a seed: the same number is always the same request."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field
from urllib.parse import quote_from_bytes, urlencode

SIDS = [f"CA{number:032x}" for number in range(1, 25)]
_STATUSES = ["queued", "initiated", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled"]
_PARTIES = [
    "+12025550142",
    "+12025550100",
    "+442079460018",
    "client:agent_1",
    "client:agent_2",
    "anonymous",
    "+266696687",
]
# What each field may sensibly hold, so that many requests get past the first look and meet one another's calls.
_SENSIBLE: dict[str, list[str]] = {
    "CallSid": SIDS,
    "ParentCallSid": [*SIDS, "", "", ""],
    "AccountSid": ["AC" + "a" * 32],
    "From": _PARTIES,
    "To": _PARTIES,
    "CallStatus": _STATUSES,
    "Direction": ["inbound", "outbound-dial", "outbound-api"],
    "SequenceNumber": ["0", "1", "2", "3"],
    "Timestamp": ["Thu, 01 Jun 2017 20:48:32 +0000", "Mon, 23 Nov 2026 10:00:00 +0000"],
    "CallDuration": ["0", "1", "61"],
    "Duration": ["1", "2"],
    "SipResponseCode": ["200", "487"],
    "CallerName": ["Maya Okonkwo"],
    "FromCity": ["WASHINGTON"],
    "FromState": ["DC"],
    "FromCountry": ["US"],
    "DialCallStatus": ["completed", "answered", "busy", "no-answer", "failed", "canceled"],
    "DialCallSid": SIDS,
    "RecordingSid": [f"RE{number:032x}" for number in range(1, 9)],
    "RecordingUrl": ["https://api.twilio.com/2010-04-01/Recordings/RE1"],
    "RecordingStatus": ["completed", "absent", "failed"],
    "RecordingDuration": ["0", "7"],
    "Digits": ["1", "hangup", "#"],
    "LineId": ["1", "2"],
    "ErrorCode": ["11200"],
    "ErrorUrl": ["https://desk.example.com/twilio/voice/incoming/"],
    "StirVerstat": ["TN-Validation-Passed-A"],
    "ForwardedFrom": ["+12025550101"],
}
_NUMBERS = [
    "-1",
    "9" * 9,
    "9" * 10,
    "2147483648",
    "9" * 400,
    "1e309",
    "NaN",
    "Infinity",
    "0x10",
    " 7 ",
    "+7",
    "7\n",
    "٣",
    "1_000",
    "3.5",
    "--",
    "٧" * 30,
]
_TIMES = [
    "Thu, 01 Jan 0001 00:00:00 +2359",
    "Fri, 31 Dec 9999 23:59:59 -2359",
    "Mon, 99 Foo 9999 99:99:99 +9999",
    "yesterday",
    "Thu, 1 Jun 2017 20:48:32 -9999",
    "Thu, 1 Jun 99999 20:48:32 +0000",
    "2026-11-23T09:30:00Z",
    "1 Jun 17 1:1",
    "Thu, 01 Jun 2017 20:48:60 +0000",
    "Sat, 0 Jan 0000 00:00:00 +0000",
    ", ,,",
    "Thu, 1 Jun 2017 20:48:32 +99999999999",
]
_TEXTS = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "\x00" * 50,
    "x" * 300,
    "y" * 9000,
    "é" * 200,
    "🎉" * 90,
    "\u202eright to left",
    "\ufeff",
    "\u2028",
    "'; DROP TABLE calls_call; --",
    '" OR 1=1 --',
    "%s%n%(name)s{0}{{7*7}}",
    "<Say>&\"'</Say>]]>",
    "<script>alert(1)</script>",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    "\x01\x02\x1b[31m",
    "\r\nX-Header: 1",
    "../../etc/passwd",
    "javascript:alert(1)",
    "https://x/" + "y" * 3000,
    "null",
    "true",
    "[]",
    "{}",
    "CA",
    "CA" + "z" * 32,
    "ca" + "0" * 32,
    "CA" + "0" * 31,
    "CA" + "0" * 33,
    "CA" + "٣" * 32,
    "COMPLETED",
    " completed ",
    "completed,ringing",
    "exploded",
]
_CALLERS = [
    "+",
    "+0",
    "+1",
    "++12025550142",
    "+999999999999999999999",
    "0",
    "911",
    "tel:911",
    "sip:maya@example.com",
    "sip:" + "a" * 600,
    "client:",
    "client:agent_0",
    "client:agent_-1",
    "client:agent_99999999999999999999",
    "client:agent_999999999999999999",
    "client:ägent_1",
    "whatsapp:+12025550142",
    "Restricted",
    "unknown",
    "+1202555٠١٤٢",
    "1-900-555-0100",
    "*67",
    "#31#",
]
# Bytes that are no UTF-8: a lone surrogate, a cut sequence, an overlong slash, nonsense.
_BYTES = [
    b"\xed\xa0\x80",
    b"\xc3",
    b"\xc0\xaf",
    b"\xff\xfe\xfa",
    b"ok\x80",
    b"\xf4\x90\x80\x80",
    b"\xed\xb0\x80\xed\xa0\x80",
]
_TYPES = [
    "",
    "text/plain",
    "text/xml",
    "application/json; charset=utf-16",
    "application/octet-stream",
    "multipart/form-data",
    "application/x-www-form-urlencoded; charset=utf-16",
    "application/x-www-form-urlencoded; charset=nonsense",
    "multipart/mixed; boundary=x",
    ";;;",
    "a" * 5000,
    "é",
]
_FORM = "application/x-www-form-urlencoded"
_QUERIES = [
    "",
    "",
    "",
    "",
    "",
    "a=1",
    "=",
    "&&",
    "a=1&a=2",
    "%00",
    "%ff%fe=%c3",
    "x=%27%3B--",
    "q=" + "z" * 3000,
    "bodySHA256=",
    "%zz",
    "a;b",
]


@dataclass
class Hostile:
    """One request. `signed` says whether it is to carry a good signature."""

    number: int
    path: str
    method: str = "POST"
    query: str = ""
    content_type: str = _FORM
    body: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    signed: bool = True


def hostile(seed: int, number: int, paths: list[str]) -> Hostile:
    chance = random.Random(f"{seed}-{number}")
    request = Hostile(number, chance.choice(paths), query=chance.choice(_QUERIES), signed=chance.random() > 0.02)
    kind = chance.random()
    if kind < 0.02:
        request.method = chance.choice(["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW", "post"])
    if kind < 0.82:
        request.body = _form(chance)
    elif kind < 0.88:
        request.body = _broken_form(chance)
    elif kind < 0.92:
        _json(request, chance)
    elif kind < 0.96:
        _multipart(request, chance)
    else:
        request.body, request.content_type = _form(chance), chance.choice(_TYPES)
    if request.content_type.startswith("application/json"):
        # Of a body that is no form, Twilio signs the hash, which it adds to the URL.
        request.query = f"bodySHA256={hashlib.sha256(request.body).hexdigest()}"
    _odd_headers(request, chance)
    return request


def _odd_headers(request: Hostile, chance: random.Random) -> None:
    if chance.random() < 0.1:
        token = chance.choice([b"x", b"t" * 500, b"\xff\xfe", b"a'b\"c", b""])
        request.headers.append((b"i-twilio-idempotency-token", token))
    if chance.random() < 0.05:
        name = chance.choice(
            [b"x-forwarded-for", b"x-forwarded-proto", b"cookie", b"authorization", b"accept-language"]
        )
        request.headers.append(
            (name, chance.choice([b"", b"\xff", b"::1, nonsense", b"https,http", b"Digest x", b"z" * 2000]))
        )


def _value(name: str, chance: random.Random) -> str:
    """Sensible more often than not: what is all nonsense gets no further than the first look."""
    if chance.random() < 0.75 and name in _SENSIBLE:
        return chance.choice(_SENSIBLE[name])
    pools = [_TEXTS, _CALLERS, _NUMBERS, _TIMES, _STATUSES, SIDS]
    if name in ("SequenceNumber", "CallDuration", "Duration", "RecordingDuration", "LineId", "SipResponseCode"):
        pools = [_NUMBERS, _NUMBERS, _TEXTS]
    elif name == "Timestamp":
        pools = [_TIMES, _TIMES, _TEXTS, _NUMBERS]
    elif name in ("From", "To"):
        pools = [_CALLERS, _CALLERS, _TEXTS]
    return chance.choice(chance.choice(pools))


def _fields(chance: random.Random) -> list[tuple[str, str]]:
    names = [name for name in _SENSIBLE if chance.random() < 0.7]
    pairs = [(name, _value(name, chance)) for name in names]
    if chance.random() < 0.15:
        pairs += [(name, _value(name, chance)) for name in chance.choices(names or ["CallSid"], k=chance.randint(1, 4))]
    if chance.random() < 0.1:
        pairs += [(chance.choice(_TEXTS), chance.choice(_TEXTS)) for _ in range(chance.randint(1, 5))]
    chance.shuffle(pairs)
    return pairs


def _form(chance: random.Random) -> bytes:
    pairs = [(name, value.encode()) for name, value in _fields(chance)]
    if chance.random() < 0.1 and pairs:
        pairs[chance.randrange(len(pairs))] = (chance.choice(list(_SENSIBLE)), chance.choice(_BYTES))
    return urlencode(pairs).encode()


def _broken_form(chance: random.Random) -> bytes:
    good = _form(chance)
    kind = chance.randrange(7)
    if kind == 0:
        return good[: chance.randint(0, len(good))] + b"%"
    if kind == 1:
        return b"&&&===&%zz=%&" + good
    if kind == 2:
        return good + b"&From=" + chance.choice(_BYTES)
    if kind == 3:
        return good + b"&a=b" * chance.choice([900, 1000, 3000])
    if kind == 4:
        return good + b"&CallerName=" + b"n" * chance.choice([100_000, 2_000_000])
    if kind == 5:
        return good.replace(b"&", b";")
    return bytes(chance.randrange(256) for _ in range(chance.randint(0, 400)))


def _json(request: Hostile, chance: random.Random) -> None:
    request.content_type = "application/json"
    request.body = chance.choice(
        [
            b"",
            b"{}",
            b"[" * 5000,
            b"null",
            b'{"CallSid": "CA1"}',
            b"{not json",
            b"\xff",
            b'{"a": 1e999}',
            b'"' + b"x" * 9000 + b'"',
        ]
    )


def _multipart(request: Hostile, chance: random.Random) -> None:
    boundary = chance.choice(["x", "b" * 70, "--", "b" * 300, "é"])
    request.content_type = f"multipart/form-data; boundary={boundary}"
    mark = boundary.encode()
    parts = [
        b'Content-Disposition: form-data; name="%s"\r\n\r\n%s'
        % (quote_from_bytes(name.encode()).encode(), value.encode())
        for name, value in _fields(chance)
    ]
    parts.append(
        chance.choice(
            [
                b'Content-Disposition: form-data; name="f"; filename="../x.xml"\r\nContent-Type: text/xml\r\n\r\n<a/>',
                b'Content-Disposition: form-data; name="CallSid"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!',
                b"Content-Disposition: form-data\r\n\r\nnameless",
                b"\r\n\r\n",
                b'Content-Disposition: form-data; name="From"\r\n\r\n' + chance.choice(_BYTES),
            ]
        )
    )
    body = b"".join(b"--" + mark + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + mark + b"--\r\n"
    request.body = body if chance.random() < 0.7 else body[: chance.randint(0, len(body))]
