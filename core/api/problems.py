"""Errors of the REST API as RFC 9457 problem details. Every `code` and `type`: docs/errors.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from django.http import JsonResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of problem. `title` never changes but for its language; `detail` is said to people when there is nothing
    better to say, and `remedy` tells a program's author what to do. All three are kept in English."""

    code: str
    status: int
    title: str
    detail: str
    remedy: str
    # Members of its own, as an example shows them.
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        return self.code.replace("_", "-")

    @property
    def type(self) -> str:
        """An address on this server, which explains it."""
        return f"/problems/{self.slug}"


_ALL = (
    Problem(
        "validation", 400, _("Something in the request is not right"), _("Check what you sent."),
        _("Look at `errors`: each has `field`, `pointer` (a JSON pointer into what you sent), `detail` and `code`."),
    ),
    Problem(
        "parse_error", 400, _("The request cannot be read"), _("The request's body is not valid JSON."),
        _("Send valid JSON in UTF-8."),
    ),
    Problem(
        "bad_request", 400, _("The request is not right"), _("The server does not understand this request."),
        _("Check the address, the host name and the headers."),
    ),
    Problem(
        "invalid_number", 400, _("The number cannot be called"), _("This number cannot be called."),
        _("Ask for another number: this one will not work."),
    ),
    Problem(
        "capability_disabled", 400, _("Capability tokens are switched off"), _("Ask for an access token."),
        _("Leave `kind` out, or have `TWILIO_CAPABILITY_TOKENS` switched on."),
    ),
    Problem(
        "wrong_credentials", 401, _("The log-in failed"), _("That username and password do not match."),
        _("Ask for the username and password again. Nothing more is said, on purpose."),
    ),
    Problem(
        "invalid_token", 401, _("The token is not valid"), _("This token is not valid. Sign in again."),
        _("Forget the token and log in again."),
    ),
    Problem(
        "token_expired", 401, _("The token has expired"), _("This device's log-in has expired. Sign in again."),
        _("Log in again."),
    ),
    Problem(
        "not_authenticated", 403, _("Nobody is signed in"), _("Sign in first."),
        _("Send `Authorization: Token …`, or a session's cookie."),
    ),
    Problem(
        "agent_suspended", 403, _("The account is not active"), _("Your account is not active. Ask your admin."),
        _("Say so and stop asking; the token works again when the agent is made active."),
    ),
    Problem(
        "device_revoked", 403, _("The device was signed out"), _("This device was signed out. Sign in again."),
        _("Forget the token, sign out on the screen, and offer the log-in."),
    ),
    Problem(
        "csrf_failed", 403, _("The page is not trusted"), _("Load the page again."),
        _("Send `X-CSRFToken` with the session's cookie. Devices need none."),
    ),
    Problem(
        "permission_denied", 403, _("This is not allowed"), _("You may not do this."),
        _("The agent may not do this."),
    ),
    Problem(
        "not_found", 404, _("There is nothing here"), _("There is nothing here."),
        _("There is none, or this agent may not see it."),
    ),
    Problem(
        "method_not_allowed", 405, _("The method is not allowed"), _("This cannot be done here."),
        _("`Allow` names the methods."),
    ),
    Problem(
        "not_acceptable", 406, _("The answer has no such form"), _("The answer is JSON."),
        _("Accept `application/json`."),
    ),
    Problem(
        "conflict", 409, _("It is too late for this"), _("This cannot be done any more."),
        _("Read the call again: it has moved on."),
    ),
    Problem(
        "call_gone", 409, _("The call is over"), _("This call is over."),
        _("The call is over at Twilio."),
    ),
    Problem(
        "changed", 412, _("It was changed meanwhile"),
        _("This was changed meanwhile. Read it again, then repeat your change."),
        _("Read it again, and send its new `ETag` as `If-Match`."),
    ),
    Problem(
        "too_large", 413, _("The body is too large"), _("This is too large."),
        _("Send less at a time: `detail` says how much."),
    ),
    Problem(
        "unsupported_media_type", 415, _("The body has the wrong type"), _("Send JSON."),
        _("Send `application/json`."),
    ),
    Problem(
        "range_not_satisfiable", 416, _("The file has no such part"), _("The recording has no such part."),
        _("Ask for bytes that it has: `Content-Range` says how many there are."),
    ),
    Problem(
        "throttled", 429, _("Too many requests"), _("Too many requests. Try again in a moment."),
        _("Wait as many seconds as `Retry-After` says."),
    ),
    Problem(
        "locked_out", 429, _("Too many failed log-ins"), _("Too many failed log-ins. Try again later."),
        _("Wait as many seconds as `Retry-After` says, or have an admin unlock it."),
    ),
    Problem(
        "server_error", 500, _("The server failed"), _("The server could not do this. Try again."),
        _("Try again later; the server's log has the reason."),
    ),
    Problem(
        "unavailable", 503, _("The server is busy"), _("The server cannot do this now. Try again."),
        _("Try again in a moment."),
    ),
)  # fmt: skip
PROBLEMS = {problem.code: problem for problem in _ALL}
_BY_STATUS = {
    400: "bad_request",
    401: "invalid_token",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    409: "conflict",
    412: "changed",
    413: "too_large",
    415: "unsupported_media_type",
    416: "range_not_satisfiable",
    429: "throttled",
    503: "unavailable",
}


def problems_add(*problems: Problem) -> None:
    """Takes in the kinds of an app that stands on this one: said when it is ready."""
    found = sorted([*PROBLEMS.values(), *problems], key=attrgetter("status"))
    PROBLEMS.clear()
    PROBLEMS.update((problem.code, problem) for problem in found)


def problem_for(code: str, status: int) -> Problem:
    """The kind with that code, or the general one of the status."""
    found = PROBLEMS.get(code)
    if found is not None and found.status == status:
        return found
    return PROBLEMS[_BY_STATUS.get(status, "server_error" if status >= 500 else "bad_request")]


def problem_body(code: str, status: int, *, detail: str = "", instance: str = "", **more: Any) -> dict[str, Any]:
    """The members of one problem. A `code` that is not in the list keeps its name under the status's general type."""
    kind = problem_for(code, status)
    return {
        "type": kind.type,
        "title": gettext(kind.title),
        "status": status,
        "code": code or kind.code,
        "detail": detail or gettext(kind.detail),
        "instance": instance,
        **more,
    }


def problem_response(code: str, *, detail: str = "", instance: str = "") -> JsonResponse:
    """A plain Django response, for where there is no view of the REST framework."""
    status = PROBLEMS[code].status
    body = problem_body(code, status, detail=detail, instance=instance)
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)
