/** What is pressed and typed in the desk once it is drawn. */
import { t } from "../src/i18n/i18n";

export function found<T extends Element>(selector: string, fits: (element: T) => boolean = () => true): T {
  const element = [...document.querySelectorAll<T>(selector)].find(fits);
  if (!element) throw new Error(`Nothing to press or see: ${selector} ${fits}`);
  return element;
}

/** The button whose name begins so: with a person's name, a digit, or a word of the page's language. */
export const press = (label: string | (() => string)) => () => {
  const name = typeof label === "string" ? label : label();
  found<HTMLElement>("button", (button) =>
    (button.getAttribute("aria-label") ?? button.textContent).trim().startsWith(name),
  ).click();
};
export const type =
  (selector: string, text: string, leave = false) =>
  () => {
    const input = found<HTMLInputElement | HTMLTextAreaElement>(selector);
    input.focus();
    input.value = text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    if (leave) setTimeout(() => input.blur(), 100);
  };
/** One after the other. What is not there yet is waited for: a busy browser draws late. */
export const inTurn =
  (...acts: (() => void)[]) =>
  () =>
    next(acts, 20);

function next([act, ...rest]: (() => void)[], attempts: number): void {
  try {
    act?.();
  } catch (error) {
    if (attempts === 0) throw error;
    setTimeout(() => next(act ? [act, ...rest] : rest, attempts - 1), 50);
    return;
  }
  if (rest.length > 0) setTimeout(() => next(rest, attempts), 120);
}

/** By the tab, and on a phone by the navigation at the bottom. */
export const toView = (view: "log" | "messages" | "contacts") =>
  inTurn(
    () => found<HTMLElement>(`#tab-${view}`).click(),
    () => inNavigation(t(`nav.${view}`)).click(),
  );

function inNavigation(name: string): HTMLElement {
  return found<HTMLElement>(".mobile-nav button", (button) => button.textContent.trim().startsWith(name));
}

export const toLog = toView("log");
