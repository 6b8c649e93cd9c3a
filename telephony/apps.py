from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TelephonyConfig(AppConfig):
    name = "telephony"
    verbose_name = _("Flight recorder")

    def ready(self) -> None:
        from core.api.exceptions import errors_answered
        from core.api.problems import problems_add
        from telephony import checks, number_checks  # noqa: F401  (registers the checks)
        from telephony.errors import TelephonyError
        from telephony.problems import KINDS, answer_to
        from telephony.refusals import refusal_count
        from telephony.rest.signals import rest_request

        problems_add(*KINDS)
        errors_answered(TelephonyError, answer_to)
        rest_request.connect(refusal_count, dispatch_uid="telephony.refusal_count")
