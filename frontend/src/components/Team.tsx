/** Who else is there: each with what they are now, since when, and why. Supervisors change it here. */
import { useRef, useState } from "preact/hooks";
import { holds } from "../folding";
import { minutes } from "../format";
import type { Availability, AwayReason, Presence, Queue } from "../messages";
import { isolated } from "../names";
import { hintsOfColleague } from "../softphone/colleague";
import type { Away } from "../softphone/presence";
import type { Hints } from "../softphone/state";
import { partyTitle, presenceDetail, presenceWord, type ShownPresence } from "../words";
import { PresenceChoices } from "./AvailabilityChoices";
import { Icon } from "./Icon";
import { Menu } from "./Menu";
import { PresenceDot } from "./PresenceDot";
import { useFocusKept } from "./useFocusKept";
import { useNow } from "./useNow";
import { t } from "../i18n/i18n";
import { byOurClock } from "../serverClock";
import { SearchBox } from "./SearchBox";

const ORDER: ShownPresence[] = [
  "available",
  "ringing",
  "on-call",
  "wrap-up",
  "busy",
  "away",
  "not-reachable",
  "offline",
];

/** As many are seen at a glance. */
const FEW = 12;

interface Props {
  team: Presence[];
  /** Who waits: it says at whose phones it rings, and for whom. */
  queues: Queue[];
  canDial: boolean;
  /** Null: the agent may not call out at all. */
  onCall: ((hints: Hints) => void) | null;
  /** Why somebody may be away. */
  reasons: AwayReason[];
  /** Of who may say what colleagues are; fails with a sentence. */
  onSet?: ((agent: number, availability: Availability, away?: Away) => Promise<void>) | undefined;
}

export function Team({ team, queues, canDial, reasons, onCall, onSet }: Props) {
  const now = useNow(team.length > 0);
  const [problem, setProblem] = useState("");
  const [menu, setMenu] = useState<number | null>(null);
  const [search, setSearch] = useState("");
  const list = useRef<HTMLUListElement>(null);
  useFocusKept(list);
  const asked = team.length > FEW ? search.trim() : "";
  const found = team.filter(({ agent }) => holds(agent.name, asked));
  const members = found.map((presence) => memberOf(presence, queues, now));
  const sorted = members.sort(
    (a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.agent.name.localeCompare(b.agent.name),
  );
  return (
    <section aria-labelledby="team-title">
      <h2 class="side-title" id="team-title">
        {t("team.title")}
      </h2>
      {problem && (
        <p role="alert" class="small hint-wrong">
          {problem}
        </p>
      )}
      {team.length > FEW && (
        <SearchBox
          id="team-search"
          class="team-search"
          label={t("team.search")}
          text={search}
          onSearch={setSearch}
        />
      )}
      <p class="visually-hidden" role="status">
        {asked && t("transfer.found", { count: sorted.length })}
      </p>
      <div class="card team">
        {sorted.length === 0 && (
          <p class="quiet">{asked ? t("found.nobody", { text: asked }) : t("team.alone")}</p>
        )}
        <ul ref={list}>
          {sorted.map((member) => (
            <Member key={member.agent.id} {...{ member, now }}>
              {onCall && <CallColleague {...{ member, canDial, onCall }} />}
              {onSet && (
                <SetPresence
                  {...{ member, reasons }}
                  open={menu === member.agent.id}
                  onOpen={(open) => setMenu(open ? member.agent.id : null)}
                  onSet={(availability, away) => {
                    setProblem("");
                    const set = onSet(
                      member.agent.id,
                      availability,
                      availability === "away" ? away : undefined,
                    );
                    set.catch((error: Error) => setProblem(error.message));
                  }}
                />
              )}
            </Member>
          ))}
        </ul>
      </div>
      <p class="small quiet team-measured">{t("team.measured")}</p>
    </section>
  );
}

interface MemberShown {
  presence: Presence;
  agent: Presence["agent"];
  state: ShownPresence;
  since: string | null;
  detail: string;
}

/** What somebody is now. That the phone rings is told with who waits: of the states in which it may, it is said first. */
function memberOf(presence: Presence, queues: Queue[], now: number): MemberShown {
  const { agent, state, since } = presence;
  const ring = state === "on-call" || state === "offline" ? null : ringAt(agent.id, queues);
  if (!ring) return { presence, agent, state, since, detail: presenceDetail(presence, now) };
  const { party, line, since: rings } = ring;
  const detail = party
    ? t("detail.ringing", { who: partyTitle({ party }), line: isolated(line?.name ?? "") })
    : "";
  return { presence, agent, state: "ringing", since: rings, detail };
}

function ringAt(agent: number, queues: Queue[]) {
  const rings = queues.flatMap(({ ringing }) => ringing).filter((ring) => ring.agent.id === agent);
  // Of an agent of several teams, that team says more whose caller it is.
  return rings.find(({ party }) => party) ?? rings[0] ?? null;
}

interface MemberProps {
  member: MemberShown;
  now: number;
  children: preact.ComponentChildren;
}

function Member({ member, now, children }: MemberProps) {
  const { agent, state, since, detail } = member;
  return (
    <li>
      <strong dir="auto" title={agent.name}>
        {isolated(agent.name)}
      </strong>
      {since && (
        <span class="team-since" title={t("team.since")}>
          {minutes((now - byOurClock(since)) / 1000)}
        </span>
      )}
      <span class="presence">
        <PresenceDot presence={state} /> {presenceWord(state)}
      </span>
      {detail && (
        <span class="team-detail quiet" title={detail}>
          {detail}
        </span>
      )}
      <span class="team-acts">{children}</span>
    </li>
  );
}

/** Of others the list says why not. Whoever talks may have a second call: the server knows. */
const CALLABLE: ShownPresence[] = ["available", "on-call"];

function CallColleague({
  member: { agent, state },
  canDial,
  onCall,
}: {
  member: MemberShown;
  canDial: boolean;
  onCall(hints: Hints): void;
}) {
  return (
    <button
      type="button"
      class="icon-button"
      disabled={!canDial || !CALLABLE.includes(state)}
      aria-label={t("log.call", { name: isolated(agent.name) })}
      onClick={() => onCall(hintsOfColleague(agent))}
    >
      <Icon name="phone" size={18} />
    </button>
  );
}

interface SetPresenceProps {
  member: MemberShown;
  reasons: AwayReason[];
  open: boolean;
  onOpen(open: boolean): void;
  onSet(availability: Availability, away: Away): void;
}

function SetPresence({ member: { presence, agent }, reasons, open, onOpen, onSet }: SetPresenceProps) {
  return (
    <Menu
      label={t("team.set", { name: isolated(agent.name) })}
      buttonClass="icon-button"
      listClass="menu-availability team-menu"
      focusId={`team-presence-${agent.id}`}
      {...{ open, onOpen }}
      face={<Icon name="more" size={18} />}
    >
      <PresenceChoices
        now={presence}
        inWrapUp={presence.state === "wrap-up"}
        canChoose
        onChoose={onSet}
        {...{ reasons }}
      />
    </Menu>
  );
}
