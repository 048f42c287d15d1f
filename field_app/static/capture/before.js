/**
 * The pictures from before the rectification: from the same standpoint, looking the same way, the next
 * ones are to be taken. They come with the task of an entry; no other task has them.
 *
 * @typedef {{photo_id: number, kind: string, taken_at: string | null, at: {lon: number, lat: number, accuracy_m: number | null} | null, heading_deg: number | null}} Before
 */

import { follow, latest } from "../js/position.js";
import { sayAsBefore, sayFacing, sayPlace, sayStandpoint } from "./aim.js";
import { showThumb } from "./core_visit.js";
import { badge, el, icon, redraw } from "./pieces.js";
import { direction, moment } from "./words.js";

const FRESH_MS = 120_000;

/** @param {any} task @returns {Before[]} those that tell where they were taken, the same first each time */
export function standpointsOf(task) {
  return task.entry ? task.earlier.filter((/** @type {Before} */ b) => b.at) : [];
}

/** @param {Before} before @returns {import("../js/geo.js").LonLat} */
export const placeOf = (before) => [before.at?.lon ?? 0, before.at?.lat ?? 0];

/**
 * Where the person stands and which way to turn, for a photo of this kind: by the picture from before
 * where there is one, else by the parcel.
 * @param {import("../js/geo.js").Parts} parts
 * @param {any} fix
 * @param {number | null} heading true, degrees
 * @param {string} kind
 * @param {number | undefined} near_m
 * @param {{entry: any, before: Before | null}} wish
 * @returns {{place: import("./aim.js").Told, facing: import("./aim.js").Told}}
 */
export function sayAim(parts, fix, heading, kind, near_m, { entry, before }) {
  const facing = before?.heading_deg == null ? sayFacing(parts, fix, heading, kind) : sayAsBefore(before.heading_deg, heading);
  if (!fix) return { place: { tone: "bad", text: "" }, facing };
  const onParcel = sayPlace(parts, fix, near_m);
  if (!before?.at) return { place: onParcel, facing };
  const place = sayStandpoint(placeOf(before), fix, entry.same_place_m);
  return { place: place.tone === "good" && onParcel.tone === "bad" ? onParcel : place, facing };
}

/** @param {Before} before @param {string} alt */
function picture(before, alt) {
  const box = el("span.thumb.blank", {}, icon("camera"));
  showThumb(before.photo_id, (/** @type {string} */ src) => box.replaceWith(el("img.thumb", { src, alt })));
  return box;
}

/**
 * The pictures from before on the screen of the task, each with the way to its standpoint, live.
 * @param {any} task
 * @returns {{node: HTMLElement, leave: () => void}}
 */
export function beforeSection(task) {
  const rows = task.earlier.map((/** @type {Before} */ before) => ({ before, way: el("b", { role: "status" }) }));
  const node = el("section", { "aria-label": "整改前的照片" },
    el("h2", {}, "整改前", badge("从同一位置、朝同一方向拍", "blue")),
    rows.length ? el("ul.befores", {}, ...rows.map(row)) : el("p.soft", {}, "没有整改前的照片。请把整改过的地方拍全。"));

  /** @param {{before: Before, way: HTMLElement}} of */
  function row({ before, way }) {
    const looked = before.heading_deg === null ? "镜头朝向不明" : `镜头朝${direction(before.heading_deg)}（${Math.round(before.heading_deg)}°）`;
    return el("li", {}, picture(before, `整改前的${before.kind}照片`),
      el("div", {}, way, el("p", {}, looked), el("p.soft", {}, `${before.kind}　${before.taken_at ? moment(before.taken_at, Date.now()) : "时间不明"}`)));
  }

  function draw() {
    const fix = latest(FRESH_MS);
    for (const { before, way } of rows) {
      way.textContent = !before.at ? "没有记下站位，请照画面找" : fix ? sayStandpoint(placeOf(before), fix, task.entry.same_place_m).text : "还不知道您在哪里";
    }
  }

  draw();
  const leave = follow(draw), clock = setInterval(draw, 5000);
  return { node, leave: () => { leave(); clearInterval(clock); } };
}

/**
 * One picture from before beside the view-finder; a tap shows the next one.
 * @param {any} task
 * @param {() => void} changed
 * @returns {{node: HTMLElement, chosen: () => Before | null}}
 */
export function beforeToMatch(task, changed) {
  /** @type {Before[]} */
  const all = task.entry ? task.earlier : [];
  let at = 0;
  const node = el("button.to-match", { type: "button", hidden: !all.length, onclick: () => { at = (at + 1) % all.length; draw(); changed(); } });

  function draw() {
    if (!all.length) return;
    const said = `整改前${all.length > 1 ? ` ${at + 1}/${all.length}` : ""}`;
    redraw(node, at, () => [picture(all[at], ""), el("span", {}, said)]);
    node.setAttribute("aria-label", all.length > 1 ? `${said}，点一下换一张` : said);
  }

  draw();
  return { node, chosen: () => all[at] ?? null };
}
