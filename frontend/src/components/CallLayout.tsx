/** The call area's four bands. Their heights are fixed: states change what is in them, never their edges. */
import type { ComponentChildren } from "preact";

type LayoutTone = "idle" | "rest" | "ringing" | "call" | "stop" | "hold";

interface Props {
  tone: LayoutTone;
  identity: ComponentChildren;
  notice?: ComponentChildren;
  noticeTone?: "hold" | undefined;
  bar: ComponentChildren;
  children?: ComponentChildren;
}

export function CallLayout({ tone, identity, notice, noticeTone, bar, children }: Props) {
  return (
    <>
      <div class={`identity identity-${tone}`}>{identity}</div>
      {notice !== undefined && (
        <div class={noticeTone ? `notice notice-${noticeTone}` : "notice"}>{notice}</div>
      )}
      <div class="stage">{children}</div>
      <div class="bar">{bar}</div>
    </>
  );
}
