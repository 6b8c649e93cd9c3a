"""How log lines are written."""

from __future__ import annotations

import copy
import logging

from core.text import cleaned_lines, shortened

# Characters of a message, and of each line of an exception. Paths, hosts and headers are as long as a stranger likes.
_LONGEST = 500


class ShortLines(logging.Formatter):
    """One line for each message, and none longer than a screen or two, whoever chose what stands in it."""

    def format(self, record: logging.LogRecord) -> str:
        if record.name.startswith("django.security."):
            # A wrong Host, which anybody can send: where in our code it was found is no news.
            record = copy.copy(record)
            record.exc_info = record.exc_text = None
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = shortened(record.message, _LONGEST)
        return super().formatMessage(record)

    def formatException(self, ei: object) -> str:
        text: str = super().formatException(ei)  # type: ignore[arg-type]
        return "\n".join(shortened(line, _LONGEST) for line in cleaned_lines(text).split("\n"))
