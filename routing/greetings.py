"""The sounds of greetings: kept, and given to Twilio under a name that nobody can guess."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.urls import reverse

from routing.models import Greeting, GreetingSound
from routing.sounds import Sound

_SALT = "routing.greetings"


def sound_keep(greeting: Greeting, sound: Sound, *, file_name: str) -> None:
    values = {"wav": sound.wav, "digest": sound.digest, "seconds": sound.seconds, "file_name": file_name}
    GreetingSound.objects.update_or_create(greeting=greeting, defaults=values)


def sound_path(sound: GreetingSound) -> str:
    """Another sound has another address, so that what was fetched may be kept for long."""
    name = signing.Signer(sep=".", salt=_SALT).sign(f"{sound.greeting_id}-{sound.digest[:16]}")
    return reverse("greetings:sound", args=[name])


def sound_url(sound: GreetingSound) -> str:
    """As Twilio is told it."""
    return f"{settings.PUBLIC_BASE_URL}{sound_path(sound)}"


def sound_named(name: str) -> GreetingSound | None:
    """None for a name that we did not give, and for a sound that is not there any more."""
    try:
        greeting, _, digest = signing.Signer(sep=".", salt=_SALT).unsign(name).partition("-")
    except signing.BadSignature:
        return None
    return GreetingSound.objects.filter(greeting=int(greeting), digest__startswith=digest).first()
