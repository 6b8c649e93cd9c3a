#!/usr/bin/env python3
"""Starts the desk and the simulator, says where they are, and ends all it started when it is stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.make_env import CannotStart, check_addresses, check_ports, with_simulator  # noqa: E402

START_SECONDS = 60
STOP_SECONDS = 8


def read_environment() -> dict[str, str]:
    """The environment, with what .env adds."""
    import environ

    environ.Env.read_env(ROOT / ".env")
    return dict(os.environ)


def step(text: str) -> None:
    """Says what happens now, before it does: some of it takes long."""
    print(f"{text}…", flush=True)


def wait_until_up(url: str, process: subprocess.Popen[bytes]) -> bool:
    """Whether the program answered before it gave up."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def worker_command(schedule: Path) -> list[str]:
    """Celery's worker with its clock, which keeps its times in the file `schedule`."""
    worker = ["celery", "-A", "config", "worker", "--beat", "--pool", "threads", "--loglevel", "warning"]
    return [sys.executable, "-m", *worker, "--schedule", str(schedule)]


def main() -> int:
    os.chdir(ROOT)
    environment = read_environment()
    try:
        check_addresses(environment)
        check_ports(environment, is_written=True)
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 1
    simulated = with_simulator(environment)
    host, port = environment.get("WEB_HOST") or "127.0.0.1", int(environment.get("WEB_PORT") or "8000")
    bench_host = environment.get("SIMULATOR_HOST") or "127.0.0.1"
    bench_port = int(environment.get("SIMULATOR_PORT") or "8001")

    manage = [sys.executable, "manage.py"]
    step("Bringing the database up to date")
    subprocess.run([*manage, "migrate", "--verbosity", "0"], check=True)
    step("Collecting the pages' files")
    subprocess.run([*manage, "collectstatic", "--noinput", "--verbosity", "0"], check=True)
    if simulated:
        step("Loading the demo's people, lines, contacts and calls")
        subprocess.run([*manage, "load_demo_data"], check=True, stdout=subprocess.DEVNULL)

    commands = {
        "web": [
            sys.executable, "-m", "uvicorn", "config.asgi:application", "--host", host, "--port", str(port),
            "--no-proxy-headers", "--log-level", "warning", "--timeout-graceful-shutdown", "3",
        ],
    }  # fmt: skip
    if environment.get("REDIS_URL"):
        # Without Redis the worker lives in the web process.
        (ROOT / ".run").mkdir(exist_ok=True)
        commands["worker"] = worker_command(ROOT / ".run" / "beat")
    if simulated:
        commands["simulator"] = [sys.executable, "-m", "simulator"]
    processes: dict[str, subprocess.Popen[bytes]] = {}
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    step(f"Starting {' and '.join(commands)}")
    try:
        for name, command in commands.items():
            # Groups of their own: Ctrl-C reaches them through us, once.
            processes[name] = subprocess.Popen(command, start_new_session=True)
        urls = {"web": f"http://{host}:{port}/healthz", "simulator": f"http://{bench_host}:{bench_port}/sim/health"}
        for name, url in urls.items():
            if name in processes and not wait_until_up(url, processes[name]):
                print(f"The {name} did not start; its last words are above.", file=sys.stderr)
                return 1
        if simulated:
            step("Setting up the simulated Twilio account")
            provision = [*manage, "twilio_provision", "--yes"]
            if subprocess.run(provision, check=False, stdout=subprocess.DEVNULL).returncode:
                print("Not all of it could be set up: see the Doctor in Django admin.", file=sys.stderr)
        announce(port, bench_port, simulated)
        while not stopping.wait(0.5):
            ended = [name for name, process in processes.items() if process.poll() is not None]
            if ended:
                print(f"The {ended[0]} stopped by itself; its last words are above.", file=sys.stderr)
                return 1
        print("\nStopping…")
        return 0
    finally:
        stop(list(processes.values()))


def announce(port: int, bench_port: int, simulated: bool) -> None:
    print(f"\n  Desk        http://localhost:{port}/")
    print(f"  Admin       http://localhost:{port}/admin/")
    if simulated:
        print(f"  Telephones  http://localhost:{bench_port}/   (the Twilio simulator)")
        print("\n  Log in as   ada or grace (agents), hedy (supervisor), admin (administrator)")
        print("  Password    ringdesk-demo")
        print("\n  Then ring +1 202 555 0100 from a telephone of the simulator.")
    print("\n  Ctrl-C stops everything.\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
