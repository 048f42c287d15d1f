/** 照片: every capture with its two marks 已存本机 and 已送达, and what to do about the others. */

import { capturesOf, delivery, discard, followCaptures, hurry, tryAgain, visitsOf } from "../core_visit.js";
import { field, followField, signInHref, taskOf } from "../field.js";
import { announce, badge, button, el, icon, link, notice, redraw, segmented, title } from "../pieces.js";
import { picture, standing, wayWords } from "../shots.js";
import { mb, moment } from "../words.js";

const SURE_MS = 5000;
const PAGE = 40;
/** @typedef {"all" | "away" | "wrong"} Which */

/**
 * @param {HTMLElement} main
 * @returns {Promise<import("../page.js").Shown>}
 */
export async function show(main) {
  const shown = { title: "本机照片", tab: "outbox" };
  main.append(title("本机照片"));
  if (!field.owner) {
    main.append(notice("warn", "还没有登录过，本机没有您的照片。", link("去登录", signInHref(), { look: "main" })));
    return shown;
  }
  /** @type {Which} */
  let which = "all";
  let sureOf = "", count = PAGE;
  const line = el("div.stack"), list = el("ul.shots", { "aria-label": "本机照片" }), told = el("p.soft", { role: "status" }), more = el("div");
  main.append(line, segmented("显示哪些", [{ value: "all", text: "全部" }, { value: "away", text: "未送达" }, { value: "wrong", text: "有问题" }], which, (v) => { which = /** @type {Which} */ (v); count = PAGE; draw(); }), told, list, more);
  const leave = [followCaptures(draw), followField(draw)];
  await draw();

  async function draw() {
    const all = (await capturesOf(field.owner)).reverse(), visits = await visitsOf(field.owner);
    const away = all.filter((c) => c.state !== "delivered"), wrong = all.filter(isWrong);
    const chosen = which === "all" ? all : which === "away" ? away : wrong;
    const { line: how } = delivery();
    redraw(line, [how, away.length, wrong.length, navigator.onLine, visits.map((v) => [v.visit, v.state, v.why])], () => [
      sayLine(how, away.length),
      ...visits.filter((v) => v.state === "handed-in" || v.state === "held").map(visitRow),
    ]);
    told.textContent = all.length ? `共 ${all.length} 张，${all.length - away.length} 张已送达，${away.length} 张只在本机${wrong.length ? `，${wrong.length} 张有问题` : ""}` : "本机还没有照片。找一块地，点“拍照”。";
    const seen = chosen.slice(0, count);
    redraw(list, [seen.map((c) => [c.uuid, c.state, c.problem, standing(c), c.thumb?.length, c.receipt?.state]), sureOf], () => seen.map(row));
    redraw(more, [chosen.length, count], () => (chosen.length > count ? [button(`再显示 ${PAGE} 张`, { onclick: () => { count += PAGE; draw(); } })] : []));
  }

  /** @param {any} c */
  function row(c) {
    const { tone, text } = standing(c);
    const there = c.state === "delivered";
    const digest = c.sha256 ? `${c.sha256.slice(0, 12)}…` : "正在算";
    return el(`li.shot.${tone}`, { "data-sha256": c.sha256, "data-uuid": c.uuid },
      picture(c, `${c.kind}照片`),
      el("div.what", {},
        el("div", {}, el("b", {}, c.kind), `　${moment(c.moment, Date.now())}`),
        el("p.soft", {}, [taskOf(c.task)?.parcel.number ?? c.parcel, wayWords(c), mb(c.size)].filter(Boolean).join("　"))),
      el("ul.marks", {}, mark(!c.in_memory, "已存本机"), mark(there, "已送达")),
      there ? el("details.receipt", {}, el("summary", {}, `回执：${moment(c.receipt?.received_at ?? c.added_at, Date.now())} 服务器收下`), el("p.digest", {}, `照片指纹 ${c.sha256}`), c.receipt?.grade ? el("p", {}, `证据等级 ${c.receipt.grade}${c.receipt.verdict ? `，${c.receipt.verdict}` : ""}`) : null, ...(c.receipt?.sentences ?? []).map((/** @type {string} */ s) => el("p", {}, s))) : el("p.digest", {}, `照片指纹 ${digest}`),
      there && tone === "good" ? null : el("p.state", {}, badge(text, tone)),
      c.state === "refused" ? actions(c) : null);
  }

  /** @param {any} c */
  function actions(c) {
    const sure = sureOf === c.uuid;
    return el("div.actions", {}, button("重试", { icon: "again", onclick: () => { tryAgain(c.uuid); announce("再送一次"); } }),
      button(sure ? "再点一次删除" : "删除", { look: sure ? "danger" : "plain", "aria-label": sure ? "再点一次删除，删了就没有了" : `删除这张${c.kind}`, onclick: () => remove(c.uuid, sure) }));
  }

  /** @param {string} uuid @param {boolean} sure */
  async function remove(uuid, sure) {
    if (!sure) {
      sureOf = uuid;
      setTimeout(() => { if (sureOf === uuid) { sureOf = ""; draw(); } }, SURE_MS);
      await draw();
      /** @type {HTMLElement | null} */ (list.querySelector(`[data-uuid="${uuid}"] .danger`))?.focus();
      return;
    }
    sureOf = "";
    await discard(uuid);
    announce("已删除");
  }

  return { ...shown, leave: () => leave.forEach((go) => go()) };
}

/** @param {any} c */
const isWrong = (c) => c.state === "refused" || (c.in_memory && c.state !== "delivered") || c.receipt?.state === "held" || c.receipt?.verdict === "不符";

/** @param {boolean} done @param {string} text */
function mark(done, text) {
  return el(`li.${done ? "yes" : "no"}`, {}, icon(done ? "check" : "circle"), text, el("span.unseen", {}, done ? "：是" : "：还没有"));
}

/** @param {string} how @param {number} away */
function sayLine(how, away) {
  if (away && how === "other-person") return notice("warn", `现在登录的是别人。${field.display}的 ${away} 张照片要由本人登录后送出。`, link("换人登录", signInHref(), { look: "main" }));
  if (!away) return notice("good", "都送达了，本机没有等待送出的照片。");
  if (how === "sign-in" || field.signedIn === "no") return notice("warn", "登录已失效，照片都在本机。重新登录后自动送出。", link("重新登录", signInHref(), { look: "main" }));
  if (how === "no-line" || !navigator.onLine) return notice("wait", `没有信号。${away} 张都存在本机，有信号自动送出。送完以前不要清除浏览器数据。`, button("现在再试", { icon: "again", onclick: hurry }));
  return notice("blue", `正在送出，还有 ${away} 张。`, button("马上再试", { icon: "again", onclick: hurry }));
}

/** @param {any} v */
function visitRow(v) {
  const number = taskOf(v.task)?.parcel.number ?? v.parcel ?? "";
  return v.state === "held"
    ? notice("bad", `${number} 的提交没有成功：${v.why}`, link("去看", `#/task/${v.task}/submit`))
    : notice("wait", `${number} 已提交，等照片和信号。`);
}
