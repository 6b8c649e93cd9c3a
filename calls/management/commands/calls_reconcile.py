"""Asks Twilio about calls that seem to be stuck, and mends the log."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from calls.reconcile import BATCH, calls_reconcile


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--quiet-for", type=int, default=120, metavar="SECONDS", help="how long a call was silent")
        parser.add_argument("--limit", type=int, default=BATCH, help="how many calls to ask about at the most")

    def handle(self, *args: Any, **options: Any) -> None:
        report = calls_reconcile(quiet_for=timedelta(seconds=options["quiet_for"]), limit=options["limit"])
        self.stdout.write(
            f"Asked about {report.asked}: {report.mended} had lost a callback, {report.unknown} are unknown to Twilio, "
            f"{report.failed} could not be asked about."
        )
