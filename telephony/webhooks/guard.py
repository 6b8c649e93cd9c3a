"""The guard before every route that Twilio calls."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol, TypeAlias

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseNotAllowed
from django.http.multipartparser import MultiPartParserError
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from twilio.twiml import TwiML

from core.text import shortened
from telephony.webhooks import http_auth
from telephony.webhooks.fast_request import read_form_soon
from telephony.webhooks.forms import sid_field
from telephony.webhooks.pacing import TooBusy, wait_for_turn
from telephony.webhooks.signatures import SIGNATURE_HEADER, has_shape_of_signature, request_is_signed

logger = logging.getLogger(__name__)

# Under which `config.urls` puts all of them.
WEBHOOK_PREFIX = "/twilio/"
# Bytes. Twilio's forms have one or two thousand, a text message's perhaps twenty; its addresses are ours.
MAX_BODY, _MAX_ADDRESS, _MAX_TYPE = 65_536, 4096, 200
_LONGEST_LOGGED = 200
_UNREADABLE = (SuspiciousOperation, BadRequest, MultiPartParserError, RequestDataTooBig, TooManyFieldsSent)

# TwiML, or its text, or a response, or nothing to say: 204.
WebhookResponse: TypeAlias = TwiML | str | HttpResponse | None
_TWIML_TYPE = "text/xml; charset=utf-8"


class WebhookView(Protocol):
    def __call__(self, request: HttpRequest) -> WebhookResponse: ...


View: TypeAlias = Callable[[HttpRequest], HttpResponse]


class OnFailure(Protocol):
    """Answers in a view's place. Must work when nothing else does, and raises nothing."""

    def __call__(self, request: HttpRequest, error: BaseException) -> WebhookResponse: ...


class Enqueue(Protocol):
    """Starts a view's work elsewhere and returns at once with the promise of its answer, to the running event loop."""

    def __call__(self, request: HttpRequest) -> asyncio.Future[Any]: ...


class TookTooLong(Exception):
    """Something that we depend on is slow. Twilio gives up after fifteen seconds, a caller sooner."""


