"""HTTP to Twilio: a request is repeated when that is safe and somebody can wait for it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response

from telephony.errors import error_code
from telephony.rest.retries import pause_before, resource_path, retry_after, sid_of_call, worth_repeating
from telephony.rest.sessions import TwilioSession
from telephony.rest.signals import rest_request

logger = logging.getLogger(__name__)

# An attempt that could get less than this is not made shorter still: it would only fail.
_LEAST_TIMEOUT = 0.5


@dataclass(frozen=True, slots=True)
class RetryBudget:
    """`pauses`: seconds spent between attempts, at the most. `total`: seconds for the request with all its attempts."""

    pauses: float
    total: float | None


_SOMEBODY_WAITS = RetryBudget(pauses=3.0, total=4.0)
_NOBODY_WAITS = RetryBudget(pauses=8.0, total=None)
_budget: ContextVar[RetryBudget] = ContextVar("budget", default=_SOMEBODY_WAITS)


@contextmanager
def background_retries() -> Iterator[None]:
    """Inside, requests may take long: for tasks and commands. Elsewhere an agent is taken to wait for the answer."""
    token = _budget.set(_NOBODY_WAITS)
    try:
        yield
    finally:
        _budget.reset(token)


@dataclass(slots=True)
class SingleAttempt:
    """`retry_after`: seconds that Twilio asked to wait, which the library keeps to itself."""

    retry_after: float | None = None


_single: ContextVar[SingleAttempt | None] = ContextVar("single", default=None)


@contextmanager
def single_attempt() -> Iterator[SingleAttempt]:
    """Inside, no request is repeated: for who decides that, and when, by a list of work."""
    attempt = SingleAttempt()
    token = _single.set(attempt)
    try:
        yield attempt
    finally:
        _single.reset(token)


_purpose: ContextVar[str] = ContextVar("purpose", default="")


@contextmanager
def for_purpose(purpose: str) -> Iterator[None]:
    """Inside, requests are announced with what they are for, where the method and the path do not say it."""
    token = _purpose.set(purpose)
    try:
        yield
    finally:
        _purpose.reset(token)


class RetryingHttpClient(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's own client, which by itself repeats nothing and keeps `Retry-After` to itself."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # A connection for each thread that sends texts, and some for others: the library keeps ten.
        self.session = TwilioSession(connections=settings.MESSAGE_CONCURRENCY + 10)

    def request(self, method: str, url: str, *args: Any, timeout: float | None = None, **options: Any) -> Response:
        """The answer, whatever it is, to the last attempt. Raises what `requests` raised when there was none."""
        single = _single.get()
        if single is not None:
            answer, failure = self._attempt(1, method, url, *args, timeout=timeout or self.timeout, **options)
            if failure is not None:
                raise failure
            single.retry_after = retry_after(answer)
            return answer
        budget, began, paused, attempt = _budget.get(), monotonic(), 0.0, 0
        wanted = timeout or self.timeout
        while True:
            attempt += 1
            left = None if budget.total is None else budget.total - (monotonic() - began)
            answer, failure = self._attempt(attempt, method, url, *args, timeout=_shorter(wanted, left), **options)
            pause = None
            if attempt <= settings.TWILIO_RETRIES and worth_repeating(method, answer, failure):
                pause = pause_before(attempt, answer)
            spent = monotonic() - began
            if pause is None or not _within_budget(pause, paused, spent, budget):
                break
            sleep(pause)
            paused += pause
        if failure is not None:
            raise failure
        return answer

    def _attempt(
        self, attempt: int, method: str, url: str, *args: Any, **options: Any
    ) -> tuple[Response | None, requests.RequestException | None]:
        """One attempt, logged and announced: the answer or the network's failure."""
        began = monotonic()
        answer, failure = None, None
        try:
            answer = super().request(method, url, *args, **options)
        except requests.RequestException as error:
            failure = error
        _tell(attempt, method.upper(), url, answer, failure, (monotonic() - began) * 1000)
        return answer, failure


def _tell(
    attempt: int,
    method: str,
    url: str,
    answer: Response | None,
    failure: requests.RequestException | None,
    milliseconds: float,
) -> None:
    """Logs an attempt that failed, and sends the signal for every one."""
    path = resource_path(url)
    status = None if answer is None else answer.status_code
    code = None if answer is None else error_code(answer)
    if status is None or status >= 400:
        logger.warning(
            "twilio request failed: method=%s path=%s status=%s code=%s attempt=%s ms=%.0f%s",
            *(method, path, status, code, attempt, milliseconds),
            f" error={type(failure).__name__}" if failure else "",
        )
    rest_request.send_robust(
        sender=RetryingHttpClient,
        method=method,
        path=path,
        status=status,
        code=code,
        milliseconds=milliseconds,
        attempt=attempt,
        call_sid=sid_of_call(path),
        purpose=_purpose.get(),
    )


class SimulatorHttpClient(RetryingHttpClient):
    """Sends what is meant for `https://<host>.twilio.com/path` to `<base>/<host>.twilio.com/path`."""

    def __init__(self, base_url: str, **options: Any) -> None:
        super().__init__(**options)
        self.base_url = base_url

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Response:
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        return super().request(method, f"{self.base_url}/{parts.netloc}{parts.path}{query}", *args, **options)


def _shorter(timeout: float | None, left: float | None) -> float | None:
    if left is None:
        return timeout
    left = max(left, _LEAST_TIMEOUT)
    return left if timeout is None else min(timeout, left)


def _within_budget(pause: float, paused: float, spent: float, budget: RetryBudget) -> bool:
    """Whether one more attempt, after this pause, is still within what may be waited."""
    if paused + pause > budget.pauses:
        return False
    return budget.total is None or spent + pause + _LEAST_TIMEOUT <= budget.total
