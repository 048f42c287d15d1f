/** What stands around every screen: the line and what waits, the tabs, the app's own menu. */

import { delivery, tallies } from "./core.js";
import { field, isUnit, signInHref } from "./field.js";
import { button, el, icon, link, notice, redraw, toast } from "./pieces.js";
import { newVersion, takeVersion } from "./version.js";

/** The menu of a role, as on every page of the app; the others need a line. */
const MENU_OF_A_UNIT = [
  { text: "待办", sign: "tasks", href: "/todo" },
  { text: "台账", sign: "list", href: "/ledger" },
  { text: "外业", sign: "field", href: "#/" },
  { text: "我的", sign: "person", href: "/account" },
];
const MENU = [
  { text: "任务", sign: "tasks", href: "/tasks" },
  { text: "核查", sign: "camera", href: "/inspect" },
  { text: "外业", sign: "field", href: "#/" },
  { text: "对话", sign: "chat", href: "/chat" },
  { text: "记录", sign: "records", href: "/records" },
  { text: "我的", sign: "person", href: "/account" },
];
const TABS = [
  { tab: "start", text: "出发", href: "#/" },
  { tab: "find", text: "找地块", href: "#/find" },
  { tab: "outbox", text: "照片", href: "#/outbox" },
  { tab: "day", text: "收工", href: "#/day" },
];

const top = /** @type {HTMLElement} */ (document.getElementById("top"));
const bottom = /** @type {HTMLElement} */ (document.getElementById("bottom"));
const bar = el("a.line", { href: "#/outbox" });
const alerts = el("div.alerts");
const tabs = el("nav.tabs", { "aria-label": "外业" });
const reach = el("div.reach");
const menu = el("nav.menu", { "aria-label": "主菜单" });
top.append(bar, alerts, tabs);
bottom.append(reach, menu);

/** The line in few words. @returns {{tone: string, text: string}} */
function sayLine() {
  const { line } = delivery();
  if (!field.owner) return navigator.onLine ? { tone: "on", text: "有信号" } : { tone: "off", text: "没有信号" };
  if (!navigator.onLine) return { tone: "off", text: "没有信号，照常拍" };
  if (line === "no-line") return { tone: "off", text: "连不上服务器，照常拍" };
  if (line === "other-person") return { tone: "off", text: "登录的是别人，照常拍" };
  if (line === "sign-in" || field.signedIn === "no") return { tone: "off", text: "登录已失效，照常拍" };
  if (line === "sending" || line === "busy") return { tone: "go", text: "正在送出" };
  return { tone: "on", text: "有信号" };
}

let drawing = 0;

/** @param {import("./page.js").Shown} shown */
export async function drawFrame(shown) {
  const mine = ++drawing;
  const { tone, text } = sayLine();
  const counted = field.owner ? await tallies(field.owner).catch(() => null) : null;
  if (mine !== drawing) return;
  const left = counted ? counted.taken - counted.held + counted.hand_ins.waiting : 0;
  const much = !counted ? "" : left ? `还有 ${left} 条没送达` : counted.taken ? `${counted.taken} 张全部送达` : "";
  bar.className = `line ${tone}`;
  redraw(bar, [text, much], () => [el("span.dot", { "aria-hidden": "true" }), el("span", {}, text), el("span.much", {}, much)]);
  drawAlerts();
  tabs.hidden = !shown.tab && !shown.back;
  redraw(tabs, [shown.back, shown.tab], () => (shown.back
    ? [link(shown.back.text, shown.back.href, { icon: "back", look: "quiet" })]
    : TABS.map((t) => el("a", { href: t.href, "aria-current": t.tab === shown.tab ? "page" : false }, t.text))));
  const entries = isUnit() ? MENU_OF_A_UNIT : MENU;
  redraw(menu, [entries, navigator.onLine], () => entries.map(menuEntry));
}

/** @param {{text: string, sign: string, href: string}} entry */
function menuEntry({ text, sign, href }) {
  if (href === "#/") return el("a", { href, "aria-current": "true" }, icon(sign), text);
  if (navigator.onLine) return el("a", { href }, icon(sign), text);
  return el("button.away", { type: "button", "aria-disabled": "true", onclick: () => toast(`没有信号，“${text}”打不开。外业里的都能用`) }, icon(sign), text);
}

function drawAlerts() {
  const signedOut = field.signedIn === "no" && Boolean(field.owner), fresh = newVersion();
  redraw(alerts, [signedOut, fresh], () => [
    signedOut ? notice("warn", "登录已失效。照片都在本机，可以接着拍；重新登录后自动送出。", link("重新登录", signInHref(), { look: "main" })) : null,
    fresh ? notice("blue", "外业采集有新版本。", button("现在更新", { onclick: takeVersion })) : null,
  ]);
}

/** @param {HTMLElement | null} node */
export function drawReach(node) {
  reach.replaceChildren(...(node ? [node] : []));
}
