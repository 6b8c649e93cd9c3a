#!/usr/bin/env python3
"""Starts the desk and the simulator, says where they are, and ends all it started when it is stopped."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

START_SECONDS = 60
STOP_SECONDS = 8


def read_environment() -> dict[str, str]:
    """The environment, with what .env adds."""
    import environ

    environ.Env.read_env(ROOT / ".env")
    return dict(os.environ)


def port_is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


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
    with_simulator = environment.get("SIMULATOR", "").lower() in ("true", "1", "yes", "on")
    host, port = environment.get("WEB_HOST", "127.0.0.1"), int(environment.get("WEB_PORT", "8000"))
    bench_host = environment.get("SIMULATOR_HOST", "127.0.0.1")
    bench_port = int(environment.get("SIMULATOR_PORT", "8001"))
    wanted = [(host, port, "WEB_PORT")] + ([(bench_host, bench_port, "SIMULATOR_PORT")] if with_simulator else [])
    for address, number, name in wanted:
        if not port_is_free(address, number):
            print(f"Port {number} is taken. Stop what uses it, or set {name} to another one.", file=sys.stderr)
            return 1

    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "--verbosity", "0"], check=True)
    subprocess.run([*manage, "collectstatic", "--noinput", "--verbosity", "0"], check=True)
    if with_simulator:
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
    if with_simulator:
        commands["simulator"] = [sys.executable, "-m", "simulator"]
    processes: dict[str, subprocess.Popen[bytes]] = {}
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    try:
        for name, command in commands.items():
            # Groups of their own: Ctrl-C reaches them through us, once.
            processes[name] = subprocess.Popen(command, start_new_session=True)
        urls = {"web": f"http://{host}:{port}/healthz", "simulator": f"http://{bench_host}:{bench_port}/sim/health"}
        for name, url in urls.items():
            if name in processes and not wait_until_up(url, processes[name]):
                print(f"The {name} did not start; its last words are above.", file=sys.stderr)
                return 1
        announce(port, bench_port, with_simulator)
        while not stopping.wait(0.5):
            ended = [name for name, process in processes.items() if process.poll() is not None]
            if ended:
                print(f"The {ended[0]} stopped by itself; its last words are above.", file=sys.stderr)
                return 1
        print("\nStopping…")
        return 0
    finally:
        stop(list(processes.values()))


def announce(port: int, bench_port: int, with_simulator: bool) -> None:
    print(f"\n  Desk        http://localhost:{port}/")
    print(f"  Admin       http://localhost:{port}/admin/")
    if with_simulator:
        print(f"  Telephones  http://localhost:{bench_port}/   (the Twilio simulator)")
        print("\n  Log in as   ada or grace (agents), hedy (supervisor), admin (administrator)")
        print("  Password    ringdesk-demo")
        print("\n  Then ring +1 202 555 0100 from a telephone of the simulator.")
    print("\n  Ctrl-C stops everything.\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
