import { useRef } from "preact/hooks";

import { csrfToken } from "../../csrf";
import { filled, type RouteDocument, type Words } from "./model";

interface Props {
  name: string;
  changes: number;
  route: RouteDocument;
  csrf: string;
  words: Words;
  mayChange: boolean;
  explainAt: string;
  isWrong: boolean;
  maySave: boolean;
  /** The number of the version that saving makes. */
  next: number;
  onName: (name: string) => void;
  onDiscard: () => void;
  onSave: () => void;
}

/** The route's name, what is not saved, and what can be done with all of it. */
export function Head(props: Props) {
  const { name, changes, route, csrf, words, mayChange, explainAt, isWrong, maySave, next } = props;
  const { onName, onDiscard, onSave } = props;
  const token = useRef<HTMLInputElement>(null);
  return (
    <div class="re-top">
      <div class="re-title">
        <label class="for-readers" for="route-name">
          {words["route_name"]}
        </label>
        <input
          id="route-name"
          type="text"
          maxLength={80}
          required
          value={name}
          placeholder={words["route_name"]}
          disabled={!mayChange}
          aria-invalid={isWrong ? true : undefined}
          onInput={(event) => onName(event.currentTarget.value)}
        />
        {changes > 0 && (
          <span class="tag warn">
            {changes === 1 ? words["one_change"] : filled(words["changes"] ?? "", { count: changes })}
          </span>
        )}
      </div>
      <div class="re-acts">
        <form
          method="post"
          action={explainAt}
          target="_blank"
          onSubmit={() => token.current && (token.current.value = csrfToken(csrf))}
        >
          <input ref={token} type="hidden" name="csrfmiddlewaretoken" value={csrf} />
          <input type="hidden" name="document" value={JSON.stringify(route)} />
          <input type="hidden" name="name" value={name} />
          <button class="re-key">▸ {words["try_it"]}</button>
        </form>
        {mayChange && (
          <>
            <button type="button" class="re-key" disabled={!changes} onClick={onDiscard}>
              {words["discard"]}
            </button>
            <button type="button" class="re-key primary" disabled={!maySave} onClick={onSave}>
              {filled(words["save_as"] ?? "", { number: next })}
            </button>
          </>
        )}
      </div>
    </div>
  );
}
