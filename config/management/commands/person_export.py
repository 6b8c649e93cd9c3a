"""Writes all that is kept of one person to standard output, as JSON: contact, calls, notes, webhooks, messages."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.core.serializers.json import DjangoJSONEncoder

from config.privacy.person import NotAPerson, person_find
from config.privacy.services import person_export


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", metavar="+1…", help="one of the person's telephone numbers")

    # What operators read is English.
    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            person = person_find(options["number"])
        except NotAPerson as error:
            raise CommandError(str(error)) from None
        self.stdout.write(json.dumps(person_export(person), cls=DjangoJSONEncoder, indent=1, ensure_ascii=False))
