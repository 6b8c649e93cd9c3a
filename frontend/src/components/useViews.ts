/** What the work area shows, and on a phone the screen: a call brings its own view, but never over somebody's writing. */
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import type { CallDetailsStore } from "../callDetails/callDetails";
import { rootOf } from "../softphone/pushes";
import { currentFacts } from "../softphone/selectors";
import type { State } from "../softphone/state";
import type { Subject } from "./CallerTab";
import type { Pane } from "./Dock";
import { isWritingField } from "./fields";
import type { View } from "./WorkArea";

interface Views {
  view: View;
  pane: Pane;
  /** From which view the opened call was opened. */
  openedIn: View;
  /** A caller came while the agent was writing. */
  unseen: boolean;
  /** The caller's call that was brought to the front, or would have been. */
  arrived: string | null;
  /** The call that can be noted now, and whether somebody answered. */
  noted: Subject | null;
  talked: boolean;
  /** The call before, until its note is done with. */
  last: Subject | null;
}

const FIRST: Views = {
  view: "log",
  pane: "call",
  openedIn: "log",
  unseen: false,
  arrived: null,
  noted: null,
  talked: false,
  last: null,
};

export function useViews(state: State, details: CallDetailsStore) {
  const [views, setViews] = useState(FIRST);
  const current = subjectOf(state);
  const arranged = arrange(views, current, state, details);
  // While drawing: what an agent writes in is never taken away and put back.
  if (arranged !== views) setViews(arranged);
  const noted = arranged.noted?.call ?? null;
  const last = arranged.last?.root ?? null;
  useLayoutEffect(() => {
    if (noted) details.note(noted);
  }, [noted?.sid, details]);
  useEffect(() => () => void (last && details.release(last)), [last, details]);

  const { view, pane, openedIn, unseen } = arranged;
  return {
    view,
    pane,
    openedIn,
    unseen,
    subjects: {
      ...(current && { caller: current }),
      ...(arranged.last && { last: arranged.last }),
    },
    show: (change: Partial<Pick<Views, "view" | "pane" | "openedIn">>) =>
      setViews((before) => seen({ ...before, ...change })),
    finish: () => setViews((before) => ({ ...before, last: null, view: "log", pane: "call" })),
  };
}

/** The call in the call area. */
function subjectOf(state: State): Subject | null {
  const facts = currentFacts(state);
  const root = rootOf(state);
  if (!facts) return null;
  // A call that rings here is nobody's yet.
  const call = root && state.call.state !== "pending" ? (state.lives[root]?.call ?? null) : null;
  return { facts, root, call, over: false };
}

function arrange(views: Views, current: Subject | null, state: State, details: CallDetailsStore): Views {
  let next = views;
  const change = (to: Partial<Views>) => (next = { ...next, ...to });
  const writing = () => isWriting(next, details);

  const { noted } = next;
  if (noted && noted.root !== current?.root) {
    const kept = next.talked || writing() || details.isUnsaved(noted.root ?? "");
    change({ noted: null, talked: false });
    if (kept) {
      // One view for both: the field stays where it is.
      const stays = next.view !== "caller" && writing();
      const pane = writing() ? next.pane : "work";
      change({ last: { ...noted, over: true }, ...(!stays && { view: "last", pane }) });
    }
  }
  if (current?.call && current.call !== next.noted?.call) change({ noted: current });
  const talks = state.call.state === "open" || state.call.state === "reconnecting";
  if (talks && next.noted && !next.talked) {
    change({ talked: true });
    // The call before is done with, unless something of it is not saved.
    if (next.last && next.view !== "last" && !details.isUnsaved(next.last.root ?? "")) change({ last: null });
  }

  const caller = callerOf(state);
  if (caller !== next.arrived) {
    change({ arrived: caller, unseen: false });
    if (caller) change(writing() ? { unseen: true } : { view: "caller", pane: "call" });
  }
  if (next.view === "caller" && !current) change({ view: next.last ? "last" : "log" });
  if (next.view === "last" && !next.last) change({ view: "log" });
  return seen(next);
}

function seen(views: Views): Views {
  return views.unseen && views.view === "caller" ? { ...views, unseen: false } : views;
}

/** The call of somebody who calls us. */
function callerOf({ call }: State): string | null {
  if (call.state === "pending") return call.ring.root;
  if (call.state === "open" || call.state === "reconnecting")
    return call.talk.incoming ? call.talk.root : null;
  return null;
}

/** Whether another view would take away a field that is being written in, or text that is not saved. */
function isWriting({ view, openedIn, noted, last }: Views, details: CallDetailsStore): boolean {
  const field = document.activeElement;
  if (isWritingField(field) && field?.closest(".work")) return true;
  const opened = details.get();
  if (opened && openedIn === view) return details.isUnsaved(opened.sid);
  const subject = view === "caller" ? noted : view === "last" ? last : null;
  return details.isUnsaved(subject?.root ?? "");
}
