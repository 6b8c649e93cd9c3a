"""The guard before every route that Twilio calls."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Protocol

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseNotAllowed
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.csrf import csrf_exempt
from twilio.twiml import TwiML

from telephony import http_auth
from telephony.signatures import SIGNATURE_HEADER, request_is_signed

logger = logging.getLogger(__name__)


class Webhook(Protocol):
    def __call__(self, request: HttpRequest) -> TwiML | HttpResponse: ...


def signed_url(request: HttpRequest) -> str:
    """The URL that Twilio signed: ours as we gave it out, with the path and query as they came."""
    return f"{settings.PUBLIC_BASE_URL}{request.get_full_path()}"


def twilio_webhook(on_failure: Callable[[HttpRequest], TwiML] | None = None) -> Callable[[Webhook], Webhook]:
    """Makes a view a webhook: POST only, signed by Twilio, with credentials if any are set, exempt from CSRF checks.

    The view returns a TwiML object or a response. When it raises, `on_failure` makes the TwiML instead, so that a
    caller hears a sentence and not "an application error has occurred"; without `on_failure` (status callbacks, whose
    answer nobody hears) the error goes on to Django.
    """

    def decorate(view: Webhook) -> Webhook:
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest) -> HttpResponse:
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            try:
                valid = request_is_signed(request, signed_url(request))
            except (SuspiciousOperation, BadRequest, MultiPartParserError, RequestDataTooBig, TooManyFieldsSent):
                logger.warning("webhook refused: unreadable body, url=%s", signed_url(request))
                return HttpResponse("The body cannot be read.", status=400, content_type="text/plain")
            if not valid:
                logger.warning(
                    "webhook refused: %s signature, url=%s",
                    "wrong" if SIGNATURE_HEADER in request.headers else "no",
                    signed_url(request),
                )
                return HttpResponseForbidden("The signature is missing or wrong.", content_type="text/plain")
            refusal = http_auth.refusal_of(request)
            if refusal is not None:
                logger.info("webhook challenged: %s, url=%s", refusal.reason, signed_url(request))
                return http_auth.challenge(refusal)
            try:
                return _respond(view(request))
            except Exception:
                logger.exception("webhook failed: path=%s call=%s", request.path, request.POST.get("CallSid", "")[:34])
                if on_failure is None:
                    raise
                return _respond(on_failure(request))

        return guarded

    return decorate


def _respond(answer: TwiML | HttpResponse) -> HttpResponse:
    if isinstance(answer, HttpResponse):
        return answer
    return HttpResponse(str(answer), content_type="text/xml; charset=utf-8")
