"""What every operation of the API shares: authentication, form fields, errors, and being written down."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.faults import Rule
from simulator.identifiers import iso, now
from simulator.inspector import BODY_KEPT
from simulator.rest import faulty
from simulator.rest.auth import check_account, check_credentials
from simulator.rest.declared import Fields
from simulator.rest.errors import NOT_BUILT, ApiError
from simulator.severed import NoAnswer

if TYPE_CHECKING:
    from simulator.engine.calls import CallEngine

log = logging.getLogger(__name__)

API = "/2010-04-01"


@dataclass(frozen=True)
class ApiRequest:
    """A request that may be served: credentials and account are right. `form` is None for other methods than POST."""

    engine: CallEngine
    request: Request
    form: FormData

    def path(self, name: str) -> str:
        return str(self.request.path_params[name])

    def has(self, name: str) -> bool:
        return name in self.form

    def text(self, name: str, default: str = "") -> str:
        value = self.form.get(name, default)
        return default if isinstance(value, UploadFile) else value

    def texts(self, name: str) -> list[str]:
        """A field that may be repeated, or hold several words in one."""
        values = [value for value in self.form.getlist(name) if isinstance(value, str)]
        return [word for value in values for word in value.split()]

    def method(self, name: str, default: str = "POST") -> str:
        method = self.text(name, default).upper()
        if method not in ("GET", "POST"):
            raise ApiError(20001, message=f"{name} must be GET or POST")
        return method

    def flag(self, name: str) -> bool:
        value = self.text(name, "false").lower()
        if value not in ("", "true", "false"):
            raise ApiError(20001, message=f"{name} must be true or false")
        return value == "true"

    def choice(self, name: str, default: str, *words: str) -> str:
        """One of these words. Raises `ApiError` for any other."""
        value = self.text(name) or default
        if value not in words:
            raise ApiError(20001, message=f"{name} must be one of {', '.join(words)}")
        return value

    def check(self, fields: Fields) -> None:
        """Raises `ApiError` 20501 for what the operation refuses, and warns of what it does nothing with."""
        given = self.form if self.request.method == "POST" else self.request.query_params
        what = f"{self.request.method} {self.request.url.path}"
        for name in dict.fromkeys(given.keys()):
            if name in fields.refused and given[name]:
                raise not_built(self.engine, f"{name} of {what}")
            if name in fields.ignored:
                self.engine.inspector.warn(None, f"{what}: the simulator does nothing with {name}")
            elif name not in fields.used and name not in fields.refused:
                self.engine.inspector.warn(None, f"{what}: Twilio documents no {name} here")


def not_built(engine: CallEngine, what: str) -> ApiError:
    """Twilio may know it; the simulator does not, and says so rather than pretend."""
    log.warning("The simulator does not build %s", what)
    engine.inspector.warn(None, f"The simulator does not build {what}", level="error")
    return ApiError(NOT_BUILT, what)


class Confidential(JSONResponse):
    """An answer with a secret in it, under the name `hidden`: `shown` is what the inspector keeps."""

    def __init__(self, content: dict[str, Any], status_code: int, *, hidden: str) -> None:
        super().__init__(content, status_code)
        self.shown = json.dumps({**content, hidden: "(shown once)"})


Operation = Callable[[ApiRequest], Awaitable[Response]]


def endpoint(
    engine: CallEngine, operation: Operation, fields: Fields | None = None, *, public: bool = False
) -> Callable[[Request], Awaitable[Response]]:
    """An operation as a Starlette endpoint. `fields` are what it knows; `public` ones need no credentials."""

    async def serve(request: Request) -> Response:
        started, moment = time.monotonic(), now()
        rule = faulty.drawn(engine, request)
        form = FormData()
        response = faulty.instead(rule)
        if response is None:
            try:
                if not public:
                    check_credentials(engine.world, request.headers.get("authorization"))
                if "account" in request.path_params:
                    check_account(engine.config, request.path_params["account"])
                form = await request.form() if request.method == "POST" else form
                api = ApiRequest(engine, request, form)
                if fields is not None:
                    api.check(fields)
                response = await operation(api)
            except ApiError as error:
                response = error.response()
        response = await faulty.delivered(rule, response)
        _record(engine, request, form, response, iso(moment), time.monotonic() - started, rule)
        return response

    return serve


def _record(
    engine: CallEngine,
    request: Request,
    form: FormData,
    response: Response,
    moment: str | None,
    took: float,
    rule: Rule | None,
) -> None:
    silent = isinstance(response, NoAnswer)
    content_type = response.headers.get("content-type", "")
    shown = ""
    if isinstance(response, Confidential):
        shown = response.shown
    elif content_type.startswith("application/json"):
        shown = bytes(response.body).decode("utf-8", "replace")
    params: dict[str, str] = {}
    for name in [*dict.fromkeys(form.keys()), *request.query_params.keys()]:
        values = [str(value) for value in [*form.getlist(name), *request.query_params.getlist(name)]]
        params[name] = " ".join(values)
    engine.inspector.request(
        direction="in",
        time=moment,
        kind="rest",
        method=request.method,
        url=str(request.url),
        call_sid=request.path_params.get("call"),
        message_sid=request.path_params.get("message"),
        params=params,
        headers={k.title(): v for k, v in request.headers.items() if k not in ("authorization", "cookie")},
        attempt=1,
        status=None if silent else response.status_code,
        duration_ms=round(took * 1000, 1),
        content_type=content_type,
        response_body=shown[:BODY_KEPT],
        error="Not answered: a fault on purpose" if silent else None,
        fault=rule.kind if rule else None,
    )
