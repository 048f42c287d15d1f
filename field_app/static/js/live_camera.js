/**
 * The camera inside the page, for screens whose file button opens no camera, and for phones that
 * close the page while their camera app is open. The page stays awake: position and compass are
 * read at the shutter itself.
 *
 * @typedef {import("./record.js").Camera} Camera
 * @typedef {{shot: (file: File, opened_at: number, camera: Camera) => void, closed: () => void}} Told
 */

import { el } from "./component.js";

/** What a person is told, by the name of the browser's error. */
const SAYS = {
  NotAllowedError: "没有使用相机的权限。请在浏览器的网站设置里允许“相机”，再试一次。",
  NotFoundError: "这台设备没有可用的相机。请用“从文件选”。",
  NotReadableError: "相机正被别的应用占用。请关闭别的应用后再试。",
  OverconstrainedError: "这台设备的相机不能用。请用“从文件选”。",
};
const QUALITY = 0.92;

/** Whether the browser lets a page have the camera at all (it needs https). */
export function hasLiveCamera() {
  return Boolean(navigator.mediaDevices?.getUserMedia);
}

/** @param {unknown} error */
export function sayCameraError(error) {
  const name = error instanceof DOMException ? error.name : "";
  return SAYS[/** @type {keyof typeof SAYS} */ (name)] ?? "相机打不开，请再试一次；若仍不行，请用“从文件选”。";
}

/**
 * Opens the camera over the whole screen. Every tap on the shutter gives a JPEG; it stays open
 * until it is closed. Throws what getUserMedia throws.
 * @param {Node} parent where its element goes
 * @param {string} label what is to be shot
 * @param {Told} told
 * @returns {Promise<() => void>} closes it
 */
export async function openLive(parent, label, told) {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: "environment", width: { ideal: 4096 }, height: { ideal: 3072 } },
  });
  const opened_at = Date.now();
  const [track] = stream.getVideoTracks();
  const video = /** @type {HTMLVideoElement} */ (el("video", { playsinline: true, autoplay: true, muted: true, "aria-label": "取景" }));
  video.muted = true;
  video.srcObject = stream;
  const said = el("p.live-said", { "aria-live": "polite" }, `${label}：对准后按下面的圆钮`);
  const shutter = /** @type {HTMLButtonElement} */ (el("button.shutter", { type: "button", "aria-label": "按下快门", onclick: press }));
  const bar = el("div.live-bar", {}, el("button.live-close", { type: "button", onclick: close }, "完成"), shutter);
  const dialog = /** @type {HTMLDialogElement} */ (el("dialog.live", { "aria-label": "页面相机", oncancel: close }, video, said, bar));
  let count = 0;
  let open = true;
  addTorch();
  parent.appendChild(dialog);
  dialog.showModal();
  track.addEventListener("ended", close);

  function addTorch() {
    const able = /** @type {any} */ (track.getCapabilities?.());
    if (!able?.torch) return;
    let on = false;
    const button = el("button.live-close", {
      type: "button",
      onclick: async () => {
        on = !on;
        await track.applyConstraints(/** @type {any} */ ({ advanced: [{ torch: on }] }));
        button.textContent = on ? "关灯" : "开灯";
      },
    }, "开灯");
    bar.append(button);
  }

  async function press() {
    shutter.disabled = true;
    const moment = Date.now();
    try {
      const blob = await still(video);
      if (!open) return;
      const file = new File([blob], `页面相机${++count}.jpg`, { type: "image/jpeg", lastModified: moment });
      const facing = String(track.getSettings().facingMode ?? "");
      told.shot(file, opened_at, { label: track.label, width: video.videoWidth, height: video.videoHeight, facing });
      said.textContent = `已拍 ${count} 张，可继续拍，或按“完成”`;
    } catch (error) {
      console.error(error);
      said.textContent = "这一张没有拍成，请再按一次";
    } finally {
      shutter.disabled = false;
    }
  }

  function close() {
    if (!open) return;
    open = false;
    for (const one of stream.getTracks()) one.stop();
    dialog.close();
    dialog.remove();
    told.closed();
  }

  return close;
}

/**
 * The frame that the person saw, as JPEG. (ImageCapture.takePhoto would give more pixels on some
 * phones, from a moment that can lie a second later, when the hand has moved.)
 * @param {HTMLVideoElement} video
 * @returns {Promise<Blob>}
 */
function still(video) {
  if (!video.videoWidth) return Promise.reject(new Error("no frame yet"));
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  return new Promise((go, stop) => canvas.toBlob((b) => (b ? go(b) : stop(new Error("no picture"))), "image/jpeg", QUALITY));
}
