from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UsageConfig(AppConfig):
    name = "usage"
    verbose_name = _("Usage")

    def ready(self) -> None:
        from board import notices
        from calls.live import outgoing_guards
        from messaging.outbox import guards
        from telephony.webhooks.kinds import declare
        from usage import guard, words
        from usage.webhooks import KINDS

        declare(*KINDS)
        notices.register(words.board_notices)
        outgoing_guards.register(guard.dear_call_refused)
        guards.register(guard.group_sends_paused, guard.PAUSED.values())
