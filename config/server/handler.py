"""Django under ASGI with one change of threads for each request, not one for each middleware.

The whole synchronous stack runs in a thread that lives on, so that its database connection lives on, too. Twilio's
webhooks skip the middleware, which is made for browsers, and have threads of their own: a slow page keeps no caller
waiting.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from io import BytesIO
from typing import IO, Any

from django.conf import settings
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.template.loader import render_to_string
from django.urls import reverse, set_script_prefix
from django.utils.translation import gettext

from config.server.pools import BoundedPool, QueueFull
from core.api.problems import problem_response
from core.languages import language_wished, speaking
from core.sql.statements import disable_seq_scans
from telephony.webhooks.fast_request import RawHeaders, webhook_request
from telephony.webhooks.guard import MAX_BODY as MAX_WEBHOOK_BODY
from telephony.webhooks.guard import WEBHOOK_PREFIX, Route, refusal_unread, route_at, too_large
from tokens.batched import voice_token_together

# What a body may hold before its view has a say; forms are limited further by Django's own settings. More than the
# largest file that a form takes (`routing.sounds.MOST_BYTES`): the form itself says of a file that it is too large.
MAX_BODY = 16 * 1024 * 1024
# So many log-ins wait for each thread that checks passwords: the last of them for some four seconds.
_LOGINS_WAITING = 10
# What is read of a file before it is sent on.
_PART = 65_536


class BodyTooLarge(Exception):
    pass


def _too_large(path: str, address: str) -> HttpResponse:
    """Whatever is no program's is a browser's form: whoever filled it in reads what to do. `address`: of the form."""
    if path.startswith("/api/"):
        return problem_response("too_large", instance=path)
    page = render_to_string("413.html", {"address": f"/{address.lstrip('/')}"})
    return HttpResponse(page, status=413, headers={"Cache-Control": "no-store"})


def _too_many_logins(path: str) -> HttpResponse:
    """503: nothing is wrong with this log-in."""
    sentence = gettext("Too many people are signing in at this moment. Wait a few seconds, then try again.")
    if path.startswith("/api/"):
        answer: HttpResponse = problem_response("unavailable", detail=sentence, instance=path)
    else:
        answer = HttpResponse(sentence, status=503, content_type="text/plain")
    answer["Retry-After"] = "5"
    answer["Cache-Control"] = "no-store"
    return answer


async def _in_parts(chunks: Iterator[bytes], gone: asyncio.Future[Any]) -> AsyncIterator[bytes]:
    """The chunks, while somebody takes them: none is read before those before it were sent on.

    Django would read all of them first, in the one thread that it has for this. These threads are nobody's: a file that
    comes slowly keeps no page waiting.
    """
    while not gone.done():
        part = await asyncio.to_thread(_next_part, chunks)
        if not part:
            return
        yield part


def _next_part(chunks: Iterator[bytes]) -> bytes:
    """About `_PART` bytes; none at the end."""
    part = bytearray()
    for chunk in chunks:
        part += chunk
        if len(part) >= _PART:
            break
    return bytes(part)


def _path_info(scope: Any) -> str:
    """The path without what the whole site stands under, as Django sees it."""
    path: str = scope["path"]
    return path.removeprefix(get_script_prefix(scope).rstrip("/"))


def _language_of(scope: Any) -> str:
    """What the browser asks for, of a request that is not read."""
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = dict(scope.get("headers", ())).get(b"accept-language", b"").decode("latin1")
    return language_wished(request)


class OneHopHandler(ASGIHandler):
    """Serves HTTP. Made once for each process."""

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware(is_async=False)
        self._pages = ThreadPoolExecutor(settings.WEB_THREADS, thread_name_prefix="web")
        self._webhooks = ThreadPoolExecutor(settings.WEB_THREADS, "webhook", initializer=disable_seq_scans)
        self._routes: dict[str, Route] = {}
        self._token_path: str | None = None
        self._logins = BoundedPool(settings.LOGIN_THREADS, _LOGINS_WAITING * settings.LOGIN_THREADS, "login")
        self._login_paths: frozenset[str] = frozenset()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = _path_info(scope)
        route, is_webhook = self._route(path), path.startswith(WEBHOOK_PREFIX)
        if route:
            # Strangers are sent away before their bodies cost anything.
            query = scope.get("query_string", b"").decode("latin1")
            refused = refusal_unread(scope["method"], path, query, RawHeaders(dict(scope["headers"])))
            if refused is not None:
                await self.send_response(refused, send)
                return
        try:
            body = await self.read_body(receive, MAX_WEBHOOK_BODY if is_webhook else MAX_BODY)
        except RequestAborted:
            return
        except BodyTooLarge:
            with speaking(_language_of(scope)):
                refused = too_large(path) if is_webhook else _too_large(path, scope["path"])
            await self.send_response(refused, send)
            return
        with body:
            light = webhook_request(scope, body) if route else None
            if route and light:
                await self._answer_webhook(route, light, send)
                return
            request, refusal = self.create_request(scope, body)
            if request is None:
                await self.send_response(refusal or HttpResponse(status=400), send)
            else:
                await self._answer(request, receive, send)

    async def _answer(self, request: HttpRequest, receive: Any, send: Any) -> None:
        route = self._route(request.path_info)
        if route is not None:
            await self._answer_webhook(route, request, send)
            return
        response: HttpResponseBase | None = await self._together(request)
        if response is None and self._is_login(request):
            response = await self._log_in(request)
        if response is None:
            response = await self._in_thread(self._pages, self._respond, request)
        if not isinstance(response, StreamingHttpResponse):
            await self.send_response(response, send)
            return
        # The body has been read: all that is left to hear of the client is that it went away.
        gone = asyncio.ensure_future(receive())
        try:
            if not response.is_async:
                response.streaming_content = _in_parts(iter(response), gone)
            await self.send_response(response, send)
        finally:
            gone.cancel()
            await self._in_thread(self._pages, response.close)

    async def _answer_webhook(self, route: Route, request: HttpRequest, send: Any) -> None:
        answer = await route.respond_in_time(request, self._work_in_thread)
        if isinstance(answer, HttpResponse):
            await self.send_response(answer, send)
        else:
            for message in answer:
                await send(message)

    async def _together(self, request: HttpRequest) -> HttpResponse | None:
        """The answer to what is asked so often that it is worked out for many at once; None for all else."""
        if self._token_path is None:
            self._token_path = reverse("api:voice-token")
        return await voice_token_together(request) if request.path_info == self._token_path else None

    def _is_login(self, request: HttpRequest) -> bool:
        """Whether a password is to be checked, at which door ever."""
        if not self._login_paths:
            self._login_paths = frozenset(reverse(name) for name in ("login", "admin:login", "api:login"))
        return request.method == "POST" and request.path_info in self._login_paths

    async def _log_in(self, request: HttpRequest) -> HttpResponseBase:
        """In threads of its own, so that a flood of log-ins keeps no page waiting."""
        try:
            response: HttpResponseBase = await self._logins.run(self._respond, request)
        except QueueFull:
            # No middleware has looked at it.
            with speaking(language_wished(request)):
                return _too_many_logins(request.path_info)
        return response

    def _route(self, path: str) -> Route | None:
        """The webhook at the path. Looked up once: none of their paths has parts that vary."""
        if not path.startswith(WEBHOOK_PREFIX):
            return None
        if path not in self._routes:
            route = route_at(path)
            if route is None:
                return None
            self._routes[path] = route
        return self._routes[path]

    def _work_in_thread(self, work: Callable[..., Any], *args: Any) -> Awaitable[Any]:
        return self._in_thread(self._webhooks, self._with_connections, work, *args)

    def _with_connections(self, work: Callable[..., Any], *args: Any) -> Any:
        """The work, between what Django does at a request's ends: a connection that broke is not used again."""
        signals.request_started.send(sender=self.__class__)
        try:
            return work(*args)
        finally:
            signals.request_finished.send(sender=self.__class__)

    def _in_thread(self, pool: ThreadPoolExecutor, work: Callable[..., Any], *args: Any) -> Awaitable[Any]:
        return asyncio.get_running_loop().run_in_executor(pool, copy_context().run, work, *args)

    def _respond(self, request: Any) -> HttpResponseBase:
        # Here, in the thread that makes the page: what is set in another is not seen (asgiref's `Local`).
        set_script_prefix(get_script_prefix(request.scope))
        signals.request_started.send(sender=self.__class__, scope=request.scope)
        response = self.get_response(request)
        if not response.streaming:
            # Here, not after sending: it hands the thread's database connection back.
            response.close()
        return response

    async def read_body(self, receive: Any, limit: int = MAX_BODY) -> IO[bytes]:
        """The body as a file. Raises `BodyTooLarge`, and `RequestAborted` when the client went away."""
        message = await receive()
        if message["type"] == "http.request" and not message.get("more_body", False):
            # Nearly always.
            if len(message.get("body", b"")) > limit:
                raise BodyTooLarge
            return BytesIO(message.get("body", b""))
        body = tempfile.SpooledTemporaryFile(max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE)  # noqa: SIM115
        size = 0
        while True:
            size += len(message.get("body", b""))
            if message["type"] == "http.disconnect" or size > limit:
                body.close()
                raise BodyTooLarge if size > limit else RequestAborted
            body.write(message.get("body", b""))
            if not message.get("more_body", False):
                break
            message = await receive()
        body.seek(0)
        return body
