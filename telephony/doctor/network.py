"""Whether the world reaches us: the public address, the guard before the webhooks, the certificate."""

from __future__ import annotations

import socket
import ssl
from time import time
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.urls import reverse

from telephony.doctor.findings import Check, Finding

_TIMEOUT = 5.0
_HEADERS = {"User-Agent": "Ringdesk doctor"}
_DAYS_WARNING = 14
_REACH = (
    "Start Ringdesk, and see that the proxy and the firewall let requests for PUBLIC_BASE_URL through. Some networks "
    "do not let a machine reach its own public address: then look from outside."
)


def check_public_address(check: Check) -> Finding:
    """We ask ourselves by the address that Twilio uses."""
    url = f"{settings.PUBLIC_BASE_URL}/healthz"
    try:
        answer = requests.get(url, headers=_HEADERS, timeout=_TIMEOUT, allow_redirects=False)
    except requests.exceptions.SSLError:
        return check.failed(f"{url} has no valid certificate.", "See the finding on TLS.")
    except requests.RequestException as error:
        return check.failed(f"{url} does not answer ({type(error).__name__}).", _REACH)
    if answer.status_code != 200 or answer.text.strip() != "ok":
        return check.failed(
            f"{url} answers {answer.status_code}, and not as Ringdesk does.",
            "PUBLIC_BASE_URL leads somewhere else, or the proxy does not pass requests on.",
        )
    return check.ok(f"{url} answers.")


def check_guard(check: Check) -> Finding:
    """A webhook without a signature must be refused, and by us, not by something before us."""
    path = reverse("calls:status")
    url = f"{settings.PUBLIC_BASE_URL}{path}"
    try:
        answer = requests.post(url, data={"CallSid": "none"}, headers=_HEADERS, timeout=_TIMEOUT, allow_redirects=False)
    except requests.RequestException as error:
        return check.failed(f"A POST to {path} got no answer ({type(error).__name__}).", _REACH)
    if answer.status_code == 403:
        return check.ok("A webhook without Twilio's signature is refused.")
    if answer.is_redirect:
        return check.failed(
            f"A POST to {path} is redirected.", "Let the proxy pass /twilio/ on: the signature fits one URL only."
        )
    return check.failed(
        f"An unsigned POST to {path} was answered {answer.status_code} instead of 403.",
        "The proxy must pass /twilio/ on to Ringdesk as it comes: POST, path, body and X-Twilio-Signature.",
    )


def check_tls(check: Check) -> Finding:
    """Twilio refuses self-signed and expired certificates (Twilio Docs, "Security")."""
    parts = urlsplit(settings.PUBLIC_BASE_URL)
    if parts.scheme != "https":
        if settings.SIMULATOR:
            return check.skipped("The simulator is reached by http.")
        return check.failed("PUBLIC_BASE_URL is not https.", "Twilio and browsers' microphones need https.")
    mend = "Renew the certificate, and serve its whole chain."
    try:
        with (
            socket.create_connection((parts.hostname or "", parts.port or 443), _TIMEOUT) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=parts.hostname) as secure,
        ):
            certificate = secure.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        return check.failed(f"The certificate is not valid: {error.verify_message}.", mend)
    except OSError as error:
        return check.failed(f"No TLS connection came about ({type(error).__name__}).", _REACH)
    days = int((ssl.cert_time_to_seconds(str(certificate["notAfter"])) - time()) // 86_400)
    seen = f"The certificate is valid for {days} more days."
    return check.warning(seen, mend) if days < _DAYS_WARNING else check.ok(seen)
