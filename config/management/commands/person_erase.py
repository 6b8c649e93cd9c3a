"""Erases one person: contact, calls, notes, webhooks, messages, what waits on this machine's disk, and at Twilio the
recordings and the calls' records. What is left there is said. Not undone by anything."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations

from config.privacy.person import NotAPerson, person_find
from config.privacy.services import StillCalling, erase_at_twilio, person_counts, person_erase
from config.provisioning import ask


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", metavar="+1…", help="one of the person's telephone numbers")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    # What operators read is English.
    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            person = person_find(options["number"])
        except NotAPerson as error:
            raise CommandError(str(error)) from None
        counts = person_counts(person)
        if not counts:
            self.stdout.write("Nothing is kept of this person in the database.")
        for name, count in counts.items():
            self.stdout.write(f"{count:>6} {name}")
        if len(person.numbers) > 1:
            self.stdout.write(f"Numbers of this person: {', '.join(person.numbers)}")
        if not options["yes"] and not ask("Erase all of it for good?"):
            raise CommandError("Nothing was erased.")
        try:
            erased = person_erase(person, by=None)
        except StillCalling as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Erased: {sum(erased.record.rows.values())} rows.")
        left = erase_at_twilio(erased.record.pk, erased.call_sids, erased.recording_sids)
        if left:
            raise CommandError(f"Twilio still keeps these; delete them in its console: {', '.join(left)}", returncode=2)
        self.stdout.write(f"Deleted at Twilio: {erased.record.at_twilio} calls, legs and recordings.")
