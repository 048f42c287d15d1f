/**
 * The back camera inside the page: opened, shown, one frame taken whole, light, closed. What is
 * done with a frame is another's.
 *
 * @typedef {object} Camera
 * @property {HTMLVideoElement} video
 * @property {{label: string, width: number, height: number, facing: string}} facts
 * @property {boolean} hasTorch
 * @property {(on: boolean) => Promise<void>} torch
 * @property {() => Promise<Blob>} still the frame that the person saw, as JPEG
 * @property {() => void} close
 */

import { el } from "../js/component.js";

const QUALITY = 0.92;
/** More than any phone's stream has; the browser gives the largest that it can. */
const LARGEST = { width: { ideal: 4096 }, height: { ideal: 3072 } };

/**
 * Throws what getUserMedia throws.
 * @param {() => void} ended called when the camera is taken away
 * @returns {Promise<Camera>}
 */
export async function openCamera(ended) {
  if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("no camera here", "NotFoundError");
  const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: "environment", ...LARGEST } });
  const [track] = stream.getVideoTracks();
  const video = /** @type {HTMLVideoElement} */ (el("video", { playsinline: true, autoplay: true, muted: true, "aria-label": "取景" }));
  video.muted = true;
  video.srcObject = stream;
  let open = true;
  track.addEventListener("ended", () => { if (open) ended(); });
  await playing(video);
  const settings = track.getSettings(), able = /** @type {any} */ (track.getCapabilities?.() ?? {});
  return {
    video,
    facts: { label: track.label.slice(0, 120), width: video.videoWidth, height: video.videoHeight, facing: settings.facingMode ?? "" },
    hasTorch: Boolean(able.torch),
    torch: (on) => track.applyConstraints(/** @type {any} */ ({ advanced: [{ torch: on }] })),
    still: () => still(video),
    close() {
      open = false;
      for (const one of stream.getTracks()) one.stop();
      video.srcObject = null;
    },
  };
}

/** @param {HTMLVideoElement} video @returns {Promise<void>} when the first frame is there */
function playing(video) {
  if (video.videoWidth) return Promise.resolve();
  return new Promise((go) => video.addEventListener("loadeddata", () => go(), { once: true }));
}

/**
 * (ImageCapture.takePhoto would give more pixels on some phones, from a moment that can lie a
 * second later, when the hand has moved.)
 * @param {HTMLVideoElement} video
 * @returns {Promise<Blob>}
 */
function still(video) {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  return new Promise((go, stop) => canvas.toBlob((blob) => (blob ? go(blob) : stop(new Error("no picture"))), "image/jpeg", QUALITY));
}
