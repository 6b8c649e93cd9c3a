"""What Twilio fetches without a signature of its own: the address carries ours."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from routing.greetings import sound_named


@require_safe
def greeting_sound(request: HttpRequest, name: str) -> HttpResponse:
    sound = sound_named(name)
    if sound is None:
        raise Http404
    response = HttpResponse(bytes(sound.wav), content_type="audio/wav")
    response["Cache-Control"] = "public, max-age=86400, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response
