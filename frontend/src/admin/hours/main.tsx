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

/** Countries and their parts are chosen by name; of the parts, those of the chosen country. */
function partsOfCountry(data: HoursData): void {
  const country = selectFor("id_country");
  const part = selectFor("id_subdivision");
  if (!country || !part) return;
  fill(country.select, data.words["no_holidays"] ?? "", data.countries, country.value);
  const fillParts = (chosen: string) => {
    const parts = data.places[country.select.value] ?? [];
    fill(part.select, data.words["whole_country"] ?? "", parts, chosen);
    part.select.disabled = parts.length === 0;
  };
  fillParts(part.value);
  country.select.addEventListener("change", () => fillParts(""));
}

/** In place of a field, with its name and all else that is said of it. */
function selectFor(id: string): { select: HTMLSelectElement; value: string } | null {
  const field = document.getElementById(id);
  if (!(field instanceof HTMLInputElement)) return null;
  const select = document.createElement("select");
  for (const { name, value } of field.attributes) {
    if (!["type", "value", "maxlength"].includes(name)) select.setAttribute(name, value);
  }
  field.replaceWith(select);
  return { select, value: field.value };
}

function fill(select: HTMLSelectElement, none: string, options: [string, string][], chosen: string): void {
  select.replaceChildren(new Option(none, ""), ...options.map(([code, name]) => new Option(name, code)));
  select.value = options.some(([code]) => code === chosen) ? chosen : "";
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
