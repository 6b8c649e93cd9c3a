"""`python -m bench.fuzz`: hostile webhook requests with good signatures, and what is answered to them.

Posts them in process to the real ASGI application with a database in a temporary file. Every answer must be TwiML of
known verbs, an empty 204, a 400 that says why, a 403 to a bad signature (and to what could not be checked without being
read) and to nothing else, a 413 to what is too large, or a 405; and nothing may have failed behind it, for a caller's
apology hides a crash. Prints what was answered, and the first request that was
not answered so. Exit code 1 when there is one.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import hmac
import logging
import os
import sys
import tempfile
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from bench.hostile import Hostile, hostile

HOST = "desk.example.com"
# Everything that https://www.twilio.com/docs/voice/twiml lists and that Ringdesk might say.
VERBS = {
    "Response",
    "Say",
    "Play",
    "Pause",
    "Dial",
    "Client",
    "Identity",
    "Parameter",
    "Number",
    "Sip",
    "Conference",
    "Queue",
    "Record",
    "Gather",
    "Redirect",
    "Hangup",
    "Message",
    "Reject",
    "Enqueue",
    "Leave",
}


@dataclass
class Report:
    """What was answered, by route and status, and what should not have been."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    first: str = ""


def complaint(request: Hostile, status: int, content_type: str, body: bytes) -> str:
    """What is wrong with an answer; "" when nothing is."""
    posted = request.method.upper() == "POST"
    if status == 413:
        return "" if request.is_too_much else "a 413 to a body that is not too large"
    if status == 403 and request.is_unprovable:
        return ""
    if (status == 403) != (posted and not request.signed) and status not in (400, 405):
        return f"{status} to a {'good' if request.signed else 'bad'} signature"
    if status == 200:
        return _twiml_complaint(content_type, body)
    if status == 204:
        return "a 204 with a body" if body else ""
    if status in (400, 403):
        return "" if body.strip() else f"a {status} that says nothing"
    if status == 405:
        return "a 405 to a POST" if posted else ""
    return f"status {status}"


def _twiml_complaint(content_type: str, body: bytes) -> str:
    try:
        root = ElementTree.fromstring(body)  # noqa: S314  (our own answer)
    except ElementTree.ParseError as error:
        return f"no XML: {error}"
    unknown = {element.tag for element in root.iter()} - VERBS
    if root.tag != "Response" or unknown:
        return f"no TwiML: {root.tag} {sorted(unknown)}"
    return "" if content_type.startswith("text/xml") else f"TwiML as {content_type}"


