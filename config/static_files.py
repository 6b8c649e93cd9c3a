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


# The desk's modules name one another. Django's own patterns for modules would look into everybody's scripts.
_MODULES = (
    "desk*.js",
    (
        (
            r"""(?P<matched>(?P<word>\bfrom|\bimport)\s*["'](?P<url>\./desk[\w-]*\.js)["'])""",
            """%(word)s"%(url)s\"""",
        ),
    ),
)


class StaticFiles(_UnderThePrefix, CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Files that `collectstatic` has put in one folder, named by what is in them, also where one imports another."""

    patterns = (*CompressedManifestStaticFilesStorage.patterns, _MODULES)


class PlainStaticFiles(_UnderThePrefix, StaticFilesStorage):
    """Files where they are: for unit tests, which collect none."""
