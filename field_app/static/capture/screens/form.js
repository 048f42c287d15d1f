/** 填写: the form of the visit, asked by the same rules as online, kept at each change. */

import { likeLast, marksOpen } from "../answers.js";
import { capturesOf, confirmAnswers, fillLikeLast, followCaptures, formOf, localVisit, rules, saveAnswers } from "../core_visit.js";
import { makeField } from "../fields.js";
import { field, taskOf } from "../field.js";
import { missing } from "../missing.js";
import { announce, button, el, factList, icon, link, notice, redraw, title } from "../pieces.js";
import { hour } from "../words.js";
import { isClosed, noTask, stateOf, toTask } from "./task.js";

/** Visits that somebody has tried to hand in: from then on all that is wrong is shown. @type {Set<string>} */
export const tried = new Set();
/** So many characters of an answer stand on a button. */
const SHORT = 12;

/**
 * @param {HTMLElement} main
 * @param {number} id of the task
 * @param {URLSearchParams} query `to` names the question to go to
 * @returns {Promise<import("../page.js").Shown>}
 */
export async function show(main, id, query) {
  const task = taskOf(id);
  if (!task) return noTask(main);
  if (task.entry) return toTask(task);
  const { owner, pack } = field;
  let visit = await localVisit(owner, task);
  const form = formOf(pack, visit.form), facts = task.facts;
  /** @type {any[]} */
  let captures = [];
  const back = { text: `地块 ${task.parcel.number}`, href: `#/task/${id}` };
  main.append(title("现场情况"), stateOf(visit, task));
  if (isClosed(visit, task)) {
    main.append(readOnly(form, visit.answers, facts));
    return { title: "现场情况", back };
  }
  const done = el("div.progress"), again = el("div"), saved = el("p.soft.saved", { role: "status" }), body = el("div.form");
  main.append(el("p.soft", {}, `${task.parcel.township} ${task.parcel.village}　${task.purpose}`), done, again, body, saved);
  const reach = el("div.reach-row");
  /** @type {Map<string, import("../fields.js").Field>} */
  const made = new Map();
  /** @type {Map<string, HTMLElement>} */
  const notes = new Map(), heads = new Map();
  const leave = followCaptures(refresh);
  await refresh();
  goTo(query?.get("to") ?? "");

  async function refresh() {
    captures = await capturesOf(owner, { task: id });
    draw();
  }

  /** @param {any} q @param {any} value */
  async function give(q, value) {
    const before = visit.answers[q.name] ?? null;
    if (JSON.stringify(before) === JSON.stringify(rules.empty(value) ? null : value)) return;
    try {
      visit = await saveAnswers(visit.visit, { [q.name]: value });
      saved.textContent = `已存本机 ${hour(Date.now())}`;
      draw();
    } catch (error) {
      console.error(error);
      saved.textContent = "";
      announce("这一项没有存下，请再填一次");
      body.prepend(notice("bad", `“${q.label}”没有存下。手机空间可能满了，请再填一次。`));
    }
  }

  /** @param {string[]} names */
  async function confirm(names) {
    visit = await confirmAnswers(visit.visit, names);
    announce("已核对");
    draw();
  }

  /** @param {Record<string, any>} values */
  async function fill(values) {
    visit = await fillLikeLast(visit.visit, values, task.begin_from ?? "");
    announce(`填入了 ${Object.keys(values).length} 项，请逐项核对`);
    draw();
  }

  /** What the last visit said, or the county presets, by one tap. @param {Record<string, any>} values */
  function offer(values) {
    const said = Object.entries(values).map(([name, value]) => shortened(rules.said(form, form.questions.find((/** @type {any} */ q) => q.name === name), value)));
    const more = said.length > 3 ? ` 等 ${said.length} 项` : "", what = task.begin_from ? "和上次一样" : "填入预设";
    const source = task.begin_from ? `您上次提交的内容（${task.begin_from}）` : "县里预设的内容";
    return [button(`${what}：${said.slice(0, 3).join("、")}${more}`, { icon: "again", onclick: () => fill(values) }), el("p.soft", {}, `填入${source}，填入后请逐项核对`)];
  }

  function draw() {
    const { answers } = visit;
    const offered = likeLast(form, answers, task);
    redraw(again, offered, () => (Object.keys(offered).length ? offer(offered) : []));
    const shown = rules.shown(form, answers, facts), wrong = rules.wrongs(form, answers, facts);
    const must = new Set(rules.required(form, answers, facts).map((/** @type {any} */ q) => q.name));
    const counting = rules.counting(form, answers, facts), open = marksOpen(form, answers, task, visit.marks);
    const all = tried.has(visit.visit);
    /** @type {{name: string, nodes: HTMLElement[]}[]} */
    const sections = [];
    for (const q of shown) {
      if (q.section !== sections[sections.length - 1]?.name) sections.push({ name: q.section, nodes: [] });
      const here = sections[sections.length - 1].nodes;
      if (q.kind === "note") {
        here.push(noteOf(q));
        continue;
      }
      if (!made.has(q.name)) made.set(q.name, makeField(q, (value) => give(q, value)));
      const one = /** @type {import("../fields.js").Field} */ (made.get(q.name));
      const says = all || !rules.empty(answers[q.name]) ? wrong[q.name] ?? "" : "";
      one.show(answers[q.name], q.list_name ? rules.options(form, q, counting) : [], says, must.has(q.name));
      const mark = open.find((o) => o.q.name === q.name);
      markOf(one.node, mark ? `${mark.by}填入${mark.words ? `：“${mark.words}”` : ""}` : "", () => confirm([q.name]));
      here.push(one.node);
    }
    lay(sections.map(({ name, nodes }, n) => sectionOf(name, n, nodes, must, wrong)));
    const [good, of] = rules.progress(form, answers, facts);
    redraw(done, [good, of, captures.length, open.length], () => [
      el("label", { for: "done" }, `必填 ${good}/${of}　本机照片 ${captures.length} 张`), el("progress", { id: "done", max: Math.max(of, 1), value: good }),
      open.length > 1 ? button(`${open.length} 项不是手填的，都核对过，没有错`, { icon: "check", onclick: () => confirm(open.map((o) => o.q.name)) }) : null,
    ]);
    const lacks = missing(pack, visit, task, captures).length;
    redraw(reach, lacks, () => [link("拍照", `#/task/${id}/shoot`, { icon: "camera" }), link(lacks ? `还差 ${lacks} 项` : "提交", `#/task/${id}/submit`, { icon: lacks ? "wait" : "send", look: lacks ? "plain" : "main" })]);
  }

  /** @param {any} q */
  function noteOf(q) {
    if (!notes.has(q.name)) notes.set(q.name, el("p.soft.note", {}, q.label));
    return /** @type {HTMLElement} */ (notes.get(q.name));
  }

  /** @param {string} name @param {number} n @param {HTMLElement[]} nodes @param {Set<string>} must @param {Record<string, string>} wrong */
  function sectionOf(name, n, nodes, must, wrong) {
    const key = `${n}-${name}`;
    if (!heads.has(key)) heads.set(key, el("section.group", {}, el("h2", {}), el("div.fields")));
    const section = /** @type {HTMLElement} */ (heads.get(key));
    const [head, fields] = /** @type {HTMLElement[]} */ ([...section.children]);
    const names = nodes.map((x) => x.dataset.question ?? "").filter((x) => must.has(x)), good = names.filter((x) => !(x in wrong)).length;
    head.hidden = !name;
    redraw(head, [name, good, names.length], () => [el("span", {}, name), names.length ? el(`span.count.${good === names.length ? "full" : "part"}`, {}, `${good}/${names.length}`) : null]);
    place(fields, nodes);
    return section;
  }

  /** @param {HTMLElement[]} nodes */
  function lay(nodes) {
    place(body, nodes);
  }

  return { title: "填写", back, reach, leave };
}

