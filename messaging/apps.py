from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    name = "messaging"
    verbose_name = _("Messaging")

    def ready(self) -> None:
        from messaging.webhooks import KINDS
        from telephony.webhooks.kinds import declare

        declare(*KINDS)
