import { useLayoutEffect, useRef, useState } from "preact/hooks";

import { fieldId, type FormProps } from "./fields";
import { StepForm } from "./StepForm";
import { filled, waysOf } from "./model";

interface Props extends FormProps {
  number: number;
  isOpen: boolean;
  onToggle: () => void;
  onMove: (by: number) => void;
  onRemove: (instead: string) => void;
  onFirst: () => void;
  onDrag: (from: string, to: string) => void;
}

export function headId(step: string): string {
  return `head-${step}`;
}

/** One step of the list: its head says where it leads, its form is open while it is worked on. */
export function StepCard(props: Props) {
  const { step, route, words, number, isOpen, findings, mayChange } = props;
  const own = findings.filter((one) => one.step === step.id);
  const isRefused = own.some((one) => one.is_refusal);
  const ways = waysOf(step, words)
    .map((way) => `${way.label} → ${route.steps.findIndex((one) => one.id === way.to) + 1 || "?"}`)
    .join(" · ");
  const toHead = () => document.getElementById(headId(step.id))?.focus();
  return (
    <li
      class={`re-step ${isOpen ? "open" : ""} ${isRefused ? "refused" : ""}`}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        props.onDrag(event.dataTransfer?.getData("text/plain") ?? "", step.id);
      }}
      onKeyDown={(event) => {
        if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown") && mayChange) {
          event.preventDefault();
          props.onMove(event.key === "ArrowUp" ? -1 : 1);
        } else if (event.key === "Escape" && isOpen) {
          event.stopPropagation();
          props.onToggle();
          toHead();
        }
      }}
    >
      <div class="re-head">
        {mayChange && (
          <span
            class="re-grip"
            draggable
            aria-hidden="true"
            title={words["drag"]}
            onDragStart={(event) => event.dataTransfer?.setData("text/plain", step.id)}
          >
            ⠿
          </span>
        )}
        <button
          id={headId(step.id)}
          type="button"
          class="re-toggle"
          aria-expanded={isOpen}
          onClick={props.onToggle}
        >
          <span class="re-number">{number}</span>
          <span class="re-names">
            <span>
              <strong>{step.name || words[`kind_${step.kind}`]}</strong>{" "}
              <span>{words[`kind_${step.kind}`]}</span>
              {route.first === step.id && <span class="tag info">{words["begins_here"]}</span>}
              {own.length > 0 && (
                <span class={`tag ${isRefused ? "stop" : "warn"}`}>
                  {isRefused ? words["here"] : words["not_reached"]}
                </span>
              )}
            </span>
            <span class="re-ways">{ways || words["end"]}</span>
          </span>
        </button>
      </div>
      {isOpen && (
        <>
          {own
            .filter((one) => one.field === "")
            .map((one) => (
              <p class="re-note" key={one.text}>
                {one.text} {one.todo}
              </p>
            ))}
          <StepForm {...props} />
          {mayChange && <Tools {...props} />}
        </>
      )}
    </li>
  );
}

function Tools({ step, route, words, number, onMove, onRemove, onFirst }: Props) {
  const [asks, setAsks] = useState(false);
  const [instead, setInstead] = useState("");
  const others = route.steps.filter((one) => one.id !== step.id);
  const isLedTo =
    route.first === step.id || others.some((one) => waysOf(one, words).some((way) => way.to === step.id));
  const id = fieldId(step.id, "instead");
  const removeId = fieldId(step.id, "remove");
  const wantsFocus = useRef("");
  useLayoutEffect(() => {
    if (wantsFocus.current) document.getElementById(wantsFocus.current)?.focus();
    wantsFocus.current = "";
  }, [asks]);
  function ask(whether: boolean): void {
    wantsFocus.current = whether ? id : removeId;
    setAsks(whether);
  }
  if (asks) {
    return (
      <div class="re-remove" role="group" aria-label={words["remove_step"]}>
        <label for={id}>{words["instead"]}</label>
        <select id={id} value={instead} onChange={(event) => setInstead(event.currentTarget.value)}>
          <option value="">{words["choose_step"]}</option>
          {others.map((one) => (
            <option key={one.id} value={one.id}>
              {filled("%(number)d %(name)s", {
                number: route.steps.indexOf(one) + 1,
                name: one.name || (words[`kind_${one.kind}`] ?? ""),
              })}
            </option>
          ))}
        </select>
        <button type="button" class="re-key" onClick={() => onRemove(instead)}>
          {words["remove_step"]}
        </button>
        <button type="button" class="re-key" onClick={() => ask(false)}>
          {words["cancel"]}
        </button>
      </div>
    );
  }
  return (
    <div class="re-tools">
      <button type="button" class="re-key" disabled={number === 1} onClick={() => onMove(-1)}>
        {words["move_up"]}
      </button>
      <button type="button" class="re-key" disabled={number === route.steps.length} onClick={() => onMove(1)}>
        {words["move_down"]}
      </button>
      {route.first !== step.id && (
        <button type="button" class="re-key" onClick={onFirst}>
          {words["begin_here"]}
        </button>
      )}
      <button type="button" id={removeId} class="re-key" onClick={() => (isLedTo ? ask(true) : onRemove(""))}>
        {words["remove_step"]}
      </button>
    </div>
  );
}
