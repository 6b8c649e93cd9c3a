// Says of a file that it is too large before it is sent: a server need not read it to its end, and what else was
// written in the form would be lost with it. The form has `novalidate`, so the browser would not keep it back by itself.
for (const field of document.querySelectorAll("input[type=file][data-most]")) {
  const why = document.createElement("p");
  why.className = "rt-why";
  why.id = `${field.id}_too_large`;
  // There before it says anything, so that whoever listens hears it.
  why.setAttribute("role", "alert");
  const place = field.closest(".form-row") ?? field.parentElement;
  place.append(why);
  const described = field.getAttribute("aria-describedby");
  const isTooLarge = () => [...field.files].some((file) => file.size > Number(field.dataset.most));
  const check = () => {
    const wrong = isTooLarge();
    why.textContent = wrong ? field.dataset.tooLarge : "";
    place.classList.toggle("errors", wrong);
    if (wrong) {
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", [described, why.id].filter(Boolean).join(" "));
    } else {
      field.removeAttribute("aria-invalid");
      if (described) field.setAttribute("aria-describedby", described);
      else field.removeAttribute("aria-describedby");
    }
  };
  field.addEventListener("change", check);
  field.form?.addEventListener("submit", (event) => {
    if (!isTooLarge()) return;
    event.preventDefault();
    check();
    field.focus();
  });
}
