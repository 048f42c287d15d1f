/** Answers that were filled for the inspector, by the chat or from the last visit, and what may be. Pure. */

import { rules } from "./core_visit.js";

/**
 * Those that wait for his word: not confirmed, not overwritten, and still asked for.
 * @param {any} form
 * @param {Record<string, any>} answers
 * @param {any} task of the package
 * @param {Record<string, {confirmed: boolean, by?: string, words?: string}>} here marks of this phone
 * @returns {{q: any, by: string, words: string}[]}
 */
export function marksOpen(form, answers, task, here) {
  const marks = task.visit?.marks ?? {}, before = task.visit?.answers ?? {};
  return rules.applicable(form, answers, task.facts).flatMap((q) => {
    const own = here[q.name], theirs = same(answers[q.name], before[q.name]) ? marks[q.name] : undefined;
    const mark = own?.by ? own : theirs;
    if (!mark?.by || mark.confirmed || own?.confirmed || rules.empty(answers[q.name])) return [];
    return [{ q, by: mark.by, words: mark.words ?? "" }];
  });
}

/**
 * What the form may begin with, of which nothing is answered yet and which fits what is: offered, and
 * never put in unasked.
 * @param {any} form
 * @param {Record<string, any>} answers
 * @param {any} task of the package
 * @returns {Record<string, any>} by question; {} where there is nothing to offer
 */
export function likeLast(form, answers, task) {
  const left = Object.fromEntries(Object.entries(task.begin ?? {}).filter(([name]) => !(name in answers)));
  const fits = rules.settled(form, rules.merged(form, answers, left), task.facts);
  return Object.fromEntries(Object.entries(left).filter(([name, value]) => same(fits[name], value)));
}

/** @param {any} a @param {any} b */
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
