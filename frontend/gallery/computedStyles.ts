/**
 * Computed styles, each found out once. happy-dom goes through every element's forebears and every rule each time that it
 * is asked, which is most of what axe takes here. Styles hang on nothing but the tags from the root down to the element
 * and on what is written below, as long as no style sheet asks for more: classes mean nothing in this test.
 */
const ASKED = ["style", "hidden", "type", "open"];

type Values = Map<PropertyKey, unknown>;

const known = new Map<string, Values>();

/** Puts the remembering one in the place of the window's own. */
export function rememberStyles(window: { getComputedStyle: typeof getComputedStyle }): void {
  const ask = window.getComputedStyle.bind(globalThis);
  window.getComputedStyle = (element, pseudo) => {
    const key = `${pseudo ?? ""} ${pathOf(element)}`;
    const values = known.get(key) ?? new Map<PropertyKey, unknown>();
    known.set(key, values);
    return new Proxy({} as CSSStyleDeclaration, {
      get(_, name) {
        if (name === "getPropertyValue")
          return (property: string) =>
            read(values, `--${property}`, () => ask(element, pseudo).getPropertyValue(property));
        return read(values, name, () => Reflect.get(ask(element, pseudo), name));
      },
    });
  };
}

function read(values: Values, name: PropertyKey, find: () => unknown): unknown {
  if (!values.has(name)) values.set(name, find());
  return values.get(name);
}

function pathOf(element: Element): string {
  const parts: string[] = [];
  for (let each: Element | null = element; each; each = each.parentElement) {
    const asked = ASKED.map((name) => each?.getAttribute(name) ?? "").join();
    parts.push(`${each.tagName}${asked === ",,," ? "" : `[${asked}]`}`);
  }
  return parts.join(">");
}
