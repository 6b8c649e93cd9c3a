/** Group sends are a view beside the desk, with addresses of their own: the page is never left for them. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { sendsPathOf, sendsPlaceOf } from "../../groupSends/address";
import type { GroupSendsStore } from "../../groupSends/groupSends";
import { useStore } from "../useStore";

export function useSendsView(groupSends: GroupSendsStore, onCome: () => void) {
  const { place } = useStore(groupSends);
  const come = useRef(onCome);
  come.current = onCome;
  const first = useRef(true);

  useLayoutEffect(() => {
    const follow = () => {
      const next = sendsPlaceOf(location.pathname);
      groupSends.go(next);
      if (next !== "elsewhere") come.current();
    };
    follow();
    addEventListener("popstate", follow);
    return () => removeEventListener("popstate", follow);
  }, [groupSends]);

  const before = useRef(place);
  useEffect(() => {
    const from = before.current;
    before.current = place;
    // What the page was loaded for is opened before its address is told.
    if (first.current) {
      first.current = false;
      return;
    }
    const here = sendsPlaceOf(location.pathname);
    if (here === place) return;
    const path = sendsPathOf(place, location.pathname);
    // A text that is kept now is the same page as before.
    if (from === "new" && typeof place === "number") history.replaceState(null, "", path);
    else history.pushState(null, "", path);
  }, [place]);

  return place;
}
