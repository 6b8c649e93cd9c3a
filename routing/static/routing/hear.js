// Reads a greeting's text out by the browser's own voice; callers hear Twilio's. The same key stops it.
for (const key of document.querySelectorAll("[data-hear]")) {
  if (!window.speechSynthesis) break;
  key.hidden = false;
  key.addEventListener("click", () => {
    const speaks = window.speechSynthesis.speaking;
    window.speechSynthesis.cancel();
    const text = document.getElementById(key.dataset.hear)?.value;
    if (speaks || !text) return;
    const said = new SpeechSynthesisUtterance(text);
    said.lang = document.getElementById("id_language")?.value ?? "";
    window.speechSynthesis.speak(said);
  });
}
