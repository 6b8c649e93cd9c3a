"""Sends one webhook, as Twilio does: signed, with retries, redirects and time limits, and written down."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import unquote, urlencode, urljoin, urlsplit, urlunsplit

import httpx

from simulator.identifiers import iso, now
from simulator.inspector import BODY_KEPT, Inspector, without_credentials
from simulator.webhooks.authentication import ChallengedAuth
from simulator.webhooks.overrides import Overrides, parse_overrides
from simulator.webhooks.signature import sign

Params = list[tuple[str, str]]

MAX_REDIRECTS = 10
USER_AGENT = "TwilioProxy/1.1"
#: What a forged webhook is signed with.
FORGERS_TOKEN = "not the auth token"  # noqa: S105

# Twilio's error dictionary.
HTTP_FAILURE = 11200
CONNECT_TIMEOUT = 11201
CONNECTION_REFUSED = 11202
TOTAL_TIMEOUT = 11203
CONNECTION_FAILURE = 11205
BAD_URL = 11210
TOO_MANY_REDIRECTS = 11215
INVALID_OVERRIDE = 11243


@dataclass(frozen=True)
class Webhook:
    """A request to make.

    `credentials`: what its call or message has shown to each host: `host: (user, password)`; `cookies`: what it was
    given, which is added to.
    """

    kind: str
    url: str
    method: str = "POST"
    params: Params = field(default_factory=list)
    call_sid: str | None = None
    credentials: dict[str, tuple[str, str]] = field(default_factory=dict)
    message_sid: str | None = None
    cookies: CookieJar = field(default_factory=CookieJar)


_NAMES = {"CA": "call_sid", "SM": "message_sid", "MM": "message_sid"}


def about(sid: str) -> dict[str, str]:
    """A SID under the name by which webhooks, requests and warnings have it; nothing for other kinds."""
    return {_NAMES[sid[:2]]: sid} if sid[:2] in _NAMES else {}


@dataclass(frozen=True)
class Answer:
    """What came of it. `error_code` is Twilio's (11200…), None for a 2xx. `url` is the last one asked."""

    url: str
    status: int | None = None
    content_type: str = ""
    body: bytes = b""
    error_code: int | None = None
    error: str = ""

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass(frozen=True)
class Outcome:
    """What came of one attempt, why it might be made again (`ct`, `rt`, `4xx`, `5xx`), and what was done to it."""

    answer: Answer
    reason: str = ""
    fault: str | None = None


#: Makes something else of what came of an attempt.
Spoil = Callable[[Webhook, Outcome], Outcome]


