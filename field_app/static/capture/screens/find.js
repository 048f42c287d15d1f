/** 找地块: the parcels as a list, which needs neither map nor eyes, and as a map of outlines. */

import { followCompass, lookAt } from "../../js/compass.js";
import { currentState, follow, latest, retry, SAYS } from "../../js/position.js";
import { capturesOf } from "../core_visit.js";
import { field } from "../field.js";
import { openMap } from "../map.js";
import { button, el, link, notice, redraw, segmented, title } from "../pieces.js";
import { nearest, sayWay, taskCard } from "../tasks.js";

const PAGE = 20;
const FRESH_MS = 120_000;
const TURN_DEG = 10;

/**
 * @param {HTMLElement} main
 * @param {URLSearchParams} query `map=task` opens the map at a task
 * @returns {Promise<import("../page.js").Shown>}
 */
export async function show(main, query) {
  const shown = { title: "找地块", tab: "find" };
  main.append(title("找地块"));
  if (!field.pack) {
    main.append(notice("warn", "还没有离线包，不知道您有哪些地块。", link("去下载离线包", "#/", { look: "main" })));
    return shown;
  }
  const chosen = Number(query?.get("map") ?? 0);
  let as = chosen ? "map" : "list", words = "", finished = false, count = PAGE;
  /** @type {Map<number, number>} */
  const taken = new Map();
  for (const one of await capturesOf(field.owner)) taken.set(one.task, (taken.get(one.task) ?? 0) + 1);

  const place = el("div.place", { role: "status" });
  const list = el("ul.tasks", { "aria-label": "地块，由近到远" });
  const more = el("div"), told = el("p.soft", { role: "status" });
  const mapBox = el("div.map-box");
  const search = el("input", { type: "search", id: "words", placeholder: "地块编号、村名或项目名", "aria-label": "查找地块", enterkeyhint: "search", oninput: (/** @type {any} */ e) => { words = e.target.value.trim(); count = PAGE; draw(); } });
  const done = el("label.check", {}, el("input", { type: "checkbox", onchange: (/** @type {any} */ e) => { finished = e.target.checked; draw(); } }), "包括已提交的");
  const listPart = el("div", {}, el("div.search", {}, search, done), told, list, more);
  main.append(segmented("显示为", [{ value: "list", text: "列表" }, { value: "map", text: "地图" }], as, change), place, listPart, mapBox);
  /** @type {Awaited<ReturnType<typeof openMap>> | null} */
  let map = null;

  /** @param {string} value */
  async function change(value) {
    as = value;
    listPart.hidden = as === "map";
    mapBox.hidden = as === "list";
    if (as === "map") map ??= await openMap(mapBox, field.pack.tasks, field.pack.declination_deg, chosen, latest(FRESH_MS));
    draw();
  }

  /** The heading in steps: a list that turns with every tremble cannot be read. */
  function heading() {
    const look = lookAt(Date.now(), 3000);
    return look ? Math.round((look.heading_deg + field.pack.declination_deg) / TURN_DEG) * TURN_DEG : null;
  }

  function draw() {
    const fix = latest(FRESH_MS);
    drawPlace(place);
    if (as === "map") return map?.update(fix, lookAt(Date.now(), 3000));
    const wanted = field.pack.tasks.filter((/** @type {any} */ t) => matches(t, words));
    const seen = nearest(wanted, fix).filter((s) => finished || s.open);
    const facing = heading();
    redraw(list, [count, facing, seen.slice(0, count).map((s) => [s.task.id, s.task.progress, sayWay(s), taken.get(s.task.id)])], () =>
      seen.slice(0, count).map((s) => taskCard(s, { heading: facing, here: taken.has(s.task.id) ? `本机已拍 ${taken.get(s.task.id)} 张` : "" })));
    told.textContent = seen.length ? `共 ${seen.length} 块，${fix ? "由近到远" : "退回的在前，再按截止日期"}` : words ? "没有符合的地块。换个词再试。" : "没有要做的地块。";
    redraw(more, [seen.length, count], () => (seen.length > count ? [button(`再显示 ${PAGE} 块`, { onclick: () => { count += PAGE; draw(); } })] : []));
  }

  const leave = [follow(draw), followCompass(draw)];
  const clock = setInterval(draw, 5000);
  await change(as);
  return {
    ...shown,
    leave: () => {
      leave.forEach((go) => go());
      clearInterval(clock);
      map?.close();
    },
  };
}

/** @param {any} task @param {string} words */
function matches(task, words) {
  const { number, name, village, township, project } = task.parcel;
  const all = `${number} ${name} ${village} ${township} ${project} ${task.entry?.number ?? ""}`.toLowerCase();
  return words.toLowerCase().split(/\s+/).every((w) => all.includes(w));
}

/**
 * The line that says how well the phone knows its place.
 * @param {HTMLElement} place
 */
export function drawPlace(place) {
  const fix = latest(FRESH_MS), state = currentState();
  const failed = !fix && state !== "waiting" && state !== "fixed";
  const poor = fix !== null && fix.accuracy_m > 30;
  const text = fix ? `我的位置 ±${Math.round(fix.accuracy_m)} m${poor ? "，误差偏大，到开阔处稍等" : ""}` : failed ? SAYS[state] : SAYS.waiting;
  place.className = `place ${failed ? "bad" : fix && !poor ? "good" : "wait"}`;
  const again = failed && state !== "insecure" && state !== "unsupported";
  redraw(place, [text, again], () => [el("span.dot", { "aria-hidden": "true" }), el("span", {}, text), again ? button("重试", { onclick: retry }) : null]);
}
