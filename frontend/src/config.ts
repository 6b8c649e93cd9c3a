/** The page's configuration, rendered by Django as JSON: docs/desk-protocol.md. */
import type { Worded } from "./i18n/messages";
import type { Agent } from "./messages";
import type { NoiseFiles } from "./noise/ports";
import type { ScreenName } from "./screens/screens";

type SoundName =
  "incoming" | "outgoing" | "disconnect" | `dtmf${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | "s" | "h"}`;

export interface PhoneConfig {
  signallingHost: string | null;
  signallingInsecure: boolean;
  publishEvents: boolean;
  edge: string;
  tokenRefreshSeconds: number;
}

export interface Config {
  agent: Agent & { initials: string; username: string; role: "agent" | "supervisor" | "admin" };
  csrfToken: string;
  /** "en" or "de"; English when there is none, or one that the desk does not speak. */
  language?: string;
  /** What the agent chose; "": what the browser asks for. */
  languageChosen: string;
  languages: { code: string; name: string }[];
  urls: {
    token: string;
    calls: string;
    checkNumber: string;
    colleagues: string;
    outgoingOverrides: string;
    contacts: string;
    groups: string;
    groupSends: string;
    threads: string;
    messages: string;
    readyTexts: string;
    me: string;
    /** With 0 in the place of an agent's id. */
    presence: string;
    takeCaller: string;
    assignCaller: string;
    declineCallBack: string;
    cancelCallBack: string;
    socket: string;
    alarms: string;
    /** The words of the page's language, and the screens that are loaded later: modules. */
    words: string;
    screens: Record<ScreenName, string>;
    /** Of some of them, their words. */
    screenWords: Record<Worded, string>;
    /** Of some of them, their style. */
    screenStyles: Partial<Record<ScreenName, string>>;
    /** What suppresses noise: loaded when it is first switched on. */
    noise: NoiseFiles & { module: string };
    webPush: string;
    serviceWorker: string;
    login: string;
    logout: string;
    admin: string | null;
  };
  phone: PhoneConfig;
  /** The server's public key at push services; "": no browser is woken. */
  webPushKey: string;
  sounds: Record<SoundName, string>;
  homeRegion: string;
  homeRegionName: string;
  simulator: boolean;
  simulatorUrl: string | null;
}

export function readConfig(): Config | null {
  const element = document.getElementById("ringdesk-config");
  return element?.textContent ? (JSON.parse(element.textContent) as Config) : null;
}
