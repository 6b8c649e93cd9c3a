/** The texts of the settings, the list of shortcuts and signing out, in German. */
import type { Message } from "../messages";
import type { en } from "./en";

export const de: Record<keyof typeof en, Message> = {
  "noise.what":
    "Anrufer hören Ihre Stimme ohne die Geräusche um Sie herum. Der Ton wird dafür nur auf diesem Computer verarbeitet; das kostet etwas Rechenleistung.",
  "noise.notHere": "Dieser Browser kann keine Geräusche unterdrücken.",
  "settings.devicesLater": "Geräte lassen sich wählen, sobald der Browser das Mikrofon erlaubt.",
  "settings.language": "Sprache",
  "settings.languageOfBrowser": "Wie der Browser",
  "settings.languageLater": "Gespeichert. Laden Sie die Seite neu, am besten zwischen zwei Anrufen.",
  "settings.theme": "Darstellung",
  "settings.system": "Wie das System",
  "settings.light": "Hell",
  "settings.dark": "Dunkel",
  "settings.shortcutsOn": "Kürzel mit einer Taste sind an",
  "settings.shortcutsOff": "Kürzel mit einer Taste sind aus",
  "settings.notify": "Benachrichtigung zeigen, wenn ein Anruf klingelt und diese Seite verdeckt ist",
  "wake.label": "Diesen Browser wecken, wenn jemand wartet und kein Platz antwortet",
  "wake.hidesNames": "Benachrichtigungen nennen keine Namen",
  "wake.unsupported":
    "Dieser Browser kann nicht für Anrufe geweckt werden. Auf einem iPhone fügen Sie Ringdesk erst zum Home-Bildschirm hinzu; sonst öffnen Sie Ringdesk über https.",
  "wake.unset":
    "Browser werden nicht für Anrufe geweckt: Es ist kein Schlüssel dafür eingerichtet. Fragen Sie Ihre Administration.",
  "wake.blocked":
    "Dieser Browser kann nicht für Anrufe geweckt werden: Er blockiert Benachrichtigungen dieser Seite.",
  "wake.failed": "Es hat nicht geklappt: {problem}",
  "settings.notifyBlocked": "Ihr Browser blockiert Benachrichtigungen dieser Seite.",
  "settings.microphone": "Mikrofon",
  "settings.speaker": "Lautsprecher",
  "settings.ringOn": "Klingelton auf",
  "settings.chosenDevice": "Das gewählte Gerät",
  "settings.missing": "{device} (nicht da)",
  "settings.systemMicrophone": "Das Mikrofon des Systems",
  "settings.microphoneRefused":
    "{device} war nicht zu benutzen: Es ist nicht da, oder ein anderes Programm belegt es. Die Auswahl ist wie zuvor.",
  "settings.microphoneFailed":
    "Dieses Mikrofon konnte nicht verwendet werden: Es ist nicht da, oder ein anderes Programm verwendet es. Gespräche laufen über ein anderes.",
  "settings.saySomething": "Sagen Sie etwas: Der Balken bewegt sich.",
  "settings.test": "Testen",
  "settings.testOf": "Testen: {device}",
  "settings.playing": "Wird abgespielt …",
  "settings.outputFailed": "Dieses Gerät konnte keinen Ton abspielen.",

  // Keyboard shortcuts
  "keys.caption": "Tasten und was sie tun",
  "keys.enter": "Eingabe",
  "keys.ctrl": "Strg",
  "keys.shift": "Umschalt",
  "keys.escape": "Esc",
  "keys.or": "oder",
  "keys.answer": "Annehmen, solange Annehmen den Fokus hat",
  "keys.answerAnywhere": "Von überall annehmen, auch beim Schreiben",
  "keys.reject": "Ablehnen",
  "keys.mute": "Stumm an oder aus",
  "keys.hold": "Halten an oder aus",
  "keys.help": "Um Hilfe bitten oder das zurücknehmen",
  "keys.transfer": "Weiterleiten",
  "keys.keypad": "Tastenfeld; dann Ziffern, * und #",
  "keys.hangUp": "Auflegen",
  "keys.search": "Anrufliste durchsuchen",
  "keys.dial": "Zur Eingabe der Rufnummer",
  "keys.waiting": "Wer wartet",
  "keys.note": "Notiz schreiben",
  "keys.availability": "Verfügbarkeit",
  "keys.rows": "Zeilen der Anrufliste; Eingabe öffnet, C ruft an, S schreibt eine SMS",
  "keys.leave": "Ein Feld verlassen oder einen Bereich schließen. Beendet nie ein Gespräch",
  "keys.region": "Nächster Bereich",
  "keys.list": "Diese Liste",

  // Signing out
  "signOut.title": "Während des Gesprächs abmelden?",
  "signOut.titleParked": "Abmelden, obwohl noch jemand auf Sie wartet?",
  "signOut.text": "{name} ist in der Leitung. Das Abmelden beendet das Gespräch.",
  "signOut.leaves": "Mit dem Abmelden verlassen Sie das Gespräch mit {name}. Es geht ohne Sie weiter.",
  "signOut.parked": "{name} wird gehalten und wartet auf Sie. Das Abmelden beendet dieses Gespräch.",
  "signOut.consults":
    "{name} wartet, bis feststeht, wer das Gespräch hat. Übergeben Sie es zuerst, oder brechen Sie das Weiterleiten ab.",
  "signOut.back": "Zurück zum Gespräch",
  "signOut.cancel": "Abbrechen",
  "signOut.end": "Abmelden und Gespräch beenden",
  "signOut.endAll": "Abmelden und Gespräche beenden",
  "signOut.leave": "Abmelden und Gespräch verlassen",
  "signOut.leaveAndEnd": "Abmelden, ein Gespräch verlassen und die anderen beenden",

  // Offering to show notifications
  "offer.label": "Benachrichtigungen",
  "offer.text":
    "Möchten Sie sehen, wer anruft, während diese Seite verdeckt ist? Ringdesk kann eine Benachrichtigung zeigen.",
  "offer.show": "Benachrichtigungen zeigen",
  "offer.no": "Nein, danke",

  // Who waits
  "waiting.in": "Es warten auf {team}",
  "waiting.take": "Holen",
  "waiting.pickUp": "Heranholen",
  "waiting.actionFor": "{word}: {who}",
  "waiting.taking":
    "Ringdesk entscheidet, wer als Nächstes drankommt, wenn Sie niemanden holen. Holen beendet das Warten, und Ihr Telefon klingelt sofort.",
  "waiting.ringing": "Klingelt bei anderen im Team",
  "waiting.ringsAt": "klingelt bei {names}, Leitung {line}",
  "waiting.callNow": "Zurückrufen",
  "waiting.cancel": "Kein Rückruf",
  "waiting.gone": "{who} wartet nicht mehr.",
  "waiting.took": "{name} war schneller.",

  // A call that was
  "details.note": "Notiz und Ergebnis",
  "details.happened": "Was geschah",
  "details.sound": "Ton",
  "details.soundWarned": "Gewarnt vor: {what}",
  "details.soundWith": "Mit: {what}",
  "details.soundPartly": "Gemessen, bis die Seite wegging.",
  "details.began": "Beginn",
  "details.lasted": "Dauer",
  "details.rang": "Rufdauer",
  "details.waited": "Gewartet",
  "details.answeredBy": "Ange\u00adnommen von",
  "details.calledBy": "Ange\u00adrufen von",
  "details.callerId": "Ruf\u00adnummern\u00adanzeige",
  "details.forged": "Vom Telefonnetz nicht bestätigt. Sie kann gefälscht sein.",
  "details.spam": "Spam-Regel",
  "details.isSpam": "Es gibt eine für diesen Anrufer.",
  "details.problem": "Problem",
  "details.notLoaded": "Was geschah, wurde nicht geladen",
  "details.nothing": "Zu diesem Anruf ist nichts aufgezeichnet.",
};
