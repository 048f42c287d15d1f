/** Texts, numbers, days and patterns as the server reads and writes them (Python, and its regular
 * expressions, which are those of Rust). */

/** What Python's `str.strip` and `str.split` take for blank. */
const BLANK = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const BLANKS = new RegExp(`[${BLANK}]+`);
const ONLY_BLANK = new RegExp(`^[${BLANK}]*$`);
/** What no XML holds: control characters and halves of characters. */
const NOT_XML = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** @param {string} text */
export const isBlank = (text) => ONLY_BLANK.test(text);

/** @param {string} text */
export const nonXml = (text) => text.replace(NOT_XML, "");

/** @param {string} text */
export const words = (text) => text.split(BLANKS).filter(Boolean);

/**
 * A number as XPath writes it: 1e-7 would be no number to it.
 * @param {number} n
 */
export function digits(n) {
  if (!Number.isFinite(n)) return Number.isNaN(n) ? "NaN" : n > 0 ? "Infinity" : "-Infinity";
  if (Number.isInteger(n)) return BigInt(n).toString();
  const text = String(n);
  return Math.abs(n) >= 1e-4 && !text.includes("e") ? text : n.toFixed(20).replace(/0+$/, "").replace(/\.$/, "");
}

/**
 * A text as Python's `float` reads it; digits of other scripts are digits.
 * @param {string} text
 */
export function pythonNumber(text) {
  const plain = text.replace(/\p{Nd}/gu, (digit) => {
    if (digit < "\u0080") return digit;
    let value = 0;
    // Every script has its ten digits in a row.
    for (let c = /** @type {number} */ (digit.codePointAt(0)); value < 9 && /\p{Nd}/u.test(String.fromCodePoint(c - value - 1)); ) value++;
    return String(value % 10);
  });
  const bare = plain.split(BLANKS).filter(Boolean);
  if (bare.length !== 1 || !/^[+-]?(\d+(_\d+)*\.?(\d+(_\d+)*)?|\.\d+(_\d+)*)(e[+-]?\d+(_\d+)*)?$/i.test(bare[0])) return NaN;
  const value = Number(bare[0].replaceAll("_", ""));
  return Number.isFinite(value) ? value : NaN;
}

/**
 * Days since 1970 of a `YYYY-MM-DD`.
 * @param {string} text
 * @returns {number | null} null for what is no date
 */
export function day(text) {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || text.startsWith("0000")) return null;
  const at = Date.parse(`${text}T00:00:00Z`);
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(text) ? at / 86_400_000 : null;
}

/** @type {Map<string, RegExp | null>} */
const patterns = new Map();
/**
 * In Rust's words and in ours. Only what is read alike is judged here; of anything else the
 * server judges when it gets the answers.
 */
const CLASSES = { d: "\\p{Nd}", w: "[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u200c\\u200d]", s: "[\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]" };

/**
 * A regular expression that the whole text must match, as on the server.
 * @param {string} text
 * @returns {RegExp | null} null where that cannot be promised, or where it might run for minutes
 */
export function pattern(text) {
  let found = patterns.get(text);
  if (found === undefined) patterns.set(text, (found = translated(text)));
  return found;
}

/** @param {string} text @returns {RegExp | null} */
function translated(text) {
  // Flags, POSIX classes, sets of sets, other anchors, properties, words' ends: read otherwise here.
  if (/\(\?(?!:)|\[\[|\[[^\]]*(&&|--|~~)|\\[^dwsDS.+*?()|[\]{}^$\\/\-nrt]/.test(text)) return null;
  // A repeated group that repeats or chooses inside: this engine might try for minutes.
  if (/\([^)]*[*+{|][^]*\)[*+{]/.test(text)) return null;
  let inSet = false, out = "";
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === "\\") {
      const next = text[++i] ?? "";
      const known = CLASSES[/** @type {keyof typeof CLASSES} */ (next)];
      const opposite = CLASSES[/** @type {keyof typeof CLASSES} */ (next.toLowerCase())];
      if (known) out += inSet ? known.replace(/^\[|\]$/g, "") : known;
      else if (opposite && next !== next.toLowerCase()) {
        if (inSet) return null;
        out += next === "D" ? "\\P{Nd}" : `[^${opposite.slice(1)}`;
      } else out += `\\${next}`;
    } else if (c === "[" && !inSet) {
      inSet = true;
      out += c;
      if (text[i + 1] === "^") out += text[++i];
    } else if (c === "]" && inSet) {
      inSet = false;
      out += c;
    } else out += c === "." && !inSet ? "[^\\n]" : c;
  }
  try {
    return new RegExp(`^(?:${out})$`, "u");
  } catch {
    return null;
  }
}
