/** 出发前检查: the offline package, what the phone must be able to do, today's tasks. */

import { followCompass } from "../../js/compass.js";
import { follow } from "../../js/position.js";
import { checks, prepare, waitingOfOthers } from "../core.js";
import { field, isUnit, signInHref, takePackage } from "../field.js";
import { announce, badge, button, el, icon, link, notice, redraw, title } from "../pieces.js";
import { nearest, taskCard } from "../tasks.js";
import { ago, moment } from "../words.js";

const OLD_MS = 24 * 3600_000;
const SHOWN = 5;
const SIGNS = { good: "check", warn: "warn", bad: "bad", asking: "wait" };
const WORDS = { good: "好", warn: "注意", bad: "不行", asking: "正在看" };

/**
 * @param {HTMLElement} main
 * @returns {Promise<import("../page.js").Shown>}
 */
export async function show(main) {
  const pack = el("section.card", { "aria-label": "离线包" });
  const items = el("ul.ready", { "aria-label": "手机准备" });
  const tasks = el("section", {});
  const others = el("div");
  const shown = { title: "出发前检查", tab: "start", leave: () => leave.forEach((go) => go()) };
  main.append(title("出发前检查"));
  if (!field.owner) {
    main.append(stranger());
    if (insideWeChat()) main.append(weChat());
    return { ...shown, leave: () => {} };
  }
  if (field.role && field.role !== "核查员" && !isUnit()) {
    main.append(notice("warn", `您的账号是${field.role}，外业采集只给核查员和责任单位用。`, link("回到系统", "/", { look: "main" })));
    return { ...shown, leave: () => {} };
  }
  if (insideWeChat()) main.append(weChat());
  main.append(others, pack, el("h2", {}, "手机准备"), items, tasks);
  let stop = false;
  const leave = [() => { stop = true; }, follow(() => {}), followCompass(() => {})];
  drawPack(pack, { busy: false, why: "" }, onFetched);
  drawTasks(tasks);
  look();
  warnOfOthers(others);
  return shown;

  function onFetched() {
    drawTasks(tasks);
    look();
  }

  async function look() {
    /** @type {Map<string, any>} */
    const found = new Map();
    await checks(field.owner, (item) => {
      if (item.id === "package") return; // it has a card of its own
      found.set(item.id, item);
      if (!stop) redraw(items, [...found.values()], () => [...found.values()].map((one) => ready(one, look)));
    });
    if (stop) return;
    const worst = [...found.values()].filter((i) => i.state === "bad" || i.state === "warn").length;
    announce(worst ? `手机准备：有 ${worst} 项要看一下` : "手机准备都好了");
  }
}

/**
 * @param {any} item
 * @param {() => void} again
 */
function ready(item, again) {
  /** @type {keyof typeof SIGNS} */
  const state = item.state;
  return el(`li.${state}`, {}, icon(SIGNS[state]), el("span.words", {}, el("span.unseen", {}, `${WORDS[state]}：`), el("b", {}, item.title), `　${item.text}`), action(item, again));
}

/** @param {any} item @param {() => void} again */
function action(item, again) {
  if (!item.action) return null;
  if (item.action.href) return link(item.action.label, item.action.href);
  return button(item.action.label, {
    onclick: async () => {
      await item.action.run();
      again();
    },
  });
}

/**
 * @param {HTMLElement} box
 * @param {{busy: boolean, why: string}} how
 * @param {() => void} then
 */
function drawPack(box, how, then) {
  const pack = field.pack, now = Date.now();
  const age = pack ? now - Date.parse(pack.made_at) : 0;
  const said = !pack
    ? [el("p.big", {}, "还没有离线包"), el("p.soft", {}, `离线包里有${isUnit() ? "您单位整改中的问题、地块边界和整改前的照片" : "您的任务、地块边界、表格和旧照片"}。没有信号的地方全靠它，出发前下载一次。`)]
    : [el("p.big", {}, `${pack.tasks.length} 个任务，${ago(age)}更新`), el("p.soft", {}, `${moment(pack.made_at, now)} 下载${age > OLD_MS ? "，已经旧了，有信号时请更新" : ""}`)];
  const fetching = button(how.busy ? "正在下载…" : pack ? "更新离线包" : "下载离线包", {
    icon: "down", look: "main", "aria-disabled": how.busy ? "true" : false,
    onclick: () => { if (!how.busy) fetchIt(box, then); },
  });
  box.replaceChildren(
    el("div.pack-head", {}, el("h2", {}, "离线包"), pack ? badge(age > OLD_MS ? "该更新了" : "可用", age > OLD_MS ? "warn" : "good") : badge("没有", "bad")),
    ...said, fetching, ...(how.why ? [notice("bad", how.why)] : []),
  );
}

/** @param {HTMLElement} box @param {() => void} then */
async function fetchIt(box, then) {
  drawPack(box, { busy: true, why: "" }, then);
  announce("正在下载离线包");
  let why = "";
  try {
    const done = await prepare(field.owner);
    why = done.package === "fetched" ? "" : done.package;
    await takePackage();
  } catch (error) {
    console.error(error);
    why = "没有下载成功。信号可能太弱，请再点一次；原来的离线包还在。";
  }
  announce(why || "离线包已更新");
  drawPack(box, { busy: false, why }, then);
  then();
  box.querySelector("button")?.focus();
}

/** @param {HTMLElement} box */
function drawTasks(box) {
  const tasks = nearest(field.pack?.tasks ?? [], null).filter((t) => t.open);
  if (!field.pack) return box.replaceChildren();
  box.replaceChildren(
    el("h2", {}, tasks.length ? `要做的任务（${tasks.length}）` : "任务"),
    ...(tasks.length ? [] : [notice("good", isUnit() ? "没有要拍的。条目点了“开始整改”以后，更新离线包就有。" : "没有要做的任务。县办安排后，更新离线包就有。")]),
    el("ul.tasks", {}, ...tasks.slice(0, SHOWN).map((t) => taskCard(t))),
    ...(tasks.length > SHOWN ? [link(`看全部 ${tasks.length} 个，按远近排`, "#/find", { icon: "list" })] : []),
  );
}

/** @param {HTMLElement} box */
async function warnOfOthers(box) {
  const count = await waitingOfOthers(field.owner).catch(() => 0);
  const found = [];
  if (count) found.push(notice("warn", `这台手机上还有 ${count} 条别人拍的记录。要由其本人登录后送出，请不要清除浏览器数据。`));
  if (field.before) found.push(notice("blue", `这台手机上次是${field.before}用的。现在是${field.display}，请先更新离线包。`));
  box.replaceChildren(...found);
}

function stranger() {
  if (field.signedIn === "asking") return el("p.soft", { role: "status" }, "正在看是谁在用…");
  const away = !navigator.onLine || field.signedIn === "unknown";
  return el("section.card", {},
    el("p.big", {}, "先登录一次"),
    el("p", {}, away
      ? "现在没有信号。第一次用，要在有信号的地方登录，并下载离线包；以后没有信号也能用。"
      : "登录后下载离线包，没有信号的地方也能找地块、拍照、填写。"),
    link("去登录", signInHref(), { look: "main", icon: "person" }));
}

const insideWeChat = () => /MicroMessenger/i.test(navigator.userAgent);

function weChat() {
  return notice("bad", el("div", {}, el("b", {}, "您正在微信里打开"),
    el("ol", {}, el("li", {}, "点右上角的“…”"), el("li", {}, "选“在浏览器打开”（苹果手机选“在 Safari 中打开”）")),
    "微信会抹掉照片里的位置，也存不住照片。"));
}
