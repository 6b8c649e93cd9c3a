import { render, type ComponentChild } from "preact";

import { DatesForm, type HoursData, WeekForm } from "./WeekForm";
import { readDates, readWeek } from "./week";

const found = document.getElementById("hours-data");
if (found?.textContent) {
  const data = JSON.parse(found.textContent) as HoursData;
  mount("id_week", (field) => (
    <WeekForm data={data} week={readWeek(field.value)} onChange={(week) => write(field, week)} />
  ));
  mount("id_dates", (field) => (
    <DatesForm words={data.words} dates={readDates(field.value)} onChange={(dates) => write(field, dates)} />
  ));
  partsOfCountry(data);
  asksBeforeLeaving(data.words["leave"] ?? "");
}

function mount(id: string, made: (field: HTMLTextAreaElement) => ComponentChild): void {
  const field = document.getElementById(id);
  // Whoever may only look has no field.
  if (!(field instanceof HTMLTextAreaElement)) return;
  const place = document.createElement("div");
  field.after(place);
  field.hidden = true;
  render(made(field), place);
}

function write(field: HTMLTextAreaElement, value: unknown): void {
  field.value = JSON.stringify(value);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Of the countries' parts, those of the chosen one. */
function partsOfCountry(data: HoursData): void {
  const country = document.getElementById("id_country");
  const part = document.getElementById("id_subdivision");
  if (!(country instanceof HTMLSelectElement) || !(part instanceof HTMLInputElement)) return;
  const select = document.createElement("select");
  for (const { name, value } of part.attributes) if (name !== "type") select.setAttribute(name, value);
  const fill = (chosen: string) => {
    const parts = data.places[country.value] ?? [];
    select.replaceChildren(
      new Option(data.words["whole_country"] ?? "", ""),
      ...parts.map(([code, name]) => new Option(name, code)),
    );
    select.value = parts.some(([code]) => code === chosen) ? chosen : "";
    select.disabled = parts.length === 0;
  };
  fill(part.value);
  country.addEventListener("change", () => fill(""));
  part.replaceWith(select);
}

function asksBeforeLeaving(text: string): void {
  const form = document.querySelector<HTMLFormElement>("#openinghours_form");
  if (!form || !text) return;
  let isChanged = false;
  form.addEventListener("input", (event) => {
    // The field that asks for a moment stands in the page's form, but is of another.
    if (!(event.target instanceof HTMLInputElement) || event.target.form === form) isChanged = true;
  });
  form.addEventListener("submit", () => (isChanged = false));
  window.addEventListener("beforeunload", (event) => {
    if (isChanged) event.preventDefault();
  });
}
