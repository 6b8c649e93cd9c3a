from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop


class MessagingConfig(AppConfig):
    name = "messaging"
    verbose_name = _("Messaging")

    def ready(self) -> None:
        from core.api.problems import Problem, problems_add
        from messaging import changes
        from messaging.threads import broadcasts
        from messaging.webhooks import KINDS
        from telephony.webhooks.kinds import declare

        declare(*KINDS)
        changes.listen(broadcasts.messages_told)
        problems_add(
            Problem(
                "text_refused",
                409,
                gettext_noop("The number gets no texts"),
                gettext_noop("This number gets no texts from here."),
                gettext_noop("Do not try again: they replied STOP, are blocked, or have a landline. Call instead."),
            )
        )
