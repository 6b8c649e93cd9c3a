/** The page's regions: F6 goes through them, and focus that lost its place stays in its own. */

/** In the order of the page. */
const REGIONS = [".top", ".reach", ".minis:not(:empty)", ".call-area", ".work", ".side", ".mobile-nav"];
const CONTROLS = "button, input, select, textarea, a[href], [tabindex='0']";

export function isShown(element: Element): boolean {
  return element.isConnected && (element.checkVisibility?.() ?? true);
}

export function isUsable(element: Element): boolean {
  return isShown(element) && !element.matches(":disabled");
}

/** Nothing that the agent can use has focus: what had it was removed, hidden or switched off. */
export function focusIsLost(): boolean {
  const active = document.activeElement;
  return !active || active === document.body || !isUsable(active);
}

/** The selector of the region that holds the element. */
export function regionOf(element: Element | null): string | null {
  return REGIONS.findLast((region) => element?.closest(region)) ?? null;
}

/** Focus on the region's heading, or on the region itself. A region that is hidden is not entered. */
export function focusRegion(selector: string | null): boolean {
  const region = selector ? document.querySelector<HTMLElement>(selector) : null;
  if (!region || !isShown(region)) return false;
  focusOnText(region.querySelector<HTMLElement>("[data-home]") ?? region);
  return true;
}

/** As F6 and Shift + F6 do. */
export function focusNextRegion(step: 1 | -1): void {
  const regions = REGIONS.filter((selector) => {
    const region = document.querySelector(selector);
    return region !== null && isShown(region);
  });
  const at = regions.indexOf(regionOf(document.activeElement) ?? "");
  // From nowhere, forward is the first and backward the last.
  const next = at < 0 && step < 0 ? regions.at(-1) : regions.at((at + step) % regions.length);
  if (!next) return;
  const control = [...(document.querySelector(next)?.querySelectorAll<HTMLElement>(CONTROLS) ?? [])].find(
    (element) => isUsable(element) && element.tabIndex >= 0 && regionOf(element) === next,
  );
  if (control) control.focus();
  else focusRegion(next);
}

/** Text takes focus, but Tab does not stop at it. */
function focusOnText(element: HTMLElement): void {
  if (!element.hasAttribute("tabindex")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
}
