"""All that the doctor looks at, in the order in which it is shown."""

from __future__ import annotations

from calls.quality.doctor import check_quality
from config.doctor import limits, system
from core.languages import kept as _
from routing.doctor import check_routes
from routing.models import Line
from telephony.doctor import account, network, routes
from telephony.doctor.findings import Check, Finding
from telephony.doctor.runner import run
from usage import doctor as usage


def line_numbers() -> list[str]:
    """The numbers of the lines in use."""
    return list(Line.objects.filter(is_active=True).order_by("number").values_list("number", flat=True))


CHECKS = (
    Check("settings", _("Settings"), system.check_settings),
    Check("simulator", _("Simulator"), system.check_simulator),
    Check("credentials", _("Credentials"), account.check_account),
    Check("key", _("API key"), account.check_key),
    Check("app", _("TwiML app"), routes.check_app),
    Check("numbers", _("Numbers"), routes.check_numbers(line_numbers)),
    Check("messaging-service", _("Messaging service"), routes.check_service(line_numbers)),
    Check("lines", _("Lines"), system.check_lines),
    Check("routes", _("Routes"), check_routes),
    Check("fallback-number", _("Fallback number"), account.check_fallback_number),
    Check("public-address", _("Public address"), network.check_public_address),
    Check("guard", _("Webhook guard"), network.check_guard),
    Check("tls", "TLS", network.check_tls),
    Check("database", _("Database"), system.check_database),
    Check("migrations", _("Migrations"), system.check_migrations),
    Check("cache", _("Cache"), system.check_cache),
    Check("channel-layer", _("Channel layer"), system.check_channel_layer),
    Check("broker", _("Queue"), system.check_broker),
    Check("worker", _("Worker"), system.check_worker),
    Check("texts", _("Texts going out"), system.check_texts),
    Check("reconciler", _("Reconciler"), system.check_reconciler),
    Check("limits", _("Twilio's limits"), limits.check_limits),
    Check("quality", _("Sound quality"), check_quality),
    Check("usage", _("Usage figures"), usage.check_refresh),
    Check("spend", _("Spend limits"), usage.check_limits),
    Check("usage-triggers", _("Usage triggers"), usage.check_triggers),
)


def examine() -> list[Finding]:
    """What all checks found."""
    return run(CHECKS)