class Failures(logging.Handler):
    """Keeps what was logged as failed: an answer can be an apology for a crash."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1]:
            self.seen.append("".join(traceback.format_exception(record.exc_info[1])[-6:]))


class Target:
    """The product in this process, with a database of its own."""

    def __init__(self, folder: Path) -> None:
        os.environ |= {"TEST_DATABASE_URL": f"sqlite:///{folder / 'fuzz.sqlite3'}", "TEST_REDIS_URL": ""}
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        from config.asgi import application
        from tests import factories
        from tests.telephony.webhooks.test_webhook_security import twilio_paths

        team = factories.make_team()
        for name in ("ada", "grace"):
            factories.make_agent(name, team=team, reachable=True)
        factories.make_line(team=team)
        factories.make_contact()
        self.paths = twilio_paths()
        self.application: Any = application
        self.failures = Failures()
        logging.getLogger().handlers = [self.failures]
        logging.getLogger("django").handlers = []

    def scope(self, request: Hostile) -> dict[str, Any]:
        kind = request.content_type.encode("utf-8", "replace")
        length = str(len(request.body)).encode()
        headers = [(b"host", HOST.encode()), (b"content-length", length), (b"content-type", kind), *request.headers]
        return {
            "type": "http",
            "http_version": "1.1",
            "method": request.method,
            "scheme": "https",
            "path": request.path,
            "raw_path": request.path.encode(),
            "query_string": request.query.encode(),
            "headers": headers,
            "client": ("203.0.113.7", 4711),
            "server": (HOST, 443),
        }

    def signature(self, request: Hostile) -> str:
        """Of the form as the server will read it: anything else would be refused, and prove nothing."""
        from django.conf import settings
        from django.core.handlers.asgi import ASGIRequest

        read = ASGIRequest(self.scope(request), BytesIO(request.body))
        try:
            form = read.POST
        except Exception:  # Unreadable: refused whatever the signature is.
            return "0" * 27 + "="
        text = f"{settings.PUBLIC_BASE_URL}{read.get_full_path()}"
        if read.content_type != "application/json":
            text += "".join(name + value for name in sorted(form) for value in sorted(set(form.getlist(name))))
        return _hmac(settings.TWILIO_AUTH_TOKEN, text)

    async def answer(self, request: Hostile) -> tuple[int, str, bytes]:
        scope = self.scope(request)
        signature = self.signature(request) if request.signed else request.claims
        scope["headers"].append((b"x-twilio-signature", signature.encode("utf-8")))
        incoming = [{"type": "http.request", "body": request.body, "more_body": False}]
        status, content_type, body = 0, "", b""

        async def receive() -> dict[str, Any]:
            if incoming:
                return incoming.pop()
            await asyncio.Event().wait()
            raise AssertionError

        async def send(message: dict[str, Any]) -> None:
            nonlocal status, content_type, body
            if message["type"] == "http.response.start":
                status = message["status"]
                content_type = dict(message["headers"]).get(b"Content-Type", b"").decode()
            else:
                body += message.get("body", b"")

        await self.application(scope, receive, send)
        return status, content_type, body


def _hmac(token: str, text: str) -> str:
    return base64.b64encode(hmac.digest(token.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha1)).decode()


def run(seed: int, numbers: range, folder: str) -> Report:
    """Sends the requests of these numbers, one after the other."""
    target, report = Target(Path(folder)), Report()

    async def send_all() -> None:
        for number in numbers:
            request = hostile(seed, number, target.paths)
            status, content_type, body = await target.answer(request)
            report.answers[(request.path, status)] += 1
            wrong = complaint(request, status, content_type, body) or "".join(target.failures.seen[:1])
            target.failures.seen.clear()
            if wrong:
                report.wrong[wrong.strip().rpartition("\n")[2][:150]] += 1
                report.first = report.first or f"{wrong}\n{repro(seed, request, target.signature(request))}"

    asyncio.run(send_all())
    return report


def repro(seed: int, request: Hostile, signature: str) -> str:
    """How to send a request again: by its number, or by curl to a server with the credentials of the tests."""
    query = f"?{request.query}" if request.query else ""
    body = base64.b64encode(request.body[:3000]).decode() + (" (cut)" if len(request.body) > 3000 else "")
    return (
        f"python -m bench.fuzz --seed {seed} --only {request.number}\n"
        f"echo {body} | base64 -d | curl -X {request.method} 'http://localhost:8000{request.path}{query}'"
        f" -H 'Content-Type: {request.content_type[:200]}' -H 'X-Twilio-Signature: {signature}' --data-binary @-"
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", type=int, help="the request of this number alone")
    options = parser.parse_args()
    began = time.monotonic()
    total = Report()
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(options.processes, get_context("spawn")) as pool:
        parts = [range(start, options.requests, options.processes) for start in range(options.processes)]
        if options.only is not None:
            parts = [range(options.only, options.only + 1)]
        folders = [Path(folder) / str(index) for index in range(len(parts))]
        for path in folders:
            path.mkdir()
        for report in pool.map(run, [options.seed] * len(parts), parts, map(str, folders)):
            total.answers += report.answers
            total.wrong += report.wrong
            total.first = total.first or report.first
    for (path, status), count in sorted(total.answers.items()):
        print(f"{path:40} {status} {count:8}")
    print(f"{total.answers.total()} requests, {total.wrong.total()} wrong answers, {time.monotonic() - began:.0f} s")
    for what, count in total.wrong.most_common(10):
        print(f"{count:8} × {what}")
    if total.first:
        print(f"\nThe first wrong answer: {total.first}")
    return 1 if total.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
