"""Whether the world reaches us: the public address, the guard before the webhooks, the certificate."""

from __future__ import annotations

import socket
import ssl
from time import time
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.urls import reverse

from core.languages import kept as _
from telephony.doctor.findings import Check, Finding

_TIMEOUT = 5.0
_HEADERS = {"User-Agent": "Ringdesk doctor"}
_DAYS_WARNING = 14
_REACH = _(
    "Start Ringdesk, and see that the proxy and the firewall let requests for PUBLIC_BASE_URL through. Some networks "
    "do not let a machine reach its own public address: then look from outside."
)


def check_public_address(check: Check) -> Finding:
    """We ask ourselves by the address that Twilio uses."""
    url = f"{settings.PUBLIC_BASE_URL}/healthz"
    try:
        answer = requests.get(url, headers=_HEADERS, timeout=_TIMEOUT, allow_redirects=False)
    except requests.exceptions.SSLError:
        return check.failed(_("%(url)s has no valid certificate.") % {"url": url}, _("See the finding on TLS."))
    except requests.RequestException as error:
        return check.failed(
            _("%(url)s does not answer (%(error)s).") % {"url": url, "error": type(error).__name__}, _REACH
        )
    if answer.status_code != 200 or answer.text.strip() != "ok":
        return check.failed(
            _("%(url)s answers %(status)d, and not as Ringdesk does.") % {"url": url, "status": answer.status_code},
            _("PUBLIC_BASE_URL leads somewhere else, or the proxy does not pass requests on."),
        )
    return check.ok(_("%(url)s answers.") % {"url": url})


def check_guard(check: Check) -> Finding:
    """A webhook without a signature must be refused, and by us, not by something before us."""
    path = reverse("calls:status")
    url = f"{settings.PUBLIC_BASE_URL}{path}"
    try:
        answer = requests.post(url, data={"CallSid": "none"}, headers=_HEADERS, timeout=_TIMEOUT, allow_redirects=False)
    except requests.RequestException as error:
        return check.failed(
            _("A POST to %(path)s got no answer (%(error)s).") % {"path": path, "error": type(error).__name__}, _REACH
        )
    if answer.status_code == 403:
        return check.ok(_("A webhook without Twilio's signature is refused."))
    if answer.is_redirect:
        return check.failed(
            _("A POST to %(path)s is redirected.") % {"path": path},
            _("Let the proxy pass /twilio/ on: the signature fits one URL only."),
        )
    return check.failed(
        _("An unsigned POST to %(path)s was answered %(status)d instead of 403.")
        % {"path": path, "status": answer.status_code},
        _("The proxy must pass /twilio/ on to Ringdesk as it comes: POST, path, body and X-Twilio-Signature."),
    )


def check_tls(check: Check) -> Finding:
    """Twilio refuses self-signed and expired certificates (Twilio Docs, "Security")."""
    parts = urlsplit(settings.PUBLIC_BASE_URL)
    if parts.scheme != "https":
        if settings.SIMULATOR:
            return check.skipped(_("The simulator is reached by http."))
        return check.failed(_("PUBLIC_BASE_URL is not https."), _("Twilio and browsers' microphones need https."))
    mend = _("Renew the certificate, and serve its whole chain.")
    try:
        with (
            socket.create_connection((parts.hostname or "", parts.port or 443), _TIMEOUT) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=parts.hostname) as secure,
        ):
            certificate = secure.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        return check.failed(_("The certificate is not valid: %(why)s.") % {"why": error.verify_message}, mend)
    except OSError as error:
        return check.failed(_("No TLS connection came about (%(error)s).") % {"error": type(error).__name__}, _REACH)
    days = int((ssl.cert_time_to_seconds(str(certificate["notAfter"])) - time()) // 86_400)
    # No plural: a sentence that is kept has one form.
    seen = _("The certificate is valid. Days that are left: %(count)d.") % {"count": days}
    return check.warning(seen, mend) if days < _DAYS_WARNING else check.ok(seen)
