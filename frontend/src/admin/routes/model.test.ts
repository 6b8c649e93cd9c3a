import { describe, expect, it } from "vitest";

import {
  added,
  changesBetween,
  type Finding,
  KINDS,
  moved,
  newStep,
  removed,
  stillWrong,
  type RouteDocument,
  waysOf,
  withField,
  withSince,
  withStep,
} from "./model";

const WORDS = {
  arrow_no_input: "no key",
  arrow_wrong_input: "wrong key",
  arrow_next: "then",
  arrow_open: "open",
};

function shop(): RouteDocument {
  const menu = {
    ...newStep("menu", [], "Menu"),
    id: "menu",
    keys: [
      { digit: "1", meaning: "Orders", next: "box" },
      { digit: "2", meaning: "", next: "" },
    ],
    no_input: "box",
  };
  return { first: "menu", steps: [menu, { ...newStep("voicemail", [], "Box"), id: "box" }] };
}

describe("a route that is edited", () => {
  it("names all ways on of a step, those to nothing included", () => {
    expect(waysOf(shop().steps[0]!, WORDS)).toEqual([
      { field: "keys.0.next", to: "box", label: "1 Orders" },
      { field: "keys.1.next", to: "", label: "2" },
      { field: "no_input", to: "box", label: "no key" },
      { field: "wrong_input", to: "", label: "wrong key" },
    ]);
  });

  it("does not name a way that a step need not have", () => {
    const fields = waysOf(newStep("hours", [], ""), WORDS).map((way) => way.field);

    expect(fields).toEqual(["open", "closed"]);
  });

  it("gives each new step an id of its own, and all fields of its kind", () => {
    let route: RouteDocument = { first: "", steps: [] };
    for (const kind of Object.keys(KINDS)) route = added(route, newStep(kind, route.steps, kind));

    expect(new Set(route.steps.map((step) => step.id)).size).toBe(Object.keys(KINDS).length);
    expect(route.first).toBe(route.steps[0]!.id);
    const again = removed(route, route.steps[0]!.id, "");
    expect(again.steps.map((step) => step.id)).not.toContain(newStep("team", again.steps, "").id);
  });

  it("sets one field of one key and leaves the others", () => {
    const changed = withField(shop().steps[0]!, "keys.1.next", "box");

    expect(changed["keys"]).toEqual([
      { digit: "1", meaning: "Orders", next: "box" },
      { digit: "2", meaning: "", next: "box" },
    ]);
  });

  it("sends callers elsewhere when their step is removed", () => {
    const route = added(shop(), { ...newStep("goodbye", [], "Bye"), id: "bye" });

    const without = removed(route, "box", "bye");

    expect(waysOf(without.steps[0]!, WORDS).map((way) => way.to)).toEqual(["bye", "", "bye", ""]);
    expect(removed(route, "menu", "box").first).toBe("box");
  });

  it("moves a step within the list and not out of it", () => {
    const ids = (route: RouteDocument) => route.steps.map((step) => step.id).join();

    expect(ids(moved(shop(), "menu", 1))).toBe("box,menu");
    expect(ids(moved(shop(), "menu", -1))).toBe("menu,box");
    expect(ids(moved(shop(), "box", 5))).toBe("menu,box");
  });

  it("counts what was changed", () => {
    const before = shop();

    expect(changesBetween(before, shop())).toBe(0);
    expect(changesBetween(before, moved(before, "box", -1))).toBe(1);
    expect(changesBetween(before, removed(before, "box", ""))).toBe(2);
    expect(changesBetween(before, { ...before, first: "box" })).toBe(1);
    expect(changesBetween(before, added(before, newStep("team", before.steps, "")))).toBe(1);
  });
});

