/**
 * From chosen files to kept captures, and what the phone knew about place and direction at a
 * shot. For the camera of the phone and for files; the camera inside the page calls `takeShot`.
 *
 * @typedef {{owner: string, task: number | null, inspection: number | null, visit: string,
 *            parcel: string, shape_no: number | null, form?: string | null, kind: string,
 *            max_mb: number}} For
 * @typedef {{kept: number, notes: string[]}} Taken
 */

import { amendShot, takeShot } from "./captures.js";
import { asRecordLook, lookAt } from "./compass.js";
import { asRecord, fixAt, trackBefore, uncertaintyM } from "./position.js";

const SETTLE_MS = 8000;
/** The last amendment comes before the shot is signed without it. */
const BEFORE_SIGNING_MS = 1500;
const GOOD_M = 20;
/** Between the shutter and the page's getting the file back. */
const CLOCK_SLACK_MS = 3000;
/**
 * The page sleeps while the camera app is open, and the hand sinks when it closes: a look that is
 * more than this off the shutter tells nothing about the photo.
 */
const LOOK_MS = 5000;

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
 * Position, way there and direction as far as they are known now, in the words of a record.
 * @param {number} moment of the shot (ms)
 */
export function surroundings(moment) {
  const fix = fixAt(moment), look = lookAt(moment, LOOK_MS);
  const { received_at: _when, ...position } = fix ? asRecord(fix) : { received_at: "" };
  return {
    position: fix && /** @type {import("./record.js").Position} */ (position),
    track: /** @type {import("./record.js").Fix[]} */ (trackBefore(moment).map(asRecord)),
    look: look && /** @type {import("./record.js").Look} */ (asRecordLook(look)),
    good: fix !== null && uncertaintyM(fix, moment) <= GOOD_M,
  };
}

/**
 * Takes chosen files in, one after the other.
 * @param {File[]} files
 * @param {For} purpose
 * @param {"camera" | "file"} input which button
 * @param {number} opened_at when it was tapped (ms)
 * @returns {Promise<Taken>} how many are kept now, and what to tell the person
 */
export async function takeIn(files, purpose, input, opened_at) {
  const chosen_at = Date.now();
  let kept = 0;
  /** @type {string[]} */
  const notes = [];
  for (const file of files) {
    const note = refusal(file, purpose.max_mb) || (await takeOne(file, purpose, input, opened_at, chosen_at));
    if (!note || note.endsWith(IN_MEMORY)) kept++;
    if (note) notes.push(note);
  }
  return { kept, notes };
}

const IN_MEMORY = "手机存储不可用，送达前请不要关闭或刷新本页";

/**
 * Keeps a shot of the camera inside the page.
 * @param {File} file
 * @param {For} purpose
 * @param {number} opened_at when the camera was opened (ms)
 * @param {import("./record.js").Camera} camera
 * @returns {Promise<Taken>}
 */
export async function takeLive(file, purpose, opened_at, camera) {
  const { max_mb: _limit, ...where } = purpose;
  const moment = file.lastModified;
  const { good, ...here } = surroundings(moment);
  const settle_by = good ? 0 : Date.now() + SETTLE_MS;
  const { uuid, how } = await takeShot({ ...where, way: "live", file, name: file.name, opened_at, moment, ...here, camera, settle_by });
  if (!good) settle(uuid, moment, true, settle_by);
  return { kept: 1, notes: how === "in-memory" ? [`${file.name}：${IN_MEMORY}`] : [] };
}

/** @param {File} file @param {number} max_mb */
function refusal(file, max_mb) {
  if (file.size > max_mb * 2 ** 20) return `${file.name}：超过 ${max_mb} MB，没有接收。请用普通画质重拍`;
  return file.size ? "" : `${file.name}：文件是空的，请重新拍摄或选择`;
}

/**
 * @param {File} file
 * @param {For} purpose
 * @param {"camera" | "file"} input
 * @param {number} opened_at
 * @param {number} chosen_at
 * @returns {Promise<string>} what to tell the person, or ""
 */
async function takeOne(file, purpose, input, opened_at, chosen_at) {
  const { max_mb: _limit, ...where } = purpose;
  const way = input === "camera" && isFresh(file, opened_at) ? "camera" : "file";
  // The file's own time is the shutter's where it lies between tap and return; else the return.
  const inBetween = way === "camera" && file.lastModified <= chosen_at;
  const moment = inBetween ? Math.max(file.lastModified, opened_at) : chosen_at;
  const { good, ...here } = surroundings(moment);
  const settle_by = good ? 0 : Date.now() + SETTLE_MS;
  /** @type {import("./captures.js").Shot} */
  const shot = {
    ...where, way, file, name: file.name, opened_at, moment, chosen_at, ...here, settle_by,
    look: way === "camera" ? here.look : null,
  };
  let taken;
  try {
    taken = await takeShot(shot);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return `${file.name}：读不出来，可能已被移动或删除。请重新拍摄或选择`;
  }
  if (taken.how === "there-already") return `${file.name}：这张照片已经在等待上传，没有重复加入`;
  if (!good) settle(taken.uuid, moment, way === "camera", settle_by);
  return taken.how === "in-memory" ? `${file.name}：${IN_MEMORY}` : "";
}

/**
 * Waits a moment for a better position: while the camera was open, the page got none.
 * @param {string} uuid
 * @param {number} moment
 * @param {boolean} camera
 * @param {number} until
 */
export async function settle(uuid, moment, camera, until) {
  for (;;) {
    await new Promise((go) => setTimeout(go, 500));
    const { good, position, track, look } = surroundings(moment);
    if (!good && Date.now() < until - BEFORE_SIGNING_MS) continue;
    await amendShot(uuid, { position, track, ...(camera ? { look } : {}), settle_by: 0 });
    return;
  }
}
