"""Telling admins that a level of a limit is reached: once."""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.selectors import admins_with_email
from core.languages import speaking
from usage.models import SpendAlert, SpendLimit
from usage.money import money
from usage.spending import Spent, spent_in
from usage.words import limit_consequences, limit_title

logger = logging.getLogger(__name__)


def alerts_raise() -> int:
    """Notes each level that is reached and was not told yet, and sends its e-mail. Returns how many are new."""
    limits = list(SpendLimit.objects.all())
    found = spent_in(limits)
    new = sum(_note(one) for one in found)
    for one in found:
        if one.limit.emails_admins and settings.EMAIL_URL:
            _tell(one)
    return new


def _note(one: Spent) -> int:
    """Writes the levels that are reached. Two who do it at once write each of them once."""
    reached = [level for level in one.limit.levels if one.fits and one.share >= level]
    new = 0
    for level in reached:
        _, is_new = SpendAlert.objects.get_or_create(
            period=one.limit.period,
            begins=one.begins,
            level=level,
            amount=one.limit.amount,
            currency=one.limit.currency,
            defaults={"spent": one.spent},
        )
        new += is_new
    if new:
        logger.warning("spend limit: %s at %d %% of %s", one.limit.period, one.share, one.limit.amount)
    return new


def _tell(one: Spent) -> None:
    """E-mails the highest level that is reached; those under it are told with it. What cannot be sent is tried with the
    next refresh."""
    waiting = SpendAlert.objects.filter(
        period=one.limit.period,
        begins=one.begins,
        amount=one.limit.amount,
        currency=one.limit.currency,
        emailed_at__isnull=True,
    )
    pks = list(waiting.values_list("pk", flat=True))
    now = timezone.now()
    # Taken before it is sent: of two who come here at once, one sends.
    taken = [pk for pk in pks if SpendAlert.objects.filter(pk=pk, emailed_at=None).update(emailed_at=now)]
    if not taken:
        return
    # Each by itself: an address that is refused keeps nobody else's back, and nobody gets it again for its sake.
    sent = [_mail(one, agent.email, agent.language) for agent in admins_with_email()]
    if not any(sent):
        SpendAlert.objects.filter(pk__in=taken).update(emailed_at=None)


def _mail(one: Spent, address: str, language: str) -> bool:
    """Whether the mail server took it."""
    try:
        return bool(_mail_send(one, address, language))
    except OSError as error:
        # What the mail server says may name people: its kind is enough.
        logger.warning("spend limit: an e-mail could not be sent: %s", type(error).__name__)
        return False


def _mail_send(one: Spent, address: str, language: str) -> int:
    with speaking(language):
        lines = [
            _("%(spent)s of %(amount)s are spent at Twilio.")
            % {
                "spent": money(one.spent, one.limit.currency),
                "amount": money(one.limit.amount, one.limit.currency),
            },
            *limit_consequences(one),
            _("Calls that come in are never stopped."),
            f"{settings.PUBLIC_BASE_URL}{reverse('usage')}",
        ]
        return send_mail(f"Ringdesk: {limit_title(one)}", "\n\n".join(lines), None, [address])
