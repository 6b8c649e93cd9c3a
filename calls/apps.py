from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CallsConfig(AppConfig):
    name = "calls"
    verbose_name = _("Calls")

    def ready(self) -> None:
        from agents.services import ring_acknowledged, ring_left
        from calls.live.mending import ring_acknowledge
        from calls.live.offers import ring_leave
        from calls.live.ringers import RINGING
        from calls.log.contacts import SOURCES, called_since
        from calls.recorder.rest_recording import rest_request_record
        from calls.webhooks import KINDS
        from contacts.rules import declare_recent
        from contacts.timeline import declare_source
        from routing.ringing import declare_ringing
        from telephony.rest.signals import rest_request
        from telephony.webhooks.inbox import webhook_failed
        from telephony.webhooks.kinds import declare

        declare(*KINDS)
        declare_ringing(RINGING)
        declare_recent("last_call", called_since, _("Last call"))
        for source in SOURCES:
            declare_source(source)
        rest_request.connect(rest_request_record, dispatch_uid="calls.rest_request_record")
        ring_acknowledged.connect(ring_acknowledge, dispatch_uid="calls.ring_acknowledge")
        ring_left.connect(ring_leave, dispatch_uid="calls.ring_left")
        webhook_failed.connect(_incident_keep, dispatch_uid="calls.incident_keep")


def _incident_keep(sender: Any, row: Any, problem: str, **kwargs: Any) -> None:
    from calls.recorder.incidents import incident_keep
    from calls.webhooks import KINDS

    if row.kind in {kind.name for kind in KINDS}:
        incident_keep(row, problem)
