"""P7: voice tokens a second from the REST endpoint, beside the same endpoint as DRF's manual would have it."""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import services
from bench.contenders import CONNECTIONS, PROCESSES, make_tables, run_job, seed
from bench.goals import Goal, Report, median, ratio
from bench.servers import BASE_URL, HOST, Server, gunicorn, product
from bench.traffic import raw

_PATH, _LOG_IN = "/api/v1/tokens/voice/", "/api/v1/auth/login/"
_PEOPLE, _DEVICES = 500, 16
_CSRF = "c" * 32
_BODY = b'{"platform": "web"}'
_COLUMNS = ("req/s", "p50 ms", "p95 ms", "p99 ms", "CPU µs/req", "errors")
# Beyond what a benchmark asks for, where a limit can be set; else enough people share it.
_LIMITS = {"VOICE_TOKENS_PER_MINUTE": "10000000", "LOGINS_PER_MINUTE": "1000", "LOGINS_PER_MINUTE_PER_ADDRESS": "1000"}


@dataclass(slots=True)
class Asking:
    """A server, and the requests that are sent to it over and over."""

    what: str
    server: Server
    requests: list[bytes]

    def measure(self, seconds: float) -> dict[str, Any]:
        job = {
            "ports": self.server.ports,
            "pids": self.server.pids(),
            "connections": CONNECTIONS,
            "seconds": seconds,
            "raw": [request.decode() for request in self.requests],
        }
        found: dict[str, Any] = run_job("bench.load", job)["raw"]
        return found


def _ordinary(folder: Path, name: str, url: str, **environment: str) -> Server:
    server = Server(name, gunicorn("bench.floors.ordinary.wsgi:application"), folder, DATABASE_URL=url, **environment)
    server.environment["DJANGO_SETTINGS_MODULE"] = "bench.floors.ordinary.settings"
    return server


def _with_token(word: str) -> bytes:
    return raw("POST", _PATH, _BODY, {"Content-Type": "application/json", "Authorization": f"Token {word}"})


def _with_session(key: str) -> bytes:
    headers = {
        "Content-Type": "application/json",
        "Cookie": f"sessionid={key}; csrftoken={_CSRF}",
        "X-CSRFToken": _CSRF,
        "Origin": BASE_URL,
        "Referer": f"{BASE_URL}/",
    }
    return raw("POST", _PATH, _BODY, headers)


def _log_in(server: Server, people: dict[str, Any]) -> list[str]:
    """Tokens of a few devices, as their apps get them; none where devices cannot log in."""
    found = []
    for person in people["alone"][:_DEVICES]:
        fields = {"username": person["username"], "password": people["password"]}
        fields |= {"device_name": "Bench", "platform": "ios"}
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        headers = {"Host": HOST, "Content-Type": "application/json", "X-Forwarded-Proto": "https"}
        connection.request("POST", _LOG_IN, json.dumps(fields), headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status not in (200, 201):
            if answer.status not in (404, 405):
                print(f"  Devices cannot log in: {answer.status} {text[:200]!r}")
            return []
        found.append(json.loads(text)["token"])
    return found


def measure(folder: Path, *, rounds: int, quick: bool) -> Iterator[Report]:
    if services.missing():
        return
    with services.Postgres(folder) as postgres, services.Redis(folder) as redis, contextlib.ExitStack() as stack:
        url = postgres.create("ordinary")
        plain, kept = _ordinary(folder, "drf", url), _ordinary(folder, "drf60", url, CONN_MAX_AGE="60")
        make_tables(plain)
        words = json.loads(plain.run("-m", "bench.floors.ordinary.seed", "100"))
        settings = {"DATABASE_URL": postgres.create("tokens"), "REDIS_URL": redis.url(0), **_LIMITS}
        settings["DJANGO_SETTINGS_MODULE"] = "config.settings.base"
        ours = Server("tokens", product(), folder, copies=PROCESSES, **settings)
        people = seed(ours, _PEOPLE)
        for server in (plain, kept, ours):
            stack.enter_context(server)
        everybody = people["alone"] + people["together"]["agents"]
        asking = {
            "drf": Asking("DRF, CONN_MAX_AGE=0", plain, [_with_token(word) for word in words]),
            "drf60": Asking("DRF, CONN_MAX_AGE=60", kept, [_with_token(word) for word in words]),
            "session": Asking("Ringdesk, session", ours, [_with_session(one["session"]) for one in everybody]),
        }
        devices = _log_in(ours, people)
        if devices:
            asking["device"] = Asking("Ringdesk, device's token", ours, [_with_token(word) for word in devices])
        yield _report(_rounds(asking, rounds, 1.5 if quick else 3.0), asking)


def _rounds(asking: dict[str, Asking], rounds: int, seconds: float) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in asking}
    for one in asking.values():
        one.measure(0.3)
    for _ in range(rounds):
        for name, one in asking.items():
            found[name].append(one.measure(seconds))
    return found


def _report(found: dict[str, list[dict[str, Any]]], asking: dict[str, Asking]) -> Report:
    report = Report("P7  Voice tokens on PostgreSQL, 2 processes, 16 connections", _COLUMNS)
    for name, rounds in found.items():
        keys = ("rate", "p50_ms", "p95_ms", "p99_ms", "cpu_us")
        bad = sum(number for one in rounds for status, number in one["statuses"].items() if status[0] != "2")
        report.rows.append((asking[name].what, [*(median([one[key] for one in rounds]) for key in keys), bad]))
    rate = {name: [one["rate"] for one in rounds] for name, rounds in found.items()}
    # The ordinary endpoint takes a token, too; a browser's session is shown for what it is.
    for name, most in (("drf", 5), ("drf60", 1.3)):
        share = ratio(rate.get("device", []), rate[name])
        report.goals.append(Goal(f"Ringdesk, device's token: requests, of {asking[name].what}", share, "≥", most))
    return report
