/**
 * Two large buttons, and every photo's way to its receipt.
 *
 * @typedef {import("../js/unsent.js").Unsent} Unsent
 * @typedef {import("../js/unsent_delivery.js").Delivered} Delivered
 * @typedef {{owner: string, inspection: number, kind: string, label: string, hint: string,
 *            max_mb: number}} Data
 */

import { takeIn } from "../js/unsent_capture.js";
import { followCompass } from "../js/compass.js";
import { component, el } from "../js/component.js";
import { hasLiveCamera, openLive, sayCameraError } from "../js/live_camera.js";
import { deliverFor, delivery, tryAgain } from "../js/unsent_delivery.js";
import { currentState, follow, latest, retry, SAYS } from "../js/position.js";
import { followUnsent, forget, ofOthers, unsentOf } from "../js/unsent.js";

/*
 * Which `accept` opens what, on Android (Chromium, SelectFileDialog.java):
 * - With `capture`, the camera opens at once only where every accepted type is an image. An
 *   ending unknown to the phone (.heif on older ones) counts as "anything" and brings up a
 *   chooser instead, and older Chromium builds, on which many local browsers stand, ask for
 *   exactly image/*. So the camera button says image/*. The photo picker, which blanks GPS, is
 *   never opened by it: with `capture` it is skipped, and without the permission for the camera
 *   nothing opens.
 * - Without `capture`, a list of images only, endings or types alike, opens that photo picker.
 *   One type that is no image turns it into the file chooser, which may keep GPS. Nothing has
 *   the type below.
 */
const CAMERA = { accept: "image/*", capture: "environment" };
const FILES = { accept: ".jpg,.jpeg,.heic,.heif,application/x-original-photo", multiple: true };
const TELL_AFTER_MS = 700;
const SURE_MS = 4000;

