"""Where pages link to styles, scripts and sounds."""

from __future__ import annotations

from django.conf import settings
from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class _UnderThePrefix:
    """Asks for STATIC_URL each time. Django's storage keeps the first, which was asked for before any request was there
    to say under which path the site stands."""

    @property
    def base_url(self) -> str:
        return settings.STATIC_URL or ""


class StaticFiles(_UnderThePrefix, CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Files that `collectstatic` has put in one folder, named by what is in them."""


class PlainStaticFiles(_UnderThePrefix, StaticFilesStorage):
    """Files where they are: for unit tests, which collect none."""
