import { openByKey } from "../../selectKeys";
import { KINDS, type Words } from "./model";

/** Adds a step of a kind that is chosen from a list. */
export function AddStep({ words, onAdd }: { words: Words; onAdd: (kind: string) => void }) {
  return (
    <span class="re-add">
      <label class="for-readers" for="re-add">
        {words["add_step"]}
      </label>
      <select
        id="re-add"
        value=""
        onKeyDown={openByKey}
        onChange={(event) => {
          const kind = event.currentTarget.value;
          event.currentTarget.value = "";
          if (kind) onAdd(kind);
        }}
      >
        <option value="">+ {words["add_step"]}</option>
        {Object.keys(KINDS).map((kind) => (
          <option key={kind} value={kind}>
            {words[`kind_${kind}`]}
          </option>
        ))}
      </select>
    </span>
  );
}
