/** An open thread: who it is with, what was written and said, and the field to write in. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { initials } from "../format";
import { isolated } from "../names";
import type { Presence } from "../messages";
import type { Conversation } from "../threads/conversation";
import { closedOf } from "../threads/conversation";
import { assigneeOf } from "../threads/threadWords";
import { titleOf } from "../threads/words";
import { ClosedThread } from "./ClosedThread";
import { Composer } from "./Composer";
import { Icon } from "./Icon";
import { Menu } from "./Menu";
import type { MessagesProps } from "./Messages";
import { ThreadEntries } from "./ThreadEntries";
import { t } from "../i18n/i18n";

interface Props extends MessagesProps {
  open: Conversation;
  onBack(): void;
}

export function ThreadView(props: Props) {
  const { open, conversation, me, canDial, onCall, onBack } = props;
  const title = titleOf(open);
  const closed = closedOf(open);
  const root = useRef<HTMLElement>(null);

  useLayoutEffect(() => {
    if (conversation.isFresh()) document.getElementById("thread-title")?.focus();
  });

  // What is seen is read; a tab in the background is not.
  useEffect(() => {
    const look = () => {
      const shown = root.current?.checkVisibility?.() ?? true;
      conversation.look(shown && document.visibilityState === "visible");
    };
    look();
    document.addEventListener("visibilitychange", look);
    const resized = new ResizeObserver(look);
    if (root.current) resized.observe(root.current);
    return () => {
      resized.disconnect();
      document.removeEventListener("visibilitychange", look);
      conversation.look(false);
    };
  }, [conversation]);

  return (
    <section class="thread" aria-labelledby="thread-title" ref={root}>
      <div class="thread-head">
        <button type="button" class="icon-button thread-back" aria-label={t("threads.back")} onClick={onBack}>
          <span class="turned">
            <Icon name="chevron-down" />
          </span>
        </button>
        <span class="contact-disc thread-disc" aria-hidden="true">
          {(open.contact && initials(open.contact.name)) || <Icon name="person" />}
        </span>
        <div class="thread-who">
          <h2 id="thread-title" tabIndex={-1} title={title}>
            {title}
          </h2>
          <p>
            {[
              open.contact ? isolated(open.display) : "",
              t("threads.from", { line: `${open.line.name} ${open.line.display}` }),
            ]
              .filter(Boolean)
              .join(" · ")}
          </p>
        </div>
        {open.thread && <Assign {...props} />}
        <button
          type="button"
          class="plain-button thread-call"
          disabled={!canDial || !open.number.startsWith("+")}
          aria-label={t("log.call", { name: title })}
          onClick={() => onCall(open)}
        >
          <Icon name="phone" /> <span>{t("common.call")}</span>
        </button>
      </div>
      <ThreadEntries open={open} {...{ conversation, me }} onSend={props.onSend} />
      {closed ? <ClosedThread {...props} why={closed} /> : <Composer {...props} />}
    </section>
  );
}

/** Whose thread it is. */
function Assign({ open, conversation, me, team }: Props) {
  const [isOpen, setOpen] = useState(false);
  const owner = open.thread?.assigned_to ?? null;
  const agents = [me, ...team.map((each: Presence) => each.agent)];
  const choices = [null, ...(owner && !agents.some(({ id }) => id === owner.id) ? [owner] : []), ...agents];
  const name = assigneeOf(owner, -1);
  return (
    <Menu
      label={t("threads.whose", { name: owner ? `${name}, ${initials(owner.name)}` : name })}
      buttonClass="plain-button thread-assign"
      focusId="assign"
      open={isOpen}
      onOpen={setOpen}
      face={
        <>
          <Icon name="person" size={18} /> <span class="assign-name">{name}</span>
          {owner && (
            <span class="assign-initials" aria-hidden="true">
              {initials(owner.name)}
            </span>
          )}{" "}
          <Icon name="chevron-down" size={16} />
        </>
      }
    >
      {choices.map((agent) => {
        const chosen = (agent?.id ?? null) === (owner?.id ?? null);
        return (
          <button
            type="button"
            key={agent?.id ?? 0}
            role="menuitemradio"
            aria-checked={chosen}
            tabIndex={-1}
            onClick={() => void conversation.assign(agent?.id ?? null)}
          >
            <span>{assigneeOf(agent, me.id)}</span>
            {chosen && <Icon name="check" size={18} />}
          </button>
        );
      })}
    </Menu>
  );
}