# A whole response, ready to be sent through ASGI.
Messages: TypeAlias = tuple[dict[str, Any], dict[str, Any]]
InThread = Callable[..., Awaitable[WebhookResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """How one webhook is answered."""

    view: WebhookView
    on_failure: OnFailure
    enqueue: Enqueue | None

    def respond(self, request: HttpRequest) -> HttpResponse:
        """The answer, worked out in the thread that asks."""
        refusal = refusal_of(request)
        if refusal is not None:
            return refusal
        try:
            return _response(self.view(request))
        except Exception as error:
            return _response(self._failed(request, error))

    async def respond_in_time(self, request: HttpRequest, in_thread: InThread) -> HttpResponse | Messages:
        """The same for an event loop. Work that is slow goes on in its thread; Twilio gets its answer all the same."""
        try:
            await wait_for_turn(len(request.body))
        except TooBusy:
            return _too_busy(request.path)
        # The used nonces are in the cache, which may be across the network.
        slow = http_auth.asks_cache(request)
        refusal = await asyncio.to_thread(refusal_of, request) if slow else refusal_of(request)
        if refusal is not None:
            return refusal
        try:
            if self.enqueue is not None:
                return _prepared(await _in_time(self.enqueue(request)))
            async with asyncio.timeout(settings.WEBHOOK_SECONDS):
                return _prepared(await in_thread(self.view, request))
        except TimeoutError:
            error: Exception = TookTooLong(f"no answer within {settings.WEBHOOK_SECONDS} s")
        except Exception as raised:
            error = raised
        return _prepared(await asyncio.to_thread(self._failed, request, error))

    def _failed(self, request: HttpRequest, error: Exception) -> WebhookResponse:
        sid = sid_field(request.POST, "CallSid")
        logger.error("webhook failed: path=%s call=%s", request.path, sid, exc_info=error)
        return self.on_failure(request, error)


def twilio_webhook(on_failure: OnFailure, *, enqueue: Enqueue | None = None) -> Callable[[WebhookView], View]:
    """Makes a view a webhook: POST only, signed by Twilio, with credentials if any are set, exempt from CSRF.

    The view returns a TwiML object, a response, or None for an empty one. When it raises, or is slow, `on_failure`
    answers instead, so that a caller hears a sentence and not "an application error has occurred". With `enqueue`, a
    server that can do so (`config.server.handler`) needs no thread for the request.
    """

    def decorate(view: WebhookView) -> View:
        route = Route(view, on_failure, enqueue)

        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest) -> HttpResponse:
            return route.respond(request)

        guarded.route = route  # type: ignore[attr-defined]
        return guarded

    return decorate


def route_at(path: str) -> Route | None:
    """The webhook at a path, if there is one."""
    try:
        view = resolve(path).func
    except Resolver404:
        return None
    route: Route | None = getattr(view, "route", None)
    return route


def signed_url(request: HttpRequest) -> str:
    """The URL that Twilio signed: ours as we gave it out, with the path and query as they came."""
    return f"{settings.PUBLIC_BASE_URL}{request.get_full_path()}"


def refusal_unread(method: str, path: str, query: str, headers: Mapping[str, str]) -> HttpResponse | None:
    """The answer to a request that cannot be Twilio's, as far as its head tells: nothing of its body was read yet."""
    # Django, too, takes small letters.
    if method.upper() != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not has_shape_of_signature(headers):
        return _forbidden("wrong signature" if SIGNATURE_HEADER in headers else "no signature", path)
    if len(path) + len(query) > _MAX_ADDRESS:
        return _forbidden("long address", path)
    # Twilio sends forms and JSON. Files would have to be read before their signature could be checked.
    kind = headers.get("Content-Type") or ""
    if len(kind) > _MAX_TYPE or kind.strip().lower().startswith("multipart/"):
        return _forbidden("content type", path)
    length = headers.get("Content-Length") or "0"
    return None if length.isdecimal() and len(length) < 9 and int(length) <= MAX_BODY else too_large(path)


def _forbidden(why: str, path: str) -> HttpResponse:
    logger.warning("webhook refused: %s, path=%s", why, shortened(path, _LONGEST_LOGGED))
    return HttpResponseForbidden("The signature is missing or wrong.", content_type="text/plain")


def too_large(path: str) -> HttpResponse:
    logger.warning("webhook refused: body too large, path=%s", shortened(path, _LONGEST_LOGGED))
    return HttpResponse("The body is too large.", status=413, content_type="text/plain")


def _too_busy(path: str) -> HttpResponse:
    logger.warning("webhook refused: too many long forms, path=%s", shortened(path, _LONGEST_LOGGED))
    return HttpResponse("Not now.", status=503, content_type="text/plain", headers={"Retry-After": "2"})


def refusal_of(request: HttpRequest) -> HttpResponse | None:
    """The answer to a request that is not, or not provably, Twilio's; None for one that is."""
    refused = refusal_unread(request.method or "", request.path, _query_of(request), request.headers)
    if refused is not None:
        return refused
    try:
        read_form_soon(request)
        valid = request_is_signed(request, signed_url(request))
    except _UNREADABLE:
        logger.warning("webhook refused: unreadable body, path=%s", shortened(request.path, _LONGEST_LOGGED))
        return HttpResponse("The body cannot be read.", status=400, content_type="text/plain")
    if not valid:
        return _forbidden("wrong signature", request.path)
    refusal = http_auth.refusal_of(request)
    if refusal is not None:
        logger.info("webhook challenged: %s, path=%s", refusal.reason, shortened(request.path, _LONGEST_LOGGED))
        return http_auth.challenge(refusal)
    return None


def _query_of(request: HttpRequest) -> str:
    """Without working out `META`, which a light request does only when it must."""
    scope: dict[str, Any] | None = getattr(request, "scope", None)
    return str(
        request.META.get("QUERY_STRING", "") if scope is None else scope.get("query_string", b"").decode("latin1")
    )


async def _in_time(future: asyncio.Future[Any]) -> WebhookResponse:
    """What is promised. Raises `TimeoutError`, and nobody waits for it any more. Cheaper than `asyncio.timeout`."""
    alarm = future.get_loop().call_later(settings.WEBHOOK_SECONDS, _give_up, future)
    try:
        answer: WebhookResponse = await future
        return answer
    finally:
        alarm.cancel()


def _give_up(future: asyncio.Future[Any]) -> None:
    if not future.done():
        future.set_exception(TimeoutError())


def _response(answer: WebhookResponse) -> HttpResponse:
    if answer is None:
        return HttpResponse(status=204)
    if isinstance(answer, HttpResponse):
        return answer
    content = str(answer).encode()
    return HttpResponse(content, content_type=_TWIML_TYPE, headers={"Content-Length": str(len(content))})


def _prepared(answer: WebhookResponse) -> HttpResponse | Messages:
    """Nothing and TwiML as Django would send `_response` of them."""
    if isinstance(answer, HttpResponse):
        return answer
    content, headers = b"", [(b"Content-Type", b"text/html; charset=utf-8")]
    if answer is not None:
        content = str(answer).encode()
        headers = [(b"Content-Length", b"%d" % len(content)), (b"Content-Type", _TWIML_TYPE.encode())]
    start = {"type": "http.response.start", "status": 204 if answer is None else 200, "headers": headers}
    return start, {"type": "http.response.body", "body": content, "more_body": False}
