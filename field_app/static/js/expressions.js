/**
 * Expressions of a form on the phone: XPath 1.0 by the vendored library, made to say what libxml2
 * says on the server. Where the two would differ (how a number is written, what a character is),
 * the server's way counts; `tests/browser/test_rules_agree.py` compares them.
 *
 * @typedef {{xpath: string, refs: [boolean, string][], today: boolean}} Expression
 * @typedef {Record<string, any>} Values
 */

import xpath from "../vendor/xpath/xpath.js";
import { day, digits, nonXml, pattern, pythonNumber, words } from "./texts.js";
import { todayInChina } from "./clock.js";

xpath.XNumber.prototype.parse = numberOf;
xpath.XNumber.prototype.toString = /** @this {{num: number}} */ function () { return written(this.num); };
xpath.XNodeSet.prototype.number = /** @this {any} */ function () { return new xpath.XNumber(this.stringValue()); };
xpath.XNodeSet.prototype.numberValue = /** @this {any} */ function () { return numberOf(this.stringValue()); };
// Beside a boolean a node is one too, by the standard, in any comparison.
for (const name of ["lessthan", "greaterthan", "lessthanorequal", "greaterthanorequal"]) {
  const usual = xpath.XBoolean.prototype[name];
  xpath.XBoolean.prototype[name] = /** @this {any} @param {any} r */ function (r) {
    return usual.call(this, r instanceof xpath.XNodeSet ? r.bool() : r);
  };
}

/**
 * A text as libxml2 reads a number; also `1e3`, which is none in the standard.
 * @param {string} text
 */
export function numberOf(text) {
  const match = /^[ \t\r\n]*(-?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?)(\d*))?[ \t\r\n]*$/.exec(text);
  if (!match || (!match[2] && !match[3])) return NaN;
  const [, minus, whole, parts = "", sign, power = ""] = match;
  let value = 0;
  for (const c of whole) value = value * 10 + Number(c);
  const zeros = /^0*/.exec(parts)?.[0].length ?? 0, used = parts.slice(0, zeros + 20);
  let fraction = 0;
  for (const c of used.slice(zeros)) fraction = fraction * 10 + Number(c);
  value += fraction / 10 ** used.length;
  const exponent = Number(power) * (sign === "-" ? -1 : 1);
  return (minus ? -value : value) * 10 ** exponent;
}

/**
 * A number as libxml2 writes it: 15 digits, and an exponent beyond a milliard.
 * @param {number} n
 */
export function written(n) {
  if (Number.isNaN(n)) return "NaN";
  if (!Number.isFinite(n)) return n > 0 ? "Infinity" : "-Infinity";
  if (n === 0) return "0";
  const size = Math.abs(n);
  if (Number.isInteger(n) && size < 2147483647) return String(n);
  if (size > 1e9 || size < 1e-5) {
    const [base, power] = n.toExponential(14).split("e");
    return `${trimmed(base)}e${power[0]}${power.slice(1).padStart(2, "0")}`;
  }
  const place = Math.trunc(Math.log10(size));
  return trimmed(n.toFixed(15 - place - (place > 0 ? 1 : 0)));
}

/** @param {string} number with a point, or without */
function trimmed(number) {
  return number.includes(".") ? number.replace(/0+$/, "").replace(/\.$/, "") : number;
}

const nothing = document.implementation.createDocument(null, null, null);

/**
 * What `.` or a bare column name stands for.
 * @param {any} value
 * @param {{value: string, label: string, columns: Record<string, string>} | null} choice
 */
function item(value, choice) {
  const node = nothing.createElementNS(null, "item");
  if (!choice) {
    node.textContent = nonXml(plain(asXPath(value)));
    return node;
  }
  for (const [name, text] of Object.entries({ ...choice.columns, name: choice.value, label: choice.label })) {
    const column = nothing.createElementNS(null, name);
    column.textContent = nonXml(text);
    node.append(column);
  }
  return node;
}

/** An answer as a value of XPath. @param {any} value */
function asXPath(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean" || typeof value === "number") return value;
  return nonXml(Array.isArray(value) ? value.map(plain).join(" ") : String(value));
}

/** A plain value as a text, as the server's `_text` has it. @param {any} value */
export function plain(value) {
  return typeof value === "number" ? digits(value) : String(value);
}

/**
 * A value of the library as a text: as `plain`, and of nodes the first one's.
 * @param {any} value
 */
function textOf(value) {
  if (value instanceof xpath.XNumber) return digits(value.numberValue());
  return value.stringValue();
}

/** @param {any} value */
function truth(value) {
  if (value instanceof xpath.XNodeSet) return value.stringValue() !== "";
  return value.booleanValue();
}