class Sender:
    """Owns the HTTP client. One for the whole simulator."""

    def __init__(self, auth_token: str, inspector: Inspector) -> None:
        self._auth_token = auth_token
        self._inspector = inspector
        # No connection is kept: the product's server closes idle ones after a few seconds, and a request written to one
        # just closed would look like a fault of the product.
        self._client = httpx.AsyncClient(
            trust_env=False,
            follow_redirects=False,
            # A cookie of one call must not turn up in another: each has a jar of its own.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
        )

    async def close(self) -> None:
        await self._client.aclose()

    @staticmethod
    def new_token() -> str:
        """What marks attempts as those of one event: `I-Twilio-Idempotency-Token`."""
        return str(uuid.uuid4())

    async def send(
        self,
        webhook: Webhook,
        *,
        fault: str | None = None,
        token: str = "",
        spoil: Spoil | None = None,
        forged: bool = False,
    ) -> Answer:
        """Makes the request, and again as the URL's overrides ask. Never raises for what the other side does.

        `fault` is written down with it: what is done to it on purpose. `spoil` may change what comes of each attempt.
        One that is `forged` has the signature of somebody who does not know the auth token.
        """
        overrides, problems = parse_overrides(webhook.url)
        for problem in problems:
            self._inspector.warn(
                INVALID_OVERRIDE,
                f"Connection override not understood: {problem}",
                call_sid=webhook.call_sid,
                message_sid=webhook.message_sid,
            )
        token = token or self.new_token()
        deadline = time.monotonic() + overrides.total_timeout
        outcome = Outcome(Answer(webhook.url))
        for attempt in range(1, overrides.retries + 2):
            started, moment = time.monotonic(), now()
            request, outcome = await self._attempt(webhook, overrides, token, deadline, forged=forged)
            outcome = spoil(webhook, outcome) if spoil else outcome
            took = time.monotonic() - started
            self._record(webhook, request, attempt, outcome.answer, moment, took, outcome.fault or fault)
            if not outcome.reason or not overrides.retries_on(outcome.reason) or time.monotonic() >= deadline:
                break
        return outcome.answer

    def record_unsent(self, webhook: Webhook, answer: Answer, fault: str) -> None:
        """Writes down a request that was not made."""
        self._record(webhook, None, 1, answer, now(), 0.0, fault)

    async def _attempt(
        self, webhook: Webhook, overrides: Overrides, token: str, deadline: float, *, forged: bool
    ) -> tuple[httpx.Request | None, Outcome]:
        """One attempt, with the redirects it leads to: the last request made and what came of it."""
        url, method, params = webhook.url.partition("#")[0], webhook.method.upper(), webhook.params
        request: httpx.Request | None = None
        reason = ""
        try:
            async with asyncio.timeout(max(deadline - time.monotonic(), 0.001)):
                for _ in range(MAX_REDIRECTS + 1):
                    request = self._request(url, method, params, token, overrides, forged=forged)
                    httpx.Cookies(webhook.cookies).set_cookie_header(request)
                    response = await self._answer_to(request, self._auth(url, webhook))
                    httpx.Cookies(webhook.cookies).extract_cookies(response)
                    if not response.has_redirect_location:
                        answer, reason = _judge(url, response)
                        break
                    url = urljoin(url, response.headers["location"])
                    if response.status_code not in (307, 308):
                        method, params = "GET", []
                else:
                    answer = Answer(url, error_code=TOO_MANY_REDIRECTS, error="Too many redirects")
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            answer = Answer(url, error_code=BAD_URL, error=f"Not a URL that can be requested: {error}")
        except httpx.ConnectTimeout:
            reason = "ct"
            answer = Answer(url, error_code=CONNECT_TIMEOUT, error="No connection in time")
        except httpx.ConnectError as error:
            reason = "ct"
            answer = Answer(url, error_code=CONNECTION_REFUSED, error=f"No connection: {error}")
        except httpx.ReadTimeout:
            reason = "rt"
            answer = Answer(url, error_code=HTTP_FAILURE, error="No answer in time")
        except TimeoutError:
            answer = Answer(url, error_code=TOTAL_TIMEOUT, error=f"No answer within {overrides.total_timeout:g} s")
        except httpx.HTTPError as error:
            answer = Answer(url, error_code=CONNECTION_FAILURE, error=f"{type(error).__name__}: {error}")
        return request, Outcome(answer, reason)

    async def _answer_to(self, request: httpx.Request, auth: httpx.Auth | None) -> httpx.Response:
        try:
            return await self._client.send(request, auth=auth)
        except AttributeError as error:
            # anyio asks the socket for its other end, and a connection that was reset as it was made has none any more.
            if "getpeername" not in str(error):
                raise
            raise httpx.ConnectError("The connection was reset as it was made") from error

    def _request(
        self, url: str, method: str, params: Params, token: str, overrides: Overrides, *, forged: bool
    ) -> httpx.Request:
        headers = {"User-Agent": USER_AGENT, "Accept": "*/*", "I-Twilio-Idempotency-Token": token}
        timeout = httpx.Timeout(overrides.read_timeout, connect=overrides.connect_timeout, pool=None)
        bare = without_credentials(url)
        content = None
        if method == "GET":
            bare, params = _with_query(bare, params), []
        else:
            content = urlencode(params).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        headers["X-Twilio-Signature"] = sign(FORGERS_TOKEN if forged else self._auth_token, bare, params)
        return self._client.build_request(method, bare, content=content, headers=headers, timeout=timeout)

    def _auth(self, url: str, webhook: Webhook) -> httpx.Auth | None:
        """Twilio stays logged in to a host for the length of a call, so later URLs may do without the password."""
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        if parts.username is not None:
            webhook.credentials[host] = (unquote(parts.username), unquote(parts.password or ""))
        known = webhook.credentials.get(host)
        return ChallengedAuth(*known) if known else None

    def _record(
        self,
        webhook: Webhook,
        request: httpx.Request | None,
        attempt: int,
        answer: Answer,
        moment: datetime,
        took: float,
        fault: str | None,
    ) -> None:
        shown = {}
        if request is not None:
            shown = {k.title(): v for k, v in request.headers.items() if k.lower() not in ("authorization", "cookie")}
        self._inspector.request(
            direction="out",
            time=iso(moment),
            kind=webhook.kind,
            method=webhook.method.upper(),
            url=webhook.url,
            call_sid=webhook.call_sid,
            message_sid=webhook.message_sid,
            params=dict(webhook.params),
            headers=shown,
            attempt=attempt,
            status=answer.status,
            duration_ms=round(took * 1000, 1),
            content_type=answer.content_type,
            response_body=_shown_body(answer),
            error=f"{answer.error_code}: {answer.error}" if answer.error_code else None,
            fault=fault,
        )


def _with_query(url: str, params: Params) -> str:
    parts = urlsplit(url)
    if not params:
        return url
    query = f"{parts.query}&{urlencode(params)}" if parts.query else urlencode(params)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def _judge(url: str, response: httpx.Response) -> tuple[Answer, str]:
    status = response.status_code
    answer = Answer(url, status, response.headers.get("content-type", ""), response.content)
    if response.is_success:
        return answer, ""
    error = f"The URL answered with status {status}"
    failed = Answer(url, status, answer.content_type, answer.body, HTTP_FAILURE, error)
    return failed, f"{status // 100}xx"


def _shown_body(answer: Answer) -> str:
    if answer.content_type.startswith(("audio/", "image/", "video/", "application/octet-stream", "application/pdf")):
        return f"({len(answer.body)} bytes)"
    return answer.text[:BODY_KEPT]
