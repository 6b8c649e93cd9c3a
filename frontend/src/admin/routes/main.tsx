import { render } from "preact";

import { Editor, type EditorData } from "./Editor";
import "./editor.css";
import "./steps.css";
import "./drawing.css";
import { saver } from "./saving";

const place = document.getElementById("route-editor");
const data = document.getElementById("route-editor-data");
if (place && data?.textContent) {
  const read = JSON.parse(data.textContent) as EditorData;
  const csrf = place.dataset["csrf"] ?? "";
  render(
    <Editor
      data={read}
      csrf={csrf}
      save={saver(csrf, read.words)}
      onCreated={(address, hasMore) => {
        // The next save is one of that route, and then its page comes.
        if (hasMore) window.history.replaceState(null, "", address);
        else setTimeout(() => window.location.replace(address), 0);
      }}
    />,
    place,
  );
}
