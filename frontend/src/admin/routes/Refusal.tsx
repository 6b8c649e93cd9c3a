import { filled, type Finding, type RouteDocument, type Words } from "./model";

interface Props {
  /** What is wrong first; without one, `problem` says why nothing was saved. */
  first: Finding | undefined;
  problem: string;
  /** Where it is shown what stands in the way; "": nowhere. */
  see: string;
  more: number;
  /** The version by which callers go on. */
  inForce: number;
  maySend: boolean;
  route: RouteDocument;
  words: Words;
  onSend: (finding: Finding) => void;
  onGo: (finding: Finding) => void;
}

/** Why the route was not saved, the way there, and what to do. */
export function Refusal(props: Props) {
  const { first, problem, see, more, inForce, maySend, route, words, onSend, onGo } = props;
  return (
    <div class="re-band" role="alert">
      <div>
        <strong>{first ? words["not_saved"] : words["not_saved_now"]}</strong>
        {first ? (
          <p>
            {first.step
              ? `${filled(words["step_number"] ?? "", { number: first.number, name: first.name })}. ${wayTo(first, words)}`
              : ""}
            {first.text} <strong>{words["what_to_do"]}</strong> {first.todo}{" "}
            {inForce > 0 && filled(words["go_on_as"] ?? "", { number: inForce })}
            {more > 0 && ` ${filled(words["and_more"] ?? "", { count: more })}`}
          </p>
        ) : (
          <p>
            {problem}
            {see && (
              <>
                {" "}
                <a href={see} target="_blank" rel="noopener">
                  {words["see_changes"]}
                </a>
              </>
            )}
          </p>
        )}
      </div>
      {first?.step && (
        <div class="re-acts">
          {first.send_to && maySend && (
            <button type="button" class="re-key" onClick={() => onSend(first)}>
              {filled(words["send_to"] ?? "", { name: nameOf(first.send_to, route, words) })}
            </button>
          )}
          <button type="button" class="re-key" onClick={() => onGo(first)}>
            {filled(words["go_to"] ?? "", { number: first.number })}
          </button>
        </div>
      )}
    </div>
  );
}

function wayTo(finding: Finding, words: Words): string {
  if (!finding.way.length) return "";
  return `${filled(words["way_there"] ?? "", { way: finding.way.map(([, , label]) => label).join(" → ") })} `;
}

function nameOf(id: string, route: RouteDocument, words: Words): string {
  const step = route.steps.find((one) => one.id === id);
  return step ? step.name || (words[`kind_${step.kind}`] ?? "") : "";
}
