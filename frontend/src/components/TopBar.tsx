/** The top bar: availability, shortcuts, account. */
import type { JSX } from "preact";
import type { Config } from "../config";
import { deskRoot } from "../address";
import type { SoftphoneEvent } from "../softphone/events";
import { myPresence } from "../softphone/selectors";
import type { State } from "../softphone/state";
import { presenceWord } from "../words";
import { AvailabilityChoices } from "./AvailabilityChoices";
import { Brand, Icon } from "./Icon";
import { Menu } from "./Menu";
import { PresenceDot } from "./PresenceDot";
import { t } from "../i18n/i18n";

/** Views of the one page: none loads another. The board is for supervisors and admins. */
type DeskView = "desk" | "sends" | "board";
const VIEWS = [
  ["desk", "app.title", "/"],
  ["sends", "sends.title", "/group-sends/"],
  ["board", "board.title", "/board/"],
] as const;

const viewsOf = ({ agent }: Config) => VIEWS.filter(([to]) => to !== "board" || agent.role !== "agent");

export type OpenMenu = "availability" | "account" | null;

interface Props {
  config: Config;
  state: State;
  view: DeskView;
  onView(view: DeskView): void;
  menu: OpenMenu;
  onMenu(menu: OpenMenu): void;
  onChoose(event: SoftphoneEvent): void;
  onShortcuts(): void;
  onSettings(): void;
  onSignOut(event: SubmitEvent): void;
}

export function TopBar(props: Props) {
  const { config, state, menu, onMenu } = props;
  const presence = myPresence(state);
  return (
    <header class="top">
      <p class="brand">
        <Brand /> <span>Ringdesk</span>
      </p>
      {config.simulator && (
        <p class="trial">
          {config.simulatorUrl ? (
            <NewTab href={config.simulatorUrl}>{t("top.simulated")}</NewTab>
          ) : (
            t("top.simulated")
          )}
        </p>
      )}
      <nav class="view-links" aria-label={t("top.views")}>
        {viewsOf(config).map(([to, key, path]) => (
          <a
            key={to}
            href={deskRoot(location.pathname) + path}
            aria-current={props.view === to ? "page" : undefined}
            onClick={(event) => {
              if (event.ctrlKey || event.metaKey || event.shiftKey) return;
              event.preventDefault();
              props.onView(to);
            }}
          >
            {t(key)}
          </a>
        ))}
      </nav>
      <div class="top-end">
        <Menu
          label={t("top.availability", { state: presenceWord(presence) })}
          buttonClass="availability"
          listClass="menu-availability"
          focusId="availability"
          open={menu === "availability"}
          onOpen={(open) => onMenu(open ? "availability" : null)}
          face={
            <>
              <PresenceDot presence={presence} /> {presenceWord(presence)}{" "}
              <Icon name="chevron-down" size={16} />
            </>
          }
        >
          <AvailabilityChoices state={props.state} onChoose={props.onChoose} />
        </Menu>
        <button
          type="button"
          class="icon-button help-button"
          aria-label={t("top.shortcuts")}
          onClick={props.onShortcuts}
        >
          <Icon name="help" />
        </button>
        <Account {...props} />
      </div>
    </header>
  );
}

function Account({ config, menu, onMenu, onSettings, onShortcuts, onSignOut, view, onView }: Props) {
  const { agent, urls } = config;
  return (
    <Menu
      label={t("top.account", { initials: agent.initials, name: agent.name })}
      buttonClass="avatar"
      focusId="account"
      open={menu === "account"}
      onOpen={(open) => onMenu(open ? "account" : null)}
      face={<span aria-hidden="true">{agent.initials}</span>}
    >
      <p class="menu-who">
        <strong>{agent.name}</strong> {agent.username}
      </p>
      {/* Where the bar has no room for them. */}
      {viewsOf(config).map(([to, key]) => (
        <button
          type="button"
          key={to}
          class="view-item"
          role="menuitem"
          tabIndex={-1}
          aria-current={view === to ? "page" : undefined}
          onClick={() => onView(to)}
        >
          <span>{t(key)}</span>
        </button>
      ))}
      <button type="button" role="menuitem" tabIndex={-1} onClick={onSettings}>
        <span>{t("top.settings")}</span>
      </button>
      <button type="button" role="menuitem" tabIndex={-1} onClick={onShortcuts}>
        <span>{t("top.shortcuts")}</span>
      </button>
      {urls.admin && (
        // A tab of its own: leaving this one would end a call.
        <NewTab role="menuitem" tabIndex={-1} href={urls.admin}>
          <span>{t("top.admin")}</span>
        </NewTab>
      )}
      <form method="post" action={urls.logout} onSubmit={onSignOut}>
        <input type="hidden" name="csrfmiddlewaretoken" value={config.csrfToken} />
        <button type="submit" role="menuitem" tabIndex={-1} onClick={(event) => event.stopPropagation()}>
          <span>{t("top.signOut")}</span>
        </button>
      </form>
    </Menu>
  );
}

/** The desk is never left for another page: a call would end, and nothing would ring. */
function NewTab({ children, ...link }: JSX.IntrinsicElements["a"]) {
  return (
    <a {...link} target="_blank" rel="noopener">
      {children}
      <span class="visually-hidden">{t("app.newTab")}</span>
    </a>
  );
}
