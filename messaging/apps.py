from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    name = "messaging"
    verbose_name = _("Messaging")

    def ready(self) -> None:
        from contacts.rules import declare_recent
        from contacts.timeline import declare_source
        from messaging.contact_history import SOURCES, texted_since
        from messaging.webhooks import KINDS
        from telephony.webhooks.kinds import declare

        declare(*KINDS)
        declare_recent("last_text", texted_since)
        for source in SOURCES:
            declare_source(source)
