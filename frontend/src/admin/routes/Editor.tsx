import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import { AddStep } from "./AddStep";
import { Drawing } from "./Drawing";
import { FactsLine } from "./FactsLine";
import { Head } from "./Head";
import { Refusal } from "./Refusal";
import { headId, StepCard } from "./StepCard";
import { fieldId } from "./fields";
import {
  added,
  changesBetween,
  type Choices,
  filled,
  type Finding,
  moved,
  newStep,
  removed,
  stillWrong,
  type RouteDocument,
  type Step,
  withField,
  withSince,
  withStep,
  type Words,
} from "./model";
import type { Saved, SaveRefused } from "./saving";

export interface EditorData {
  route: number | null;
  name: string;
  number: number;
  saved: { by: string; at: string };
  document: RouteDocument;
  may_change: boolean;
  lines: { name: string; said: string; address: string }[];
  choices: Choices;
  addresses: { explain: string; versions: string; list: string };
  words: Words;
}

interface Props {
  data: EditorData;
  save: (sent: { name: string; based_on: number; document: RouteDocument }) => Promise<Saved | SaveRefused>;
  csrf: string;
  /** Where a new route's own page is, once it is saved. `hasMore`: there are changes that would be lost on the way there. */
  onCreated: (address: string, hasMore: boolean) => void;
}

