/** What this browser calls itself and where it keeps its microphone switch. */

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
      unblock: [
        "Press the crossed-out microphone sign left of the address.",
        "Remove “Blocked” beside Microphone.",
      ],
    };
  }
  if (/Edg\//.test(userAgent)) {
    return {
      name: "Edge",
      promptAt,
      unblock: ["Press the lock left of the address.", "Set Microphone to Allow."],
    };
  }
  if (/Chrome\//.test(userAgent)) {
    return {
      name: "Chrome",
      promptAt,
      unblock: ["Press the settings sign left of the address.", "Turn Microphone on."],
    };
  }
  if (/Safari\//.test(userAgent)) {
    return {
      name: "Safari",
      // Safari opens its window in the middle of the page.
      promptAt: "window",
      unblock: ["Open Safari’s menu, then Settings for this website.", "Set Microphone to Allow."],
    };
  }
  return {
    name: "your browser",
    promptAt,
    unblock: ["Open the settings of this website.", "Allow the microphone."],
  };
}