describe("a route that was saved while it was edited", () => {
  const sent = shop();
  const [menu, box] = sent.steps;
  // Written otherwise by the server.
  const saved: RouteDocument = {
    first: "menu",
    steps: [
      { ...menu!, keys: [{ digit: "1", meaning: "Orders", next: "box" }] },
      { ...box!, name: "The box" },
    ],
  };

  it("is what was saved, where nothing was changed since", () => {
    expect(withSince(sent, sent, saved)).toEqual(saved);
    const andBack = withStep(
      withStep(sent, withField(menu!, "tries", 4)),
      withField({ ...menu! }, "tries", 2),
    );
    expect(changesBetween(saved, withSince(sent, andBack, saved))).toBe(0);
  });

  it("keeps what was changed, added, moved and removed since", () => {
    const changed = withStep(sent, withField(menu!, "keys.1.meaning", "Other"));
    expect(withSince(sent, changed, saved).steps[0]?.["keys"]).toEqual(changed.steps[0]?.["keys"]);

    const more = moved(added(sent, { ...newStep("goodbye", [], "End"), id: "bye" }), "bye", -2);
    expect(withSince(sent, more, saved).steps.map(({ name }) => name)).toEqual(["End", "Menu", "The box"]);

    const less = removed(sent, "menu", "box");
    expect(withSince(sent, less, saved)).toEqual({ first: "box", steps: [saved.steps[1]] });
  });

  it("gives a new step nothing of a removed one that had its id", () => {
    const end = { ...newStep("goodbye", [], "End"), id: "box" };
    const again = added(removed(sent, "box", ""), end);

    expect(withSince(sent, again, saved).steps[1]).toEqual(end);
  });
});

describe("what was found wrong with a route", () => {
  const finding = (step: string, field: string, is_refusal = true): Finding => ({
    step,
    field,
    is_refusal,
    name: "",
    number: 1,
    text: "",
    todo: "",
    way: [],
    send_to: "",
  });
  const changed = (id: string, path: string, value: unknown) => {
    const route = shop();
    return withStep(
      route,
      withField(
        route.steps.find((one) => one.id === id)!,
        path,
        value,
      ),
    );
  };
  const left = (one: Finding, now: RouteDocument, foundIn = shop()) =>
    stillWrong([one], foundIn, now).length > 0;

  it("is wrong until its own place is changed", () => {
    const one = finding("menu", "keys.1.next");

    expect(left(one, shop())).toBe(true);
    expect(left(one, changed("menu", "name", "Other"))).toBe(true);
    expect(left(one, changed("menu", "wrong_input", "box"))).toBe(true);
    expect(left(one, changed("menu", "keys.1.next", "box"))).toBe(false);
    expect(left(one, removed(shop(), "menu", "box"))).toBe(false);
  });

  it("is mended at either of two keys with one digit, and by what is looked at beside it", () => {
    expect(left(finding("menu", "keys.1.digit"), changed("menu", "keys.0.digit", "3"))).toBe(false);
    const team = { ...newStep("team", [], "Team"), id: "team" };
    const route = { first: "team", steps: [team] };
    const now = withStep(route, withField(team, "team", 2));
    expect(left(finding("team", "nobody"), now, route)).toBe(false);
    expect(left(finding("team", "waited"), now, route)).toBe(true);
  });

  it("is no step that nobody reaches once something leads there", () => {
    const alone = added(shop(), { ...newStep("voicemail", [], "Other"), id: "other" });
    const one = finding("other", "", false);

    expect(left(one, withStep(alone, { ...alone.steps[2]!, name: "Box" }), alone)).toBe(true);
    expect(left(one, withStep(alone, withField(alone.steps[0]!, "wrong_input", "other")), alone)).toBe(false);
  });

  it("is a circle until any way is another", () => {
    const steps = ["a", "b"].map((id, at) => ({
      ...newStep("announcement", [], id),
      id,
      next: ["b", "a"][at]!,
    }));
    const circle = { first: "a", steps };
    const one = finding("a", "next");

    expect(left(one, withStep(circle, { ...steps[1]!, name: "B" }), circle)).toBe(true);
    expect(left(one, withStep(circle, withField(steps[1]!, "next", "")), circle)).toBe(false);
  });

  it("has the number that its step has now", () => {
    const one = finding("menu", "keys.1.next");

    expect(stillWrong([one], shop(), moved(shop(), "menu", 1))[0]?.number).toBe(2);
  });
});
