/** Draws the whole desk for a test, which then finds things by role and name. */
import { render, screen, within } from "@testing-library/preact";
import userEvent from "@testing-library/user-event";
import { vi } from "vitest";
import { fakeContactsApi } from "../../gallery/contacts";
import { fakeSendsApi } from "../../gallery/sends";
import { config, webPush } from "../../gallery/fakes";
import { createBoard } from "../board/board";
import { browserOf } from "../browser";
import { createCallDetails } from "../callDetails/callDetails";
import { createCallLog } from "../callLog/callLog";
import { createContacts } from "../contacts/contacts";
import type { ContactsApi } from "../contacts/ports";
import { createGroupSends } from "../groupSends/groupSends";
import type { GroupSendsApi } from "../groupSends/ports";
import { App } from "../components/App";
import type { Api } from "../ports";
import { readyScreens } from "./screens";
import type { Screens } from "../screens/screens";
import type { Command, SoftphoneEvent } from "../softphone/events";
import type { State } from "../softphone/state";
import { createStore } from "../softphone/store";
import type { Board, DeskMessage, ServerMessage } from "../messages";
import { heardTime } from "../serverClock";
import { createConversation } from "../threads/conversation";
import { createNews } from "../threads/news";
import { textsPushed } from "../threads/pushes";
import { createThreadList } from "../threads/threadList";
import { fakeApi, fakeAudio, fakePreferences, silentLevels } from "./fakes";
import { NOW } from "./samples";

interface More {
  role?: "agent" | "supervisor";
  sends?: Partial<GroupSendsApi>;
  screens?: Screens;
}

/** The desk in a state, with what it asks for written down. */
export function show(
  state: State,
  api: Partial<Api> = {},
  people: Partial<ContactsApi> = {},
  more: More = {},
) {
  vi.spyOn(Date, "now").mockReturnValue(NOW + 10_000);
  const store = createStore(state);
  const asked: Command[] = [];
  store.run((command) => asked.push(command));
  const fullApi = fakeApi(api);
  const log = createCallLog(fullApi, 1);
  log.load();
  const details = createCallDetails(fullApi);
  const threads = createThreadList(fullApi, 1);
  threads.load();
  const conversation = createConversation(fullApi);
  const news = createNews();
  const preferences = fakePreferences();
  const contactsApi = { ...fakeContactsApi("full"), ...people };
  const contacts = createContacts(contactsApi);
  const sendsApi = { ...fakeSendsApi("full"), ...more.sends };
  const groupSends = createGroupSends(sendsApi);
  const boardAsked: DeskMessage[] = [];
  const board = createBoard((message) => boardAsked.push(message));
  render(
    <App
      {...{ store, log, details, contacts, threads, conversation, news, groupSends, board }}
      {...{ contactsApi, sendsApi, preferences }}
      screens={more.screens ?? readyScreens()}
      config={{ ...config, agent: { ...config.agent, role: more.role ?? config.agent.role } }}
      api={fullApi}
      audio={fakeAudio()}
      webPush={webPush}
      levels={silentLevels}
      browser={browserOf("Chrome/150")}
    />,
  );
  const send = (...events: SoftphoneEvent[]) => events.forEach((event) => store.send(event));
  /** A push about texts. */
  const text = (message: ServerMessage) =>
    textsPushed(message, { threads, conversation, news, groupSends }, store.get().calls.focus !== null);
  /** What the server says of the board. */
  const tellBoard = (told: Board) => {
    heardTime(told.now, Date.now());
    board.merge(told, Date.now());
  };
  return {
    text,
    tellBoard,
    threads,
    conversation,
    groupSends,
    board,
    boardAsked,
    user: userEvent.setup({ delay: null }),
    store,
    asked,
    send,
    log,
    details,
    contacts,
    api: fullApi,
    preferences,
  };
}

export const button = (name: string | RegExp) => screen.getByRole<HTMLButtonElement>("button", { name });
export const callArea = () => within(screen.getByRole("region", { name: "Call" }));
export const reach = () => screen.getByRole("region", { name: "Reachability" }).textContent;
