/** How sentences speak of other people, whose names come from outside. */

/** What turns the text after it round, or ends an isolation that somebody else began. */
const CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** Letters that are read from right to left, by the blocks of Unicode in which they stand. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]|[\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const ISOLATE = "\u2068";
const END_OF_ISOLATE = "\u2069";

/** A text from outside without the marks that steer the direction of what follows it. */
export function plain(text: string): string {
  return text.replace(CONTROLS, "");
}

/**
 * A name for the midst of a sentence: it never turns the words around it. Names that are read from left to right, as
 * the sentence is, need no marks and stay searchable as they are.
 */
export function isolated(text: string): string {
  const bare = plain(text);
  return RIGHT_TO_LEFT.test(bare) ? `${ISOLATE}${bare}${END_OF_ISOLATE}` : bare;
}

/** First words that are no first name, in what people and telephone networks write for a name. */
const NO_FIRST_NAME = new Set(
  (
    "the a an mr mrs ms miss dr prof sir madam herr frau m mme " +
    "wireless cell mobile spam scam unknown unavailable private anonymous potential suspected likely toll no call"
  ).split(" "),
);
/** Letters of a script that has capitals: elsewhere the first word need not be the first name. */
const NAME_WORD = /^\p{Lu}[\p{L}\p{M}'’-]*\p{Ll}[\p{L}\p{M}'’-]*$/u;
const COMPANY_WORD =
  /^(ltd|limited|inc|llc|llp|plc|corp|co|company|gmbh|ag|kg|ohg|sa|sarl|srl|bv|nv|ab|oy|group|and|&|\+)\.?$/i;

/**
 * "Maya" of "Maya Okonkwo", for sentences. The whole name when it has no first name that could be told for sure:
 * "WIRELESS CALLER", "WASHINGTON DC", "V0123456789", "Dr. Okonkwo", "Smith & Sons", and names of scripts without
 * capitals.
 */
export function firstName(name: string): string {
  return isolated(firstOf(name));
}

/** What a name may take of a line. */
const LONGEST_SHOWN = 28;

/** The same for what is read in one line; of a longer one its beginning. The whole name stands above it. */
export function shownFirstName(name: string): string {
  const letters = [...firstOf(name)];
  if (letters.length <= LONGEST_SHOWN) return firstName(name);
  const beginning = letters.slice(0, LONGEST_SHOWN - 1).join("");
  return isolated(`${beginning.trimEnd()}…`);
}

function firstOf(name: string): string {
  const bare = plain(name).trim();
  const words = bare.split(/\s+/);
  const [first = ""] = words;
  const personal =
    words.length > 1 &&
    NAME_WORD.test(first) &&
    !NO_FIRST_NAME.has(first.toLowerCase()) &&
    !words.some((word) => COMPANY_WORD.test(word) || /[\d@]/.test(word));
  return personal ? first : bare;
}
