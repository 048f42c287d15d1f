/**
 * From a chosen file to a kept photo: bytes copied at once (a picked file can go stale), named by
 * its SHA-256, with what the phone knew about place and direction at the shot.
 *
 * @typedef {import("./unsent.js").Unsent} Unsent
 * @typedef {import("./unsent.js").Capture} Capture
 * @typedef {{owner: string, inspection: number, kind: string, max_mb: number}} For
 * @typedef {{kept: number, notes: string[]}} Taken
 */

import { lookAt } from "./compass.js";
import { fixAt, uncertaintyM } from "./position.js";
import { sha256Hex } from "./sha256.js";
import { amend, keep } from "./unsent.js";

const SETTLE_MS = 8000;
/** The last amendment comes before the queue may send. */
const BEFORE_SENDING_MS = 1500;
const GOOD_M = 20;
/** Between the shutter and the page's getting the file back. */
const CLOCK_SLACK_MS = 3000;

/**
 * Whether the file was made after the button was tapped. A file older than the tap cannot be its
 * shot: a computer, or a phone without camera, opened a file dialog instead. (A browser that
 * does not know the file's time says "now": such a file passes, and no page can tell.)
 * @param {File} file
 * @param {number} opened_at
 */
export function isFresh(file, opened_at) {
  return file.lastModified >= opened_at - CLOCK_SLACK_MS;
}

/**
 * @param {number} ms
 * @returns {string} UTC, ISO 8601
 */
const utc = (ms) => new Date(ms).toISOString();

/** @param {File} file */
function mediaType(file) {
  if (file.type) return file.type;
  const ending = file.name.split(".").pop()?.toLowerCase();
  return ending === "heic" || ending === "heif" ? `image/${ending}` : ending === "jpg" || ending === "jpeg" ? "image/jpeg" : "application/octet-stream";
}

/**
 * A picture small enough to keep beside the facts; "" where the browser cannot read it (HEIC).
 * @param {File} file
 */
async function thumbnail(file) {
  try {
    const bitmap = await createImageBitmap(file, { resizeWidth: 112, resizeQuality: "low" });
    const canvas = document.createElement("canvas");
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
    bitmap.close();
    return canvas.toDataURL("image/jpeg", 0.6);
  } catch {
    return ""; // only an ornament
  }
}

/**
 * Position and direction as far as they are known now.
 * @param {number} moment of the shot (ms)
 * @param {boolean} camera
 * @returns {{facts: Partial<Capture>, good: boolean}}
 */
function surroundings(moment, camera) {
  /** @type {Partial<Capture>} */
  const facts = {};
  const fix = fixAt(moment);
  if (fix) {
    facts.lon = round(fix.lon, 7);
    facts.lat = round(fix.lat, 7);
    facts.accuracy_m = round(fix.accuracy_m, 1);
    facts.fixed_at = utc(fix.at);
  }
  // The page sleeps while the camera app is open, and the hand sinks when it closes: a look that
  // is more than 5 s off the shutter tells nothing about the photo.
  const look = camera ? lookAt(moment, 5000) : null;
  if (look) {
    facts.heading_deg = round(look.heading_deg, 1);
    facts.heading_ref = "M";
    facts.pitch_deg = round(look.pitch_deg, 1);
    facts.heading_at = utc(look.at);
  }
  return { facts, good: fix !== null && uncertaintyM(fix, moment) <= GOOD_M };
}

/**
 * @param {number} value
 * @param {number} digits
 */
function round(value, digits) {
  return Number(value.toFixed(digits));
}

/**
 * Takes chosen files in, one after the other.
 * @param {File[]} files
 * @param {For} purpose
 * @param {"camera" | "file"} input which button
 * @param {number} opened_at when it was tapped (ms)
 * @param {boolean} [live] whether the camera inside the page took them
 * @returns {Promise<Taken>} how many are kept now, and what to tell the person
 */
export async function takeIn(files, purpose, input, opened_at, live = false) {
  const chosen_at = Date.now();
  let kept = 0;
  /** @type {string[]} */
  const notes = [];
  for (const file of files) {
    const note = await takeOne(file, purpose, input, opened_at, chosen_at, live);
    if (note) notes.push(note);
    else kept++;
  }
  return { kept, notes };
}

/**
 * @param {File} file
 * @param {For} purpose
 * @param {"camera" | "file"} input
 * @param {number} opened_at
 * @param {number} chosen_at
 * @param {boolean} live
 * @returns {Promise<string>} what to tell the person, or ""
 */
async function takeOne(file, purpose, input, opened_at, chosen_at, live) {
  if (file.size > purpose.max_mb * 2 ** 20) return `${file.name}：超过 ${purpose.max_mb} MB，没有接收。请用普通画质重拍`;
  if (!file.size) return `${file.name}：文件是空的，请重新拍摄或选择`;
  /** @type {ArrayBuffer} */
  let bytes;
  try {
    bytes = await file.arrayBuffer();
  } catch {
    return `${file.name}：读不出来，可能已被移动或删除。请重新拍摄或选择`;
  }
  const camera = input === "camera" && isFresh(file, opened_at);
  // The file's own time is the shutter's where it lies between tap and return; else the return.
  const inBetween = camera && file.lastModified <= chosen_at;
  const moment = inBetween ? Math.max(file.lastModified, opened_at) : chosen_at;
  const sha256 = await sha256Hex(bytes);
  const { facts, good } = surroundings(moment, camera);
  /** @type {Unsent} */
  const photo = {
    id: `${purpose.owner}/${purpose.inspection}/${sha256}`,
    owner: purpose.owner, inspection: purpose.inspection, kind: purpose.kind,
    sha256, name: file.name, type: mediaType(file), size: file.size, thumb: "",
    capture: {
      source: camera ? "camera" : "file", live,
      opened_at: utc(opened_at), shot_at: utc(moment), chosen_at: utc(chosen_at),
      zone_offset_min: -new Date(moment).getTimezoneOffset(),
      file_modified_at: file.lastModified ? utc(file.lastModified) : null,
      file_name: file.name.slice(-120),
      ...facts,
    },
    moment, settle_by: good ? 0 : Date.now() + SETTLE_MS,
    state: "waiting", problem: "", added_at: Date.now(),
  };
  const how = await keep(photo, bytes);
  if (how === "there-already") return `${file.name}：这张照片已经在等待上传，没有重复加入`;
  if (!good) settle(photo.id, moment, camera, photo.settle_by, photo.capture);
  const thumb = await thumbnail(file);
  if (thumb) await amend(photo.id, { thumb });
  return how === "in-memory" ? `${file.name}：手机存储不可用，送达前请不要关闭或刷新本页` : "";
}

/**
 * Waits a moment for a better position: while the camera was open, the page got none.
 * @param {string} id
 * @param {number} moment
 * @param {boolean} camera
 * @param {number} until
 * @param {Capture} capture
 */
async function settle(id, moment, camera, until, capture) {
  for (;;) {
    await new Promise((go) => setTimeout(go, 500));
    const { facts, good } = surroundings(moment, camera);
    if (!good && Date.now() < until - BEFORE_SENDING_MS) continue;
    await amend(id, { capture: { ...capture, ...facts }, settle_by: 0 });
    return;
  }
}
