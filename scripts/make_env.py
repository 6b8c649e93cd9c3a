#!/usr/bin/env python3
"""Writes a .env for the simulator, with secrets of its own, unless there is one. Needs nothing but Python."""

import os
import secrets
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def environment(web_port: str, simulator_port: str) -> dict[str, str]:
    """Settings for a desk on this machine that talks to the simulator."""
    return {
        "DEBUG": "True",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "PUBLIC_BASE_URL": f"http://localhost:{web_port}",
        "SIMULATOR": "True",
        "TWILIO_ACCOUNT_SID": "AC" + secrets.token_hex(16),
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "TWILIO_API_KEY_SID": "SK" + secrets.token_hex(16),
        "TWILIO_API_KEY_SECRET": secrets.token_urlsafe(24),
        "TWILIO_TWIML_APP_SID": "AP" + secrets.token_hex(16),
        "TWILIO_CALLER_ID": "+12025550100",
        "TWILIO_API_BASE_URL": f"http://localhost:{simulator_port}",
        "TWILIO_VOICE_SIGNALLING_URL": f"ws://localhost:{simulator_port}/signal",
        "WEB_PORT": web_port,
        "SIMULATOR_PORT": simulator_port,
    }


def main() -> int:
    path = ROOT / ".env"
    values = environment(os.environ.get("WEB_PORT", "8000"), os.environ.get("SIMULATOR_PORT", "8001"))
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
