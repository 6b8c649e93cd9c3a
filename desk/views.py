"""The desk's page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils.translation import get_language_info
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie

from core.languages import language_now
from telephony.phone import country_name

_SOUNDS = ["incoming", "outgoing", "disconnect", *(f"dtmf{key}" for key in "0123456789sh")]

# Modules that are loaded when they are first needed.
_SCREENS = ("contacts", "messages", "sends")


@never_cache
@login_required
@ensure_csrf_cookie
def desk(request: HttpRequest, **_: Any) -> HttpResponse:
    """The same page at each of its addresses: what is shown of it is for the page itself to choose."""
    return render(request, "desk/desk.html", {"config": _config(request)})


def _config(request: HttpRequest) -> dict[str, Any]:
    """`Config` in docs/desk-protocol.md."""
    agent: Any = request.user
    signalling = urlsplit(settings.TWILIO_VOICE_SIGNALLING_URL)
    return {
        "agent": {
            "id": agent.pk,
            "identity": agent.identity,
            "name": agent.name,
            "initials": agent.initials,
            "username": agent.username,
            "role": "admin" if agent.is_superuser else agent.role,
        },
        "csrfToken": get_token(request),
        "language": language_now(),
        "languageChosen": agent.language,
        "languages": [{"code": code, "name": get_language_info(code)["name_local"]} for code, _ in settings.LANGUAGES],
        "urls": {
            "token": reverse("api:voice-token"),
            "calls": reverse("api:call-list"),
            "checkNumber": reverse("api:number-check"),
            "outgoingOverrides": reverse("api:outgoing-overrides"),
            "contacts": reverse("api:contact-list"),
            "groups": reverse("api:group-list"),
            "groupSends": reverse("api:group-send-list"),
            "threads": reverse("api:thread-list"),
            "messages": reverse("api:message-list"),
            "readyTexts": reverse("api:ready-text-list"),
            "me": reverse("api:me"),
            "socket": f"{get_script_prefix()}ws/desk/",
            "alarms": static("alarms.js"),
            "words": static(f"desk-words-{language_now()}.js"),
            "screens": {name: static(f"desk-{name}.js") for name in _SCREENS},
            "login": reverse("login"),
            "logout": reverse("logout"),
            "admin": reverse("admin:index") if agent.is_staff else None,
        },
        "phone": {
            "signallingHost": signalling.netloc or None,
            "signallingInsecure": signalling.scheme == "ws",
            "publishEvents": not settings.SIMULATOR,
            "edge": settings.TWILIO_EDGE,
            "tokenRefreshSeconds": settings.TOKEN_REFRESH_SECONDS,
        },
        "sounds": {name: static(f"sounds/{name}.wav") for name in _SOUNDS},
        "homeRegion": settings.HOME_REGION,
        "homeRegionName": country_name(settings.HOME_REGION),
        "simulator": settings.SIMULATOR,
        "simulatorUrl": settings.TWILIO_API_BASE_URL or None if settings.SIMULATOR else None,
    }
