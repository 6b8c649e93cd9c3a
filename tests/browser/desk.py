"""The desk as its user sees it: found by role and name, measured by ear."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from tests.browser.stack import Stack

PASSWORD = "ringdesk-demo"
# What the page hears, for some milliseconds: the greatest loudness (RMS, 1 is full scale), the strongest frequency, and
# of each of some tones how loud it was at most and at least, and above which only a quarter was (`level`), in dB.
_LISTEN = """
([milliseconds, tones]) => { globalThis.__hearing = (async () => {
  const stream = globalThis.ringdesk.remoteStream();
  const nothing = tones.map(() => -200);
  if (!stream) return { rms: 0, hz: 0, most: nothing, least: nothing, level: nothing };
  const context = (globalThis.__ear ??= new AudioContext());
  await context.resume();
  const source = context.createMediaStreamSource(stream);
  const analyser = context.createAnalyser();
  analyser.fftSize = 8192;
  analyser.smoothingTimeConstant = 0;
  source.connect(analyser);
  const wave = new Float32Array(analyser.fftSize), bins = new Float32Array(analyser.frequencyBinCount);
  const width = context.sampleRate / analyser.fftSize;
  const most = tones.map(() => -200), least = tones.map(() => 0), levels = tones.map(() => []);
  let rms = 0, hz = 0, loudest = -Infinity;
  // What was in the ear before this moment is not what is heard now.
  await new Promise((next) => setTimeout(next, 1000 / width));
  const end = performance.now() + milliseconds;
  do {
    await new Promise((next) => setTimeout(next, 40));
    analyser.getFloatTimeDomainData(wave);
    analyser.getFloatFrequencyData(bins);
    rms = Math.max(rms, Math.sqrt(wave.reduce((sum, x) => sum + x * x, 0) / wave.length));
    bins.forEach((level, bin) => {
      if (bin > 0 && level > loudest) { loudest = level; hz = bin * width; }
    });
    tones.forEach((tone, at) => {
      const middle = Math.round(tone / width);
      const level = Math.max(-200, ...bins.slice(middle - 2, middle + 3));
      most[at] = Math.max(most[at], level);
      least[at] = Math.min(least[at], level);
      levels[at].push(level);
    });
  } while (performance.now() < end);
  source.disconnect();
  const level = levels.map((seen) => seen.sort((one, other) => one - other)[Math.floor(seen.length * 0.75)]);
  return { rms, hz, most, least, level };
})(); }
"""


class Heard(TypedDict):
    rms: float
    hz: float
    most: list[float]
    least: list[float]
    level: list[float]


class DeskPage:
    """One tab of the desk."""

    def __init__(self, page: Page, stack: Stack) -> None:
        self.page = page
        self.stack = stack
        self.foreign: list[str] = []
        self.problems: list[str] = []
        self.frames: list[str] = []
        page.set_default_timeout(20_000)
        page.on("request", self._note)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda message: self.problems.append(message.text) if message.type == "error" else None)
        page.on("websocket", self._listen)

    def _note(self, request: Any) -> None:
        own = (self.stack.desk_url, self.stack.bench_url, "data:", "blob:", "about:")
        if not request.url.startswith(own):
            self.foreign.append(request.url)

    def _listen(self, socket: Any) -> None:
        own = (self.stack.desk_url.replace("http", "ws"), self.stack.bench_url.replace("http", "ws"))
        if not socket.url.startswith(own):
            self.foreign.append(socket.url)
        socket.on("framereceived", lambda payload: self.frames.append(str(payload)))

    # --- Signing in -------------------------------------------------------------------------------------------------

    def sign_in(self, username: str) -> None:
        self.page.goto(f"{self.stack.desk_url}/")
        self.page.get_by_label("Username").fill(username)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()

    # --- What is seen -----------------------------------------------------------------------------------------------

    @property
    def reach(self) -> Any:
        return self.page.get_by_role("region", name="Reachability")

    @property
    def call_area(self) -> Any:
        return self.page.get_by_role("region", name="Call", exact=True)

    def button(self, name: str, *, exact: bool = False) -> Any:
        return self.page.get_by_role("button", name=name, exact=exact)

    def expect_reachable(self) -> None:
        expect(self.reach).to_contain_text("You can be reached.", timeout=30_000)

    def expect_ringing(self, name: str) -> None:
        expect(self.call_area).to_contain_text("Incoming call", timeout=20_000)
        expect(self.call_area).to_contain_text(name)

    def expect_on_call(self, name: str) -> None:
        expect(self.call_area).to_contain_text("On a call", timeout=20_000)
        expect(self.call_area).to_contain_text(name)

    def expect_idle(self) -> None:
        expect(self.call_area).to_contain_text("Ready", timeout=20_000)

    # --- What is done -----------------------------------------------------------------------------------------------

    def answer(self) -> None:
        self.call_area.get_by_role("button", name="Answer").click()

    def take(self, name: str) -> None:
        """Waits for the call, and answers it."""
        self.expect_ringing(name)
        self.answer()
        self.expect_on_call(name)

    def take_consultation(self, name: str) -> None:
        """Waits to be asked by a colleague about a customer, and answers."""
        expect(self.call_area).to_contain_text(f"{name} wants to talk to you", timeout=20_000)
        self.answer()
        expect(self.call_area).to_contain_text(f"Talking to {name}")

    def reject(self) -> None:
        self.call_area.get_by_role("button", name="Reject").click()

    def hang_up(self) -> None:
        self.call_area.get_by_role("button", name="Hang up", exact=True).click()

    def dial(self, number: str) -> None:
        field = self.call_area.get_by_role("combobox").or_(self.call_area.get_by_role("textbox")).first
        field.fill(number)
        call = self.call_area.get_by_role("button", name="Call", exact=True)
        expect(call).to_be_enabled()
        call.click()

    def hears(self, milliseconds: int = 1500, tones: Sequence[int] = ()) -> Heard:
        """What this page hears, and of each of these frequencies how loud it is."""
        self.listen(milliseconds, tones)
        return self.heard()

    def listen(self, milliseconds: int, tones: Sequence[int]) -> None:
        """Begins to, while others listen as well; `heard` waits for the end of it."""
        self.page.evaluate(_LISTEN, [milliseconds, list(tones)])

    def heard(self) -> Heard:
        found: Heard = self.page.evaluate("() => globalThis.__hearing")
        return found

    def api(self, path: str) -> Any:
        """What the REST API answers to this agent."""
        return self.page.request.get(f"{self.stack.desk_url}{path}").json()
