/** What the work area shows, and on a phone the screen: a call brings its own view, but never over somebody's writing. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { CallDetailsStore } from "../callDetails/callDetails";
import { callId, rootOf } from "../softphone/pushes";
import { parkedCalls } from "../softphone/room";
import { currentFacts } from "../softphone/selectors";
import { isSupervising, isTalk, type State } from "../softphone/state";
import type { Subject } from "./CallerTab";
import type { Pane } from "./MobileNav";
import { isTextField, isWritingField } from "./fields";
import type { View } from "./WorkArea";

interface Views {
  view: View;
  pane: Pane;
  /** Over whose tab the opened call was opened, and stands until that one is gone; null: in the log. */
  openedOver: string | null;
  /** Whose tab the caller's is. */
  caller: string | null;
  /** A caller came while the agent was writing. */
  unseen: boolean;
  /** The caller's call that was brought to the front, or would have been. */
  arrived: string | null;
  /** The call that can be noted now, and whether somebody answered. */
  noted: Subject | null;
  talked: boolean;
  /** Calls that have ended, until their notes are done with. The first is shown; the others come after it. */
  ended: readonly Subject[];
}

const FIRST: Views = {
  view: "log",
  pane: "call",
  openedOver: null,
  caller: null,
  unseen: false,
  arrived: null,
  noted: null,
  talked: false,
  ended: [],
};

/** Over no tab that there is. */
const NOWHERE = "";

/** `texts`: whether a text is written that is not sent. */
export function useViews(state: State, details: CallDetailsStore, texts: { hasUnsent(): boolean }) {
  const [views, setViews] = useState(FIRST);
  const current = subjectOf(state);
  const arranged = arrange(views, current, state, details, texts);
  // While drawing: what an agent writes in is never taken away and put back.
  if (arranged !== views) setViews(arranged);
  const noted = arranged.noted?.call ?? null;
  useLayoutEffect(() => {
    if (noted) details.note(noted);
  }, [noted?.sid, details]);
  useRelease(rootsOf(arranged), details);
  useLayoutEffect(() => {
    const opened = details.get();
    if (isBereft(arranged) && opened && !details.isUnsaved(opened.sid)) details.close();
  });

  const { view, pane, unseen } = arranged;
  const [last, waiting] = arranged.ended;
  return {
    view,
    pane,
    /** Where the opened call stands. */
    openedIn: openedIn(arranged),
    unseen,
    subjects: {
      ...(current && { caller: current }),
      // Who waits on hold while the agent talks with somebody else has not been talked with for the last time.
      ...(last && {
        last: { ...last, over: parkedCalls(state).every(({ call }) => call.sid !== last.root) },
      }),
    },
    /** The call whose note comes after that of the last. */
    waiting: waiting ?? null,
    show: (change: Partial<Pick<Views, "view" | "pane">>) =>
      setViews((before) => seen({ ...before, ...change })),
    /** A call was opened from this view. */
    opened: (from: View) =>
      setViews((before) => {
        const openedOver = from === "caller" ? before.caller : from === "last" ? before.ended[0]?.id : null;
        return { ...before, openedOver: openedOver ?? null };
      }),
    /** A call's note is done with: where it stood, the next one comes, or the log. */
    finish: (root: string | null) =>
      setViews((before) => {
        const ended = before.ended.filter((each) => each.root !== root);
        const inView = before.view === "last" && before.ended[0]?.root === root;
        return { ...before, ended, ...(inView && ended.length === 0 && { view: "log", pane: "call" }) };
      }),
  };
}

/** The calls that are noted here. */
function rootsOf({ noted, ended }: Views): string[] {
  return [noted, ...ended].flatMap((subject) => subject?.root ?? []);
}

/** Lets go of calls that are not among the noted any more. */
function useRelease(roots: string[], details: CallDetailsStore): void {
  const held = useRef<string[]>([]);
  useEffect(() => {
    held.current.filter((root) => !roots.includes(root)).forEach(details.release);
    held.current = roots;
  }, [roots.join(), details]);
}

/** The call in the call area. */
function subjectOf(state: State): Subject | null {
  const facts = currentFacts(state);
  const id = callId(state);
  const root = rootOf(state);
  // Its note is its agent's.
  if (!facts || !id || isSupervising(state.calls.focus)) return null;
  // A call that rings here is nobody's yet.
  const call = root && state.calls.focus?.state !== "pending" ? (state.lives[root]?.call ?? null) : null;
  return { id, facts, root, call, over: false };
}