/** @param {number} bytes */
function sayMb(bytes) {
  return bytes < 2 ** 20 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 2 ** 20).toFixed(1)} MB`;
}

export const mount = component((parent) => {
  /** @type {Data | undefined} */
  let data;
  /** @type {(name: string, value: any) => void} */
  let trigger = () => {};
  /** @type {Unsent[]} */
  let photos = [];
  let others = { elsewhere: 0, strangers: 0 };
  let reading = 0;
  /** @type {string[]} */
  let notes = [];
  /** @type {Map<string, string>} id → sha256, of what has been seen waiting here */
  const seen = new Map();
  /** @type {Set<string>} */
  const deleted = new Set();
  /** @type {string[]} */
  let delivered = [];
  /** @type {{text: string, bad: boolean}[]} */
  let receipts = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let telling;
  let sureOf = "";

  const title = el("div.title"), hint = el("div.hint");
  const place = el("div.place", { role: "status" });
  const camera = button("拍照", "primary", CAMERA, "camera");
  const files = button("从文件选", "second", FILES, "file");
  const live = el("button.live-open", { type: "button", onclick: openCamera }, "用页面相机拍");
  /** @type {(() => void) | undefined} */
  let closeCamera;
  const list = el("ul.photos", { "aria-live": "polite" });
  const foot = el("div.foot", { "aria-live": "polite" });
  const root = el("section.taker", {}, el("header", {}, title, hint), place,
    el("div.buttons", {}, camera, files), hasLiveCamera() ? live : null, list, foot);
  parent.append(root);
  // On a computer `capture` means nothing: the button would open a file dialog like the other.
  root.classList.toggle("no-camera", !matchMedia("(any-pointer: coarse)").matches);

  /**
   * @param {string} text
   * @param {string} look
   * @param {Record<string, any>} attributes
   * @param {"camera" | "file"} source
   */
  function button(text, look, attributes, source) {
    let opened_at = Date.now();
    const input = /** @type {HTMLInputElement} */ (el("input", {
      type: "file", ...attributes, "aria-label": text, "data-source": source,
      onclick: () => { opened_at = Date.now(); },
      onchange: () => {
        const chosen = [...(input.files ?? [])];
        if (chosen.length) take(chosen, source, opened_at).finally(() => { input.value = ""; });
      },
    }));
    return el(`label.button.${look}`, {}, el(`span.icon.${source}`, { "aria-hidden": true }), text, input);
  }

  /**
   * @param {File[]} chosen
   * @param {"camera" | "file"} source
   * @param {number} opened_at
   * @param {boolean} [inPage]
   */
  async function take(chosen, source, opened_at, inPage = false) {
    if (!data) return;
    reading += chosen.length;
    notes = [];
    draw();
    try {
      const taken = await takeIn(chosen, data, source, opened_at, inPage);
      notes = taken.notes;
    } catch (error) {
      console.error(error);
      notes = ["照片没有保存成功，请再选一次；若仍不行，请关闭其他应用后重试"];
    } finally {
      reading -= chosen.length;
      await refresh();
    }
  }

  async function openCamera() {
    if (!data || closeCamera) return;
    notes = [];
    try {
      closeCamera = await openLive(root, data.label, {
        shot: (file, opened_at) => take([file], "camera", opened_at, true),
        closed: () => { closeCamera = undefined; },
      });
    } catch (error) {
      notes = [sayCameraError(error)];
    }
    draw();
  }

  async function refresh() {
    if (!data) return;
    const { owner, inspection } = data;
    const all = await unsentOf(owner);
    photos = all.filter((p) => p.inspection === inspection);
    others = {
      elsewhere: all.filter((p) => p.inspection !== inspection).length,
      strangers: await ofOthers(owner),
    };
    // What has gone and was not deleted here has been delivered, by this tab or another one.
    const now = new Set(photos.map((p) => p.id));
    for (const [id, sha256] of seen) {
      if (now.has(id)) continue;
      seen.delete(id);
      if (!deleted.delete(id)) delivered.push(sha256);
    }
    for (const photo of photos) seen.set(photo.id, photo.sha256);
    if (delivered.length) tellPython();
    draw();
  }

  function tellPython() {
    // A rerun for each of twenty photos would be dear; one for those that came together is not.
    clearTimeout(telling);
    telling = setTimeout(() => {
      const sha256s = delivered;
      delivered = [];
      if (sha256s.length) trigger("delivered", { sha256s, at: Date.now() });
    }, TELL_AFTER_MS);
  }

  /** @param {Delivered | null} event */
  function onDelivery(event) {
    if (event && event.photo.inspection === data?.inspection) {
      const { verdict, sentences } = event.receipt;
      const bad = Boolean(verdict && verdict !== "核验通过");
      const first = bad && sentences?.length ? `：${sentences[0]}` : "";
      receipts = [{ text: `${event.photo.kind}已送达${verdict ? ` · ${verdict}` : ""}${first}`, bad }, ...receipts].slice(0, 3);
      refresh();
    }
    draw();
  }

  function drawPlace() {
    const fix = latest(120_000), state = currentState();
    const failed = !fix && state !== "waiting" && state !== "fixed";
    const poor = fix && fix.accuracy_m > 30;
    place.className = `place ${failed ? "bad" : fix && !poor ? "good" : "wait"}`;
    const text = fix
      ? `定位 ±${Math.round(fix.accuracy_m)} m${poor ? "，误差偏大，到开阔处稍等" : ""}`
      : failed ? SAYS[state] : SAYS.waiting;
    place.replaceChildren(el("span.dot", { "aria-hidden": true }), el("span", {}, text));
    if (failed && state !== "insecure" && state !== "unsupported") {
      place.append(el("button.small", { type: "button", onclick: retry }, "重试"));
    }
  }

  /** @param {Unsent} photo */
  function says(photo) {
    const { line, sending } = delivery();
    if (photo.state === "refused") return { text: photo.problem, look: "bad" };
    if (sending?.id === photo.id) {
      const percent = Math.round(sending.share * 100);
      return { text: percent < 100 ? `正在上传 ${percent}%` : "已上传，正在核验…", look: "go" };
    }
    if (photo.settle_by > Date.now()) return { text: "已存本机，正在取定位…", look: "wait" };
    if (line === "sign-in") return { text: "已存本机，等待重新登录", look: "wait" };
    if (line === "no-line" || !navigator.onLine) return { text: "等待信号，已存本机", look: "wait" };
    if (photo.problem) return { text: `已存本机，稍后自动重试：${photo.problem}`, look: "wait" };
    return { text: "已存本机，排队上传", look: "wait" };
  }

  /** @param {Unsent} photo */
  function row(photo) {
    const { text, look } = says(photo), { sending } = delivery();
    const share = sending?.id === photo.id ? sending.share : 0;
    const facts = [photo.kind, sayMb(photo.size),
      photo.capture.accuracy_m === undefined ? "无定位"
        : photo.capture.source === "camera" ? `定位 ±${Math.round(photo.capture.accuracy_m)} m` : "相册照片"];
    const item = el(`li.${look}`, { "data-sha256": photo.sha256 },
      photo.thumb ? el("img", { src: photo.thumb, alt: "" }) : el("span.thumb", { "aria-hidden": true }),
      el("div.what", {}, el("div.state", {}, text), el("div.facts", {}, facts.join(" · "))));
    if (share) item.append(el("progress", { max: 1, value: share, "aria-label": "上传进度" }));
    if (photo.state === "refused") {
      const sure = sureOf === photo.id;
      item.append(el("div.actions", {},
        el("button", { type: "button", onclick: () => tryAgain(photo.id) }, "重试"),
        el(`button.${sure ? "danger" : "plain"}`, { type: "button", onclick: () => remove(photo.id, sure) },
          sure ? "再点一次删除" : "删除")));
    }
    return item;
  }

  /**
   * @param {string} id
   * @param {boolean} sure
   */
  async function remove(id, sure) {
    if (!sure) {
      sureOf = id;
      setTimeout(() => { sureOf = ""; draw(); }, SURE_MS);
      return draw();
    }
    deleted.add(id);
    await forget(id);
  }

  function draw() {
    drawPlace();
    list.replaceChildren(...photos.map(row));
    const { line } = delivery();
    foot.replaceChildren(
      ...(reading ? [el("p.go", {}, `正在保存 ${reading} 张照片，请不要离开…`)] : []),
      ...notes.map((n) => el("p.bad", {}, n)),
      ...receipts.map((r) => el(`p.${r.bad ? "doubt" : "good"}`, {}, r.text)),
      ...(line === "sign-in" ? [el("p.bad", {}, "登录已失效，照片都在本机。",
        el("a", { href: `/login?next=${encodeURIComponent(location.pathname + location.search)}` }, "重新登录"),
        "后自动送出。")] : []),
      ...(others.elsewhere ? [el("p.wait", {}, `另有 ${others.elsewhere} 张其他核查的照片等待送出`)] : []),
      ...(others.strangers ? [el("p.wait", {}, `本机还有 ${others.strangers} 张别的账号拍的照片，需由其本人登录后送出`)] : []),
    );
  }

  const leave = [follow(drawPlace), followCompass(() => {}), followUnsent(refresh)];
  const clock = setInterval(drawPlace, 5000); // a fix grows old without an event
  window.addEventListener("online", draw);
  window.addEventListener("offline", draw);

  return {
    update(given) {
      const first = !data;
      if (data && given.data.inspection !== data.inspection) {
        seen.clear();
        receipts = [];
      }
      data = /** @type {Data} */ (given.data);
      trigger = given.setTriggerValue;
      title.textContent = data.label;
      hint.textContent = data.hint;
      if (first) leave.push(deliverFor(data.owner, onDelivery));
      refresh();
    },
    stop() {
      closeCamera?.();
      leave.forEach((go) => go());
      clearInterval(clock);
      window.removeEventListener("online", draw);
      window.removeEventListener("offline", draw);
      root.remove();
    },
  };
});
