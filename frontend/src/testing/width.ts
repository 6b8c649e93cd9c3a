import { vi } from "vitest";

/** Media queries answer for a window of so many pixels. */
export function widthOf(width: number): void {
  vi.spyOn(globalThis, "matchMedia").mockImplementation(
    (query) =>
      ({
        matches: width <= Number(/max-width: (\d+)px/.exec(query)?.[1] ?? 0),
        addEventListener() {},
        removeEventListener() {},
      }) as unknown as MediaQueryList,
  );
}
