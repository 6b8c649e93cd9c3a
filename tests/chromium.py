"""Chromium, as the browser tests need it: with a microphone that beeps, and WebRTC that works without a network."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

SWITCHES = (
    "--no-sandbox",
    "--autoplay-policy=no-user-gesture-required",
    # Without it a computer that has no network but `lo` gathers no candidates at all.
    "--allow-loopback-in-peer-connection",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The same browser without its own window, menus and notifications: it takes half the time of a headless whole one.
SHELLS = ("chromium-headless-shell", "chrome-headless-shell")


class ChromiumMissingError(Exception):
    """There is no Chromium to test with."""


def executable(playwright: Playwright, *, whole: bool = True) -> str:
    """The path of the browser: `CHROMIUM`, one on the path, or Playwright's own; unless it has to be a whole one,
    rather its shell. Raises `ChromiumMissingError`."""
    if given := os.environ.get("CHROMIUM"):
        return given
    for name in NAMES if whole else (*SHELLS, *NAMES):
        if found := shutil.which(name):
            return found
    own = playwright.chromium.executable_path
    if Path(own).exists():
        return own
    raise ChromiumMissingError(
        "The browser tests need Chromium: install your system's package, or run `playwright install chromium`, "
        "or set CHROMIUM to its path."
    )


def launch(
    playwright: Playwright,
    *,
    fake_microphone: bool = True,
    fake_ui: bool = True,
    display: str | None = None,
    whole: bool = False,
    extra: Sequence[str] = (),
) -> Browser:
    """A Chromium. Close it in a `finally`: one left behind keeps running.

    With `fake_microphone` it beeps at about 400 Hz; with `fake_ui` pages get the microphone without asking. Headless,
    unless there is a `display`: a headless one does not ask, it refuses. Notifications, and
    devices that are still the same after a reload, only a `whole` one has.
    """
    switches = [*SWITCHES, *extra]
    if fake_microphone:
        switches.append("--use-fake-device-for-media-stream")
    if fake_ui:
        switches.append("--use-fake-ui-for-media-stream")
    environment = dict(os.environ) if display is None else os.environ | {"DISPLAY": display}
    return playwright.chromium.launch(
        executable_path=executable(playwright, whole=whole or display is not None),
        headless=display is None,
        args=switches,
        env=environment,
    )


@contextmanager
def virtual_display() -> Iterator[str]:
    """An X display that nobody sees. Raises `ChromiumMissingError` without Xvfb."""
    xvfb = shutil.which("Xvfb")
    if xvfb is None:
        raise ChromiumMissingError("The microphone tests need a display that nobody sees: install the package xvfb.")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [xvfb, "-displayfd", str(writing), "-screen", "0", "1400x900x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise ChromiumMissingError("Xvfb did not start.")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()
