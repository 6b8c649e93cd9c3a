/** What is said of threads, and of the texts and calls in them. */
import { minutes } from "../format";
import { afterColon, t } from "../i18n/i18n";
import type { Agent, Call, Text, TextFile, Thread } from "../messages";
import { firstName, isolated } from "../names";
import { talkSeconds, type Tone } from "../words";

interface Preview {
  text: string;
  tone: Tone | "hold";
}

/** What the list says of a thread in one line. */
export function previewOf({ last, closed }: Thread, me: number): Preview {
  if (closed === "stopped" || closed === "objected") return { text: t(`threads.${closed}`), tone: "hold" };
  // What went to a group moves no thread up, and is the last text of none.
  if (!last) return { text: t("threads.onlyGroups"), tone: "plain" };
  if (last.state === "failed") {
    const text = last.problem
      ? t("threads.notDeliveredBecause", { problem: afterColon(last.problem) })
      : t("threads.notDelivered");
    return { text, tone: "stop" };
  }
  if (last.state === "unknown") return { text: t("threads.notKnown"), tone: "hold" };
  const said = last.body || (last.media[0] ? fileWord(last.media[0]) : "");
  if (last.direction === "inbound") return { text: said, tone: "plain" };
  const name = last.by?.id === me ? t("threads.you") : firstName(last.by?.name ?? "") || t("threads.itself");
  return { text: t("threads.said", { name, text: said }), tone: "plain" };
}

/** "photo", "sound", "file": what kind of file it is. */
export function fileWord({ content_type }: Pick<TextFile, "content_type">): string {
  const [kind] = content_type.split("/");
  if (kind === "image") return t("threads.photo");
  if (kind === "audio") return t("threads.sound");
  return kind === "video" ? t("threads.film") : t("threads.file");
}

export function sizeWord(bytes: number): string {
  const kilobytes = Math.max(1, Math.round(bytes / 1000));
  if (kilobytes < 1000) return t("threads.kilobytes", { size: kilobytes });
  return t("threads.megabytes", { size: Math.round(kilobytes / 100) / 10 });
}

/** Who of us wrote it. */
export function writerOf({ by, origin }: Text, me: number): string {
  if (by) return by.id === me ? t("threads.you") : firstName(by.name);
  if (origin === "rule") return t("threads.byRule");
  return origin === "group" ? t("threads.toGroup") : t("threads.itself");
}

/** How far it has come; "" for what came in. */
export function stateWord({ state }: Text): string {
  return state === "received" ? "" : t(`text.${state}`);
}

/** "Maya called, answered by Ama, 6:03". */
export function callSentence(call: Call, name: string): string {
  const who = firstName(call.agent?.name ?? "");
  const talked = talkSeconds(call);
  const length = talked ? minutes(talked) : "";
  const parts = (sentence: string) => [sentence, length].filter(Boolean).join(", ");
  if (!call.incoming) {
    const called = who ? t("threads.agentCalled", { name: who }) : t("threads.weCalled");
    return call.result === "reached" ? parts(called) : `${called}, ${t(`past.${call.result || "now"}`)}`;
  }
  if (call.result === "answered") {
    return parts(
      who ? t("threads.calledAnsweredBy", { name, agent: who }) : t("threads.calledAnswered", { name }),
    );
  }
  if (call.result === "voicemail") return t("threads.calledVoicemail", { name });
  return t("threads.calledMissed", { name });
}

export function assigneeOf(agent: Pick<Agent, "id" | "name"> | null, me: number): string {
  if (!agent) return t("threads.noOwner");
  return agent.id === me ? t("threads.me", { name: isolated(agent.name) }) : isolated(agent.name);
}
