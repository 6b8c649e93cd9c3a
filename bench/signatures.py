"""P8: the signature check alone, in one thread, beside the library's; and whether the two always agree."""

from __future__ import annotations

import base64
import hmac
import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from bench.goals import Goal, Report, median, ratio
from bench.servers import AUTH_TOKEN, BASE_URL, COMMON
from bench.traffic import STATUS, Call, Desk

_BATCH = 400
_CORPUS = 20_000
_LETTERS = "abcXYZ019 +&=%;:/?#\"'<>äßé漢字🙂\x00\n\r\t"
_URLS = (
    "https://desk.example.com/twilio/voice/status/",
    "https://desk.example.com:8443/twilio/voice/status/?LineId=3&x=%20y",
    "http://desk.example.com/a//b?",
    "http://desk.example.com:80/?empty=",
    "https://desk.example.com",
    "https://desk.example.com/#top",
)
Check = Callable[[str, Any, str], bool]


def _checks() -> tuple[Check, Check]:
    """The library's way and ours: URL, fields, signature → verdict."""
    os.environ.update(COMMON | {"DJANGO_SETTINGS_MODULE": "config.settings.base"})
    import django

    django.setup()
    from twilio.request_validator import RequestValidator

    from telephony.webhooks.signatures import SIGNATURE_HEADER, request_is_signed

    def library(url: str, fields: Any, signature: str) -> bool:
        # As its documentation shows: a validator for each request.
        return bool(RequestValidator(AUTH_TOKEN).validate(url, fields, signature))

    def ours(url: str, fields: Any, signature: str) -> bool:
        headers = {SIGNATURE_HEADER: signature}
        request: Any = SimpleNamespace(headers=headers, content_type="application/x-www-form-urlencoded", POST=fields)
        return request_is_signed(request, url)

    return library, ours


def _rate(check: Check, fields: Any, signature: str) -> float:
    began = time.perf_counter()
    for _ in range(_BATCH):
        assert check(BASE_URL + STATUS, fields, signature)
    return _BATCH / (time.perf_counter() - began)


def _form(pairs: list[tuple[str, str]]) -> Any:
    from django.http import QueryDict

    return QueryDict(urlencode(pairs))


def corpus(count: int) -> Iterator[tuple[str, Any, str]]:
    """Requests of every kind; half of them rightly signed, the rest in one of many ways not."""
    dice = random.Random(8)

    def text(longest: int) -> str:
        return "".join(dice.choice(_LETTERS) for _ in range(dice.randrange(longest)))

    for _ in range(count):
        pairs = [(text(8), text(20)) for _ in range(dice.randrange(12))]
        pairs += [pair for pair in pairs if dice.random() < 0.2]
        form, url = _form(pairs), dice.choice(_URLS)
        signature = _sign(url, form)
        kind = dice.randrange(8)
        if kind == 0:
            signature = text(30)
        elif kind == 1:
            signature = signature[: dice.randrange(len(signature))]
        elif kind == 2:
            form = _form([*pairs, (text(5), text(5))])
        elif kind == 3:
            url = dice.choice(_URLS)
        yield url, form, signature


def _sign(url: str, form: Any) -> str:
    pairs = (name + value for name in sorted(form) for value in sorted(set(form.getlist(name))))
    return base64.b64encode(hmac.digest(AUTH_TOKEN.encode(), (url + "".join(pairs)).encode(), "sha1")).decode()


def disagreements(library: Check, ours: Check, count: int) -> int:
    """How often the verdicts differ. Where the library raises, a request counts as refused."""
    different = 0
    for url, form, signature in corpus(count):
        try:
            wanted = library(url, form, signature)
        except Exception:
            wanted = False
        different += ours(url, form, signature) != wanted
    return different


def measure(folder: Path, *, rounds: int, quick: bool) -> Iterator[Report]:
    library, ours = _checks()
    fields = Call(Desk("+12025550100", "+12025550142", 1), 1).root_completed()
    form = _form(list(fields.items()))
    signature = _sign(BASE_URL + STATUS, form)
    rates: dict[str, list[float]] = {"library": [], "ours": []}
    for _ in range(rounds * 5):
        rates["library"].append(_rate(library, form, signature))
        rates["ours"].append(_rate(ours, form, signature))
    report = Report("P8  The signature check alone, one thread", ("checks/s", "µs"))
    for name, what in (("library", "twilio's RequestValidator"), ("ours", "Ringdesk")):
        report.rows.append((what, (median(rates[name]), 1e6 / median(rates[name]))))
    count = _CORPUS // 10 if quick else _CORPUS
    report.goals += [
        Goal("checks, of the library's", ratio(rates["ours"], rates["library"]), "≥", 10),
        Goal(f"different verdicts on {count:,} requests", float(disagreements(library, ours, count)), "=", 0, unit=""),
    ]
    yield report
