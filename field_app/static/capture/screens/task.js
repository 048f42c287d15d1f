/** The parcel: what must be shot, the way there, what is known of it, what was shot before. */

import { askPermission, followCompass, lookAt, needsTap } from "../../js/compass.js";
import { groundState, partsOf, sayDistance } from "../../js/geo.js";
import { follow, latest } from "../../js/position.js";
import { capturesOf, followCaptures, localVisit, showThumb } from "../core_visit.js";
import { beforeSection } from "../before.js";
import { field, taskOf } from "../field.js";
import { left, wishes } from "../missing.js";
import { arrow, badge, button, el, factList, icon, link, notice, redraw, title } from "../pieces.js";
import { shotTile } from "../shots.js";
import { progressBadge } from "../tasks.js";
import { day, direction, moment, mu } from "../words.js";
import { drawPlace } from "./find.js";

const FRESH_MS = 120_000;
/** @type {Record<string, import("../pieces.js").Tone>} */
const VERDICTS = { 核验通过: "good", 待补证: "wait", 存疑: "warn", 不符: "bad" };

/**
 * What a screen says whose task is not in the package.
 * @param {HTMLElement} main
 * @returns {import("../page.js").Shown}
 */
export function noTask(main) {
  main.append(title("没有这个任务"), notice("warn", "离线包里没有这个任务。可能已经改派给别人，或者离线包还没有更新。", link("更新离线包", "#/", { look: "main" }), link("找别的地块", "#/find")));
  return { title: "没有这个任务", tab: "find" };
}

/**
 * Goes to the screen of the task, from one that has nothing for it.
 * @param {any} task
 * @returns {import("../page.js").Shown}
 */
export function toTask(task) {
  location.replace(`#/task/${task.id}`);
  return { title: `地块 ${task.parcel.number}` };
}

/**
 * @param {HTMLElement} main
 * @param {number} id of the task
 * @returns {Promise<import("../page.js").Shown>}
 */
export async function show(main, id) {
  const task = taskOf(id);
  if (!task) return noTask(main);
  const { parcel } = task;
  const visit = await localVisit(field.owner, task);
  const way = el("section.way", { "aria-label": "怎么走" }), place = el("div.place", { role: "status" });
  const wanted = el("section", { "aria-label": "要拍的照片" }), shots = el("section", { "aria-label": "本机已拍" });
  const before = task.entry ? beforeSection(task) : null;
  main.append(
    title(parcel.number),
    el("div.task-head", {}, progressBadge(task.progress), el("span.soft", {}, `${parcel.township} ${parcel.village}　${mu(parcel.area_mu)}　${task.purpose}`)),
    stateOf(visit, task), sentBack(task), way, place, ...(before ? [before.node] : []), wanted, shots,
    ...(before ? [asked(task.entry), known(task)] : [known(task), earlier(task)]),
  );
  const leave = [liveWay(way, place, task), followCaptures(draw), ...(before ? [before.leave] : [])];
  await draw();

  async function draw() {
    const captures = await capturesOf(field.owner, { task: id });
    const wished = wishes(task, captures, field.pack.made_at), short = wished.reduce((sum, w) => sum + left(w), 0);
    redraw(wanted, wished, () => [
      el("h2", {}, "要拍的照片", short ? badge(`还差 ${short} 张`, "warn") : badge("够了", "good")),
      el("ul.wishes", {}, ...wished.map((w) => wishRow(w, id))),
    ]);
    redraw(shots, captures, () => (captures.length
      ? [el("h2", {}, `本机已拍（${captures.length}）`), el("ul.tiles", {}, ...captures.map((c) => el("li", {}, shotTile(c))))]
      : []));
  }

  const reach = isClosed(visit, task) ? undefined : el("div.reach-row", {},
    task.entry ? null : link("填写", `#/task/${id}/form`, { icon: "edit" }),
    link("拍照", `#/task/${id}/shoot`, { icon: "camera", look: "main" }),
    task.entry ? null : link("提交", `#/task/${id}/submit`, { icon: "send" }));
  return { title: `地块 ${parcel.number}`, back: { text: "找地块", href: "#/find" }, reach, leave: () => leave.forEach((go) => go()) };
}

/**
 * Whether the visit has been handed in, here or by another way, and nothing can be added.
 * @param {any} visit on this phone
 * @param {any} task
 */
export function isClosed(visit, task) {
  return visit.state === "submitted" || visit.state === "handed-in" || (visit.state === "draft" && task.visit?.state === "已提交");
}

/** @param {any} visit @param {any} task */
export function stateOf(visit, task) {
  if (visit.state === "submitted" || (visit.state === "draft" && task.visit?.state === "已提交")) return notice("good", "已提交，等待督导审核。");
  if (visit.state === "handed-in") return notice("wait", "已提交，存在本机，有信号自动送达。");
  if (visit.state === "held") return notice("bad", `提交没有成功：${visit.why}`, link("去看还差什么", `#/task/${task.id}/submit`));
  return el("span", { hidden: true });
}

