import type { EditorData } from "./Editor";
import { filled } from "./model";

/** Who uses the route, and whose version it is. `number`: of the version in force now. */
export function FactsLine({ data, number }: { data: EditorData; number: number }) {
  const { words } = data;
  return (
    <p class="re-facts">
      {data.lines.length ? words["used_by"] : words["used_by_none"]}{" "}
      {data.lines.map((line, at) => (
        <span key={line.address}>
          {at > 0 && ", "}
          <a href={line.address}>{line.said}</a>
        </span>
      ))}
      {number > 0 && (
        <>
          {" · "}
          {number === data.number
            ? filled(words["version_by"] ?? "", { number: data.number, ...data.saved })
            : filled(words["version_now"] ?? "", { number: number })}
          {data.addresses.versions && (
            <>
              {" · "}
              <a href={data.addresses.versions}>{words["history"]}</a>
            </>
          )}
        </>
      )}
      {" · "}
      {words["next_caller"]}
    </p>
  );
}
