from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class ConfigConfig(AppConfig):
    """An app for the sake of its commands and its doctor: they may use every capability."""

    name = "config"
    # What admin has of it is who was erased.
    verbose_name = _("Privacy")

    def ready(self) -> None:
        from config import checks  # noqa: F401  (registers the checks)
        from config.admin import erasures  # noqa: F401  (registers its page; the package is loaded before there are models)
        from config.server import heartbeats  # noqa: F401  (listens to the worker)

        if settings.REDIS_URL:
            # The cache and the channel layer load redis-py when they are first used. Two threads that do so at once
            # meet in its circular imports, and one of them gets an ImportError.
            from core.realtime import redis_layer  # noqa: F401
