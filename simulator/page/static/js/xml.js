/**
 * TwiML with indents. Worked out on the text alone: the browser's parser is a door to markup, which a strict content
 * policy keeps shut, and what the desk sent is to be seen as it was sent.
 */

const TOKENS = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<(?:"[^"]*"|'[^']*'|[^<>"'])*>|[^<]+/g;

/** @typedef {{text: string, name: string | null, children: Piece[], closing: string}} Piece */

/**
 * The same XML with a line for every element; the body untouched when it is no XML.
 *
 * @param {string} body
 */
export function prettyXml(body) {
  const tokens = body.match(TOKENS) ?? [];
  if (tokens.join("") !== body) return body;
  const root = tree(tokens);
  return root ? root.flatMap((piece) => lines(piece, "")).join("\n") : body;
}

/**
 * @param {string[]} tokens
 * @returns {Piece[] | null} null when the tags do not match
 */
function tree(tokens) {
  /** @type {Piece} */
  const root = { text: "", name: null, children: [], closing: "" };
  const open = [root];
  for (const token of tokens) {
    const closing = /^<\/\s*([^\s>]+)/.exec(token);
    const opening = /^<([^\s/>!?]+)/.exec(token);
    if (closing) {
      const piece = open.pop();
      if (!piece || piece.name !== closing[1]) return null;
      piece.closing = token;
      continue;
    }
    /** @type {Piece} */
    const piece = { text: token, name: opening?.[1] ?? null, children: [], closing: "" };
    open.at(-1)?.children.push(piece);
    if (opening && !token.endsWith("/>")) open.push(piece);
  }
  return open.length === 1 ? root.children : null;
}

/** @param {Piece} piece */
const isText = (piece) => !piece.text.startsWith("<") || piece.text.startsWith("<![CDATA[");

/**
 * @param {Piece} piece
 * @param {string} indent
 * @returns {string[]}
 */
function lines(piece, indent) {
  const inner = piece.children.filter((child) => child.text.trim());
  if (isText(piece)) return piece.text.trim() ? [indent + piece.text.trim()] : [];
  if (!piece.closing) return [indent + piece.text];
  // Text would change its meaning if it moved to a line of its own.
  if (!inner.length || inner.some(isText)) return [indent + whole(piece)];
  return [indent + piece.text, ...inner.flatMap((child) => lines(child, `${indent}  `)), indent + piece.closing];
}

/** @param {Piece} piece @returns {string} */
function whole(piece) {
  return piece.text + piece.children.map(whole).join("") + piece.closing;
}
