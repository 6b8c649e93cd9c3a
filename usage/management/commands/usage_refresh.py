"""Asks Twilio for its usage figures now, and for the prices of calls and texts that are settled."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations

from telephony.rest.http import background_retries
from usage.prices import prices_refresh
from usage.services import usage_refresh


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days",
            type=_days,
            default=None,
            metavar="N",
            help="how many days, today included; default: the last three",
        )

    # What operators read is English.
    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        with background_retries():
            refreshed = usage_refresh(days=options["days"])
            if refreshed.problem:
                raise CommandError(refreshed.problem, returncode=2)
            self.stdout.write(f"Usage: {refreshed.records} records of {refreshed.days} days.")
            priced = prices_refresh()
        if priced.problem:
            raise CommandError(priced.problem, returncode=2)
        self.stdout.write(f"Prices: {priced.legs} legs of calls and {priced.texts} texts are settled.")


def _days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= 400:
        raise ValueError
    return days
