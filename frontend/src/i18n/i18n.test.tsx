import { render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { clock, dayName, spokenMinutes } from "../format";
import { en as board } from "./board/en";
import { en as contacts } from "./contacts/en";
import { de, en, speakIn } from "./catalogues";
import { afterColon, languageOf, t } from "./i18n";
import { type Key, type Message, WORDED } from "./messages";
import { rich } from "./rich";
import { en as messages } from "./messages/en";
import { en as sends } from "./sends/en";
import { en as settings } from "./settings/en";

const LATER = { board, contacts, messages, sends, settings };

const forms = (message: Message): string[] =>
  typeof message === "string" ? [message] : [message.one, message.other];
/** What both languages must have alike. */
const shape = (message: Message) =>
  [
    typeof message,
    ...new Set(forms(message).flatMap((form) => form.match(/\{\w+\}/g) ?? [])),
    forms(message).join("").split("**").length,
  ]
    .toSorted()
    .join();

afterEach(() => speakIn("en"));

describe("German", () => {
  it("has every message, and none besides", () => {
    expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
  });

  it("fills in, counts and sets in bold what English does", () => {
    const differs = Object.entries<Message>(en).filter(([key, source]) => {
      const translated = de[key as Key];
      return shape(translated) !== shape(source) || forms(translated).some((form) => form.trim() === "");
    });
    expect(differs.map(([key]) => key)).toEqual([]);
  });

  it("is set as German is: its quotation marks, a space before three dots, no straight marks", () => {
    const texts = Object.values(de).flatMap(forms);
    expect(texts.filter((text) => /[“”](?!\s|$|[^„]*$)|["']/.test(text))).toEqual([]);
    expect(texts.filter((text) => /\S…/.test(text))).toEqual([]);
    expect(texts.filter((text) => text.includes("„") !== text.includes("“"))).toEqual([]);
  });

  it("speaks to people formally", () => {
    const familiar = /\b(du|dich|dir|dein\w*|euch|euer|eure\w*)\b/i;
    expect(
      Object.values(de)
        .flatMap(forms)
        .filter((text) => familiar.test(text)),
    ).toEqual([]);
  });
});

/** What is drawn and said, without tests and without the catalogues. */
const sources = Object.entries(
  import.meta.glob<string>("../**/*.{ts,tsx}", { eager: true, query: "?raw", import: "default" }),
).filter(([path]) => !/\.test\.|testing\/|\/(en|de)\.ts$/.test(path));

describe("the sources", () => {
  it("use every message", () => {
    const code = sources.map(([, text]) => text).join("\n");
    const computed = [...code.matchAll(/`([a-z][\w.-]*)\$\{[^`]*?\}([\w.-]*)`/gi)].map(
      ([, before = "", behind = ""]) => new RegExp(`^${before}[\\w-]+${behind}$`.replaceAll(".", "\\.")),
    );
    const unused = Object.keys(en).filter(
      (key) => !code.includes(`"${key}"`) && !computed.some((pattern) => pattern.test(key)),
    );
    expect(unused).toEqual([]);
  });

  it("say nothing of a screen's own words before it is loaded", () => {
    const places = {
      board: /components\/board\/|softphone\/supervising/,
      contacts: /components\/contact\/|\/contacts\//,
      messages: /components\/(Messages|Thread\w+|ClosedThread|Bubble|Composer)\.tsx|threads\/threadWords/,
      sends: /components\/sends\/|groupSends\//,
      settings:
        /components\/(CallDetails|NotificationOffer|SettingsDialog|ShortcutsDialog|SignOutDialog|Waiting|WakeSetting)\.tsx/,
    };
    const strays = WORDED.flatMap((screen) =>
      sources.flatMap(([path, text]) =>
        Object.keys(LATER[screen]).some((key) => text.includes(`("${key}"`)) && !places[screen].test(path)
          ? path
          : [],
      ),
    );
    expect(strays).toEqual([]);
  });

  it("have no words of their own, in states that no picture shows neither", () => {
    const literal = /(?<!=)>\s*([^<>{}=;()&|,][^<>{}=;()&|]*\p{L}{3,}[^<>{}=;()&|]*?)\s*<\/?[a-z]/giu;
    const attribute =
      /\b(?:aria-label|aria-valuetext|title|placeholder|label|alt|text|word)="([^"]*\p{L}{3,}[^"]*)"/gu;
    const found = sources
      .filter(([path]) => path.endsWith(".tsx"))
      .flatMap(([path, text]) =>
        [...text.matchAll(literal), ...text.matchAll(attribute)].map(([, words]) => `${path}: ${words}`),
      );
    expect(found).toEqual([expect.stringContaining(": Ringdesk"), expect.stringContaining(": Ringdesk")]);
  });
});

describe("a text", () => {
  it("is that of the page's language, with what is filled in", () => {
    expect(t("ended.took", { name: "Grace" })).toBe("Grace took the call.");
    speakIn("de");
    expect(t("ended.took", { name: "Grace" })).toBe("Grace hat den Anruf angenommen.");
  });

  it("counts as the language does, and writes numbers as it does", () => {
    expect([1, 2].map((count) => t("team.free", { count }))).toEqual([
      "1 colleague available",
      "2 colleagues available",
    ]);
    speakIn("de");
    expect([1, 1200].map((count) => t("log.found", { count }))).toEqual([
      "1 Anruf gefunden.",
      "1.200 Anrufe gefunden.",
    ]);
    expect(t("message.speed", { speed: 1.5 })).toBe("Tempo: 1,5-fach");
    expect(spokenMinutes(61)).toBe("1 Minute 1 Sekunde");
  });

  it("never takes what is filled in for something to be filled in", () => {
    expect(t("ended.orphanProblem", { name: "{problem}", problem: "Down." })).toBe(
      "Your call with {problem} could not be ended. Down.",
    );
  });

  it("can hold elements, and bold words", () => {
    render(
      <>
        <p>{rich("signOut.text", { name: <bdi>Maya</bdi> })}</p>
        <p>{rich("cue.chooseAllow")}</p>
      </>,
    );
    expect(screen.getByText("Maya").tagName).toBe("BDI");
    expect(screen.getByText("Allow").tagName).toBe("STRONG");
    expect(document.body.textContent).toBe(
      "Maya is on the line. Signing out ends the call.Choose Allow there. It asks once.",
    );
  });

  it("goes on after a colon as the language does", () => {
    expect(afterColon("You were signed out.")).toBe("you were signed out.");
    speakIn("de");
    expect(afterColon("Sie wurden abgemeldet.")).toBe("Sie wurden abgemeldet.");
  });
});

describe("a time", () => {
  const time = "2026-11-23T09:05:00";
  beforeEach(() => {
    vi.spyOn(navigator, "languages", "get").mockReturnValue(["fr-FR", "en-GB"]);
  });

  it("is written as people of the page's language write it, where they are", () => {
    speakIn("en");
    expect(clock(time)).toBe("9:05");
    expect(dayName(time, Date.parse("2026-11-30T09:00:00"))).toBe("Monday 23 November");
    speakIn("de");
    expect(dayName(time, Date.parse("2026-11-30T09:00:00"))).toBe("Montag, 23. November");
    expect(dayName(time, Date.parse("2026-11-24T09:00:00"))).toBe("Gestern");
  });
});

describe("the page's language", () => {
  it.each([
    ["de", "de"],
    ["en", "en"],
    ["fr", "en"],
    [undefined, "en"],
    ["toString", "en"],
  ])("%s is spoken as %s", (code, language) => {
    expect(languageOf(code)).toBe(language);
  });
});
