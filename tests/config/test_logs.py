"""What strangers send makes short lines in the log, and one line each."""

from __future__ import annotations

import io
import logging
from logging.config import DictConfigurator  # type: ignore[attr-defined]

import pytest
from django.conf import settings
from django.test import Client

LONG = "x" * 60_000


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What our console shows, by the settings' own formatter."""
    written = io.StringIO()
    formatter = DictConfigurator(settings.LOGGING).configure_formatter(settings.LOGGING["formatters"]["line"])
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter)
    for name in ("", "django", "django.request", "django.security"):
        logger = logging.getLogger(name)
        monkeypatch.setattr(logger, "handlers", [handler] if name == "" else [])
        monkeypatch.setattr(logger, "propagate", True)
    return written


def lines(console: io.StringIO) -> list[str]:
    return console.getvalue().splitlines()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (f"/{LONG}", {}),
        (f"/twilio/{LONG}/", {}),
        ("/accounts/login/", {"Host": f"{'x' * 60_000}.example"}),
        ("/accounts/login/", {"Host": "x_y z"}),
        (f"/static/../{LONG}", {}),
        ("/twilio/voice/incoming/?a=" + LONG, {}),
    ],
)
def test_a_request_of_sixty_kilobytes_writes_short_lines(console, path, headers):
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    response = client.post(path, {"username": LONG}, headers=headers)

    assert response.status_code >= 400
    assert lines(console)
    assert max(map(len, lines(console))) < 1000


def test_a_message_is_one_line_and_cut(console):
    logging.getLogger("of.a.test").warning("path=%s", "/a\nb\x1b[31m" + LONG)

    (line,) = lines(console)
    assert "path=/a b [31m" in line
    assert line.endswith(f"… ({60_000 + len('path=/a') + 7} characters)")


def test_an_exception_keeps_its_lines_and_each_is_cut(console):
    try:
        raise ValueError(LONG)
    except ValueError:
        logging.getLogger("of.a.test").exception("it failed")

    assert "Traceback" in console.getvalue()
    assert len(lines(console)) > 3
    assert max(map(len, lines(console))) < 1000


@pytest.mark.django_db
def test_a_wrong_host_is_one_line_without_a_traceback(console):
    Client(raise_request_exception=False).get("/", headers={"Host": "wrong.example"})

    told = [line for line in lines(console) if "Traceback" in line or "wrong.example" in line]
    assert len(told) == 1


def test_no_handler_writes_beside_ours():
    """Django has one of its own for DEBUG, which `make run` sets."""
    assert logging.getLogger("django").handlers == []