/**
 * Puts just these children there, in their order, and moves none that stands right: one that is
 * moved loses the keyboard.
 * @param {HTMLElement} box
 * @param {HTMLElement[]} nodes
 */
function place(box, nodes) {
  for (const child of [...box.children]) if (!nodes.includes(/** @type {HTMLElement} */ (child))) child.remove();
  nodes.forEach((node, n) => { if (box.children[n] !== node) box.insertBefore(node, box.children[n] ?? null); });
}

/**
 * @param {HTMLElement} node of the field
 * @param {string} said who filled it, or ""
 * @param {() => void} confirm
 */
function markOf(node, said, confirm) {
  const old = /** @type {HTMLElement | null} */ (node.querySelector(".mark"));
  if (!said) return old?.remove();
  const line = old ?? el("div.mark");
  redraw(line, said, () => [icon("edit"), el("span", {}, said), button("核对无误", { onclick: confirm })]);
  if (!old) node.append(line);
}

/** @param {string} text */
const shortened = (text) => (text.length <= SHORT ? text : `${text.slice(0, SHORT - 1)}…`);

/** @param {string} name */
function goTo(name) {
  if (!name) return;
  requestAnimationFrame(() => {
    const node = document.getElementById(`field-${name}`);
    node?.scrollIntoView({ block: "center" });
    /** @type {HTMLElement | null | undefined} */ (node?.querySelector("input, textarea, button"))?.focus({ preventScroll: true });
  });
}

/** @param {any} form @param {Record<string, any>} answers @param {any} facts */
function readOnly(form, answers, facts) {
  /** @type {Record<string, string>} */
  const said = {};
  for (const q of rules.shown(form, answers, facts)) if (!rules.empty(answers[q.name])) said[q.label] = rules.said(form, q, answers[q.name]);
  return Object.keys(said).length ? factList(said) : el("p.soft", {}, "没有填写内容。");
}
