"""Webhook requests as nobody should make them, drawn from a seed: the same number is always the same request."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field
from urllib.parse import quote_from_bytes, urlencode

from bench import fields
from bench.nonsense import BYTES, FORM, QUERIES, SIGNATURES, TEXTS, TYPES


@dataclass
class Hostile:
    """One request. `signed` says whether it is to carry a good signature."""

    number: int
    path: str
    method: str = "POST"
    query: str = ""
    content_type: str = FORM
    body: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    signed: bool = True
    # What an unsigned one carries instead of its signature.
    claims: str = ""

    @property
    def is_too_much(self) -> bool:
        """Whether it is larger than anything that Twilio sends."""
        return len(self.body) > 65_536

    @property
    def is_unprovable(self) -> bool:
        """Whether it is of a kind that no signature of Twilio's can be good for."""
        kind = self.content_type
        return kind.startswith("multipart/") or len(kind.encode()) > 200 or len(self.path) + len(self.query) > 4096


def hostile(seed: int, number: int, paths: list[str]) -> Hostile:
    chance = random.Random(f"{seed}-{number}")
    request = Hostile(number, chance.choice(paths), query=chance.choice(QUERIES), signed=chance.random() > 0.02)
    if not request.signed:
        request.claims = chance.choice(SIGNATURES)
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
        request.body, request.content_type = _form(chance), chance.choice(TYPES)
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
    values = fields.sensible(name)
    if values and chance.random() < 0.75:
        return chance.choice(values)
    return chance.choice(chance.choice(fields.hostile_pools(name)))


def _fields(chance: random.Random) -> list[tuple[str, str]]:
    names = [name for name in fields.names() if chance.random() < 0.7]
    pairs = [(name, _value(name, chance)) for name in names]
    if chance.random() < 0.15:
        pairs += [(name, _value(name, chance)) for name in chance.choices(names or ["CallSid"], k=chance.randint(1, 4))]
    if chance.random() < 0.1:
        pairs += [(chance.choice(TEXTS), chance.choice(TEXTS)) for _ in range(chance.randint(1, 5))]
    chance.shuffle(pairs)
    return pairs


def _form(chance: random.Random) -> bytes:
    pairs = [(name, value.encode()) for name, value in _fields(chance)]
    if chance.random() < 0.1 and pairs:
        pairs[chance.randrange(len(pairs))] = (chance.choice(fields.names()), chance.choice(BYTES))
    return urlencode(pairs).encode()


def _broken_form(chance: random.Random) -> bytes:
    good = _form(chance)
    kind = chance.randrange(10)
    if kind == 0:
        return good[: chance.randint(0, len(good))] + b"%"
    if kind == 1:
        return b"&&&===&%zz=%&" + good
    if kind == 2:
        return good + b"&From=" + chance.choice(BYTES)
    if kind == 3:
        return good + b"&a=b" * chance.choice([900, 1000, 3000])
    if kind == 4:
        return good + b"&CallerName=" + b"n" * chance.choice([100_000, 2_000_000])
    if kind == 5:
        return good.replace(b"&", b";")
    if kind == 6:
        return good + b"&" + b"&".join(b"f%d=%s" % (number, b"%" * 60) for number in range(990))
    if kind == 7:
        return good + b"&CallToken=" + chance.choice([b"%25", b"%26", b"%", b"\xc3\xa9", b"+", b"\\"]) * 15_000
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
                b'Content-Disposition: form-data; name="From"\r\n\r\n' + chance.choice(BYTES),
            ]
        )
    )
    body = b"".join(b"--" + mark + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + mark + b"--\r\n"
    request.body = body if chance.random() < 0.7 else body[: chance.randint(0, len(body))]
