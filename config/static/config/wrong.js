// Leads to the first field with an error. Django leads to the first field of a form that adds something, whatever is
// wrong; its script has no fixed moment, so this waits until the page is whole.
const WRONG = ".errors :is(input, select, textarea, button), [aria-invalid=true]";

function lead() {
  const content = document.getElementById("content");
  const fields = content?.querySelectorAll(WRONG) ?? [];
  // What is hidden, or was replaced by a form of ours beside it, takes no focus.
  const first = [...fields].find((one) => one.checkVisibility() && !one.disabled && one.type !== "hidden");
  const note = content?.querySelector(".errornote, .errorlist.nonfield");
  if (first) first.focus();
  else if (note) {
    // Of what is wrong with the whole form, its sentence is where one begins to read.
    note.tabIndex = -1;
    note.focus();
  }
}

if (document.readyState === "complete") lead();
else window.addEventListener("load", lead);
