"""`python -m simulator`: serves the simulator until it is stopped."""

from __future__ import annotations

import sys

import uvicorn

from simulator.app import create_app
from simulator.config import MisconfiguredError, from_environment


def main() -> int:
    try:
        config = from_environment()
    except MisconfiguredError as error:
        sys.stderr.write(f"simulator: {error}\n")
        return 2
    sys.stdout.write(f"Simulator on {config.base_url} for {config.public_base_url}\n")
    uvicorn.run(
        create_app(config),
        host=config.host,
        port=config.port,
        log_level="warning",
        # Sockets of pages would otherwise hold up the end.
        timeout_graceful_shutdown=3,
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
