/**
 * What a visit says, on the phone: the same walk as `field_app/drafts.py`, over the form of the
 * package. Names, order of arguments and sentences are the server's; a test runs both.
 *
 * @typedef {import("./expressions.js").Expression} Expression
 * @typedef {Record<string, any>} Answers
 * @typedef {{value: string, label: string, columns: Record<string, string>}} Choice
 * @typedef {object} Question
 * @property {string} name
 * @property {"select_one" | "select_multiple" | "text" | "integer" | "decimal" | "date" | "note" | "hidden"} kind
 * @property {string} label
 * @property {string} section
 * @property {string} hint
 * @property {string} list_name
 * @property {string} constraint_message
 * @property {Expression | null} relevant
 * @property {Expression | null} required
 * @property {Expression | null} constraint
 * @property {Expression | null} choice_filter
 * @typedef {{sha256: string, title: string, sections: string[], questions: Question[],
 *            lists: Record<string, Choice[]>}} Form
 */

import { filled, holds, rounded } from "./expressions.js";
import { day, isBlank, nonXml } from "./texts.js";

const MAX_TEXT = 2000;
const LARGEST = 1e9;

/** @param {any} value */
export function empty(value) {
  return value === null || value === undefined || (Array.isArray(value) && !value.length) || (typeof value === "string" && isBlank(value));
}

/** Whether somebody answers it: a note is read, a hidden fact is known. @param {Question} q */
export const answered = (q) => q.kind !== "note" && q.kind !== "hidden";

/**
 * The questions that apply and want an answer, in order.
 * @param {Form} form
 * @param {Answers} answers
 * @param {Answers} facts of the package's task
 */
export function applicable(form, answers, facts) {
  return shown(form, answers, facts).filter(answered);
}

/**
 * What the form shows now, in order: questions that apply, and notes.
 * @param {Form} form
 * @param {Answers} answers
 * @param {Answers} facts
 * @returns {Question[]}
 */
export function shown(form, answers, facts) {
  return walk(form, answers, facts).met;
}

/** @param {Form} form @param {Answers} answers @param {Answers} facts */
function walk(form, answers, facts) {
  /** @type {Answers} */
  const values = { ...facts };
  /** @type {Question[]} */
  const met = [];
  for (const q of form.questions) {
    if (q.kind === "hidden" || (q.relevant && !holds(q.relevant, values))) continue;
    values[q.name] = answers[q.name];
    met.push(q);
  }
  return { met, values };
}

/**
 * The answers that count, and the facts: what `options` are offered by.
 * @param {Form} form
 * @param {Answers} answers
 * @param {Answers} facts
 */
export function counting(form, answers, facts) {
  return walk(form, answers, facts).values;
}

/**
 * The choices of a question given the other answers.
 * @param {Form} form
 * @param {Question} q
 * @param {Answers} answers
 * @returns {Choice[]}
 */
export function options(form, q, answers) {
  const choices = form.lists[q.list_name] ?? [];
  const filter = q.choice_filter;
  return filter ? choices.filter((choice) => holds(filter, answers, { choice })) : choices;
}

/**
 * An answer as a person reads it.
 * @param {Form} form
 * @param {Question} q
 * @param {any} value
 * @returns {string}
 */
export function said(form, q, value) {
  const labels = new Map((form.lists[q.list_name] ?? []).map((c) => [c.value, c.label]));
  if (Array.isArray(value)) return value.map((v) => labels.get(v) ?? String(v)).join("、");
  if (typeof value === "number") return rounded(value, 4).replace(/0+$/, "").replace(/\.$/, "");
  return labels.get(String(value)) ?? String(value);
}

/**
 * The answers after an edit. An emptied field is forgotten, and so is what no longer fits its
 * options. Throws where a name is unknown or a value of the wrong type.
 * @param {Form} form
 * @param {Answers} answers
 * @param {Answers} changes
 * @returns {Answers}
 */
