from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoutingConfig(AppConfig):
    name = "routing"
    verbose_name = _("Routing")

    def ready(self) -> None:
        from contacts.senders import declare_senders
        from routing import receivers
        from routing.selectors import line_names

        declare_senders(line_names)
        receivers.connect()
