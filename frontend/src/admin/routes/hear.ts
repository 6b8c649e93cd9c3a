/** Reads a text out in the page, by the browser's own voice: callers hear Twilio's. The same again stops it. */
let reading = "";

export function hear(text: string, language: string): void {
  const voice = window.speechSynthesis;
  if (!voice) return;
  const stops = voice.speaking && reading === text;
  voice.cancel();
  if (stops) return;
  reading = text;
  const said = new SpeechSynthesisUtterance(text);
  said.lang = language;
  voice.speak(said);
}
