/** The board is a view beside the desk, with an address of its own: the page is never left for it. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { deskRoot } from "../../address";
import { boardPath, isBoardPath } from "../../board/address";
import type { BoardStore } from "../../board/board";

/** `mayLook`: for whoever may not, there is no board. Returns whether it is shown, and how to come and go. */
export function useBoardView(
  board: BoardStore,
  mayLook: boolean,
  onCome: () => void,
): [boolean, (shown: boolean) => void] {
  const [shown, setShown] = useState(() => mayLook && isBoardPath(location.pathname));
  const come = useRef(onCome);
  come.current = onCome;

  useLayoutEffect(() => {
    const follow = () => {
      const here = mayLook && isBoardPath(location.pathname);
      setShown(here);
      if (here) come.current();
    };
    follow();
    addEventListener("popstate", follow);
    return () => removeEventListener("popstate", follow);
  }, [mayLook]);

  useEffect(() => {
    if (!shown) return undefined;
    board.open();
    return () => board.close();
  }, [shown, board]);

  // Before the other views tell their addresses, and after them: to come here, or to go from here to one of them, is one
  // step for the browser's Back.
  useLayoutEffect(() => {
    if (shown && !isBoardPath(location.pathname)) history.pushState(null, "", boardPath(location.pathname));
  }, [shown]);
  useEffect(() => {
    if (mayLook && !shown && isBoardPath(location.pathname))
      history.pushState(null, "", `${deskRoot(location.pathname)}/`);
  }, [shown]);

  return [shown, setShown];
}
