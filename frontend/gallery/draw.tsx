/** Draws one state of the desk: in the gallery's page, and in the test that goes through all of them. */
import { render } from "preact";
import { browserOf } from "../src/browser";
import { createCallDetails } from "../src/callDetails/callDetails";
import { createCallLog } from "../src/callLog/callLog";
import { App } from "../src/components/App";
import { initialState } from "../src/softphone/state";
import { createStore } from "../src/softphone/store";
import { ada } from "./data";
import { audio, config, fakeApi, levels, preferences } from "./fakes";
import type { Exhibit } from "./states";

export function draw(exhibit: Exhibit, mount: Element, userAgent = navigator.userAgent): void {
  exhibit.before?.();
  const store = createStore(initialState(ada));
  const api = fakeApi(exhibit.log ?? "full", exhibit.details);
  const log = createCallLog(api, ada.id);
  const details = createCallDetails(api);
  const browser = browserOf(userAgent);
  render(<App {...{ store, log, details, config, api, audio, levels, preferences, browser }} />, mount);
  log.load();
  exhibit.events.forEach((event) => store.send(event));
  setTimeout(() => exhibit.act?.(), 50);
}
