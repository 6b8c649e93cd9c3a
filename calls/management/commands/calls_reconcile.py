"""Asks Twilio about calls that seem to be stuck, and for calls that nobody told us of, and mends the log."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from calls.reconcile import BATCH, calls_reconcile, calls_sweep


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--quiet-for", type=int, default=120, metavar="SECONDS", help="how long a call was silent")
        parser.add_argument("--limit", type=int, default=BATCH, help="how many calls to ask about one by one")
        parser.add_argument("--since-hours", type=float, metavar="HOURS", help="how far back Twilio's list is read")

    def handle(self, *args: Any, **options: Any) -> None:
        quiet_for = timedelta(seconds=options["quiet_for"])
        asked = calls_reconcile(quiet_for=quiet_for, limit=options["limit"])
        hours = options["since_hours"]
        since = timezone.now() - timedelta(hours=hours) if hours else None
        listed = calls_sweep(quiet_for=quiet_for, since=since)
        self.stdout.write(
            f"Asked about {asked.asked}: {asked.mended} had lost a callback, {asked.unknown} are unknown to Twilio, "
            f"{asked.failed} could not be asked about."
        )
        self.stdout.write(
            f"Compared with Twilio's list of {listed.asked}: {listed.mended} had lost a callback. "
            f"{asked.lost + listed.lost} callbacks were lost in all."
            if not listed.failed
            else "Twilio's list could not be read."
        )
