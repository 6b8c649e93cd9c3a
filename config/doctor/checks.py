"""All that the doctor looks at, in the order in which it is shown."""

from __future__ import annotations

from calls.models import Line
from config.doctor import system
from telephony.doctor import account, network, routes
from telephony.doctor.findings import Check, Finding
from telephony.doctor.runner import run


def line_numbers() -> list[str]:
    """The numbers of the lines in use."""
    return list(Line.objects.filter(is_active=True).order_by("number").values_list("number", flat=True))


CHECKS = (
    Check("settings", "Settings", system.check_settings),
    Check("simulator", "Simulator", system.check_simulator),
    Check("credentials", "Credentials", account.check_account),
    Check("key", "API key", account.check_key),
    Check("app", "TwiML app", routes.check_app),
    Check("numbers", "Numbers", routes.check_numbers(line_numbers)),
    Check("lines", "Lines", system.check_lines),
    Check("fallback-number", "Fallback number", account.check_fallback_number),
    Check("public-address", "Public address", network.check_public_address),
    Check("guard", "Webhook guard", network.check_guard),
    Check("tls", "TLS", network.check_tls),
    Check("database", "Database", system.check_database),
    Check("migrations", "Migrations", system.check_migrations),
    Check("cache", "Cache", system.check_cache),
    Check("channel-layer", "Channel layer", system.check_channel_layer),
    Check("broker", "Queue", system.check_broker),
    Check("worker", "Worker", system.check_worker),
    Check("reconciler", "Reconciler", system.check_reconciler),
)


def examine() -> list[Finding]:
    """What all checks found."""
    return run(CHECKS)
