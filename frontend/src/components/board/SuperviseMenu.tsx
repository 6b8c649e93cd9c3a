/** What a supervisor can do in a colleague's call, with who hears it; or why it cannot be done. */
import { t } from "../../i18n/i18n";
import type { BoardAgent, Supervision } from "../../messages";
import { firstName } from "../../names";
import { obstacle } from "../../softphone/supervision";
import type { State } from "../../softphone/state";
import { partyTitle } from "../../words";
import { Icon } from "../Icon";
import { Menu } from "../Menu";
import { ICONS, MODES } from "./supervise";

interface Props {
  agent: BoardAgent;
  state: State;
  open: boolean;
  onOpen(open: boolean): void;
  onMode(mode: Supervision): void;
}

export function SuperviseMenu({ agent, state, open, onOpen, onMode }: Props) {
  const { focus } = state.calls;
  const inside = focus?.state === "supervising" && focus.root === agent.call?.sid;
  const why = inside ? null : obstacle(state);
  const name = firstName(agent.agent.name);
  const customer = agent.call ? partyTitle(agent.call) : "";
  return (
    <Menu
      label={t("supervise.keyName", { name })}
      buttonClass="small-button board-supervise"
      listClass="board-menu board-supervise-menu"
      focusId={`supervise-${agent.agent.id}`}
      open={open}
      onOpen={onOpen}
      face={
        <>
          <Icon name="headset" size={16} /> <span>{t("supervise.key")}</span>
        </>
      }
    >
      {why ? (
        <p class="menu-note" role="menuitem" aria-disabled="true" tabIndex={-1}>
          {t(`supervise.not.${why}`)}
        </p>
      ) : (
        [...MODES, "take-over" as const].map((mode) => (
          <button
            type="button"
            key={mode}
            role="menuitem"
            tabIndex={-1}
            aria-current={inside && focus.mode === mode ? "true" : undefined}
            // After the menu has given focus back to its button: there it returns to from the question.
            onClick={() => setTimeout(() => onMode(mode))}
          >
            <Icon name={ICONS[mode]} size={18} />
            <span>
              <strong aria-hidden="true">{t(`supervise.${mode}`)}</strong>
              <span class="visually-hidden">{t(`supervise.name.${mode}`, { name })}</span>{" "}
              <span class="small quiet">{t(`supervise.heard.${mode}`, { name, customer })}</span>
            </span>
          </button>
        ))
      )}
    </Menu>
  );
}
