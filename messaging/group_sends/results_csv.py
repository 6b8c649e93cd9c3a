"""The people of a send as a table for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.languages import language_now, speaking
from core.spreadsheets import csv_lines
from messaging.group_sends.payloads import recipient_json
from messaging.group_sends.progress import ANSWERED
from messaging.models import GroupRecipient, GroupSend, Step

_NOT_GONE_OUT = (Step.WAITING, Step.HELD, Step.CANCELED, Step.REFUSED)


def results_csv(send: GroupSend) -> Iterator[str]:
    """All people, those left out included, with reasons; in the language that is spoken now."""
    return csv_lines(_rows(send, language_now()))


def _rows(send: GroupSend, language: str) -> Iterator[list[str]]:
    # It is streamed after the request's language has ended.
    with speaking(language):
        yield [
            *(_("Name"), _("Number"), _("Outcome"), _("Why"), _("When"), _("What now"), _("Segments"), _("Price")),
            *(_("Currency"), pgettext("a text", "Answered"), _("Text")),
        ]
    rows = send.recipients.select_related("message").order_by("pk")
    for recipient in rows.annotate(answered=ANSWERED).iterator(chunk_size=500):
        with speaking(language):
            yield _values(recipient)


def _values(recipient: GroupRecipient) -> list[str]:
    row = recipient_json(recipient)
    price = row["price"] or {"amount": "", "unit": ""}
    return [
        *(row["name"], row["number"], row["outcome_text"], row["why"], row["at"] or "", row["what_now_text"]),
        *(str(row["segments"] if _has_gone_out(recipient) else 0), price["amount"], price["unit"]),
        _("yes") if row["answered"] else _("no"),
        row["body"],
    ]


def _has_gone_out(recipient: GroupRecipient) -> bool:
    """Whether Twilio has a text for this person, or may have."""
    return recipient.message is not None and recipient.message.step not in _NOT_GONE_OUT