/** @param {any} task */
function sentBack(task) {
  const visit = task.visit, why = visit?.returned_why || task.entry?.why;
  const again = (visit?.photos ?? []).filter((/** @type {any} */ p) => p.reshoot_why);
  if (!why && !again.length) return el("span", { hidden: true });
  return notice("bad", el("div", {}, el("b", {}, "督导退回　"), why,
    el("ul", {}, ...again.map((/** @type {any} */ p) => el("li", {}, `重拍${p.kind}：${p.reshoot_why}`)))));
}

/** @param {import("../missing.js").Wish} wish @param {number} id */
function wishRow(wish, id) {
  const short = left(wish);
  return el(`li.${short ? "open" : "done"}`, {}, icon(short ? "circle" : "check"),
    el("div.words", {},
      el("div", {}, el("b", {}, wish.kind), ` ${wish.there}/${wish.needed}`, short ? `　还差 ${short} 张` : "　够了"),
      ...wish.again.map((why) => el("p.bad-text", {}, `要重拍：${why}`)),
      wish.hint ? el("p.soft", {}, wish.hint) : null),
    short ? link("拍", `#/task/${id}/shoot?kind=${encodeURIComponent(wish.kind)}`, { "aria-label": `拍${wish.kind}` }) : null);
}

/** @param {any} entry what is to be put right, and how it goes on when the pictures are there */
function asked(entry) {
  return el("details.more", { open: true }, el("summary", {}, icon("info"), "要整改的问题"),
    factList({ 编号: entry.number, 问题: entry.problem, 整改措施: entry.measure, 期限: entry.by ?? "未定" }),
    el("p.soft", {}, "照片送达后，有信号时到条目页填报进展、申请销号。"));
}

/** @param {any} task */
function known(task) {
  const p = task.parcel;
  return el("details.more", {}, el("summary", {}, icon("info"), "地块信息"),
    factList({
      名称: p.name ?? "", 项目: p.project ? `${p.project}（${p.project_code}）` : "未归入项目", 位置: `${p.township} ${p.village}`,
      面积: mu(p.area_mu) + (p.declared_area_mu ? `，报备 ${mu(p.declared_area_mu)}` : ""),
      报备地类: p.land_class_label ?? p.land_class ?? "", 用途: p.use ?? "", 时限: `${day(task.opens_at)} 至 ${day(task.closes_at)}`,
    }),
    ...p.flags.map((/** @type {any} */ f) => notice("warn", f.text ?? f.label)));
}

/** @param {any} task */
function earlier(task) {
  if (!task.earlier?.length) return el("span", { hidden: true });
  const tiles = el("ul.tiles");
  for (const photo of task.earlier) {
    const picture = el("span.thumb");
    showThumb(photo.photo_id, (/** @type {string} */ src) => picture.replaceWith(el("img.thumb", { src, alt: `以前的${photo.kind}照片` })));
    tiles.append(el("li", {}, picture, badge(photo.verdict, VERDICTS[photo.verdict] ?? "wait"),
      el("span.tile-said", {}, el("b", {}, photo.kind), el("br"), photo.taken_at ? moment(photo.taken_at, Date.now()) : "时间不明")));
  }
  return el("details.more", { open: true }, el("summary", {}, icon("records"), `以前拍的（${task.earlier.length}）`), tiles);
}

/**
 * The way there, live.
 * @param {HTMLElement} box
 * @param {HTMLElement} place
 * @param {any} task
 * @returns {() => void} stop
 */
function liveWay(box, place, task) {
  const parts = partsOf(task.parcel.boundary), hand = arrow();
  const big = el("div.big"), small = el("p.soft"), turn = button("让箭头随手机转", { onclick: () => { askPermission().then(draw); } });
  box.append(hand.node, el("div.words", {}, big, small), el("div.ways", {}, turn, link("看地图", `#/find?map=${task.id}`, { icon: "map" })));
  let drawing = 0;
  const soon = () => { drawing ||= requestAnimationFrame(() => { drawing = 0; draw(); }); };

  function draw() {
    drawPlace(place);
    const fix = latest(FRESH_MS);
    turn.hidden = !needsTap();
    box.classList.toggle("none", !fix);
    if (!fix) {
      big.textContent = "还不知道您在哪里";
      small.textContent = "到开阔处稍等，或者看地图";
      return;
    }
    const { state, way: gone } = groundState(parts, fix);
    box.classList.toggle("in", state === "inside");
    box.classList.toggle("maybe", state === "possible");
    big.textContent = state === "possible" ? "可能在地块内" : state === "inside" ? "在地块内" : `距地块 ${sayDistance(gone.distance_m)}`;
    small.textContent = state === "outside" ? `往${direction(gone.bearing_deg ?? 0)}方向走` : `距边界 ${sayDistance(gone.edge_m)}`;
    if (gone.bearing_deg !== null) {
      const look = lookAt(Date.now(), 2000);
      hand.point(gone.bearing_deg - (look ? look.heading_deg + field.pack.declination_deg : 0), !look);
    }
  }

  const leave = [follow(soon), followCompass(soon)];
  const clock = setInterval(draw, 5000);
  draw();
  return () => {
    leave.forEach((go) => go());
    clearInterval(clock);
    cancelAnimationFrame(drawing);
  };
}
