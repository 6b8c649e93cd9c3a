/** The desk: one page, never left. */
import { useEffect, useState } from "preact/hooks";
import type { PreferenceStore } from "../adapters/preferences";
import type { WebPush } from "../adapters/webPush";
import type { BoardStore } from "../board/board";
import type { Browser } from "../browser";
import type { CallDetailsStore } from "../callDetails/callDetails";
import type { CallLogStore } from "../callLog/callLog";
import type { Config } from "../config";
import type { ContactsStore } from "../contacts/contacts";
import type { ContactsApi } from "../contacts/ports";
import type { GroupSendsStore } from "../groupSends/groupSends";
import type { GroupSendsApi } from "../groupSends/ports";
import type { Call } from "../messages";
import type { Api, AudioDevices, Levels } from "../ports";
import type { ConversationStore } from "../threads/conversation";
import type { Correspondent } from "../threads/correspondent";
import type { NewsStore } from "../threads/news";
import type { ThreadListStore } from "../threads/threadList";
import { wrapUp } from "../softphone/presence";
import { reach } from "../softphone/reach";
import { callKeys, consultation, heldSince, parkedCalls, shownCall } from "../softphone/room";
import { countOf, somebodyWaits } from "../softphone/queues";
import { secondRing } from "../softphone/secondCall";
import {
  callerFacts,
  canDial,
  colleagues,
  currentFacts,
  isIdle,
  isQuiet,
  lastEnding,
} from "../softphone/selectors";
import { inCall, isSupervising, isTalk } from "../softphone/state";
import type { Screens } from "../screens/screens";
import type { Store } from "../softphone/store";
import { Announcer } from "./Announcer";
import { CallArea } from "./CallArea";
import { DeskDialog, type DialogName } from "./DeskDialog";
import { MiniCall, MiniRing, MiniSupervision, MiniWrapUp } from "./MiniCall";
import { MobileNav } from "./MobileNav";
import { ReachLine } from "./ReachLine";
import { SignedOut } from "./SignedOut";
import { type OpenMenu, TopBar } from "./TopBar";
import { LaterHelp } from "./LaterHelp";
import { LaterOffer } from "./LaterOffer";
import { focusOn, outcomeOf, useFocusRules } from "./useFocusRules";
import { LaterBoard } from "./board/LaterBoard";
import { useBoardView } from "./board/useBoardView";
import { LaterSends } from "./sends/LaterSends";
import { useRail } from "./sends/useRail";
import { useSendsView } from "./sends/useSendsView";
import { useContactViews } from "./contact/useContactViews";
import { useCallPanels } from "./useCallPanels";
import { useCalls } from "./useCalls";
import { useDeskKeys } from "./useDeskKeys";
import { useKeyGuard } from "./useKeyGuard";
import { useMicrophoneLabel } from "./useMicrophoneLabel";
import { useNow } from "./useNow";
import { useStore } from "./useStore";
import { useViews } from "./useViews";
import { type View, WorkArea } from "./WorkArea";
import { partyTitle } from "../words";
import { t } from "../i18n/i18n";
import { byOurClock } from "../serverClock";

export interface AppProps {
  store: Store;
  log: CallLogStore;
  details: CallDetailsStore;
  contacts: ContactsStore;
  threads: ThreadListStore;
  conversation: ConversationStore;
  groupSends: GroupSendsStore;
  board: BoardStore;
  news: NewsStore;
  screens: Screens;
  config: Config;
  api: Api;
  contactsApi: ContactsApi;
  sendsApi: GroupSendsApi;
  audio: AudioDevices;
  levels: Levels;
  preferences: PreferenceStore;
  webPush: WebPush;
  browser: Browser;
}

