"""What all REST endpoints share: one shape for errors."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from core.api.problems import CONTENT_TYPE, problem_body
from core.api.resources import TooLarge

E = TypeVar("E", bound=Exception)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of an error that is not the REST framework's own: its kind, a sentence, and more members."""

    status: int
    code: str
    detail: str
    more: Mapping[str, Any] = field(default_factory=dict)


_answers: dict[type[Exception], Callable[[Any], Answer]] = {}


def errors_answered(kind: type[E], answer: Callable[[E], Answer]) -> None:
    """From now on, errors of that kind are answered so: said by an app when it is ready."""
    _answers[kind] = answer


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Problem details for every failure that somebody foresaw; None for others."""
    instance = context["request"].path
    if isinstance(error, RequestDataTooBig):
        error = TooLarge()
    for kind, answer_to in _answers.items():
        if isinstance(error, kind):
            answer = answer_to(error)
            body = problem_body(answer.code, answer.status, detail=answer.detail, instance=instance, **answer.more)
            return Response(body, status=answer.status, content_type=CONTENT_TYPE)
    response = drf_exception_handler(error, context)
    if response is not None:
        response.data = _body(error, response.status_code, instance)
        response.content_type = CONTENT_TYPE
    return response


def _body(error: Exception, status: int, instance: str) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        errors = list(_flat(error.get_full_details(), ()))
        return problem_body("validation", status, detail=_summary(errors), instance=instance, errors=errors)
    if not isinstance(error, exceptions.APIException):
        code = "not_found" if isinstance(error, Http404) else "permission_denied"
        return problem_body(code, status, instance=instance)
    codes = error.get_codes()
    code = codes if isinstance(codes, str) else ""
    return problem_body(code, status, detail=_sentence(error, code), instance=instance)


def _sentence(error: exceptions.APIException, code: str) -> str:
    """What the error says; nothing when it is only the framework's own words, for which ours are used."""
    if isinstance(error, exceptions.Throttled):
        wait: float | None = getattr(error, "wait", None)
        if wait is None:
            return ""
        seconds = math.ceil(wait)
        said = ngettext(
            "Too many requests. Try again in %(count)d second.",
            "Too many requests. Try again in %(count)d seconds.",
            seconds,
        )
        return said % {"count": seconds}
    text = str(error.detail)
    if code == "parse_error":
        return _("The request cannot be read: %(why)s.") % {"why": text.rstrip(".")}
    own_words = type(error).__module__ != exceptions.__name__ or text != str(error.default_detail)
    return text if own_words else ""


def _flat(details: Any, path: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """`{"ttl": [{"message", "code"}]}` → one row for each message, with the place it is about."""
    if isinstance(details, list):
        leaves = all(isinstance(item, dict) and set(item) == {"message", "code"} for item in details)
        for number, item in enumerate(details):
            yield from _flat(item, path if leaves else (*path, str(number)))
    elif isinstance(details, dict) and set(details) == {"message", "code"} and isinstance(details["message"], str):
        place = tuple(part for part in path if part != "non_field_errors")
        yield {
            "field": ".".join(place),
            "pointer": "#" + "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in place),
            "detail": str(details["message"]),
            "code": str(details["code"]),
        }
    elif isinstance(details, dict):
        for name, item in details.items():
            yield from _flat(item, (*path, str(name)))


def _summary(errors: list[dict[str, str]]) -> str:
    """One sentence for people; none when nothing was said."""
    if not errors:
        return ""
    if len(errors) == 1:
        only = errors[0]
        return f"{only['field']}: {only['detail']}" if only["field"] else only["detail"]
    fields = ", ".join(dict.fromkeys(error["field"] or _("the request") for error in errors))
    return _("Check these: %(fields)s.") % {"fields": fields}


_MEMBERS = frozenset(problem_body("", 400))


class ProblemMiddleware:
    """Gives every error under /api/ that shape: Django's own pages, and answers that a view wrote by hand."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if (
            response.status_code < 400
            or not request.path.startswith("/api/")
            or response.headers.get("Content-Type", "").startswith(CONTENT_TYPE)
        ):
            return response
        return _as_problem(request, response)


def _as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    said = getattr(response, "data", None)
    said = said if isinstance(said, dict) else {}
    status = response.status_code
    code = said.get("code")
    body = problem_body(
        code if isinstance(code, str) else "",
        status,
        detail=str(said.get("detail", "")),
        instance=request.path,
        **{name: value for name, value in said.items() if name not in _MEMBERS},
    )
    answer = JsonResponse(body, status=status, content_type=CONTENT_TYPE)
    for name, value in response.headers.items():
        if name.lower() not in ("content-type", "content-length"):
            answer[name] = value
    answer.cookies.update(response.cookies)
    return answer
