/** What the page says outside itself: its title, its icon, and a notification when nobody looks at it. */
import { minutes } from "./format";
import type { CallBack } from "./messages";
import { isolated } from "./names";
import type { PreferenceStore } from "./adapters/preferences";
import { reach } from "./softphone/reach";
import { consultation, heldSince, shownCall, targetTitle } from "./softphone/room";
import { callerFacts, currentFacts } from "./softphone/selectors";
import { isDialling, isSupervising, isTalk, type Ring, type State } from "./softphone/state";
import type { Store } from "./softphone/store";
import { partyTitle } from "./words";
import callIcon from "../public/icons/call.svg?raw";
import restIcon from "../public/icons/favicon.svg?raw";
import holdIcon from "../public/icons/hold.svg?raw";
import unreachableIcon from "../public/icons/unreachable.svg?raw";
import { t } from "./i18n/i18n";
import { byOurClock } from "./serverClock";

const PRODUCT = "Ringdesk";

export interface Signal {
  titles: [string] | [string, string];
  icon: "rest" | "call" | "hold" | "unreachable";
}

/** Two titles take turns each second. */
export function signalOf(state: State, now: number): Signal {
  const { focus } = state.calls;
  const facts = currentFacts(state);
  if (focus?.state === "pending")
    return { titles: [t("signal.calls", { name: facts?.title ?? "" }), PRODUCT], icon: "call" };
  if (isDialling(focus) && focus.hints.move) return { titles: [t("move.coming")], icon: "call" };
  if (isDialling(focus)) return { titles: [t("signal.calling", { name: facts?.title ?? "" })], icon: "call" };
  if (isSupervising(focus)) {
    const [length, name] = [minutes((now - focus.since) / 1000), isolated(focus.agent.name)];
    return { titles: [t("signal.supervising", { length, name })], icon: "call" };
  }
  if (isTalk(focus)) {
    const length = (since: number) => minutes((now - since) / 1000);
    const asked = consultation(state);
    const held = heldSince(shownCall(state));
    if (asked?.mine && asked.hears !== "customer") {
      const { since, to } = asked.transfer;
      return { titles: [`${length(byOurClock(since))} ${targetTitle(to)}`], icon: "call" };
    }
    if (held !== null) {
      const name = facts?.title ?? "";
      return { titles: [t("signal.hold", { length: length(byOurClock(held)), name })], icon: "hold" };
    }
    const icon = focus.state === "open" ? "call" : "hold";
    return { titles: [`${length(focus.since)} ${facts?.title}`], icon };
  }
  if (state.callBack)
    return { titles: [t("signal.callBack", { name: partyTitle(state.callBack) }), PRODUCT], icon: "call" };
  if (reach(state, now).tone === "red") return { titles: [t("signal.notReachable")], icon: "unreachable" };
  return { titles: [PRODUCT], icon: "rest" };
}

const ICONS: Record<Signal["icon"], string> = {
  rest: restIcon,
  call: callIcon,
  hold: holdIcon,
  unreachable: unreachableIcon,
};

export function showPageSignals(store: Store, preferences: PreferenceStore): void {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let shownIcon: Signal["icon"] | null = null;
  let notified: Notification | null = null;
  let rung: string | null = null;

  function draw(): void {
    const now = Date.now();
    const { titles, icon } = signalOf(store.get(), now);
    const second = titles[1] !== undefined && !still.matches && Math.floor(now / 1000) % 2 === 1;
    document.title = (second ? titles[1] : titles[0]) ?? PRODUCT;
    if (icon !== shownIcon) {
      shownIcon = icon;
      setIcon(ICONS[icon]);
    }
  }

  function ringTitle({ root, hints }: Ring): string {
    const { title, lineName } = callerFacts(store.get(), root, hints);
    return lineName
      ? t("signal.notificationLine", { name: title, line: lineName })
      : t("signal.notification", { name: title });
  }

  function notify(): void {
    const { calls, callBack } = store.get();
    const { focus } = calls;
    const ring = focus?.state === "pending" ? focus : null;
    const asks = ring?.id ?? (focus === null ? callBack?.sid : null) ?? null;
    if (asks === rung) return;
    rung = asks;
    notified?.close();
    notified = null;
    if (!asks || !document.hidden || !preferences.get().notify) return;
    if (!("Notification" in globalThis) || Notification.permission !== "granted") return;
    notified = new Notification(ring ? ringTitle(ring) : t("signal.callBack", { name: titleOf(callBack) }), {
      tag: "ringdesk-call",
      body: ring ? callerFacts(store.get(), ring.root, ring.hints).display : (callBack?.party.display ?? ""),
      requireInteraction: true,
    });
    // It brings the page forward; answering stays a press in the page.
    notified.onclick = () => {
      globalThis.focus();
      notified?.close();
    };
  }

  store.subscribe(() => {
    draw();
    notify();
  });
  setInterval(draw, 1000);
  draw();
}

function titleOf(callBack: CallBack | null): string {
  return callBack ? partyTitle(callBack) : "";
}

function setIcon(svg: string): void {
  let link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  if (!link) {
    link = document.createElement("link");
    link.rel = "icon";
    document.head.append(link);
  }
  link.href = `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
