"""What Twilio tells of usage: that a trigger of ours has fired."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext

from core.sql.unit import UnitOfWork
from telephony.webhooks.forms import Fields, field
from telephony.webhooks.kinds import Answer, WebhookKind
from telephony.webhooks.received import Received
from usage.models import TriggerFiring

_READ = (
    "AccountSid", "UsageTriggerSid", "Recurring", "UsageCategory", "TriggerBy", "TriggerValue", "CurrentValue",
    "DateFired", "IdempotencyToken",
)  # fmt: skip


def _fired(work: UnitOfWork, received: Received) -> Answer:
    """Twilio's figures are asked for at once; what its callback says of them is not taken for one."""
    fields = received.fields
    token = field(fields, "IdempotencyToken", 128) or received.idempotency_token
    if token and not TriggerFiring.objects.get_or_create(token=token)[1]:
        return None
    transaction.on_commit(_refresh, robust=True)
    return None


def _refresh() -> None:
    from usage.tasks import refresh

    refresh.delay()


def _nothing(received: Received) -> Answer:
    return None


def _said(row: object, **_: object) -> str:
    return gettext("Twilio says that a usage trigger was reached")


KINDS = (
    WebhookKind(
        name="usage-trigger",
        path="usage/trigger/",
        url_name="usage:trigger",
        subject_field="UsageTriggerSid",
        status_field="Recurring",
        read_with="usage.view_usagerecord",
        believed=Fields.of(*_READ),
        work=_fired,
        is_waited_for=False,
        emergency=_nothing,
        said=_said,
    ),
)
