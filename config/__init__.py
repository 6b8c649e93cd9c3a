"""Settings, addresses and the programs' entry points."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
