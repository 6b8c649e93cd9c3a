from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop


class MessagingConfig(AppConfig):
    name = "messaging"
    verbose_name = _("Messaging")

    def ready(self) -> None:
        from contacts.rules import declare_recent
        from contacts.timeline import declare_source
        from messaging.contact_history import SOURCES, texted_since
        from core.api.problems import Problem, problems_add
        from messaging import changes
        from messaging.statuses import early_statuses_apply
        from messaging.threads import broadcasts, missed_calls  # noqa: F401  (a task of its own)
        from messaging.webhooks import KINDS
        from telephony.webhooks.kinds import declare

        declare(*KINDS)
        changes.listen(broadcasts.messages_told)
        changes.listen_taken(early_statuses_apply)
        problems_add(
            Problem(
                "text_refused",
                409,
                gettext_noop("The number gets no texts"),
                gettext_noop("This number gets no texts from here."),
                gettext_noop("Do not try again: they replied STOP, are blocked, or have a landline. Call instead."),
            )
        )
        declare_recent("last_text", texted_since)
        for source in SOURCES:
            declare_source(source)
