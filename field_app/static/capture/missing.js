/**
 * What keeps a visit from being handed in, in the very sentences that the server would say. Pure.
 *
 * @typedef {{kind: string, verdict: string, sha256: string, reshoot_why: string}} There a photo on the server
 * @typedef {{kind: string, wanted: number, hint: string, there: number, needed: number, again: string[]}} Wish
 *   `again`: why photos of the kind are to be shot once more; `needed`: with those sent back
 */

import { marksOpen } from "./answers.js";
import { formOf, rules } from "./core_visit.js";

const CONTRADICTED = "不符";

/**
 * Whether a capture of this phone may still count beside what the package says is on the server.
 * @param {any} capture
 * @param {string} made_at of the package
 */
function counts(capture, made_at) {
  const receipt = capture.receipt;
  if (capture.state === "refused" || receipt?.state === "held" || receipt?.verdict === CONTRADICTED) return false;
  // The package is newer and does not name it: it was taken out of the visit meanwhile.
  return !(capture.state === "delivered" && Date.parse(receipt?.received_at) < Date.parse(made_at));
}

/**
 * What is wanted against what is there: on the server, and on this phone.
 * @param {any} task of the package
 * @param {any[]} captures of the visit on this phone
 * @param {string} made_at of the package
 * @returns {Wish[]}
 */
export function wishes(task, captures, made_at) {
  /** @type {There[]} */
  const there = task.visit?.photos ?? [];
  const known = new Set(there.map((p) => p.sha256));
  const here = captures.filter((c) => !known.has(c.sha256) && counts(c, made_at));
  const kinds = [...task.wanted];
  for (const p of there) {
    if (p.reshoot_why && !kinds.some((w) => w.kind === p.kind)) kinds.push({ kind: p.kind, wanted: 0, hint: "" });
  }
  return kinds.map(({ kind, wanted, hint }) => {
    const mine = here.filter((c) => c.kind === kind).length;
    const asked = there.filter((p) => p.kind === kind && p.reshoot_why);
    const usable = there.filter((p) => p.kind === kind && !p.reshoot_why && p.verdict !== CONTRADICTED).length;
    // One new photo answers one that was sent back.
    const again = asked.slice(mine).map((p) => p.reshoot_why);
    return { kind, hint, wanted, again, there: usable + mine, needed: asked.length ? Math.max(wanted, usable + asked.length) : wanted };
  });
}

/** @param {Wish} wish how many photos of the kind are still to be shot */
export const left = (wish) => Math.max(wish.needed - wish.there, 0);

/**
 * @param {any} pack
 * @param {any} visit on this phone
 * @param {any} task of the package
 * @param {any[]} captures of the visit
 * @returns {{text: string, question: string | null, kind: string | null}[]} the sentences, and
 *   where what they ask for is given
 */
export function missing(pack, visit, task, captures) {
  const form = formOf(pack, visit.form), { answers } = visit;
  const wrong = rules.wrongs(form, answers, task.facts);
  const found = Object.entries(wrong).map(([question, text]) => ({ text, question, kind: null }));
  for (const { q, by } of marksOpen(form, answers, task, visit.marks)) {
    if (q.name in wrong) continue;
    const text = `请核对“${q.label}”：${rules.said(form, q, answers[q.name])}（${by}填入，还没有确认）`;
    found.push({ text, question: q.name, kind: null });
  }
  const wished = wishes(task, captures, pack.made_at);
  const photos = [];
  for (const { kind, again } of wished) {
    for (const why of again) photos.push({ text: `请重拍${kind}照片：${why}`, question: null, kind });
  }
  if (rules.empty(answers.no_photo_reason)) {
    for (const wish of wished) {
      // What is to be shot again has been named above; it is not asked for twice.
      const lacks = wish.wanted - wish.there - wish.again.length;
      if (lacks > 0) photos.push({ text: `还差 ${lacks} 张${wish.kind}照片（需 ${wish.wanted} 张可用的）`, question: null, kind: wish.kind });
    }
  }
  return [...found, ...photos];
}
