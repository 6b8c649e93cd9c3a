/** Draws one exhibit: /?state=20-incoming&theme=dark. Without a state it lists them all. */
import "../src/styles/desk.css";
import { render } from "preact";
import { applyTheme, type Theme } from "../src/adapters/preferences";
import { browserOf } from "../src/browser";
import { createCallDetails } from "../src/callDetails/callDetails";
import { createCallLog } from "../src/callLog/callLog";
import { App } from "../src/components/App";
import { initialState } from "../src/softphone/state";
import { createStore } from "../src/softphone/store";
import { ada } from "./data";
import { audio, config, fakeApi, levels, preferences } from "./fakes";
import { EXHIBITS } from "./states";

const query = new URLSearchParams(location.search);
const mount = document.getElementById("desk");
const exhibit = EXHIBITS[query.get("state") ?? ""];
applyTheme((query.get("theme") ?? "light") as Theme);

if (mount && exhibit) {
  exhibit.before?.();
  const store = createStore(initialState(ada));
  const api = fakeApi(exhibit.log ?? "full", exhibit.details);
  const log = createCallLog(api, ada.id);
  const details = createCallDetails(api);
  const browser = browserOf(navigator.userAgent);
  render(<App {...{ store, log, details, config, api, audio, levels, preferences, browser }} />, mount);
  log.load();
  exhibit.events.forEach((event) => store.send(event));
  setTimeout(() => exhibit.act?.(), 50);
} else if (mount) {
  render(
    <ul id="exhibits">
      {Object.keys(EXHIBITS).map((name) => (
        <li key={name}>
          <a href={`?state=${name}`}>{name}</a>
        </li>
      ))}
    </ul>,
    mount,
  );
}
