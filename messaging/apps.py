from collections.abc import Sequence
from functools import partial
from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop


class MessagingConfig(AppConfig):
    name = "messaging"
    verbose_name = _("Messaging")

    def ready(self) -> None:
        from agents.services import rights_changed
        from contacts.followers import Follower, declare_follower
        from contacts.rules import declare_recent
        from contacts.timeline import declare_source
        from core.api.problems import Problem, problems_add
        from messaging import changes
        from messaging.contact_history import SOURCES, texted_since
        from messaging.group_sends import merged_contacts
        from messaging.media import media_urls
        from messaging.outbox.attachments import media_urls_from
        from messaging.outbox.signals import messages_moved
        from messaging.threads import broadcasts, missed_calls  # noqa: F401  (a task of its own)
        from messaging.webhooks import KINDS
        from telephony.webhooks.kinds import declare

        declare(*KINDS)
        declare_recent("last_text", texted_since, _("Last text"))
        for source in SOURCES:
            declare_source(source)
        declare_follower(merged_contacts.LABEL, Follower(merged_contacts.moved, merged_contacts.moved_back))
        changes.listen(broadcasts.messages_told)
        messages_moved.connect(_moved, dispatch_uid="messaging.moved")
        rights_changed.connect(_rights_changed, dispatch_uid="messaging.rights_changed")
        media_urls_from(media_urls)
        problems_add(
            Problem(
                "text_refused",
                409,
                gettext_noop("The number gets no texts"),
                gettext_noop("This number gets no texts from here."),
                gettext_noop("Do not try again: they replied STOP, are blocked, or have a landline. Call instead."),
            ),
            Problem(
                "text_needs_reason",
                409,
                gettext_noop("A rule forbids this text now"),
                gettext_noop("Your company's rules forbid this text now."),
                gettext_noop("Show `detail`. This agent may send the text all the same: with a reason, as `override`."),
            ),
        )


def _moved(sender: Any, ids: Sequence[int], **kwargs: Any) -> None:
    from messaging.statuses import messages_follow

    messages_follow(ids)


def _rights_changed(sender: Any, agent_ids: set[int], **kwargs: Any) -> None:
    """Whoever left, or answers other lines now, keeps no thread that the team could not see as its own."""
    from core.realtime import outbox
    from messaging.threads.giving_back import threads_give_back

    if agent_ids:
        outbox.later(partial(threads_give_back, frozenset(agent_ids)))
