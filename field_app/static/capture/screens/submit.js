/** 提交: what is still missing, then the hand-in, which waits on the phone until there is a line. */

import { capturesOf, followCaptures, handIn, localVisit } from "../core_visit.js";
import { field, taskOf } from "../field.js";
import { missing, wishes } from "../missing.js";
import { announce, button, el, icon, link, notice, redraw, title } from "../pieces.js";
import { tried } from "./form.js";
import { isClosed, noTask, stateOf, toTask } from "./task.js";

/**
 * @param {HTMLElement} main
 * @param {number} id of the task
 * @returns {Promise<import("../page.js").Shown>}
 */
export async function show(main, id) {
  const task = taskOf(id);
  if (!task) return noTask(main);
  if (task.entry) return toTask(task);
  const { owner, pack } = field;
  const box = el("div.stack"), reach = el("div.reach-row");
  main.append(title("提交核查"), el("p.soft", {}, `${task.parcel.number}　${task.parcel.township} ${task.parcel.village}`), box);
  let sending = false, why = "";
  const leave = followCaptures(draw);
  await draw();

  async function draw() {
    const visit = await localVisit(owner, task);
    const captures = await capturesOf(owner, { task: id });
    const lacks = missing(pack, visit, task, captures);
    const away = captures.filter((c) => c.state !== "delivered").length;
    const gone = isClosed(visit, task);
    redraw(box, [visit.state, visit.why, lacks, away, captures.length, why, navigator.onLine], () => [
      visit.state === "draft" ? (gone ? stateOf(visit, task) : null) : standing(visit, away),
      why ? notice("bad", why) : null,
      gone ? null : lacks.length ? lackList(lacks, id) : notice("good", "该拍的拍了，该填的填了，可以提交。"),
      el("h2", {}, "照片"),
      el("ul.counts", {}, ...wishes(task, captures, pack.made_at).map((w) => el("li", {}, icon(w.there >= w.needed && !w.again.length ? "check" : "circle"), `${w.kind} ${w.there}/${w.needed}`))),
      el("p.soft", {}, away ? `本机 ${captures.length} 张，其中 ${away} 张还没有送达。提交会等照片都送到。` : captures.length ? `本机 ${captures.length} 张，全部送达。` : "本机还没有照片。"),
    ]);
    redraw(reach, [gone, lacks.length, sending], () => [
      link("填写", `#/task/${id}/form`, { icon: "edit" }), link("拍照", `#/task/${id}/shoot`, { icon: "camera" }),
      gone ? link("下一块", "#/find", { icon: "on", look: "main" }) : button(sending ? "正在存…" : "提交", { icon: "send", look: lacks.length ? "plain" : "main", onclick: () => send(visit, lacks.length) }),
    ]);
  }

  /** @param {any} visit @param {number} lacks */
  async function send(visit, lacks) {
    if (sending) return;
    if (lacks) {
      tried.add(visit.visit);
      announce(`还差 ${lacks} 项，还不能提交`);
      /** @type {HTMLElement | null} */ (box.querySelector(".lacks a"))?.focus();
      return;
    }
    sending = true;
    try {
      await handIn(visit.visit, { submit: true });
      why = "";
      announce("已存本机，有信号自动送达");
    } catch (error) {
      console.error(error);
      why = "没有存下。手机空间可能满了，请再点一次“提交”；填的内容都在。";
    }
    sending = false;
    await draw();
    main.querySelector("h1")?.focus();
  }

  return { title: "提交核查", back: { text: `地块 ${task.parcel.number}`, href: `#/task/${id}` }, reach, leave };
}

/** @param {any} visit @param {number} away */
function standing(visit, away) {
  if (visit.state === "submitted") return notice("good", el("div", {}, el("b", {}, "已送达。"), "服务器已收下，等待督导审核。"));
  if (visit.state === "handed-in") {
    return notice("wait", el("div", {}, el("b", {}, "已存本机，有信号自动送达。"), away ? `还有 ${away} 张照片要先送到。` : "", "可以去下一块地了。"));
  }
  if (visit.state === "held") return notice("bad", el("div", {}, el("b", {}, "服务器收到了，但还不能算提交："), visit.why, "。改好后再提交一次。"));
  return null;
}

/**
 * @param {{text: string, question: string | null, kind: string | null}[]} lacks
 * @param {number} id
 */
function lackList(lacks, id) {
  return el("section.lacks", { "aria-label": "还差什么" }, el("h2", {}, `还差 ${lacks.length} 项`),
    el("ul", {}, ...lacks.map(({ text, question, kind }) => el("li", {},
      el("a", { href: question ? `#/task/${id}/form?to=${encodeURIComponent(question)}` : `#/task/${id}/shoot?kind=${encodeURIComponent(kind ?? "")}` }, icon(question ? "edit" : "camera"), el("span", {}, text), icon("on"))))));
}
