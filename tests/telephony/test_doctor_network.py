"""Whether the world reaches the desk: looked at with real requests to a real server."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from unittest.mock import patch

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from telephony.doctor.findings import Check, Finding, State
from telephony.doctor.network import check_guard, check_public_address, check_tls
from tests.browser.stack import free_port

STATUS = "/twilio/voice/status/"


class Proxy(ThreadingHTTPServer):
    """Stands where the desk should: answers each path with a status and a body."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, tuple[int, str]] = {"/healthz": (200, "ok\n"), STATUS: (403, "no")}

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Proxy

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, body = self.server.answers[self.path]
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if status == 301:
            self.send_header("Location", "/elsewhere/")
        self.end_headers()
        self.wfile.write(body.encode())

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def proxy(settings) -> Iterator[Proxy]:
    server = Proxy()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    settings.PUBLIC_BASE_URL = f"http://{server.place}"
    yield server
    server.shutdown()
    server.server_close()


def finding(check) -> Finding:
    return check(Check("it", "It", check))


def test_a_desk_that_is_reached(proxy):
    assert finding(check_public_address).state is State.OK
    assert finding(check_guard).state is State.OK


@pytest.mark.parametrize("answer", [(502, "bad gateway"), (200, "<h1>Welcome</h1>"), (301, ""), (404, "")])
def test_an_address_that_leads_somewhere_else(proxy, answer):
    proxy.answers["/healthz"] = answer

    assert finding(check_public_address).state is State.FAILED


@pytest.mark.parametrize("answer", [(200, "ok"), (404, ""), (502, ""), (401, "")])
def test_a_webhook_that_is_not_guarded_by_us(proxy, answer):
    proxy.answers[STATUS] = answer

    found = finding(check_guard)

    assert found.state is State.FAILED
    assert str(answer[0]) in found.seen


def test_a_proxy_that_redirects_webhooks(proxy):
    proxy.answers[STATUS] = (301, "")

    assert "redirected" in finding(check_guard).seen


def test_an_address_where_nobody_is(settings):
    settings.PUBLIC_BASE_URL = f"http://127.0.0.1:{free_port()}"

    assert [finding(check).state for check in (check_public_address, check_guard)] == [State.FAILED] * 2


# --- TLS ------------------------------------------------------------------------------------------------------------


def certificate(folder: Path, *, days: int, host: str = "127.0.0.1") -> Path:
    """A certificate that signs itself, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "desk")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=days, hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "desk.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def with_tls(proxy: Proxy, settings, path: Path, *, trusted: bool):
    """The proxy speaks TLS; `trusted` makes the certificate one that this machine believes."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    proxy.socket = server.wrap_socket(proxy.socket, server_side=True)
    settings.PUBLIC_BASE_URL = f"https://{proxy.place}"
    ours = ssl.create_default_context(cafile=str(path) if trusted else None)
    return patch("telephony.doctor.network.ssl.create_default_context", return_value=ours)


@pytest.mark.parametrize(("days", "state"), [(90, State.OK), (13, State.WARNING)])
def test_the_days_that_a_certificate_has_left(proxy, settings, tmp_path, days, state):
    with with_tls(proxy, settings, certificate(tmp_path, days=days), trusted=True):
        found = finding(check_tls)

    assert found.state is state
    assert f"left: {days}." in found.seen


@pytest.mark.parametrize(
    ("options", "trusted"), [({"days": 90}, False), ({"days": -2}, True), ({"days": 90, "host": "127.0.0.2"}, True)]
)
def test_a_certificate_that_twilio_would_refuse(proxy, settings, tmp_path, options, trusted):
    with with_tls(proxy, settings, certificate(tmp_path, **options), trusted=trusted):
        found = finding(check_tls)

    assert found.state is State.FAILED
    assert "certificate is not valid" in found.seen


def test_a_server_that_does_not_speak_tls(proxy, settings):
    settings.PUBLIC_BASE_URL = f"https://{proxy.place}"
    proxy.answers = {}

    assert finding(check_tls).state is State.FAILED
    assert finding(check_public_address).state is State.FAILED


@pytest.mark.parametrize(("simulator", "state"), [(True, State.SKIPPED), (False, State.FAILED)])
def test_http_is_for_the_simulator_only(settings, simulator, state):
    settings.PUBLIC_BASE_URL, settings.SIMULATOR = "http://localhost:8000", simulator

    assert finding(check_tls).state is state
