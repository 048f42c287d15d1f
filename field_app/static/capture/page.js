/**
 * The page: which screen the address names, the frame around it, the worker behind it. A screen
 * is a module with `show(main, …numbers of the address)`.
 *
 * @typedef {object} Shown what a screen says of itself
 * @property {string} title
 * @property {() => void} [leave] stops what it has started
 * @property {string} [tab] which tab of the head it belongs to
 * @property {{text: string, href: string}} [back] instead of tabs
 * @property {HTMLElement} [reach] what stays in reach of the thumb
 * @property {boolean} [full] takes the whole screen
 */

import { holdsAnOnlyCopy, openStore } from "./core.js";
import { askWho, begin, changed, field, followField } from "./field.js";
import { drawFrame, drawReach } from "./frame.js";
import { announce, button, el, link, notice, title } from "./pieces.js";
import * as start from "./screens/start.js";
import { kept, readyVersion } from "./version.js";

const ASK_EVERY_MS = 60_000;
const TRY_AGAIN_MS = [200, 1000];
const LOADED_ANEW = "loaded anew", ANEW_EVERY_MS = 60_000;
/**
 * Only the first screen is waited for; the others follow when the line is free.
 * @type {[RegExp, () => Promise<{show: (main: HTMLElement, ...of: any[]) => Promise<Shown>}>][]}
 */
const ROUTES = [
  [/^#?\/?$/, async () => start],
  [/^#\/find$/, () => import("./screens/find.js")],
  [/^#\/task\/(\d{1,10})$/, () => import("./screens/task.js")],
  [/^#\/task\/(\d{1,10})\/shoot$/, () => import("./screens/shoot.js")],
  [/^#\/task\/(\d{1,10})\/form$/, () => import("./screens/form.js")],
  [/^#\/task\/(\d{1,10})\/submit$/, () => import("./screens/submit.js")],
  [/^#\/entry\/(\d{1,10})$/, () => import("./screens/entry.js")],
  [/^#\/outbox$/, () => import("./screens/outbox.js")],
  [/^#\/day$/, () => import("./screens/day.js")],
];

const main = /** @type {HTMLElement} */ (document.getElementById("main"));
/** @type {Shown | null} */
let here = null;
let turn = 0;
/** For whom the screen was drawn. */
let whose = "";

async function go() {
  const mine = ++turn;
  whose = field.owner;
  here?.leave?.();
  here = null;
  const [address, query] = location.hash.split("?");
  const found = ROUTES.find(([pattern]) => pattern.test(address));
  const of = found ? (found[0].exec(address) ?? []).slice(1).map(Number) : [];
  const space = el("div.screen");
  /** @type {Shown} */
  let shown;
  try {
    shown = found ? await (await loaded(found[1])).show(space, ...of, new URLSearchParams(query)) : nowhere(space);
  } catch (error) {
    console.error(error);
    const missing = error instanceof TypeError && /module|import/i.test(error.message);
    if (missing && loadAnew()) return;
    shown = missing ? notKept(space) : broken(space);
  }
  if (mine !== turn) {
    shown.leave?.(); // somebody went on while this one was still reading
    return;
  }
  here = shown;
  document.title = `${shown.title} · 外业采集`;
  document.body.classList.toggle("full", Boolean(shown.full));
  main.replaceChildren(space);
  drawFrame(shown);
  drawReach(shown.reach ?? null);
  window.scrollTo(0, 0);
  // Where the keyboard and the screen reader go on: at the new heading, but not at the first sight.
  if (mine > 1) /** @type {HTMLElement | null} */ (main.querySelector("h1"))?.focus({ preventScroll: true });
}

/**
 * A screen's module. On a line that drops, and from a worker that the phone has put to sleep, the first try may
 * fail though the next one works.
 * @template T
 * @param {() => Promise<T>} load
 * @returns {Promise<T>}
 */
async function loaded(load) {
  for (const pause of TRY_AGAIN_MS) {
    try {
      return await load();
    } catch (error) {
      console.warn("screen not loaded", error);
      await new Promise((done) => setTimeout(done, pause));
    }
  }
  return load();
}

/**
 * A browser may remember for as long as a page lives that a module failed, though the worker holds it by now:
 * then the page is loaded anew, once in a while, unless it holds the only copy of a shot.
 */
function loadAnew() {
  const last = Number(sessionStorage.getItem(LOADED_ANEW) ?? 0);
  if (!navigator.serviceWorker?.controller || holdsAnOnlyCopy() || Math.abs(Date.now() - last) < ANEW_EVERY_MS) return false;
  sessionStorage.setItem(LOADED_ANEW, String(Date.now()));
  location.reload();
  return true;
}

/** Somebody else has signed in: nothing of the one before him stays on the screen. */
function startAnew() {
  history.replaceState(null, "", "#/");
  go();
}

/** @param {HTMLElement} space @returns {Shown} */
function nowhere(space) {
  space.append(title("没有这一页"), notice("warn", "这个地址打不开。", link("回到出发检查", "#/", { look: "main" })));
  return { title: "没有这一页", tab: "start" };
}

/** @param {HTMLElement} space @returns {Shown} */
function broken(space) {
  space.append(title("这一页没有打开"), notice("bad", "手机里的数据读不出来。已拍的照片没有丢。请关掉别的应用，再打开一次；仍不行，请不要清除浏览器数据，联系管理员。",
    button("再试一次", { look: "main", onclick: go }), link("看已拍的照片", "#/outbox")));
  return { title: "没有打开", tab: "start" };
}

/** @param {HTMLElement} space @returns {Shown} */
function notKept(space) {
  space.append(title("这一页还没有存到手机"), notice("warn", "第一次打开时信号断了，页面没有存全。到有信号的地方再打开一次，以后没有信号也能用。",
    button("再试一次", { look: "main", onclick: () => location.reload() })));
  return { title: "没有存全", tab: "start" };
}

async function open() {
  try {
    await openStore();
    await begin();
  } catch (error) {
    console.error("no store", error);
    announce("这个浏览器不能保存数据");
  }
  await go();
  window.addEventListener("hashchange", go);
  followField(() => {
    if (field.owner !== whose) startAnew();
    else if (here) drawFrame(here);
  });
  askWho().then(() => { if (here?.tab === "start" || !field.owner) go(); });
  setInterval(() => { if (!document.hidden && navigator.onLine) askWho(); }, ASK_EVERY_MS);
  for (const name of ["online", "offline"]) window.addEventListener(name, () => { changed(); if (navigator.onLine) askWho(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) askWho(); });
  readyVersion(changed);
  await kept(); // before that, each screen would come over the slow line twice
  let all = true;
  for (const [, screen] of ROUTES) await loaded(screen).catch(() => { all = false; });
  if (all) document.documentElement.dataset.screens = "here"; // from now on nothing has to be fetched
}

open();
