"use strict";
// Who is picked for a group by hand: found by a search, added and taken out with the next save.
for (const box of document.querySelectorAll("[data-members]")) {
  const { members: name, group, url } = box.dataset;
  const words = box.dataset;
  const search = box.querySelector("[data-search]");
  const said = box.querySelector("[data-said]");
  const foundList = box.querySelector("[data-found]");
  const changes = box.querySelector("[data-changes]");
  let waiting, asked;

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  function button(text, label, act) {
    const made = element("button", "rule-key", text);
    made.type = "button";
    made.setAttribute("aria-label", label);
    made.addEventListener("click", act);
    return made;
  }

  function nameOf(person) {
    const made = element("span");
    made.append(element("bdi", "", person.name), " ", element("small", "", person.detail));
    return made;
  }

  const fill = (text, person) => text.replace("{name}", () => person.name);
  const changeOf = (person) => changes.querySelector(`[data-id="${person.id}"]`);
  const boxOf = (person) => box.querySelector(`[data-here] [data-id="${person.id}"] input`);

  function undo(person, kind) {
    return button(words.undo, fill(kind === "add" ? words.undoAdd : words.undoOut, person), () => {
      changeOf(person).remove();
      changes.hidden = !changes.children.length;
      said.textContent = "";
      search.focus();
      find();
    });
  }

  function change(person, kind) {
    // Who stands in the list of members has a box there.
    const here = kind === "out" ? boxOf(person) : null;
    if (here) here.checked = true;
    else {
      const row = element("li");
      row.dataset.id = person.id;
      const hidden = element("input");
      hidden.type = "hidden";
      hidden.name = `${name}-${kind}`;
      hidden.value = person.id;
      row.append(hidden, nameOf(person), element("em", "", kind === "add" ? words.willAdd : words.willOut), undo(person, kind));
      changes.append(row);
      changes.hidden = false;
    }
    said.textContent = `${person.name}: ${kind === "add" ? words.willAdd : words.willOut}`;
  }

  function row(person) {
    const made = element("li");
    made.append(nameOf(person));
    if (changeOf(person) || (person.member && boxOf(person)?.checked)) {
      made.append(element("em", "", person.member ? words.willOut : words.willAdd));
      return made;
    }
    if (person.member) made.append(element("em", "", words.isMember));
    const kind = person.member ? "out" : "add";
    const key = button(kind === "add" ? words.add : words.out, fill(kind === "add" ? words.addWho : words.outWho, person), () => {
      change(person, kind);
      const next = made.nextElementSibling?.querySelector("button") ?? search;
      made.replaceWith(row(person));
      next.focus();
    });
    made.append(key);
    return made;
  }

  async function find() {
    clearTimeout(waiting);
    asked?.abort();
    asked = new AbortController();
    const wanted = search.value.trim();
    if (!wanted) {
      foundList.replaceChildren();
      foundList.hidden = true;
      said.textContent = "";
      return;
    }
    try {
      const answer = await fetch(`${url}?${new URLSearchParams({ q: wanted, group })}`, { signal: asked.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const { text, people } = await answer.json();
      foundList.replaceChildren(...people.map(row));
      foundList.hidden = !people.length;
      said.textContent = text;
    } catch (error) {
      if (error.name !== "AbortError") said.textContent = words.away;
    }
  }

  for (const one of changes.children) {
    const person = { id: one.dataset.id, name: one.dataset.name, detail: one.dataset.detail };
    const kind = one.dataset.change;
    one.append(element("em", "", kind === "add" ? words.willAdd : words.willOut), undo(person, kind));
  }
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(find, 250);
  });
  search.addEventListener("keydown", (event) => {
    // It would save the form.
    if (event.key !== "Enter") return;
    event.preventDefault();
    find();
  });
}
