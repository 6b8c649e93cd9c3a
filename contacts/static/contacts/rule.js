"use strict";
// The rows of a group's rule: added and taken away, each with the comparisons that fit its field; and how many people
// the rule finds now.
for (const rule of document.querySelectorAll("[data-rule]")) {
  const { rule: name, id, url } = rule.dataset;
  const most = Number(rule.dataset.most);
  const rows = rule.querySelector("[data-rows]");
  const blank = rule.querySelector("template").content.querySelector("[data-row]");
  const add = rule.querySelector("[data-add]");
  const found = rule.querySelector("[data-found]");
  const ways = [...blank.querySelector("[name$=-is]").options];
  const withoutValue = rule.dataset.without.split(" ");
  let waiting, asked;

  const all = () => [...rows.querySelectorAll("[data-row]")];
  const part = (row, which) => row.querySelector(`[name$=-${which}]`);

  function fit(row) {
    const field = part(row, "field").selectedOptions[0];
    const is = part(row, "is");
    const value = part(row, "value");
    const before = is.value;
    const fitting = (field?.dataset.ways || "").split(" ");
    is.replaceChildren(...ways.filter((way) => !field?.value || fitting.includes(way.value)).map((way) => way.cloneNode(true)));
    if ([...is.options].some((way) => way.value === before)) is.value = before;
    const asks = Boolean(field?.value) && !withoutValue.includes(is.value);
    is.disabled = !field?.value;
    value.disabled = !asks;
    value.inputMode = fitting.includes("within") ? "numeric" : "text";
    row.querySelector(".rule-hint").textContent = asks ? field.dataset.hint : "";
    if (asks && field.dataset.list) value.setAttribute("list", `${id}-${field.dataset.list}`);
    else value.removeAttribute("list");
  }

  function number() {
    all().forEach((row, at) => {
      for (const which of ["field", "is", "value"]) {
        const control = part(row, which);
        row.querySelector(`label[for="${control.id}"]`).htmlFor = `${id}-${at}-${which}`;
        control.id = `${id}-${at}-${which}`;
        control.name = `${name}-${at}-${which}`;
      }
      const wrong = row.querySelector(".rule-wrong");
      const hint = row.querySelector(".rule-hint");
      hint.id = `${id}-${at}-hint`;
      if (wrong) wrong.id = `${id}-${at}-wrong`;
      for (const which of ["field", "is"]) if (wrong) part(row, which).setAttribute("aria-describedby", wrong.id);
      part(row, "value").setAttribute("aria-describedby", wrong ? `${hint.id} ${wrong.id}` : hint.id);
      row.querySelector("legend").textContent = rule.dataset.legend.replace("{number}", at + 1);
      row.querySelector("[data-remove]").setAttribute("aria-label", rule.dataset.remove.replace("{number}", at + 1));
    });
    add.disabled = all().length >= most;
  }

  function equip(row) {
    const remove = row.querySelector("[data-remove]");
    remove.hidden = false;
    remove.addEventListener("click", () => {
      const next = row.nextElementSibling ?? row.previousElementSibling;
      if (!next) append();
      row.remove();
      number();
      part(next ?? all()[0], "field").focus();
      ask();
    });
    for (const which of ["field", "is"]) part(row, which).addEventListener("change", () => fit(row));
    fit(row);
  }

  function append() {
    const row = document.importNode(blank, true);
    rows.append(row);
    equip(row);
    return row;
  }

  function ask() {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      asked?.abort();
      asked = new AbortController();
      const body = new FormData();
      for (const [key, text] of new FormData(rule.closest("form"))) {
        if (key.startsWith(`${name}-`) || key === "csrfmiddlewaretoken") body.append(key, text);
      }
      try {
        const answer = await fetch(url, { method: "POST", body, signal: asked.signal });
        if (!answer.ok) throw new Error(String(answer.status));
        found.textContent = (await answer.json()).text;
      } catch (error) {
        if (error.name !== "AbortError") found.textContent = rule.dataset.away;
      }
    }, 400);
  }

  // Empty ones are there for who has no JavaScript.
  for (const row of all()) if (!part(row, "field").value && !part(row, "value").value && all().length > 1) row.remove();
  all().forEach(equip);
  number();
  add.hidden = false;
  add.addEventListener("click", () => {
    const row = append();
    number();
    part(row, "field").focus();
  });
  rule.addEventListener("input", ask);
}
