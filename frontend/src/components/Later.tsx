/** The place of a screen that is loaded when it is first opened: what stands there until it is, and when it is not. */
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { ScreenModules, ScreenName, Screens } from "../screens/screens";
import { EmptyState, Loading } from "./EmptyState";
import { Icon } from "./Icon";
import { focusIsLost, focusRegion } from "./regions";
import { useStore } from "./useStore";
import { t } from "../i18n/i18n";

interface Props<N extends ScreenName> {
  screens: Screens;
  name: N;
  /** Loading the page again would drop the call. */
  inCall: boolean;
  /** The name of the way back, when there is no other. */
  back?: string;
  onBack?: () => void;
  children(module: ScreenModules[N]): ComponentChildren;
}

const NOT_LOADED = {
  board: "later.failed.board",
  contacts: "later.failed.contacts",
  messages: "later.failed.messages",
  sends: "later.failed.sends",
  settings: "later.failed.settings",
} as const;
const LOAD_AGAIN = {
  board: "later.loadAgainFor.board",
  contacts: "later.loadAgainFor.contacts",
  messages: "later.loadAgainFor.messages",
  sends: "later.loadAgainFor.sends",
  settings: "later.loadAgainFor.settings",
} as const;

/** Asked again so often in vain, the page itself may be what is wrong. */
const IN_VAIN = 2;

export function Later<N extends ScreenName>(props: Props<N>) {
  const { screens, name, inCall, back, onBack, children } = props;
  const screen = useStore(screens)[name];
  const waited = useRef(screen.state !== "ready");
  useEffect(() => void screens.load(name), [screens, name]);
  // Whose key has gone, here or in what it was opened from, goes on at the heading of what came in its place.
  useLayoutEffect(() => {
    if (screen.state !== "ready" || !waited.current) return;
    waited.current = false;
    if (focusIsLost() || document.activeElement?.matches(".work")) focusRegion(".work");
  }, [screen.state]);

  if (screen.state === "ready") return <>{children(screen.module)}</>;
  if (screen.state === "absent" || screen.state === "loading") return <Loading />;
  const { state, times } = screen;
  const named: ScreenName = name;
  const reload = state === "gone" || times >= IN_VAIN;
  return (
    <div class="later" role="status">
      {back && (
        <button type="button" class="text-button details-back" onClick={onBack}>
          <span class="turned">
            <Icon name="chevron-down" size={16} />
          </span>
          {back}
        </button>
      )}
      <EmptyState
        icon="alert"
        title={state === "gone" ? t("later.renewed") : t(NOT_LOADED[named])}
        text={state === "gone" ? t(LOAD_AGAIN[named]) : t("common.callsUnaffected")}
      >
        <div class="empty-state-keys">
          {state === "failed" && (
            <button
              type="button"
              class="small-button"
              onClick={() => {
                waited.current = true;
                void screens.load(name);
              }}
            >
              {t("common.tryAgain")}
            </button>
          )}
          {reload && (
            <button type="button" class="small-button" disabled={inCall} onClick={() => location.reload()}>
              {t("later.loadAgain")}
            </button>
          )}
        </div>
        {reload && inCall && <p class="small">{t("later.afterTheCall")}</p>}
      </EmptyState>
    </div>
  );
}
