"""Chromium, as the browser tests need it: with a microphone that beeps, and WebRTC that works without a network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
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


class ChromiumMissingError(Exception):
    """There is no Chromium to test with."""


def executable(playwright: Playwright) -> str:
    """The path of the browser: `CHROMIUM`, one on the path, or Playwright's own. Raises `ChromiumMissingError`."""
    if given := os.environ.get("CHROMIUM"):
        return given
    for name in NAMES:
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
    playwright: Playwright, *, fake_microphone: bool = True, fake_ui: bool = True, extra: Sequence[str] = ()
) -> Browser:
    """A headless Chromium. Close it in a `finally`: one left behind keeps running.

    With `fake_microphone` it beeps at about 400 Hz; with `fake_ui` pages get the microphone without asking.
    """
    switches = [*SWITCHES, *extra]
    if fake_microphone:
        switches.append("--use-fake-device-for-media-stream")
    if fake_ui:
        switches.append("--use-fake-ui-for-media-stream")
    return playwright.chromium.launch(executable_path=executable(playwright), headless=True, args=switches)