/**
 * A value as the functions of ODK test it: a set of nodes is true where it has one.
 * @param {any} value
 */
function tested(value) {
  return value instanceof xpath.XNodeSet ? value.toArray().length > 0 : value.booleanValue();
}

const points = (/** @type {any} */ value) => [...value.stringValue()];

/** @type {Record<string, (context: any, ...given: any[]) => any>} */
const FUNCTIONS = {
  selected: (_c, several, one) => words(textOf(several)).includes(textOf(one)),
  "count-selected": (_c, several) => words(textOf(several)).length,
  if: (_c, test, yes, no) => (tested(test) ? yes : no),
  coalesce: (_c, first, second) => (textOf(first) ? first : second),
  regex: (_c, value, given) => pattern(textOf(given))?.test(textOf(value)) ?? true,
  int: (_c, value) => Math.trunc(pythonNumber(textOf(value))),
  "day-of": (_c, value) => {
    if (value instanceof xpath.XNumber || value instanceof xpath.XBoolean) return value;
    return day(textOf(value)) ?? value;
  },
  // The library counts halves of characters, and rounds and cuts in its own way.
  "string-length": (c, text) => [...(text ? text.stringValue() : c.contextNode.textContent)].length,
  substring: (_c, text, from, count) => {
    const begin = Math.floor(from.numberValue() + 0.5);
    const end = count ? begin + Math.floor(count.numberValue() + 0.5) : Infinity;
    return points(text).filter((_p, n) => n + 1 >= begin && n + 1 < end).join("");
  },
  "substring-before": (_c, text, part) => {
    const whole = text.stringValue(), at = whole.indexOf(part.stringValue());
    return at < 0 ? "" : whole.slice(0, at);
  },
  translate: (_c, text, from, to) => {
    const [before, after] = [points(from), points(to)];
    return points(text).map((p) => (before.includes(p) ? after[before.indexOf(p)] ?? "" : p)).join("");
  },
  round: (_c, value) => {
    const n = value.numberValue(), below = Math.floor(n);
    return Number.isFinite(n) ? (n - below >= 0.5 ? below + 1 : below) : n;
  },
};

/** @type {Map<string, any>} */
const parsed = new Map();

/** @param {string} text */
function compiled(text) {
  let found = parsed.get(text);
  if (!found) parsed.set(text, (found = xpath.parse(text)));
  return found;
}

/**
 * @param {Expression} expression
 * @param {Values} values answers and facts by name
 * @param {{self?: any, choice?: any, last?: Values, today?: string}} more `self` is what `.` stands for
 */
function worked(expression, values, { self = null, choice = null, last = {}, today } = {}) {
  /** @type {Map<string, any>} */
  const variables = new Map([["today", today ?? todayInChina()]]);
  for (const [ofLast, name] of expression.refs) {
    variables.set(`${ofLast ? "last" : "a"}.${name}`, asXPath((ofLast ? last : values)[name]));
  }
  return compiled(expression.xpath).evaluate({
    node: item(self, choice),
    variables: (/** @type {string} */ name) => variables.get(name),
    functions: (/** @type {string} */ name) => FUNCTIONS[name],
  });
}

/**
 * Whether an expression is true.
 * @param {Expression} expression
 * @param {Values} values
 * @param {{self?: any, choice?: any, last?: Values, today?: string}} [more]
 */
export function holds(expression, values, more) {
  return truth(worked(expression, values, more));
}

/**
 * What an expression says, as a text.
 * @param {Expression} expression
 * @param {Values} values
 * @param {{self?: any, choice?: any, last?: Values, today?: string}} [more]
 */
export function said(expression, values, more) {
  return textOf(worked(expression, values, more));
}

/**
 * A sentence with `${name}` replaced by its value; numbers with two decimals at most.
 * @param {string} text
 * @param {Values} values
 */
export function filled(text, values) {
  return text.replace(/\$\{\s*(?:last-saved#)?([^\s}#]+)\s*\}/g, (_all, name) => {
    const value = values[name];
    if (typeof value !== "number") return plain(asXPath(value));
    return trimmed(rounded(value, 2));
  });
}

/**
 * A number to some decimals, exact halves to the even digit, as Python rounds.
 * @param {number} value
 * @param {number} decimals
 */
export function rounded(value, decimals) {
  const exact = value.toFixed(Math.min(decimals + 60, 100)), point = exact.indexOf(".");
  const tie = /^50*$/.test(exact.slice(point + 1 + decimals));
  if (!tie) return value.toFixed(decimals);
  const down = exact.slice(0, point + 1 + decimals);
  return Number(down[down.length - 1]) % 2 ? value.toFixed(decimals) : down;
}
