/** Draws one state of the desk: in the gallery's page, and in the test that goes through all of them. */
import { render } from "preact";
import { createBoard } from "../src/board/board";
import { browserOf } from "../src/browser";
import { createCallDetails } from "../src/callDetails/callDetails";
import { createCallLog } from "../src/callLog/callLog";
import { createContacts } from "../src/contacts/contacts";
import { createGroupSends } from "../src/groupSends/groupSends";
import { App } from "../src/components/App";
import { failingScreens, readyScreens } from "../src/testing/screens";
import { initialState } from "../src/softphone/state";
import { createStore, type Store } from "../src/softphone/store";
import { createConversation } from "../src/threads/conversation";
import { createNews } from "../src/threads/news";
import { createThreadList } from "../src/threads/threadList";
import { ada } from "./data";
import { fakeContactsApi } from "./contacts";
import { fakeSendsApi } from "./sends";
import { UNREAD } from "./texts";
import { speakIn } from "../src/i18n/catalogues";
import { audio, config, fakeApi, levels, preferences, webPush } from "./fakes";
import { type Language, setLanguage } from "../src/i18n/i18n";
import { pseudoCatalogue } from "../src/testing/pseudo";
import { inTurn } from "./acts";
import type { Exhibit } from "./exhibit";
import { heardTime } from "../src/serverClock";

/** `xx` is no language: it shows what has not been translated, and what has no room for longer words. */
export type GalleryLanguage = Language | "xx";

export function speak(language: GalleryLanguage): void {
  document.documentElement.lang = language === "xx" ? "en" : language;
  if (language === "xx") setLanguage("en", pseudoCatalogue);
  else speakIn(language);
}

export function draw(exhibit: Exhibit, mount: Element, userAgent = navigator.userAgent): Store {
  exhibit.before?.();
  const store = createStore(initialState(ada));
  const api = fakeApi(exhibit.log ?? "full", exhibit.details, exhibit.texts);
  const log = createCallLog(api, ada.id);
  const details = createCallDetails(api);
  const contactsApi = fakeContactsApi(exhibit.contacts ?? "full");
  const contacts = createContacts(contactsApi);
  const sendsApi = fakeSendsApi(exhibit.sends ?? "full");
  const groupSends = createGroupSends(sendsApi);
  const board = createBoard(() => {});
  if (exhibit.board) {
    board.open();
    board.connected();
    heardTime(exhibit.board.now, Date.now());
    board.merge(exhibit.board, Date.now());
    if (exhibit.boardIsOld) board.lost();
  }
  const threads = createThreadList(api, ada.id);
  const conversation = createConversation(api);
  const news = createNews();
  const screens = exhibit.screens ? failingScreens(exhibit.screens) : readyScreens();
  const browser = browserOf(userAgent);
  const desk = { ...config, agent: { ...config.agent, role: exhibit.role ?? config.agent.role } };
  const ports = { api, contactsApi, sendsApi, audio, levels, preferences, webPush, browser };
  render(
    <App
      {...{
        store,
        log,
        details,
        contacts,
        threads,
        conversation,
        groupSends,
        board,
        news,
        screens,
        ...ports,
      }}
      config={desk}
    />,
    mount,
  );
  log.load();
  threads.load();
  threads.recount(UNREAD);
  exhibit.events.forEach((event) => store.send(event));
  if (exhibit.act) setTimeout(inTurn(exhibit.act), 50);
  return store;
}