export function App(props: AppProps) {
  const { store, log, details, contacts, threads, conversation, groupSends, board, screens } = props;
  const { config, api, contactsApi, sendsApi, audio, levels, preferences, browser } = props;
  const state = useStore(store);
  const news = useStore(props.news);
  useStore(threads);
  const chosen = useStore(preferences);
  const { send } = store;
  const { focus } = state.calls;
  const { callBack } = state;
  const now = useNow(state.desk.state === "lost");
  const [number, setNumber] = useState("");
  const [dialog, setDialog] = useState<DialogName | null>(null);
  const [menu, setMenu] = useState<OpenMenu>(null);
  const keys = callKeys(state);
  const panels = useCallPanels({ keypad: keys.keypad, transfer: keys.transfer, help: focus !== null });
  const microphoneLabel = useMicrophoneLabel(audio, state.microphone, chosen);

  const facts = currentFacts(state);
  const talk = isTalk(focus) ? focus : null;
  const supervising = isSupervising(focus) ? focus : null;
  const line = state.lines.find((each) => each.id === chosen.line) ?? state.lines[0] ?? null;
  const dialable = canDial(state);

  const guard = useKeyGuard();
  const { view, pane, openedIn, unseen, subjects, waiting, opened, finish, ...views } = useViews(
    state,
    details,
    conversation,
  );
  const place = useSendsView(groupSends, () => views.show({ pane: "work" }));
  const [inBoard, showBoard] = useBoardView(board, config.agent.role !== "agent", () =>
    views.show({ pane: "work" }),
  );
  const inSends = place !== "elsewhere" && !inBoard;
  const beside = inSends || inBoard;
  const [folded, unfold] = useRail(beside, isQuiet(state));
  /** What is shown of the desk itself is seen there. */
  function show(change: Parameters<typeof views.show>[0]): void {
    if (change.view) {
      groupSends.go("elsewhere");
      showBoard(false);
    }
    views.show(change);
  }
  const person = useContactViews(contacts, { view, show, subjects });
  useFocusRules(state, guard);
  // What was open for another call closes.
  const ring = focus?.state === "pending" ? focus : null;
  const second = secondRing(state);
  const noteTime = wrapUp(state);
  useEffect(() => {
    if (ring) setMenu(null);
  }, [ring?.id]);
  const { dial, call, callPartyOf, callCorrespondent, callContact } = useCalls({
    store,
    api,
    line,
    onShow: () => show({ pane: "call" }),
    onDialled: () => setNumber(""),
  });

  function toAnswer(): void {
    show({ pane: "call" });
    setTimeout(() => focusOn("answer"));
  }

  const toCall = () => show({ pane: "call" });

  function openTexts(whom: Correspondent): void {
    conversation.openWith(whom);
    show({ view: "messages", pane: "work" });
  }

  function toBoard(): void {
    showBoard(true);
    groupSends.go("elsewhere");
    views.show({ pane: "work" });
  }

  const { mine, nobody } = threads.unread();

  /** Focus goes into what was opened, and back to the row that opened it, after each has been drawn. */
  function openCall(call: Call, from: View): void {
    // A call of a contact's time line opens in the log: the page stays where it was.
    if (person.contactIn === from) {
      from = "log";
      if (person.contactIn === "log") person.closeContact();
      show({ view: "log" });
    }
    details.open(call);
    opened(from);
    setTimeout(() => document.getElementById("details-title")?.focus());
  }

  function closeCall(): void {
    const row = CSS.escape(details.get()?.sid ?? "");
    details.close();
    setTimeout(() =>
      document
        .querySelector<HTMLElement>(`[data-row="${row}"] .row-open, button[data-row="${row}"]`)
        ?.focus(),
    );
  }

  const callerView: View | null = subjects.caller ? "caller" : subjects.last ? "last" : null;

  function toDial(): void {
    unfold();
    show({ pane: "call" });
    setTimeout(() => document.querySelector<HTMLElement>("#number")?.focus());
  }

  function writeNote(): void {
    const to = view === "last" || !callerView ? view : callerView;
    // The note of a call that was opened in the log is the one that is meant there.
    if (openedIn === to && to !== "log" && details.get()) details.close();
    show({ view: to, pane: "work" });
    setTimeout(() => document.getElementById("note")?.focus());
  }

  function finishNote(root: string | null): void {
    finish(root);
    if (waiting) {
      setTimeout(() => outcomeOf(waiting.root ?? "")?.focus());
      return;
    }
    if (lastEnding(state)?.kind === "ended") send({ type: "agent.closed" });
    setTimeout(() => focusOn("call-area"));
  }

  // Nobody who is asked about a customer, or waits for it, is lost by one key.
  const consults = consultation(state)?.mine ?? false;
  const hangUp = () => !consults && send({ type: "agent.hung-up", at: Date.now() });
  const mute = () => talk && send({ type: "agent.muted", muted: !talk.muted });

  useDeskKeys({
    state,
    enabled: chosen.shortcuts,
    panel: panels.open,
    send,
    mute,
    hangUp,
    show: panels.show,
    search: () => {
      if (openedIn === "log") details.close();
      show({ view: "log", pane: "work" });
    },
    toDial,
    writeNote,
    showWaiting: () => {
      if (!somebodyWaits(state.queues, config.agent.id)) return false;
      show({ view: "waiting", pane: "work" });
      setTimeout(() => document.getElementById("tab-waiting")?.focus());
      return true;
    },
    openAvailability: () => setMenu("availability"),
    openShortcuts: () => setDialog("shortcuts"),
  });

  const signedOut = state.desk.state === "ended" ? state.desk.message : null;
  if (signedOut !== null && !inCall(state)) {
    return (
      <>
        <SignedOut message={signedOut} loginUrl={config.urls.login} />
        <Announcer {...{ state, news }} />
      </>
    );
  }
  return (
    <div
      class="desk"
      data-pane={signedOut === null ? pane : "call"}
      data-call={focus?.state ?? "closed"}
      data-rail={folded}
    >
      <a class="skip" href="#call">
        {t("app.skip")}
      </a>
      <TopBar
        config={config}
        state={state}
        menu={menu}
        onMenu={setMenu}
        view={inBoard ? "board" : inSends ? "sends" : "desk"}
        onView={(next) => {
          if (next === "board") return toBoard();
          showBoard(false);
          groupSends.go(next === "sends" ? "list" : "elsewhere");
          views.show({ pane: "work" });
        }}
        onChoose={send}
        onShortcuts={() => setDialog("shortcuts")}
        onSettings={() => setDialog("settings")}
        onSignOut={(event) => {
          // Nobody is lost whose call is only supervised.
          if ((!inCall(state) || supervising) && parkedCalls(state).length === 0) return;
          event.preventDefault();
          setMenu(null);
          setDialog("sign-out");
        }}
      />
      <ReachLine
        reach={reach(state, now, microphoneLabel)}
        team={colleagues(state)}
        queues={state.queues}
        loginUrl={config.urls.login}
        send={send}
      />
      {signedOut === null && !inBoard && state.helps.length > 0 && (
        <LaterHelp {...{ screens, state, send }} onBoard={toBoard} onListen={toCall} />
      )}
      {/* What the call area would show, where another view fills the screen of a phone. */}
      <div class="minis">
        {pane === "work" && (
          <>
            {talk && facts && (
              <MiniCall
                talk={talk}
                facts={facts}
                lost={talk.state === "reconnecting"}
                unheard={state.hearing?.state === "lost"}
                heldSince={heldSince(shownCall(state))}
                onMute={mute}
                onHangUp={consults ? null : hangUp}
              />
            )}
            {supervising && <MiniSupervision supervising={supervising} onShow={toCall} onLeave={hangUp} />}
            {ring && facts && (
              <MiniRing word={t("ring.incoming")} title={facts.title} since={ring.since} onShow={toAnswer} />
            )}
            {second && (
              <MiniRing
                word={t("second.title")}
                title={callerFacts(state, second.root, second.hints).title}
                since={second.since}
                onShow={toCall}
              />
            )}
            {callBack && focus === null && (
              <MiniRing
                word={t("back.offer")}
                title={partyTitle(callBack)}
                since={byOurClock(callBack.since)}
                onShow={toAnswer}
              />
            )}
            {noteTime && !noteTime.stays && (
              <MiniWrapUp until={noteTime.until} onStay={() => send({ type: "agent.stayed-in-wrap-up" })} />
            )}
          </>
        )}
      </div>
      <main class="views">
        {/* Another view has a heading of its own, which is not there while the call fills a phone. */}
        <h1
          class={beside ? "visually-hidden call-heading" : "visually-hidden"}
          hidden={beside && pane === "work"}
        >
          {t("app.title")}
        </h1>
        <CallArea
          {...{ state, config, browser, api, levels, screens, number, line, send }}
          panel={panels.open}
          folded={folded}
          onUnfold={toDial}
          suppresses={chosen.suppressesNoise}
          onSuppress={(suppressesNoise) => {
            // Off first: after it failed, whoever presses it again wants it tried again.
            preferences.set({ suppressesNoise: false });
            preferences.set({ suppressesNoise });
          }}
          offer={isIdle(state) && <LaterOffer {...{ screens, preferences }} />}
          onNumber={setNumber}
          onLine={(next) => preferences.set({ line: next?.id ?? null })}
          onPanel={panels.show}
          onNote={writeNote}
          onCallBack={callPartyOf}
          onDial={dial}
          onCall={call}
        />
        {signedOut === null && inSends && (
          <LaterSends
            {...{ screens, groupSends, api, sendsApi, contactsApi }}
            inCall={inCall(state)}
            lines={state.lines}
            mayWrite={config.agent.role !== "agent"}
            onText={openTexts}
          />
        )}
        {signedOut === null && inBoard && (
          <LaterBoard
            {...{ screens, board, api, state, send }}
            me={config.agent.id}
            inCall={inCall(state)}
            onSupervise={toCall}
          />
        )}
        {signedOut === null && !beside && (
          <WorkArea
            {...{
              view,
              subjects,
              waiting,
              unseen,
              openedIn,
              log,
              details,
              api,
              threads,
              conversation,
              line,
              screens,
            }}
            inCall={inCall(state)}
            me={config.agent}
            onView={(next) => show({ view: next })}
            onOpen={openCall}
            onClose={closeCall}
            onDone={finishNote}
            team={colleagues(state)}
            reasons={state.awayReasons}
            queues={state.queues}
            canDial={dialable}
            onCall={callPartyOf}
            onCallColleague={state.grants.outgoing ? (hints) => call(hints) : null}
            {...{ contacts, contactsApi, contactIn: person.contactIn }}
            onContact={person.openContact}
            onContactClose={person.closeContact}
            onCallContact={callContact}
            onCallCorrespondent={callCorrespondent}
            onText={openTexts}
            onSend={groupSends.go}
          />
        )}
      </main>
      {signedOut === null && (
        <MobileNav
          pane={pane}
          {...{ callerView, unseen }}
          view={beside ? null : view}
          toRead={mine + nobody}
          waiting={countOf(state.queues)}
          onPane={(next, to) => show({ pane: next, ...(to && { view: to }) })}
        />
      )}
      <Announcer {...{ state, news }} />
      <DeskDialog
        {...{ dialog, api, config, audio, preferences, screens, state, send }}
        inCall={inCall(state)}
        webPush={props.webPush}
        shortcuts={chosen.shortcuts}
        microphoneAllowed={state.microphone === "granted"}
        onClose={() => setDialog(null)}
      />
    </div>
  );
}
