import { useEffect, useState } from "preact/hooks";

/** Below this width the side column is not shown: `work.css`, `narrow.css`. */
const NARROW = "(max-width: 1279px)";

/** Whether the window has no room for the side column. */
export function useNarrow(): boolean {
  const [narrow, setNarrow] = useState(() => matchMedia(NARROW).matches);
  useEffect(() => {
    const query = matchMedia(NARROW);
    const look = () => setNarrow(query.matches);
    look();
    query.addEventListener("change", look);
    return () => query.removeEventListener("change", look);
  }, []);
  return narrow;
}
