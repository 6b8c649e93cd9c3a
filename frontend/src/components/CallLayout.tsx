/** The call area's four bands. Their heights are fixed: states change what is in them, never their edges. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

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
      <Stage>{children}</Stage>
      <div class="bar">{bar}</div>
    </>
  );
}

/** What is too tall for it is scrolled by keyboard, too: not every browser stops at what scrolls by itself. */
function Stage({ children }: Pick<Props, "children">) {
  const ref = useRef<HTMLDivElement>(null);
  const [scrolls, setScrolls] = useState(false);
  // After every drawing, for what is in it changes with each state.
  useEffect(() => {
    const stage = ref.current;
    if (stage) setScrolls(stage.scrollHeight > stage.clientHeight);
  });
  return (
    <div class="stage" ref={ref} tabIndex={scrolls ? 0 : undefined}>
      {children}
    </div>
  );
}