export function Editor({ data, save, csrf, onCreated }: Props) {
  const { words } = data;
  const [before, setBefore] = useState({ name: data.name, route: data.document, number: data.number });
  const [name, setName] = useState(data.name);
  const [route, setRoute] = useState(data.document);
  const [open, setOpen] = useState("");
  // What was found, and in which route: what is mended since is not shown any more, and is again when it is undone.
  const [found, setFound] = useState<{ all: Finding[]; in: RouteDocument }>({ all: [], in: data.document });
  const [problem, setProblem] = useState("");
  const [see, setSee] = useState("");
  const [told, setTold] = useState("");
  const [isSaving, setIsSaving] = useState(false);
  // Save is off after a refusal until something changes.
  const [refused, setRefused] = useState<string | null>(null);
  const wantsFocus = useRef("");
  // As last drawn, for whoever waited for the server.
  const drawn = useRef({ name, route });
  drawn.current = { name, route };

  const changes = changesBetween(before.route, route) + (name === before.name ? 0 : 1);
  const isRefused = refused === JSON.stringify([name, route]);
  const findings = stillWrong(found.all, found.in, route);
  const refusals = findings.filter((one) => one.is_refusal);
  const first = refusals[0];
  // What is no fault of the route stays until the next save; a fault, such as a name that is taken, until it is mended.
  const toldProblem = refused === null || isRefused ? problem : "";
  const lines = data.lines.map((line) => line.name).join(", ") || (words["no_line"] ?? "");

  // With the drawing itself: the page of a route that was just saved comes at once, and nothing is lost on the way there.
  useLayoutEffect(() => {
    if (!changes) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [changes > 0]);

  useEffect(() => {
    const target = wantsFocus.current && document.getElementById(wantsFocus.current);
    if (!target) return;
    wantsFocus.current = "";
    target.focus();
    const card = target.closest(".re-step");
    card?.scrollIntoView({ block: "nearest" });
    // Of a step that is taller than the window, its head must not be left under the bar on top.
    if (card && target.getBoundingClientRect().top - card.getBoundingClientRect().top < 200)
      card.scrollIntoView({ block: "start" });
  });

  function change(next: RouteDocument) {
    setRoute(next);
    setTold("");
  }

  function openStep(id: string, focus: string) {
    setOpen(id);
    wantsFocus.current = focus;
    // The effect runs with the next drawing, which comes only if something changed.
    if (id === open) document.getElementById(focus)?.focus();
  }

  async function onSave() {
    if (isSaving || !changes || isRefused || !data.may_change) return;
    setIsSaving(true);
    const answer = await save({ name, based_on: before.number, document: route });
    setIsSaving(false);
    const isChanged = drawn.current.name !== name || drawn.current.route !== route;
    if (answer.saved) {
      setBefore({ name, route: answer.document, number: answer.number });
      setRoute((now) => withSince(route, now, answer.document));
      setFound({ all: answer.warnings, in: answer.document });
      setProblem("");
      setRefused(null);
      setTold(filled(words["saved_as"] ?? "", { number: answer.number }));
      if (data.route === null) onCreated(answer.address, isChanged);
      return;
    }
    setFound({ all: answer.findings, in: route });
    setProblem(answer.text);
    setSee(answer.see ?? "");
    setRefused(answer.again ? null : JSON.stringify([name, route]));
    if (answer.again) return;
    // Whoever writes on is told, and not taken away from it.
    if (isChanged) return;
    const wrong = answer.findings.find((one) => one.is_refusal);
    if (wrong?.step) openStep(wrong.step, fieldId(wrong.step, wrong.field || "name"));
    else if (wrong) wantsFocus.current = "route-first";
    else wantsFocus.current = "route-name";
  }

  // With each drawing, not after it: keys that follow a change at once save that change, too.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
        event.preventDefault();
        void onSave();
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  });

  function addStep(kind: string) {
    const step = newStep(kind, route.steps, words[`kind_${kind}`] ?? "");
    change(added(route, step));
    openStep(step.id, fieldId(step.id, "name"));
  }

  function discard() {
    if (!window.confirm(words["discard_asks"])) return;
    setName(before.name);
    setRoute(before.route);
    setFound({ all: [], in: before.route });
    setProblem("");
    setRefused(null);
  }

  function sendTo(finding: Finding) {
    const step = route.steps.find((one) => one.id === finding.step);
    if (!step) return;
    change(withStep(route, withField(step, finding.field, finding.send_to)));
    openStep(finding.step, fieldId(finding.step, finding.field));
  }

  return (
    <div class="re">
      <div class="re-stick">
        <Head
          {...{ name, changes, route, csrf, words }}
          mayChange={data.may_change}
          explainAt={data.addresses.explain}
          isWrong={problem !== "" && isRefused}
          maySave={!isSaving && changes > 0 && !isRefused}
          next={before.number + 1}
          onName={setName}
          onDiscard={discard}
          onSave={() => void onSave()}
        />
        {(first || toldProblem) && (
          <Refusal
            {...{ first, route, words }}
            problem={toldProblem}
            see={see}
            more={refusals.length - 1}
            inForce={before.number}
            maySend={isRefused}
            onSend={sendTo}
            onGo={(wrong) => openStep(wrong.step, fieldId(wrong.step, wrong.field || "name"))}
          />
        )}
      </div>
      <FactsLine data={data} number={before.number} />
      <p role="status" class={told ? "re-told" : "for-readers"}>
        {told}
      </p>
      <div class="re-columns">
        <section aria-labelledby="re-steps">
          <div class="re-section">
            <h2 id="re-steps">
              {words["steps"]} <span class="re-count">{route.steps.length}</span>
            </h2>
            {data.may_change && <AddStep words={words} onAdd={addStep} />}
          </div>
          {route.steps.length === 0 && <p class="re-empty">{words["no_steps"]}</p>}
          <ol class="re-list">
            {route.steps.map((step, index) => (
              <StepCard
                key={step.id}
                step={step}
                route={route}
                words={words}
                choices={data.choices}
                findings={findings}
                mayChange={data.may_change}
                number={index + 1}
                isOpen={open === step.id}
                onToggle={() =>
                  open === step.id ? setOpen("") : openStep(step.id, fieldId(step.id, "name"))
                }
                onChange={(changed: Step) => change(withStep(route, changed))}
                onMove={(by) => {
                  const after = moved(route, step.id, by);
                  const number = after.steps.findIndex(({ id }) => id === step.id) + 1;
                  if (number === index + 1) return;
                  change(after);
                  wantsFocus.current = headId(step.id);
                  const name = step.name || (words[`kind_${step.kind}`] ?? "");
                  setTold(filled(words["moved_step"] ?? "", { number, name }));
                }}
                onRemove={(instead) => {
                  change(removed(route, step.id, instead));
                  setOpen("");
                  const beside = route.steps[index + 1] ?? route.steps[index - 1];
                  wantsFocus.current = beside ? headId(beside.id) : "re-add";
                  setTold(filled(words["removed_step"] ?? "", { number: index + 1, name: step.name }));
                }}
                onFirst={() => change({ ...route, first: step.id })}
                onDrag={(from, to) => {
                  const at = route.steps.findIndex((one) => one.id === from);
                  const target = route.steps.findIndex((one) => one.id === to);
                  if (at >= 0 && data.may_change) change(moved(route, from, target - at));
                }}
              />
            ))}
          </ol>
        </section>
        <details class="re-picture" open={window.matchMedia("(min-width: 1100px)").matches}>
          <summary>
            <h2>{first ? words["way_that_ends"] : words["the_route"]}</h2>
            <span>{first ? words["drawing_refused"] : words["drawing_help"]}</span>
          </summary>
          <Drawing
            route={route}
            words={words}
            lines={lines}
            current={open}
            refusal={isRefused ? first : undefined}
            onOpen={(id) => openStep(id, headId(id))}
          />
        </details>
      </div>
    </div>
  );
}
