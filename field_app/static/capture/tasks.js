/** Tasks of the package as a person sees them: how far, which way, how much is done. */

import { distanceM, partsOf, sayDistance, wayTo } from "../js/geo.js";
import { arrow, badge, el, link } from "./pieces.js";
import { day, direction, mu } from "./words.js";

/** @typedef {import("../js/position.js").Fix} Fix */
/** @typedef {{task: any, distance_m: number | null, bearing_deg: number | null, open: boolean}} Seen */

/** @type {Record<string, import("./pieces.js").Tone>} */
const TONES = { 待核查: "blue", 草稿: "violet", 退回补拍: "bad", 待审核: "wait", 已完成: "good", 整改中: "blue", 退回: "bad" };
const GO = { 草稿: "继续", 退回补拍: "去重拍", 整改中: "去拍整改后", 退回: "去补拍" };
const SENT_BACK = ["退回补拍", "退回"];
const CLOSED = ["待审核", "已完成"];
const REFINED = 60;

/** @param {any} task @returns {import("../js/geo.js").LonLat} a corner of the parcel */
export function cornerOf(task) {
  return partsOf(task.parcel.boundary)[0][0][0];
}

/**
 * With a position the nearest first; without one, what was sent back, then the most urgent.
 * @param {any[]} tasks
 * @param {Fix | null} fix
 * @returns {Seen[]}
 */
export function nearest(tasks, fix) {
  const open = (/** @type {any} */ t) => !CLOSED.includes(t.progress);
  if (!fix) {
    const back = (/** @type {any} */ t) => (SENT_BACK.includes(t.progress) ? 0 : 1);
    return [...tasks]
      .sort((a, b) => back(a) - back(b) || a.closes_at.localeCompare(b.closes_at) || a.id - b.id)
      .map((task) => ({ task, distance_m: null, bearing_deg: null, open: open(task) }));
  }
  const at = /** @type {import("../js/geo.js").LonLat} */ ([fix.lon, fix.lat]);
  const rough = tasks.map((task) => ({ task, far: distanceM(at, cornerOf(task)) })).sort((a, b) => a.far - b.far);
  const seen = rough.map(({ task, far }, n) => {
    if (n >= REFINED) return { task, distance_m: far, bearing_deg: null, open: open(task) };
    const way = wayTo(partsOf(task.parcel.boundary), at);
    return { task, distance_m: way.distance_m, bearing_deg: way.bearing_deg, open: open(task) };
  });
  return seen.sort((a, b) => (a.distance_m ?? 0) - (b.distance_m ?? 0));
}

/** @param {Seen} seen @returns {string} 距我 320 m，向东北 */
export function sayWay({ distance_m, bearing_deg }) {
  if (distance_m === null) return "";
  if (distance_m === 0) return "您在这块地里";
  return `距我 ${sayDistance(distance_m)}${bearing_deg === null ? "" : `，向${direction(bearing_deg)}`}`;
}

/** @param {string} progress */
export function progressBadge(progress) {
  return badge(progress, TONES[progress] ?? "blue");
}

/**
 * @param {Seen} seen
 * @param {{heading?: number | null, here?: string}} [more] `heading`: of the phone, true degrees;
 *   `here`: what has been shot on this phone
 */
export function taskCard(seen, more = {}) {
  const { task } = seen, { parcel } = task;
  const way = sayWay(seen);
  const hand = arrow();
  if (seen.bearing_deg !== null) hand.point(seen.bearing_deg - (more.heading ?? 0), more.heading === undefined || more.heading === null);
  return el("li.card.task", {},
    el("div.task-head", {}, el("a.number", { href: `#/task/${task.id}` }, parcel.number), progressBadge(task.progress)),
    el("p", {}, `${parcel.township} ${parcel.village}　${mu(parcel.area_mu)}`),
    way ? el("p.way-line", {}, seen.bearing_deg === null ? null : hand.node, el("b", {}, way)) : null,
    task.entry ? el("p", {}, `${task.entry.number}　${task.entry.problem}`) : null,
    el("p.soft", {}, `${task.purpose}　截止 ${day(task.closes_at)}${more.here ? `　${more.here}` : ""}`),
    seen.open ? link(GO[/** @type {keyof typeof GO} */ (task.progress)] ?? "去核查", `#/task/${task.id}`, { look: "main", icon: "camera", "aria-label": `${task.entry ? "去拍" : "去核查"} ${parcel.number}` })
      : link("看地块", `#/task/${task.id}`, { icon: "map", "aria-label": `看地块 ${parcel.number}` }));
}
