/** The board, and what stands in its place until it is loaded. */
import type { Screens } from "../../screens/screens";
import { t } from "../../i18n/i18n";
import { Later } from "../Later";
import { useStore } from "../useStore";
import type { BoardProps } from "./Board";

interface Props extends BoardProps {
  screens: Screens;
  inCall: boolean;
}

export function LaterBoard({ screens, inCall, ...props }: Props) {
  const isThere = useStore(screens).board.state === "ready";
  const screen = (
    <Later {...{ screens, inCall }} name="board">
      {({ BoardPage }) => <BoardPage {...props} />}
    </Later>
  );
  if (isThere) return screen;
  return (
    <section class="work board" aria-label={t("board.title")} tabIndex={-1}>
      <div class="board-page">
        <h1 tabIndex={-1} data-home>
          {t("board.title")}
        </h1>
        {screen}
      </div>
    </section>
  );
}
