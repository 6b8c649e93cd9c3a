/** Who is to take the call: found by name or number, with what each does now, and why somebody cannot. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Api } from "../ports";
import type { CallAct } from "../softphone/control";
import type { Line } from "../messages";
import { isolated } from "../names";
import { Icon } from "./Icon";
import { PresenceDot } from "./PresenceDot";
import { focusOn } from "./useFocusRules";
import { type TransferTarget, useTransferTargets } from "./useTransferTargets";
import { t } from "../i18n/i18n";

interface Props {
  api: Api;
  /** Of the call. */
  sid: string;
  line: Line | null;
  name: string;
  muted: boolean;
  /** Something has been asked for, and is not done yet. */
  waits: boolean;
  /** What changes when somebody is something else now: the list is read anew. */
  news: unknown;
  onMute(): void;
  onAct(act: CallAct): void;
  onClose(): void;
}

export function TransferPanel(props: Props) {
  const { name, waits, onAct } = props;
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState("");
  const { targets, problem, settled, again } = useTransferTargets(props, text);
  const target = targets.find((each) => idOf(each) === chosen) ?? targets.find((each) => !each.problem);
  const usable = settled && !waits && target !== undefined && !target.problem;
  const isTeam = target !== undefined && "team" in target.to;
  const mayTalk = usable && !isTeam;

  function move(step: number): void {
    const at = target ? targets.indexOf(target) : -1;
    const next = targets[(at + step + targets.length) % targets.length];
    if (next) setChosen(idOf(next));
  }

  function choose(): void {
    if (usable) focusOn(mayTalk ? "talk-first" : "send-now");
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(target ? -1 : 0);
    // It chooses; the second one, on the button, acts.
    else if (event.key === "Enter") choose();
    else if (event.key === "Escape") props.onClose();
    else return;
    event.preventDefault();
  }

  return (
    <section class="panel transfer" id="transfer" aria-labelledby="transfer-title">
      <div class="panel-head">
        <h3 id="transfer-title">{t("transfer.title", { name })}</h3>
        <button
          type="button"
          class="icon-button panel-mute"
          aria-label={t("call.muteName")}
          aria-pressed={props.muted}
          onClick={props.onMute}
        >
          <Icon name={props.muted ? "mic-off" : "mic"} size={18} />
        </button>
        <button type="button" class="icon-button" aria-label={t("transfer.close")} onClick={props.onClose}>
          <Icon name="close" size={18} />
        </button>
      </div>
      <div class="transfer-search">
        <Icon name="search" size={18} />
        <input
          type="text"
          role="combobox"
          autoComplete="off"
          spellcheck={false}
          placeholder={t("transfer.search")}
          aria-label={t("transfer.search")}
          aria-expanded={targets.length > 0}
          aria-controls="transfer-targets"
          aria-activedescendant={target ? idOf(target) : undefined}
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setChosen("");
          }}
          onKeyDown={onKeyDown}
          data-focus="transfer-search"
        />
      </div>
      {problem ? (
        <p role="alert" class="small transfer-none">
          {problem}{" "}
          <button type="button" class="text-button" onClick={again}>
            {t("common.tryAgain")}
          </button>
        </p>
      ) : settled && targets.length === 0 ? (
        <p class="small transfer-none">{t("found.nobody", { text: text.trim() })}</p>
      ) : null}
      <Targets targets={targets} target={target} onChoose={(each) => setChosen(idOf(each))} />
      <p class="visually-hidden" role="status">
        {settled && text.trim() ? t("transfer.found", { count: targets.length }) : ""}
      </p>
      {isTeam && (
        <p class="small quiet" id="transfer-team">
          {t("transfer.teamAtOnce", { name: isolated(target.name) })}
        </p>
      )}
      <div class="panel-acts">
        {/* Never `disabled`: focus on it would be lost. */}
        <button
          type="button"
          class="button-accent"
          aria-disabled={!mayTalk}
          aria-describedby={isTeam ? "transfer-team" : undefined}
          onClick={() => mayTalk && onAct({ do: "transfer", to: target.to, mode: "warm" })}
          data-focus="talk-first"
        >
          {t("transfer.talkFirst")}
        </button>
        <button
          type="button"
          class="button-plain"
          aria-disabled={!usable}
          onClick={() => usable && onAct({ do: "transfer", to: target.to, mode: "blind" })}
          data-focus="send-now"
        >
          {t("transfer.sendNow")}
        </button>
        <button
          type="button"
          class="text-button"
          aria-disabled={!mayTalk}
          onClick={() => {
            if (!mayTalk || !("agent" in target.to || "number" in target.to)) return;
            onAct({ do: "add", to: target.to });
            props.onClose();
          }}
        >
          {t("transfer.add")}
        </button>
      </div>
    </section>
  );
}

interface TargetsProps {
  targets: TransferTarget[];
  target: TransferTarget | undefined;
  onChoose(target: TransferTarget): void;
}

function Targets({ targets, target, onChoose }: TargetsProps) {
  const list = useRef<HTMLUListElement>(null);
  useLayoutEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView?.({ block: "nearest" });
  }, [target]);
  return (
    <ul
      class="transfer-targets"
      id="transfer-targets"
      role="listbox"
      aria-label={t("transfer.list")}
      ref={list}
      hidden={targets.length === 0}
    >
      {targets.map((each) => (
        <li
          key={idOf(each)}
          id={idOf(each)}
          role="option"
          aria-selected={each === target}
          aria-disabled={each.problem !== ""}
          // The field keeps focus.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onChoose(each)}
        >
          {each.state ? <PresenceDot presence={each.state} /> : <Icon name="phone" size={16} />}
          <div>
            <strong>{isolated(each.name)}</strong>
            <span>
              {each.problem && <span class="transfer-why">{each.problem}</span>}{" "}
              <span class="quiet">{each.detail}</span>
            </span>
          </div>
          {each === target && !each.problem && <Icon name="check" size={18} />}
        </li>
      ))}
    </ul>
  );
}

function idOf({ to }: TransferTarget): string {
  if ("agent" in to) return `to-agent-${to.agent}`;
  return "team" in to ? `to-team-${to.team}` : `to-${to.number.replace(/\W/g, "")}`;
}
