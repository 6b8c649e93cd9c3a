/** The caller: who they are, and what was before. */
import { useEffect, useState } from "preact/hooks";
import { clock, initials, minutes, shortWhen } from "../format";
import type { Call, PastCall } from "../messages";
import type { Api } from "../ports";
import type { CallerFacts } from "../softphone/selectors";
import { pastCallSentence, wayIcon } from "../words";
import { Loading } from "./Blank";
import { Icon } from "./Icon";

interface Props {
  facts: CallerFacts;
  /** The call itself, which is not an earlier one. */
  root: string | null;
  api: Pick<Api, "calls">;
}

const SHOWN = 20;

export function Earlier({ facts, root, api }: Props) {
  const { number, shortName, withheld, history } = facts;
  const [calls, setCalls] = useState<PastCall[] | null>(null);
  const [failed, setFailed] = useState(false);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (withheld || !number) return undefined;
    let current = true;
    setFailed(false);
    api
      .calls({ search: number, scope: "all", pageSize: SHOWN })
      .then((page) => current && setCalls(page.results))
      .catch(() => current && setFailed(true));
    return () => {
      current = false;
    };
  }, [api, number, withheld, turn]);

  // While the list is on its way, the three calls that came with the ring stand in for it.
  const known = calls ?? (history.length ? history : null);
  const earlier = known?.filter((call) => call.sid !== root && isOver(call)) ?? [];
  return (
    <section class="card earlier" aria-labelledby="earlier-title">
      <h2 id="earlier-title">Earlier with {withheld ? "this caller" : shortName}</h2>
      {withheld && <p class="quiet">Without a number, earlier calls cannot be found.</p>}
      {failed && !withheld && (
        <p>
          The earlier calls did not load.{" "}
          <button type="button" class="link" onClick={() => setTurn(turn + 1)}>
            Try again
          </button>
        </p>
      )}
      {!withheld && !failed && known === null && <Loading />}
      {!withheld && known !== null && earlier.length === 0 && <p class="quiet">This is the first call.</p>}
      <ul class="timeline">
        {earlier.map((call) => (
          <PastRow key={call.sid} call={call} />
        ))}
      </ul>
    </section>
  );
}

function isOver(call: PastCall | Call): boolean {
  return call.result !== "";
}

function PastRow({ call }: { call: PastCall }) {
  const way = wayIcon(call);
  const when = shortWhen(call.start_time, Date.now());
  const time = clock(call.start_time);
  return (
    <li>
      <span class={`way way-${way}`}>
        <Icon name={way} size={18} />
      </span>
      <span>{pastCallSentence(call, call.duration ? minutes(call.duration) : "")}</span>
      <time dateTime={call.start_time}>{when === time ? time : `${when} ${time}`}</time>
    </li>
  );
}

export function ContactCard({ facts }: { facts: CallerFacts }) {
  const { contact, title, company, withheld } = facts;
  const rows: [string, string][] = [
    ["Number", withheld ? "Withheld" : facts.display || facts.title],
    ["Place", facts.place],
    ["Line", facts.lineName],
    ["Note", contact?.note ?? ""],
  ];
  return (
    <section class="card contact" aria-label="Contact">
      <div class="contact-head">
        <span class="contact-disc" aria-hidden="true">
          {initials(title) || <Icon name="person" />}
        </span>
        <div>
          <h2 title={title}>{title}</h2>
          <p class="quiet">{company || (contact ? "In your contacts" : "Not in contacts")}</p>
        </div>
      </div>
      <dl class="facts">
        {rows
          .filter(([, value]) => value)
          .map(([term, value]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd dir="auto">{value}</dd>
            </div>
          ))}
      </dl>
      {facts.verificationFailed && (
        <p class="verified">
          <Icon name="alert" size={18} /> The phone network does not confirm this number. It may be forged.
        </p>
      )}
      {facts.verified && (
        <p class="verified">
          <Icon name="shield" size={18} /> The phone network vouches for this number.
        </p>
      )}
    </section>
  );
}
