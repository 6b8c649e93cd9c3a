from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """An app for the sake of its commands: they may use every capability."""

    name = "config"
