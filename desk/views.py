"""The desk's page."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import WASM_UNSAFE_EVAL
from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils.translation import get_language_info
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import ensure_csrf_cookie

from agents.web_push import public_key
from core.languages import language_now
from telephony.phone import country_name

ICON_SIZES = (192, 512)
_SOUNDS = ["incoming", "outgoing", "disconnect", *(f"dtmf{key}" for key in "0123456789sh")]

# Modules that are loaded when they are first needed.
_SCREENS = ("board", "contacts", "messages", "sends", "settings")
# Those that bring their own words.
_WORDED = ("board", "contacts", "messages", "sends", "settings")
# Those that bring their own style.
_STYLED = ("contacts", "sends")


# Noise suppression is WebAssembly, which browsers compile only where the policy says so. This lets compiled modules run
# that our own scripts bring, and no text be run as a script, which 'unsafe-eval' would. No other page needs it.
@csp_update({"script-src": [WASM_UNSAFE_EVAL]})
@never_cache
@login_required
@ensure_csrf_cookie
def desk(request: HttpRequest, **_: Any) -> HttpResponse:
    """The same page at each of its addresses: what is shown of it is for the page itself to choose."""
    return render(request, "desk/desk.html", {"config": _config(request)})


@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker that wakes the agent. At the desk's own address, below which it may open pages. Raises `Http404`."""
    return _built("serviceWorker.js", "text/javascript")


@cache_control(max_age=86_400)
def app_icon(request: HttpRequest, size: int) -> HttpResponse:
    """Under an address that stays: a browser keeps it with the page that was installed. Raises `Http404`."""
    return _built(f"icons/app-{size}.png", "image/png")


def _built(name: str, content_type: str) -> HttpResponse:
    collected = Path(settings.STATIC_ROOT or "") / name
    path = finders.find(name) or (str(collected) if collected.is_file() else None)
    if path is None:
        raise Http404
    return HttpResponse(Path(path).read_bytes(), content_type=content_type)


@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """What a browser needs to install the desk as an app of its own."""
    root = reverse("desk:desk")
    icons = [
        {"src": reverse(f"desk:app-icon-{size}"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in ICON_SIZES
        for purpose in ("any", "maskable")
    ]
    facts = {
        "id": root,
        "name": "Ringdesk",
        "short_name": "Ringdesk",
        "start_url": root,
        "scope": root,
        "display": "standalone",
        "background_color": "#f5f5f3",
        "theme_color": "#1f4fbf",
        "icons": icons,
    }
    return JsonResponse(facts, content_type="application/manifest+json")


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
            "colleagues": reverse("api:colleague-list"),
            "outgoingOverrides": reverse("api:outgoing-overrides"),
            "contacts": reverse("api:contact-list"),
            "groups": reverse("api:group-list"),
            "groupSends": reverse("api:group-send-list"),
            "threads": reverse("api:thread-list"),
            "messages": reverse("api:message-list"),
            "readyTexts": reverse("api:ready-text-list"),
            "me": reverse("api:me"),
            # With 0 in the place of an agent's id.
            "presence": reverse("api:agent-presence", args=[0]),
            "takeCaller": reverse("api:queue-take"),
            "assignCaller": reverse("api:queue-assign"),
            "declineCallBack": reverse("api:call-back-decline"),
            "cancelCallBack": reverse("api:call-back-cancel"),
            "socket": f"{get_script_prefix()}ws/desk/",
            "alarms": static("alarms.js"),
            "words": static(f"desk-words-{language_now()}.js"),
            "screens": {name: static(f"desk-{name}.js") for name in _SCREENS},
            "screenWords": {name: static(f"desk-words-{name}-{language_now()}.js") for name in _WORDED},
            "screenStyles": {name: static(f"desk-{name}.css") for name in _STYLED},
            "noise": {
                "module": static("desk-noise.js"),
                "worklet": static("noiseWorklet.js"),
                "wasm": static("rnnoise.wasm"),
                "wasmSimd": static("rnnoise_simd.wasm"),
            },
            "webPush": reverse("api:web-push"),
            "serviceWorker": reverse("desk:service-worker"),
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
        "webPushKey": public_key(),
        "sounds": {name: static(f"sounds/{name}.wav") for name in _SOUNDS},
        "homeRegion": settings.HOME_REGION,
        "homeRegionName": country_name(settings.HOME_REGION),
        "simulator": settings.SIMULATOR,
        "simulatorUrl": settings.TWILIO_API_BASE_URL or None if settings.SIMULATOR else None,
    }
