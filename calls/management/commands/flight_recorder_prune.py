"""Deletes the flight recorder's old rows; calls stay."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from calls.recorder.retention import flight_recorder_prune


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, help="keep this many days (default: FLIGHT_RECORDER_DAYS)")
        parser.add_argument("--dry-run", action="store_true", help="only say how many rows would go")

    def handle(self, *args: Any, **options: Any) -> None:
        days = settings.FLIGHT_RECORDER_DAYS if options["days"] is None else options["days"]
        if options["days"] is not None and days < 1:
            raise CommandError("--days must be 1 or more. To keep rows for ever, set FLIGHT_RECORDER_DAYS=0.")
        if days <= 0:
            self.stdout.write("Rows are kept for ever: FLIGHT_RECORDER_DAYS is 0.")
            return
        pruned = flight_recorder_prune(days=days, dry_run=options["dry_run"])
        would = "Would delete" if options["dry_run"] else "Deleted"
        self.stdout.write(
            f"{would} {pruned.webhooks} webhooks and {pruned.events} other events older than {days} days."
        )
