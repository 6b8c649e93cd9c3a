from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "messaging"

    def ready(self) -> None:
        from messaging.webhooks import KINDS
        from telephony.webhooks.kinds import declare

        declare(*KINDS)
