/** Puts the bench together. */

import { api } from "./api.js";
import { byId, h, setText } from "./dom.js";
import { hintRead, readHint } from "./drawer.js";
import { FaultBench } from "./faults.js";
import { Inspector } from "./inspector.js";
import { isOver, phaseOf, telephoneOf } from "./selectors.js";
import { SenderBench } from "./senders.js";
import { EventSocket } from "./socket.js";
import { Store } from "./store.js";
import { Strip } from "./strip.js";

/** @import {Link} from "./socket.js" */

const store = new Store();
const say = (/** @type {string} */ text) => setText(byId("say", HTMLElement), text);
const shout = (/** @type {string} */ text) => setText(byId("shout", HTMLElement), text);
const strip = new Strip(store, { say, shout });
const inspector = new Inspector(store, say);
const senders = new SenderBench(store, say);
const faults = new FaultBench(store, say);
const socket = new EventSocket((event) => store.apply(event), showLink);

/** @type {Link} */
let link = { state: "connecting", retryAt: null };
let inspectorDue = false;
/** Texts come in bursts, too: the threads wait for the next drawing. */
let threadsDue = false;

store.subscribe((event) => {
  if (event === "snapshot" || event === "reset" || event === "faults") faults.update();
  if (event === "faults") return showTitle();
  if (event === "snapshot" || event === "reset" || event === "sender") senders.update();
  if (event === "sender") return;
  if (event === "snapshot") strip.settle();
  if (event === "snapshot") showHint();
  if (event === "reset") strip.reset();
  // After a reset the simulator starts from its defaults; a fresh snapshot says what they are.
  if (event === "reset") socket.connect();
  if (event === "request" || event === "message") threadsDue = true;
  else if (event !== "warning" && event !== "cleared") strip.update();
  scheduleInspector();
  showTitle();
});

/** Requests come in bursts; one drawing per picture is enough. */
function scheduleInspector() {
  if (inspectorDue) return;
  inspectorDue = true;
  setTimeout(() => {
    inspectorDue = false;
    inspector.update();
    if (threadsDue) strip.update();
    threadsDue = false;
  }, 30);
}

/** @param {Link} next */
function showLink(next) {
  // While it tries again the words stay, or they would be read out at every try.
  const stillLost = next.state === "connecting" && link.state === "lost";
  link = stillLost ? { ...link, retryAt: null } : next;
  const words = { connecting: "Connecting…", open: "Connected", lost: "Connection lost. Is the simulator running?" };
  setText(byId("link-state", HTMLElement), words[link.state]);
  byId("link-retry", HTMLButtonElement).hidden = link.state !== "lost";
  document.documentElement.dataset.link = link.state;
  showCountdown();
}

function showCountdown() {
  const seconds = link.retryAt === null ? 0 : Math.ceil((link.retryAt - Date.now()) / 1000);
  const words = link.retryAt === null ? "Trying…" : `Trying again in ${Math.max(0, seconds)} s.`;
  setText(byId("link-countdown", HTMLElement), link.state === "lost" ? words : "");
}

function showTitle() {
  const called = [...store.calls.values()].some(
    (call) => telephoneOf(call) && !isOver(call) && phaseOf(call) === "called",
  );
  const broken = store.faults.rules.some((rule) => rule.active) ? "⚠ Faults are on · " : "";
  document.title = `${called ? "☎ A telephone rings · " : ""}${broken}Test bench`;
}

function showHint() {
  byId("hint", HTMLElement).hidden = hintRead();
  const desk = deskAddress();
  const place = byId("hint-desk", HTMLElement);
  if (desk)
    place.replaceChildren(
      "Open ",
      h("a", { href: desk, target: "_blank", rel: "noopener" }, "the desk"),
      ` at ${desk} and sign in.`,
    );
}

/** Where the desk is, as far as its numbers and the requests sent to it tell. */
function deskAddress() {
  const sent = store.entries.filter((entry) => entry.type === "request").map((entry) => entry.request);
  const urls = [
    ...store.numbers.map((number) => number.voice_url ?? ""),
    ...sent.filter((request) => request.direction === "out").map((request) => request.url),
  ];
  const addresses = urls.filter((url) => URL.canParse(url)).map((url) => new URL(url));
  return addresses.find(({ protocol }) => protocol === "http:" || protocol === "https:")?.origin ?? null;
}

function wireReset() {
  const dialog = byId("reset-dialog", HTMLDialogElement);
  const problem = byId("reset-error", HTMLElement);
  byId("reset-open", HTMLButtonElement).addEventListener("click", () => {
    setText(problem, "");
    dialog.showModal();
  });
  byId("reset-cancel", HTMLButtonElement).addEventListener("click", () => dialog.close());
  byId("reset-confirm", HTMLButtonElement).addEventListener("click", async () => {
    try {
      await api.reset();
      dialog.close();
    } catch (error) {
      setText(problem, error instanceof Error ? error.message : "That did not work.");
    }
  });
}

byId("hint-close", HTMLButtonElement).addEventListener("click", () => {
  readHint();
  byId("hint", HTMLElement).hidden = true;
  byId("telephones", HTMLElement).focus();
});
byId("link-retry", HTMLButtonElement).addEventListener("click", () => socket.connect());
wireReset();
setInterval(() => {
  strip.tick();
  showCountdown();
}, 500);
socket.connect();
