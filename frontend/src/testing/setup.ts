import { cleanup, configure } from "@testing-library/preact";
import { afterEach, vi } from "vitest";
import { speakIn } from "../i18n/catalogues";
import { heardTime } from "../serverClock";

speakIn("en");

// What takes a moment on a quiet machine may take long on a busy one.
configure({ asyncUtilTimeout: 10_000 });

// Several files share a page: each test leaves it as it found it.
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  localStorage.clear();
  sessionStorage.clear();
  history.replaceState(null, "", "/");
  heardTime(new Date(0).toISOString(), 0);
});