function arrange(
  views: Views,
  current: Subject | null,
  state: State,
  details: CallDetailsStore,
  texts: { hasUnsent(): boolean },
): Views {
  let next = views;
  const change = (to: Partial<Views>) => (next = { ...next, ...to });
  const writing = () => isWriting(next, details) || (next.view === "messages" && texts.hasUnsent());
  const unsaved = ({ root }: Subject) => details.isUnsaved(root ?? "");

  const { noted } = next;
  if (noted && noted.root !== current?.root) {
    if (next.talked || writing() || unsaved(noted)) {
      next = wrapUp(next, noted, writing() || isTextField(focusedInWork()), unsaved);
    }
    change({ noted: null, talked: false });
  }
  if (current?.call && current.call !== next.noted?.call) change({ noted: current });
  if (isTalk(state.calls.focus) && next.noted && !next.talked) {
    change({ talked: true });
    // The calls before are done with, but for what is looked at and what is not saved.
    const ended = next.ended.filter((each, at) => (at === 0 && next.view === "last") || unsaved(each));
    if (ended.length < next.ended.length) change({ ended });
  }

  if ((current?.id ?? null) !== next.caller) change({ caller: current?.id ?? null });
  if (isBereft(next) && isWrittenIn(views, details)) {
    // Text outlives the tab that it stood over: in the place of the log, unless that is being looked at.
    const inView = openedIn(views) === views.view;
    if (inView || next.view !== "log") change({ openedOver: null, ...(inView && { view: "log" }) });
  }

  const caller = callerOf(state);
  if (caller !== next.arrived) {
    change({ arrived: caller, unseen: false });
    if (caller) change(writing() ? { unseen: true } : { view: "caller", pane: "call" });
  }
  if (next.view === "caller" && !current) change({ view: next.ended.length ? "last" : "log" });
  if (next.view === "last" && !next.ended.length) change({ view: "log" });
  return seen(next);
}

/** A call has ended: its note is asked for, but what is being written, and what is not saved, comes first. */
function wrapUp(views: Views, call: Subject, writing: boolean, unsaved: (call: Subject) => boolean): Views {
  const { view, pane, ended } = views;
  const [first] = ended;
  const over = { ...call, over: true };
  // One view for the call and for what comes after it: the field stays where it is.
  const own = view === "caller" && writing;
  const waits = first !== undefined && !own && (unsaved(first) || (view === "last" && writing));
  const kept = {
    ...views,
    ended: waits ? [...ended, over] : [over, ...ended.filter(unsaved)],
    // A call that was opened over its tab makes room for the note, unless it is itself written in.
    openedOver: views.openedOver === call.id && !own ? NOWHERE : views.openedOver,
  };
  if (writing && !own) return kept;
  return { ...kept, view: "last", pane: writing ? pane : "work" };
}

function seen(views: Views): Views {
  return views.unseen && views.view === "caller" ? { ...views, unseen: false } : views;
}

/** The call of somebody who calls us. */
function callerOf({ calls: { focus } }: State): string | null {
  return focus?.state === "pending" || (isTalk(focus) && focus.incoming) ? focus.root : null;
}

/** Whether another view would take away a field that is being written in, or text that is not saved. */
function isWriting(views: Views, details: CallDetailsStore): boolean {
  const { view, noted, ended } = views;
  if (isWritingField(focusedInWork())) return true;
  if (details.get() && openedIn(views) === view) return isWrittenIn(views, details);
  const subject = view === "caller" ? noted : view === "last" ? ended[0] : null;
  return details.isUnsaved(subject?.root ?? "");
}

/** Where the opened call stands: in the place of the tab's own content, while that is about the same caller. */
function openedIn({ openedOver, caller, ended }: Views): View | null {
  if (openedOver === null) return "log";
  if (openedOver === caller) return "caller";
  return openedOver === ended[0]?.id ? "last" : null;
}

/** Whether the call is gone over whose tab another was opened. */
function isBereft({ openedOver, caller, ended }: Views): boolean {
  return openedOver !== null && openedOver !== caller && !ended.some(({ id }) => id === openedOver);
}

/** Whether the opened call has text that is not saved, or somebody is about to write it. */
function isWrittenIn(views: Views, details: CallDetailsStore): boolean {
  const opened = details.get();
  if (!opened) return false;
  return details.isUnsaved(opened.sid) || (openedIn(views) === views.view && isWritingField(focusedInWork()));
}

/** What has focus in the work area. */
function focusedInWork(): Element | null {
  return document.activeElement?.closest(".work") ? document.activeElement : null;
}
