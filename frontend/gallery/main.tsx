/** Draws one exhibit: /?state=20-incoming&theme=dark&language=de. Without a state it lists them all. */
import "../src/styles/desk.css";
import { render } from "preact";
import { applyTheme, type Theme } from "../src/adapters/preferences";
import { draw, type GalleryLanguage, speak } from "./draw";
import { EXHIBITS } from "./states";

const query = new URLSearchParams(location.search);
const mount = document.getElementById("desk");
const exhibit = EXHIBITS[query.get("state") ?? ""];
speak((query.get("language") ?? "en") as GalleryLanguage);
applyTheme((query.get("theme") ?? "light") as Theme);

if (mount && exhibit) draw(exhibit, mount);
else if (mount) {
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
