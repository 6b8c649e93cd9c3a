/** Puts the desk together: reads the page's configuration, wires ports to the machine, draws. */
import "./styles/desk.css";
import { render } from "preact";
import { startAlarms } from "./adapters/alarms";
import { createApi } from "./adapters/api";
import { createContactsApi } from "./adapters/contactsApi";
import { createGroupSendsApi } from "./adapters/groupSendsApi";
import { createAudioDevices } from "./adapters/audioDevices";
import { watchCutOff } from "./adapters/cutOff";
import { watchDeadlines } from "./adapters/deadlines";
import { createDesk } from "./adapters/desk";
import { createLeader } from "./adapters/leader";
import { createMicrophone } from "./adapters/microphone";
import { applyTheme, createPreferences } from "./adapters/preferences";
import { loadAheadWhenIdle, loadWords, noiseLoader, screenLoader } from "./adapters/screenFiles";
import { watchWoken } from "./adapters/woken";
import { watchSupervised } from "./adapters/supervised";
import { watchSound } from "./adapters/sound";
import { createTones } from "./adapters/tones";
import { TwilioPhone } from "./adapters/twilioPhone";
import { createWebPush } from "./adapters/webPush";
import { createBoard } from "./board/board";
import { browserOf } from "./browser";
import { createCallDetails } from "./callDetails/callDetails";
import { createCallLog } from "./callLog/callLog";
import { createContacts } from "./contacts/contacts";
import { App } from "./components/App";
import { type Config, readConfig } from "./config";
import { createGroupSends } from "./groupSends/groupSends";
import { languageOf, setLanguage } from "./i18n/i18n";
import type { PageWords } from "./i18n/messages";
import { showPageSignals } from "./pageSignals";
import { createQualityKeeper } from "./quality/keeper";
import { createScreens } from "./screens/screens";
import { commandRunner } from "./softphone/commands";
import { inCall, initialState, isSupervising } from "./softphone/state";
import { createStore } from "./softphone/store";
import { createConversation } from "./threads/conversation";
import { createNews } from "./threads/news";
import { textsPushed } from "./threads/pushes";
import { createThreadList } from "./threads/threadList";

async function start(config: Config, mount: HTMLElement): Promise<void> {
  const language = languageOf(config.language);
  const words = await loadWords<Record<string, PageWords>>(config.urls.words);
  setLanguage(language, words[language] as PageWords);
  document.documentElement.lang = language;
  startAlarms(config.urls.alarms);
  const preferences = createPreferences(storage());
  applyTheme(preferences.get().theme);
  preferences.subscribe(() => applyTheme(preferences.get().theme));

  const { id, identity, name } = config.agent;
  const store = createStore(initialState({ id, identity, name }));
  const { send } = store;
  const api = createApi(config);
  watchCutOff(store, api, storage());
  watchSupervised(store, storage("sessionStorage"));
  const details = createCallDetails(api);
  const quality = createQualityKeeper(id, storage(), api.keepQuality, details.measured);
  const phone = new TwilioPhone(
    config,
    api,
    preferences,
    send,
    noiseLoader(config.urls.noise.module),
    quality,
    () => isSupervising(store.get().calls.focus),
  );
  const log = createCallLog(api, id);
  const contactsApi = createContactsApi(config);
  const contacts = createContacts(contactsApi);
  const sendsApi = createGroupSendsApi(config);
  const groupSends = createGroupSends(sendsApi);
  const threads = createThreadList(api, id);
  const conversation = createConversation(api);
  const news = createNews();
  const screens = createScreens(
    screenLoader(config.urls.screens, {
      language,
      words: config.urls.screenWords,
      styles: config.urls.screenStyles,
    }),
  );
  const webPush = createWebPush(config, preferences, storage());
  const board = createBoard((message) => desk.send(message));
  const desk = createDesk(socketUrl(config.urls.socket), (event) => {
    send(event);
    if (event.type === "desk.lost") board.lost();
    if (event.type !== "desk.message") return;
    const { message } = event;
    if (message.type === "log.changed" || message.type === "call.ended") {
      log.merge(message.call);
      details.merge(message.call);
      contacts.merged(message.call);
    }
    // A call stands in the log from its beginning.
    if (message.type === "call.incoming" || message.type === "call.status") log.merge(message.live.call);
    if (message.type === "board.changed") board.merge(message.board, event.at);
    if (message.type === "session.ended") {
      void webPush.leave();
      board.clear();
      log.clear();
      details.clear();
      contacts.clear();
    }
    // Pushes may have been missed before it.
    if (message.type === "desk.snapshot") {
      log.refresh();
      board.connected();
    }
    textsPushed(message, { threads, conversation, news, groupSends }, store.get().calls.focus !== null);
  });
  store.run(
    commandRunner(
      {
        phone,
        desk,
        api,
        tones: createTones(preferences),
        microphone: createMicrophone(send),
        leader: createLeader(id, send, () => store.get().calls.focus !== null),
      },
      send,
    ),
  );

  const audio = createAudioDevices(config, preferences, phone);
  render(
    <App
      {...{ store, log, details, contacts, threads, conversation, news, groupSends, board, screens }}
      {...{ config, api, contactsApi, sendsApi, audio, preferences }}
      webPush={webPush}
      levels={phone}
      browser={browserOf(navigator.userAgent)}
    />,
    mount,
  );
  watchDeadlines(store);
  showPageSignals(store, preferences);
  watchWoken(send);
  void webPush.state();
  watchSound(send);
  // A call, a note that is not saved and a text that is not sent are worth a question before the page is left. The SDK's own (`closeProtection`)
  // knows of calls alone, and stays off.
  addEventListener("beforeunload", (event) => {
    const unsaved =
      details.hasUnsaved() || contacts.isUnsaved() || contacts.notes.hasUnsaved() || conversation.hasUnsent();
    // Whose call is supervised is not lost.
    const isLost = inCall(store.get()) && store.get().calls.focus?.state !== "supervising";
    if (unsaved || groupSends.hasUnsaved() || isLost) event.preventDefault();
  });
  log.load();
  threads.load();
  send({ type: "started" });
  loadAheadWhenIdle(screens);
  if (config.simulator) exposeForMeasuring(phone);
}

/** Lets browser tests measure what is heard. With the simulator only, and nothing can be changed through it. */
function exposeForMeasuring(phone: TwilioPhone): void {
  const hook = Object.freeze({ remoteStream: () => phone.calls.active?.getRemoteStream() ?? null });
  Object.defineProperty(globalThis, "ringdesk", { value: hook });
}

function socketUrl(path: string): string {
  const url = new URL(path, location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

function storage(which: "localStorage" | "sessionStorage" = "localStorage"): Storage | null {
  try {
    return globalThis[which];
  } catch {
    return null;
  }
}

const config = readConfig();
const mount = document.getElementById("desk");
if (config && mount) void start(config, mount);
