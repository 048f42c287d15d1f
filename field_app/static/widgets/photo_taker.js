/**
 * Two large buttons, and every photo's way to its receipt.
 *
 * @typedef {import("../js/captures.js").Capture} Capture
 * @typedef {import("../js/capture.js").For} For
 * @typedef {import("../js/capture.js").Taken} Taken
 * @typedef {import("../js/delivery.js").Delivered} Delivered
 * @typedef {{owner: string, person: number, inspection: number, parcel: string,
 *            form: string | null, kind: string, label: string, hint: string, max_mb: number}} Data
 *   `owner` is the login name; under the number `person` older versions have kept photos
 */

import { takeIn, takeLive } from "../js/capture.js";
import { adopt, capturesOf, discard, followCaptures, unsentOf, waitingOfOthers } from "../js/captures.js";
import { readyToSign } from "../js/codes.js";
import { followCompass } from "../js/compass.js";
import { component, el } from "../js/component.js";
import { deliverFor, delivery, tryAgain } from "../js/delivery.js";
import { hasLiveCamera, openLive, sayCameraError } from "../js/live_camera.js";
import { currentState, follow, latest, retry, SAYS } from "../js/position.js";
import { visitFor } from "../js/visit_names.js";

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
/** Codes live ten minutes: a page that stays open asks for new ones. */
const CODES_MS = 4 * 60_000;

