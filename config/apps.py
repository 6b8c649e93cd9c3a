from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """An app for the sake of its commands and its doctor: they may use every capability."""

    name = "config"

    def ready(self) -> None:
        from config import heartbeats  # noqa: F401  (listens to the worker)
