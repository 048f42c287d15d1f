/** Answers that were filled for the inspector, by the chat or from the last visit. Pure. */

import { rules } from "./core_visit.js";

/**
 * Those that wait for his word: not confirmed, not overwritten, and still asked for.
 * @param {any} form
 * @param {Record<string, any>} answers
 * @param {any} task of the package
 * @param {Record<string, any>} confirmed by name, on this phone
 * @returns {{q: any, by: string, words: string}[]}
 */
export function marksOpen(form, answers, task, confirmed) {
  const marks = task.visit?.marks ?? {}, before = task.visit?.answers ?? {};
  return rules.applicable(form, answers, task.facts)
    .filter((q) => {
      const mark = marks[q.name];
      return mark && !mark.confirmed && !confirmed[q.name] && !rules.empty(answers[q.name]) && same(answers[q.name], before[q.name]);
    })
    .map((q) => ({ q, by: marks[q.name].by, words: marks[q.name].words ?? "" }));
}

/** @param {any} a @param {any} b */
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