/** @param {number} bytes */
function sayMb(bytes) {
  return bytes < 2 ** 20 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 2 ** 20).toFixed(1)} MB`;
}

export const mount = component((parent) => {
  /** @type {Data | undefined} */
  let data;
  /** @type {(name: string, value: any) => void} */
  let trigger = () => {};
  /** @type {Capture[]} */
  let photos = [];
  let others = { elsewhere: 0, strangers: 0 };
  let reading = 0;
  /** @type {string[]} */
  let notes = [];
  /** @type {Set<string>} what has been seen waiting here */
  const seen = new Set();
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
        const tapped = opened_at;
        if (chosen.length) take(chosen.length, (of) => takeIn(chosen, of, source, tapped)).finally(() => { input.value = ""; });
      },
    }));
    return el(`label.button.${look}`, {}, el(`span.icon.${source}`, { "aria-hidden": true }), text, input);
  }

  /** @returns {Promise<For>} */
  async function purpose() {
    const { owner, inspection, parcel, form, kind, max_mb } = /** @type {Data} */ (data);
    return { owner, inspection, parcel, form, kind, max_mb, task: null, shape_no: null, visit: await visitFor(owner, inspection) };
  }

  /**
   * @param {number} count
   * @param {(of: For) => Promise<Taken>} how
   */
  async function take(count, how) {
    if (!data) return;
    reading += count;
    notes = [];
    draw();
    try {
      notes = (await how(await purpose())).notes;
    } catch (error) {
      console.error(error);
      notes = ["照片没有保存成功，请再选一次；若仍不行，请关闭其他应用后重试"];
    } finally {
      reading -= count;
      await refresh();
    }
  }

  async function openCamera() {
    if (!data || closeCamera) return;
    notes = [];
    try {
      closeCamera = await openLive(root, data.label, {
        shot: (file, opened_at, camera) => take(1, (of) => takeLive(file, of, opened_at, camera)),
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
    const here = await capturesOf(owner, { inspection, visit: await visitFor(owner, inspection) });
    if (inspection !== data.inspection) return;
    photos = here.filter((c) => c.state !== "delivered");
    others = {
      elsewhere: (await unsentOf(owner)).filter((c) => !here.some((one) => one.uuid === c.uuid)).length,
      strangers: await waitingOfOthers(owner),
    };
    for (const c of here) {
      if (c.state !== "delivered") seen.add(c.uuid);
      else if (seen.delete(c.uuid) && c.sha256) delivered.push(c.sha256);
    }
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
    if (event && event.capture.type === "photo" && event.capture.inspection === data?.inspection) {
      const { verdict, sentences, state, why } = event.receipt;
      const bad = Boolean((verdict && verdict !== "核验通过") || state === "held");
      const first = state === "held" ? `：${why}` : bad && sentences?.length ? `：${sentences[0]}` : "";
      receipts = [{ text: `${event.capture.kind}已送达${verdict ? ` · ${verdict}` : ""}${first}`, bad }, ...receipts].slice(0, 3);
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

  /** @param {Capture} photo */
  function says(photo) {
    const { line, sending } = delivery();
    const where = photo.in_memory ? "没存进手机，请不要关闭本页" : "已存本机";
    if (photo.state === "refused") return { text: photo.problem, look: "bad" };
    if (sending?.uuid === photo.uuid) {
      const percent = Math.round(sending.share * 100);
      return { text: percent < 100 ? `正在上传 ${percent}%` : "已上传，正在核验…", look: "go" };
    }
    if ((photo.settle_by ?? 0) > Date.now()) return { text: `${where}，正在取定位…`, look: "wait" };
    if (line === "sign-in" || line === "other-person") return { text: `${where}，等待重新登录`, look: "wait" };
    if (line === "no-line" || !navigator.onLine) return { text: `等待信号，${where}`, look: "wait" };
    if (photo.problem) return { text: `${where}，稍后自动重试：${photo.problem}`, look: "wait" };
    return { text: `${where}，排队上传`, look: "wait" };
  }

  /** @param {Capture} photo */
  function row(photo) {
    const { text, look } = says(photo), { sending } = delivery();
    const share = sending?.uuid === photo.uuid ? sending.share : 0;
    const at = photo.position;
    const facts = [photo.kind, sayMb(photo.size ?? 0),
      photo.way === "file" ? "相册照片" : at ? `定位 ±${Math.round(at.accuracy_m)} m` : "无定位"];
    const item = el(`li.${photo.in_memory ? "bad" : look}`, { "data-sha256": photo.sha256 },
      photo.thumb ? el("img", { src: photo.thumb, alt: "" }) : el("span.thumb", { "aria-hidden": true }),
      el("div.what", {}, el("div.state", {}, text), el("div.facts", {}, facts.join(" · "))));
    if (share) item.append(el("progress", { max: 1, value: share, "aria-label": "上传进度" }));
    if (photo.state === "refused") {
      const sure = sureOf === photo.uuid;
      item.append(el("div.actions", {},
        el("button", { type: "button", onclick: () => tryAgain(photo.uuid) }, "重试"),
        el(`button.${sure ? "danger" : "plain"}`, { type: "button", onclick: () => remove(photo.uuid, sure) },
          sure ? "再点一次删除" : "删除")));
    }
    return item;
  }

  /**
   * @param {string} uuid
   * @param {boolean} sure
   */
  async function remove(uuid, sure) {
    if (!sure) {
      sureOf = uuid;
      setTimeout(() => { sureOf = ""; draw(); }, SURE_MS);
      return draw();
    }
    seen.delete(uuid);
    await discard(uuid);
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
      ...(line === "other-person" ? [el("p.bad", {}, "这台手机上已有别人登录。照片都在本机，由本人重新登录后自动送出。")] : []),
      ...(others.elsewhere ? [el("p.wait", {}, `另有 ${others.elsewhere} 张其他核查的照片等待送出`)] : []),
      ...(others.strangers ? [el("p.wait", {}, `本机还有 ${others.strangers} 张别的账号拍的照片，需由其本人登录后送出`)] : []),
    );
  }

  function makeReady() {
    if (data && !document.hidden) readyToSign(data.owner).catch((error) => console.warn("shots go unsigned", error));
  }

  async function begin() {
    const { owner, person } = /** @type {Data} */ (data);
    makeReady();
    leave.push(deliverFor(owner, onDelivery));
    await adopt(owner, person);
  }

  const leave = [follow(drawPlace), followCompass(() => {}), followCaptures(refresh)];
  const clock = setInterval(drawPlace, 5000); // a fix grows old without an event
  const codes = setInterval(makeReady, CODES_MS);
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
      if (first) begin();
      refresh();
    },
    stop() {
      closeCamera?.();
      leave.forEach((go) => go());
      clearInterval(clock);
      clearInterval(codes);
      window.removeEventListener("online", draw);
      window.removeEventListener("offline", draw);
      root.remove();
    },
  };
});