export function merged(form, answers, changes) {
  const result = { ...answers };
  for (const [name, value] of Object.entries(changes)) {
    const q = form.questions.find((one) => one.name === name);
    if (!q || !answered(q)) throw new RangeError(`没有这道题：${name}`);
    if (empty(value)) delete result[name];
    else result[name] = typed(q, value);
  }
  for (const q of form.questions) {
    if (!q.list_name || !(q.name in result)) continue;
    const kept = allowed(result[q.name], options(form, q, result));
    if (empty(kept)) delete result[q.name];
    else result[q.name] = kept;
  }
  return result;
}

/** @param {any} value @param {Choice[]} offered */
function allowed(value, offered) {
  const values = new Set(offered.map((c) => c.value));
  if (Array.isArray(value)) return value.filter((v) => values.has(v));
  return values.has(value) ? value : null;
}

/** In the order of characters, as Python sorts. @param {string} a @param {string} b */
function byCharacters(a, b) {
  const [x, y] = [[...a], [...b]];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const off = /** @type {number} */ (x[i].codePointAt(0)) - /** @type {number} */ (y[i].codePointAt(0));
    if (off) return off;
  }
  return x.length - y.length;
}

/**
 * The value as it is stored. Throws RangeError.
 * @param {Question} q
 * @param {any} value
 */
function typed(q, value) {
  if (q.kind === "decimal" || q.kind === "integer") {
    if (typeof value !== "number" || !(Math.abs(value) <= LARGEST)) throw new RangeError(`“${q.label}”要填数字`);
    if (q.kind === "decimal") return Number(rounded(value, 4));
    if (!Number.isInteger(value)) throw new RangeError(`“${q.label}”要填整数`);
    return value;
  }
  if (q.kind === "select_multiple") {
    if (!Array.isArray(value) || !value.every((v) => typeof v === "string")) throw new RangeError(`“${q.label}”要从选项中选择`);
    return [...new Set(value)].sort(byCharacters);
  }
  if (q.kind === "date") {
    if (day(String(value)) === null) throw new RangeError(`“${q.label}”要填日期`);
    return String(value);
  }
  return [...nonXml(String(value))].slice(0, MAX_TEXT).join("");
}

/**
 * Only the answers whose question applies, in the form's order: what counts when it is submitted.
 * @param {Form} form
 * @param {Answers} answers
 * @param {Answers} facts
 * @returns {Answers}
 */
export function settled(form, answers, facts) {
  return Object.fromEntries(applicable(form, answers, facts).filter((q) => q.name in answers).map((q) => [q.name, answers[q.name]]));
}

/**
 * What refuses the draft, by the question's name: missing answers and wrong values.
 * @param {Form} form
 * @param {Answers} answers
 * @param {Answers} facts
 * @returns {Record<string, string>}
 */
export function wrongs(form, answers, facts) {
  const { met, values } = walk(form, answers, facts);
  /** @type {Record<string, string>} */
  const found = {};
  for (const q of met.filter(answered)) {
    const value = answers[q.name];
    if (empty(value)) {
      if (q.required && holds(q.required, values)) found[q.name] = `请填写“${q.label}”`;
    } else if (q.list_name && !sameAnswer(allowed(value, options(form, q, values)), value)) {
      found[q.name] = `“${q.label}”的选项已失效，请重新选择`;
    } else if (q.constraint && !holds(q.constraint, values, { self: value })) {
      found[q.name] = `“${q.label}”${filled(q.constraint_message, values) || "的内容不符合要求，请修改"}`;
    }
  }
  return found;
}

/** @param {any} a @param {any} b */
const sameAnswer = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/**
 * The questions that must be answered as things stand, in order.
 * @param {Form} form
 * @param {Answers} answers
 * @param {Answers} facts
 * @returns {Question[]}
 */
export function required(form, answers, facts) {
  const { met, values } = walk(form, answers, facts);
  return met.filter((q) => answered(q) && q.required && holds(q.required, values));
}

/**
 * How many of the required questions are answered well, of how many.
 * @param {Form} form
 * @param {Answers} answers
 * @param {Answers} facts
 * @returns {[number, number]}
 */
export function progress(form, answers, facts) {
  const wanted = required(form, answers, facts), bad = wrongs(form, answers, facts);
  return [wanted.filter((q) => !(q.name in bad)).length, wanted.length];
}
