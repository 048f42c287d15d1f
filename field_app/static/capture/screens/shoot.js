/**
 * Shooting. Grade A: the camera inside the page, place and direction read at the shutter itself.
 * Grade B: the phone's own camera. And a chosen file, where nothing else works.
 */

import { askPermission, followCompass, lookAt, needsTap } from "../../js/compass.js";
import { partsOf } from "../../js/geo.js";
import { sayCameraError } from "../../js/live_camera.js";
import { currentState, follow, latest, SAYS } from "../../js/position.js";
import { sayTilt } from "../aim.js";
import { beforeToMatch, sayAim } from "../before.js";
import { openCamera } from "../camera.js";
import { capturesOf, followCaptures, localVisit, stock, surroundings, takeIn, takeShot } from "../core_visit.js";
import { field, taskOf } from "../field.js";
import { left, wishes } from "../missing.js";
import { announce, button, el, icon, redraw } from "../pieces.js";
import { picture } from "../shots.js";
import { isClosed, noTask, toTask } from "./task.js";

const FRESH_MS = 30_000;
/** A page that holds photos in memory alone asks before it goes. @param {Event} event */
const askFirst = (event) => event.preventDefault();
const EVERY_KIND = ["全景", "近景", "利用特征", "东向", "南向", "西向", "北向", "剖面", "整改后"];

/**
 * @param {HTMLElement} main
 * @param {number} id of the task
 * @param {URLSearchParams} query `kind` to begin with
 * @returns {Promise<import("../page.js").Shown>}
 */
