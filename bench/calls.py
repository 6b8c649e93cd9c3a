"""Whole calls between a simulated telephone and the desk in Chromium."""

from __future__ import annotations

import time
import urllib.request
import wave
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

from bench.figures import Row
from tests.browser.desk import DeskPage
from tests.browser.stack import Stack, eventually
from tests.browser.test_calls import ringing_at
from tests.chromium import launch

CALLER, CALLED = "+12025550142", "+12025550143"
AGENT_TONE, CALLER_TONE = 500, 650
# Notes, on the browser's own clock, when the desk first shows a call, and when it first sounds.
_WATCH = """
() => {
  globalThis.__seen = {};
  const area = document.querySelector('[aria-label="Call"], section[aria-labelledby]') ?? document.body;
  const look = () => {
    if (document.body.innerText.includes("Incoming call")) globalThis.__seen.ringing ??= Date.now();
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
  document.addEventListener("click", () => { globalThis.__seen.click = Date.now(); }, true);
  const listen = () => {
    const stream = globalThis.ringdesk?.remoteStream();
    if (!stream || !stream.getAudioTracks().length) { setTimeout(listen, 2); return; }
    if (globalThis.__heardStream === stream) { setTimeout(listen, 2); return; }
    globalThis.__heardStream = stream;
    const context = (globalThis.__benchEar ??= new AudioContext());
    const source = context.createMediaStreamSource(stream), analyser = context.createAnalyser();
    analyser.fftSize = 256;
    source.connect(analyser);
    const wave = new Float32Array(256);
    const step = () => {
      analyser.getFloatTimeDomainData(wave);
      if (wave.some((x) => Math.abs(x) > 0.02)) {
        globalThis.__seen.sound = Date.now();
        source.disconnect();
        setTimeout(listen, 2);
        return;
      }
      setTimeout(step, 2);
    };
    step();
  };
  listen();
}
"""


def tone_file(path: Path, hertz: int) -> Path:
    """Two seconds of an even tone: a microphone that is never silent."""
    samples = (8000 * np.sin(2 * np.pi * hertz * np.arange(96_000) / 48_000)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(samples.tobytes())
    return path


def floor(url: str, count: int = 100) -> list[float]:
    """Milliseconds of requests that do nothing."""
    taken = []
    for _ in range(count):
        began = time.perf_counter()
        with urllib.request.urlopen(url, timeout=5):
            taken.append((time.perf_counter() - began) * 1000)
    return taken


def memory(pid: int) -> float:
    """Resident megabytes of a process and its children."""
    total = 0.0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue
        if fields["Pid"].strip() == str(pid) or fields["PPid"].strip() == str(pid):
            total += float(fields.get("VmRSS", "0 kB").split()[0]) / 1024
    return total


def measure(folder: Path, *, count: int) -> list[Row]:
    """Calls one after the other, each way."""
    times: dict[str, list[float]] = {"ring": [], "audio": [], "dial": []}
    megabytes: list[float] = []
    with Stack(folder, SIMULATOR_SPEED="1") as stack, sync_playwright() as playwright:
        stack.bench("PUT", f"/sim/telephones/{CALLED}", {"behaviour": "manual", "voice": f"tone:{CALLER_TONE}"})
        microphone = tone_file(folder / "microphone.wav", AGENT_TONE)
        browser = launch(playwright, extra=[f"--use-file-for-fake-audio-capture={microphone}"])
        try:
            context = browser.new_context()
            context.grant_permissions(["microphone"], origin=stack.desk_url)
            desk = DeskPage(context.new_page(), stack)
            desk.sign_in("ada")
            desk.expect_reachable()
            desk.page.evaluate(_WATCH)
            for number in range(count + 1):
                figures = _incoming(desk, stack)
                if number == 0:
                    megabytes.append(sum(memory(process.pid) for process in stack.processes.values()))
                    continue  # A page's first call loads what the others find there.
                times["ring"].append(figures[0])
                times["audio"].append(figures[1])
            times["dial"] += [_outgoing(desk, stack) for _ in range(count)]
        finally:
            browser.close()
        idle = floor(f"{stack.desk_url}/healthz"), floor(f"{stack.bench_url}/sim/numbers")
    return [
        Row("floor: an empty request to the desk", idle[0]),
        Row("floor: an empty request to the simulator", idle[1]),
        Row("webhook sent → the desk shows the call", times["ring"]),
        Row("Answer pressed → both hear each other", times["audio"], goal=250),
        Row("Call pressed → the telephone rings", times["dial"]),
        Row("memory with one live call, web + simulator, MB", megabytes, unit="MB", goal=600),
    ]


def _incoming(desk: DeskPage, stack: Stack) -> tuple[float, float]:
    """Milliseconds from the webhook to the ring on the screen, and from Answer until both are heard."""
    desk.expect_reachable()
    desk.page.evaluate("globalThis.__seen = {}")
    sid = stack.telephone_calls(CALLER, voice=f"tone:{CALLER_TONE}")
    desk.expect_ringing("Maya Okonkwo")
    answer = desk.call_area.get_by_role("button", name="Answer")
    eventually(lambda: desk.page.evaluate("globalThis.__seen.ringing"), "the desk shows the call")
    seen = desk.page.evaluate("({...globalThis.__seen})")
    webhook = next(item for item in stack.requests(sid) if item["kind"] == "twiml")
    answer.click()
    first = stack.bench("GET", f"/sim/calls/{sid}/heard?until=sound")["at"]
    eventually(lambda: desk.page.evaluate("globalThis.__seen.sound"), "the desk hears the caller")
    seen |= desk.page.evaluate("({...globalThis.__seen})")
    desk.hang_up()
    desk.expect_idle()
    eventually(lambda: stack.call(sid)["status"] == "completed", "the call is over")
    both = max(_milliseconds(first), seen["sound"])
    return seen["ringing"] - _milliseconds(webhook["time"]), both - seen["click"]


def _outgoing(desk: DeskPage, stack: Stack) -> float:
    """Milliseconds from pressing Call until the telephone rings."""
    desk.expect_reachable()
    desk.dial("202 555 0143")
    telephone = eventually(lambda: ringing_at(stack, CALLED), "the telephone rings")
    clicked: float = desk.page.evaluate("globalThis.__seen.click")
    rang = _milliseconds(telephone["start_time"])
    stack.bench("POST", f"/sim/calls/{telephone['sid']}/hangup")
    desk.call_area.get_by_role("button", name="Close").or_(desk.page.get_by_text("Ready")).first.wait_for()
    close = desk.call_area.get_by_role("button", name="Close")
    if close.is_visible():
        close.click()
    desk.expect_idle()
    return rang - clicked


def _milliseconds(text: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(text).timestamp() * 1000
