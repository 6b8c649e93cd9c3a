#!/usr/bin/env python3
"""Writes a .env for the simulator, with secrets of its own, unless there is one. Needs nothing but Python.

Before that it looks whether Ringdesk could start with it: the ports, and the addresses that must agree with them.
"""

from __future__ import annotations

import base64
import errno
import os
import secrets
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_PORTS = {"WEB_PORT": "8000", "SIMULATOR_PORT": "8001"}
# What makes a port's address: the setting, and how it is written.
_ADDRESSES = {
    "PUBLIC_BASE_URL": ("WEB_PORT", "http://localhost:{}"),
    "TWILIO_API_BASE_URL": ("SIMULATOR_PORT", "http://localhost:{}"),
    "TWILIO_VOICE_SIGNALLING_URL": ("SIMULATOR_PORT", "ws://localhost:{}/signal"),
}
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


class CannotStart(Exception):
    """Ringdesk would not run like this. Its text says why, and what to do."""


def environment(web_port: str, simulator_port: str) -> dict[str, str]:
    """Settings for a desk on this machine that talks to the simulator."""
    ports = {"WEB_PORT": web_port, "SIMULATOR_PORT": simulator_port}
    addresses = {name: address.format(ports[port]) for name, (port, address) in _ADDRESSES.items()}
    return {
        "DEBUG": "True",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "PUBLIC_BASE_URL": addresses["PUBLIC_BASE_URL"],
        "SIMULATOR": "True",
        "TWILIO_ACCOUNT_SID": "AC" + secrets.token_hex(16),
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "TWILIO_API_KEY_SID": "SK" + secrets.token_hex(16),
        "TWILIO_API_KEY_SECRET": secrets.token_urlsafe(24),
        "TWILIO_TWIML_APP_SID": "AP" + secrets.token_hex(16),
        "TWILIO_CALLER_ID": "+12025550100",
        "TWILIO_FALLBACK_NUMBER": "+12025550199",
        "TWILIO_API_BASE_URL": addresses["TWILIO_API_BASE_URL"],
        "TWILIO_VOICE_SIGNALLING_URL": addresses["TWILIO_VOICE_SIGNALLING_URL"],
        "WEB_PUSH_PRIVATE_KEY": web_push_key(),
        **ports,
    }


def web_push_key() -> str:
    """A private key on the curve P-256, as base64url: any number from 1 to below the curve's order is one."""
    number = secrets.randbelow(_P256_ORDER - 1) + 1
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


def read_file(path: Path) -> dict[str, str]:
    """What a .env says, as far as one can tell without the library that reads it in earnest; {} without a file."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    pairs = (line.strip().removeprefix("export ").partition("=") for line in lines if not line.lstrip().startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, mark, value in pairs if mark}


def with_simulator(values: Mapping[str, str]) -> bool:
    return values.get("SIMULATOR", "").lower() in ("true", "1", "yes", "on", "y", "ok", "t")


def check_addresses(values: Mapping[str, str]) -> None:
    """Raises `CannotStart` when an address on this machine names another port than the one that is listened on."""
    if not with_simulator(values):
        return
    wrong = []
    for name, (port_name, address) in _ADDRESSES.items():
        port, given = _port(values, port_name), values.get(name, "")
        try:
            parts = urlsplit(given)
            local, agrees = parts.hostname in _THIS_MACHINE, parts.port == port
        except ValueError:
            continue  # The settings' own checks say what is wrong with it.
        if given and local and not agrees:
            wrong.append(f"  {name}={given}   with {port_name}={port} it must be   {address.format(port)}")
    if wrong:
        raise CannotStart(
            "The addresses in .env do not fit the ports:\n"
            + "\n".join(wrong)
            + "\nStart without WEB_PORT and SIMULATOR_PORT to use those of .env; or write the ports and these addresses"
            " into .env; or move .env away, and a new one is written."
        )


def check_ports(values: Mapping[str, str], *, is_written: bool) -> None:
    """Raises `CannotStart` when a port cannot be listened on. `is_written`: the ports come from a .env."""
    hosts = {"WEB_PORT": values.get("WEB_HOST") or "127.0.0.1"}
    if with_simulator(values):
        hosts["SIMULATOR_PORT"] = values.get("SIMULATOR_HOST") or "127.0.0.1"
    ports = {name: _port(values, name) for name in hosts}
    if len(set(ports.values())) < len(ports):
        raise CannotStart(f"WEB_PORT and SIMULATOR_PORT are both {ports['WEB_PORT']}. Give one of them another.")
    for name, port in ports.items():
        why = _why_not(hosts[name], port)
        if not why:
            continue
        free = next(n for n in range(max(port, 1014) % 60_000 + 10, 65_536) if not _why_not(hosts[name], n))
        mend = f"{name}={free} make run"
        if is_written:
            mend = f"{name}={free} in .env, and the addresses there that name {port}."
        raise CannotStart(f"Port {port} ({name}) {why} Stop what uses it, or take another:  {mend}")


def _port(values: Mapping[str, str], name: str) -> int:
    text = values.get(name) or DEFAULT_PORTS[name]
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65_536):
        raise CannotStart(f"{name} is {text[:40]!r}. Give it a number from 1024 to 65535.")
    return int(text)


def _why_not(host: str, port: int) -> str:
    """Why the port cannot be listened on; "" when it can."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except PermissionError:
        return "may be used by the system's administrator only."
    except OSError as error:
        return "is taken." if error.errno == errno.EADDRINUSE else f"cannot be used on {host}: {error.strerror}."
    return ""


def main() -> int:
    path = ROOT / ".env"
    written = read_file(path)
    # As the settings read it: what .env says yields to the environment.
    values = {**(written or {"SIMULATOR": "True"}), **os.environ}
    try:
        check_addresses(values)
        check_ports(values, is_written="WEB_PORT" in written)
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 1
    if written or path.exists():
        return 0
    values = environment(*(str(_port(values, name)) for name in DEFAULT_PORTS))
    lines = ["# Written by `make run` for the simulator. It is never overwritten; .env.example explains every line."]
    lines += [f"{name}={value}" for name, value in values.items()]
    try:
        # 0600 from the start, and only when it is not there: nobody else reads it, nothing is lost.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return 0
    with os.fdopen(handle, "w") as file:
        file.write("\n".join(lines) + "\n")
    print(f"Wrote {path.name} with new secrets for the simulator.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
