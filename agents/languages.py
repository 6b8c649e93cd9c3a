"""The language of a page or of an answer: what the agent chose, otherwise what the browser asks for."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from core.languages import language_now, language_wished, speak_to, speaking


class LanguageMiddleware:
    """Before all that writes texts: what the browser asks for. Afterwards the thread speaks as it did before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with speaking(language_wished(request)):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language_now())
            patch_vary_headers(response, ("Accept-Language",))
            return response


class AgentLanguageMiddleware:
    """Where the session is known: what its agent chose. (Devices: `tokens.authentication`.)"""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Only who brings a session can be known by it: others cost no look.
        if request.session.session_key:
            speak_to(getattr(request.user, "language", ""))
        return self.get_response(request)