export async function show(main, id, query) {
  const task = taskOf(id);
  if (!task) return noTask(main);
  // Another may sign in while the camera is open: what is shot here stays this person's.
  const { owner, pack } = field;
  const visit = await localVisit(owner, task);
  if (isClosed(visit, task)) return toTask(task);
  const parts = partsOf(task.parcel.boundary), declination = pack.declination_deg;
  /** @type {any[]} */
  let captures = [];
  let kind = query?.get("kind") ?? "", chosen = Boolean(kind), codes = "", open = true, lit = false, busy = false, drawing = 0;
  /** @type {import("../camera.js").Camera | null} */
  let camera = null;
  let opened_at = Date.now();
  /** @type {any} */
  let awake = null;

  const heading = el("h1.shoot-title", { tabindex: -1 }, `拍照 ${task.parcel.number}`);
  const stage = el("div.stage"), place = el("p.aim"), facing = el("p.aim"), fine = el("p.aim.fine");
  const aim = el("div.aims", {}, place, facing, fine);
  const match = beforeToMatch(task, draw);
  const compass = button("打开罗盘", { onclick: () => { askPermission().then(draw); } });
  const kinds = el("div.kinds", { role: "radiogroup", "aria-label": "要拍哪一种" });
  const hint = el("p.hint"), kept = el("p.kept", { role: "status" });
  const last = el("a.last", { href: `#/task/${id}`, "aria-label": "看已拍的照片" });
  const shutter = el("button.shutter", { type: "button", "aria-label": "按下快门", "aria-disabled": "true", onclick: press });
  const torch = button("开灯", { icon: "torch", look: "quiet", hidden: true, onclick: light });
  const bar = el("div.shoot-bar", {}, last, shutter, el("div.right", {}, torch));
  const others = el("div.others", {}, chooser("手机相机", "camera", { accept: "image/*", capture: "environment" }), task.entry ? null : chooser("从文件选", "file", { accept: "image/jpeg,image/heic,image/heif,.jpg,.jpeg,.heic,.heif", multiple: true }));
  const screen = el("section.shoot", {}, el("div.shoot-top", {}, el("a.close", { href: `#/task/${id}` }, icon("back"), "完成"), heading), stage, aim, match.node, el("div.shoot-foot", {}, kept, hint, kinds, bar, others));
  stage.append(el("p.stage-said", { role: "status" }, "正在打开相机…"));
  main.append(screen);

  const leave = [follow(soon), followCompass(soon), followCaptures(refresh)];
  const clock = setInterval(draw, 2000);
  const back = () => {
    if (document.hidden) dim();
    else if (!camera) begin();
  };
  document.addEventListener("visibilitychange", back);
  await refresh();
  begin();

  async function begin() {
    try {
      const found = await openCamera(() => { dim(); begin(); });
      if (!open) return found.close();
      camera = found;
      opened_at = Date.now();
      stage.replaceChildren(found.video);
      torch.hidden = !found.hasTorch;
      ready();
      stay();
    } catch (error) {
      camera = null;
      ready();
      screen.classList.add("no-camera");
      stage.replaceChildren(el("div.stage-said", { role: "alert" }, el("p", {}, sayCameraError(error)), el("p", {}, "也可以点下面的“手机相机”拍。"), button("再试一次", { look: "main", onclick: () => { screen.classList.remove("no-camera"); begin(); } })));
    }
  }

  /** Not `disabled`: a button that is loses the keyboard, and the next shot is pressed on it. */
  function ready() {
    shutter.setAttribute("aria-disabled", String(!camera || busy));
  }

  /** The screen stays on while somebody aims. */
  async function stay() {
    awake = await /** @type {any} */ (navigator).wakeLock?.request("screen").catch(() => null);
  }

  function dim() {
    camera?.close();
    camera = null;
    ready();
    awake?.release?.().catch(() => {});
  }

  async function light() {
    lit = !lit;
    await camera?.torch(lit).catch(() => { lit = false; });
    torch.lastChild?.replaceWith(el("span", {}, lit ? "关灯" : "开灯"));
  }

  async function press() {
    if (!camera || busy) return;
    const moment = Date.now(), began = performance.now(), { facts } = camera;
    const { good: _good, ...here } = surroundings(moment);
    busy = true;
    ready();
    stage.classList.add("flash");
    navigator.vibrate?.(30);
    try {
      const file = await camera.still();
      await keep(file, moment, began, { ...here, camera: facts });
    } catch (error) {
      console.error(error);
      say("这一张没有拍成，请再按一次", "bad");
    } finally {
      busy = false;
      ready();
      setTimeout(() => stage.classList.remove("flash"), 120);
    }
  }

  /**
   * @param {Blob} file
   * @param {number} moment of the shutter
   * @param {number} began of the shutter, by performance.now()
   * @param {any} facts
   */
  async function keep(file, moment, began, facts) {
    const shot = { ...whose(), kind, way: /** @type {const} */ ("live"), file, name: `页面相机${moment}.jpg`, opened_at, moment, chosen_at: Date.now(), ...facts };
    const { how } = await takeShot(shot);
    keptIn(began);
    if (how === "in-memory") {
      say("手机存不下了：这一张只在内存里，送达前不要关闭本页", "bad");
      window.addEventListener("beforeunload", askFirst);
    } else say(`${shot.kind}已存本机（${seconds(began)} 秒）`, "good");
    chosen = false;
    await refresh();
  }

  /** @param {string} text @param {"good" | "wait" | "bad"} tone */
  function say(text, tone) {
    kept.className = `kept ${tone}`;
    kept.textContent = text;
  }

  /**
   * @param {string} text
   * @param {"camera" | "file"} way
   * @param {Record<string, any>} attributes
   */
  function chooser(text, way, attributes) {
    let tapped_at = Date.now();
    const input = /** @type {HTMLInputElement} */ (el("input", {
      type: "file", ...attributes, "aria-label": text, onclick: () => { tapped_at = Date.now(); },
      onchange: async () => {
        const files = [...(input.files ?? [])];
        if (files.length) await takeFiles(files, way, tapped_at);
        input.value = "";
      },
    }));
    return el("label.button.quiet", {}, icon(way), el("span", {}, text), input);
  }

  /** @param {File[]} files @param {"camera" | "file"} way @param {number} tapped_at */
  async function takeFiles(files, way, tapped_at) {
    const began = performance.now();
    try {
      const { kept: count, notes } = await takeIn(files, { ...whose(), kind, max_mb: pack.settings.photo_max_mb }, way, tapped_at);
      keptIn(began);
      if (notes.length) say(notes.join("；"), count ? "wait" : "bad");
      else say(`${count} 张${kind}已存本机（${seconds(began)} 秒）`, "good");
      chosen = false;
      await refresh();
    } catch (error) {
      console.error(error);
      say("这一张没有存下，请再选一次", "bad");
    }
  }

  function whose() {
    return {
      owner, task: id, inspection: visit.inspection, visit: visit.visit, parcel: task.parcel.number,
      shape_no: task.parcel.shape_no, form: visit.form,
    };
  }

  /** @param {number} began */
  const seconds = (began) => ((performance.now() - began) / 1000).toFixed(1);
  /** @param {number} began How long it took and how many it were, for what measures it. */
  function keptIn(began) {
    screen.dataset.keptMs = String(Math.round(performance.now() - began));
    screen.dataset.shots = String(Number(screen.dataset.shots ?? 0) + 1);
  }

  async function refresh() {
    captures = await capturesOf(owner, { task: id });
    const { online = 0, offline = 0 } = await stock(owner).catch(() => ({}));
    codes = online + offline ? `一次性码 ${online + offline}` : "没有一次性码，照常拍，证据等级会低一级";
    const wished = wishes(task, captures, pack.made_at);
    if (!chosen) kind = wished.find((w) => left(w))?.kind ?? (kind || wished[0]?.kind || EVERY_KIND[0]);
    drawKinds(wished);
    redraw(last, captures.length ? [captures.length, captures[captures.length - 1].thumb] : [], () => {
      const newest = captures[captures.length - 1];
      return newest ? [picture(newest), el("span", {}, `${captures.length} 张`)] : [el("span", {}, "还没有")];
    });
    draw();
  }

  /** @param {import("../missing.js").Wish[]} wished */
  function drawKinds(wished) {
    const rest = task.entry ? [] : EVERY_KIND.filter((k) => !wished.some((w) => w.kind === k));
    const names = [...wished.map((w) => w.kind), ...rest];
    const facts = names.map((name) => {
      const wish = wished.find((w) => w.kind === name), short = wish ? left(wish) : 0;
      return !wish ? name : short ? `${name} 差${short}` : `${name} ✓`;
    });
    redraw(kinds, names, () => names.map((name) =>
      el("label", {}, el("input", { type: "radio", name: "kind", value: name, onchange: () => { kind = name; chosen = true; drawKinds(wished); draw(); } }), el("span"))));
    // Only marks and words are set anew: a group that is drawn again loses the keyboard.
    kinds.querySelectorAll("input").forEach((input, n) => {
      input.checked = input.value === kind;
      /** @type {HTMLElement} */ (input.nextElementSibling).textContent = facts[n];
    });
    hint.textContent = wished.find((w) => w.kind === kind)?.hint ?? "";
    /** @type {HTMLElement | null} */ (kinds.querySelector("input:checked"))?.parentElement?.scrollIntoView({ block: "nearest", inline: "center" });
  }

  function soon() {
    drawing ||= requestAnimationFrame(() => { drawing = 0; draw(); });
  }

  function draw() {
    const fix = latest(FRESH_MS), look = lookAt(Date.now(), 2000), state = currentState();
    const said = sayAim(parts, fix, look ? look.heading_deg + declination : null, kind, pack.settings.on_parcel_m?.[kind], { entry: task.entry, before: match.chosen() });
    if (!fix) said.place = { tone: "bad", text: state === "waiting" || state === "fixed" ? SAYS.waiting : SAYS[state] };
    tell(place, said.place);
    tell(facing, said.facing);
    const tilt = sayTilt(look?.pitch_deg ?? null, kind);
    redraw(fine, [fix && Math.round(fix.accuracy_m), tilt, codes, needsTap()], () => [
      el("span", {}, [fix ? `定位 ±${Math.round(fix.accuracy_m)} m` : "", tilt?.text ?? "", codes].filter(Boolean).join("　")),
      needsTap() ? compass : null,
    ]);
  }

  /** @param {HTMLElement} line @param {import("../aim.js").Told} told */
  function tell(line, told) {
    redraw(line, told, () => [icon(told.tone === "good" ? "check" : told.tone === "bad" ? "warn" : "info"), el("span", {}, told.text)]);
    line.className = `aim ${told.tone}`;
  }

  announce("相机打开后，按快门拍照");
  return {
    title: "拍照", full: true,
    leave: () => {
      open = false;
      dim();
      leave.forEach((go) => go());
      clearInterval(clock);
      cancelAnimationFrame(drawing);
      document.removeEventListener("visibilitychange", back);
    },
  };
}
