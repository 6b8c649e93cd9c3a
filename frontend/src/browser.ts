/** What this browser calls itself and where it keeps its microphone switch. */
import { t } from "./i18n/i18n";

export interface Browser {
  name: string;
  promptAt: "top left" | "window";
  unblock: string[];
}

export function browserOf(userAgent: string): Browser {
  const phone = /Android|iPhone|iPad/.test(userAgent);
  const promptAt = phone ? "window" : "top left";
  if (/Firefox\//.test(userAgent)) {
    return {
      name: "Firefox",
      promptAt,
      unblock: [t("browser.firefox1"), t("browser.firefox2")],
    };
  }
  if (/Edg\//.test(userAgent)) {
    return {
      name: "Edge",
      promptAt,
      unblock: [t("browser.edge1"), t("browser.edge2")],
    };
  }
  if (/Chrome\//.test(userAgent)) {
    return {
      name: "Chrome",
      promptAt,
      unblock: [t("browser.chrome1"), t("browser.chrome2")],
    };
  }
  if (/Safari\//.test(userAgent)) {
    return {
      name: "Safari",
      // Safari opens its window in the middle of the page.
      promptAt: "window",
      unblock: [t("browser.safari1"), t("browser.safari2")],
    };
  }
  return {
    name: t("browser.yours"),
    promptAt,
    unblock: [t("browser.other1"), t("browser.other2")],
  };
}
