/**
 * What this person has taken on this phone, sent or not. A shot is kept (bytes and facts in one
 * transaction) before anything else is done with it.
 *
 * @typedef {import("./record.js").Row} Row
 * @typedef {import("./record.js").Way} Way
 * @typedef {import("./record.js").Position} Position
 * @typedef {import("./record.js").Fix} Fix
 * @typedef {import("./record.js").Look} Look
 * @typedef {import("./record.js").Camera} Camera
 * @typedef {Row & {thumb: string, in_memory: boolean}} Capture
 *
 * @typedef {object} Shot moments are ms of the phone's clock
 * @property {string} owner login name
 * @property {number | null} task
 * @property {number | null} inspection
 * @property {string} visit
 * @property {string} parcel its number
 * @property {number | null} shape_no
 * @property {string | null} [form]
 * @property {string} kind
 * @property {Way} way
 * @property {Blob} file
 * @property {string} name
 * @property {number} opened_at when the camera was opened or the button tapped
 * @property {number} moment the shutter, as well as the page can know
 * @property {number} [chosen_at] when the page got the file
 * @property {Look | null} look
 * @property {Position | null} position
 * @property {Fix[]} track
 * @property {Camera | null} [camera]
 * @property {string} [note]
 * @property {number} [settle_by] until when a better position may come; then `amendShot` ends it
 */

import { clockState } from "./clock.js";
import { bytesOf, finish, finishAll, settlesIn } from "./finishing.js";
import { takeOver } from "./old_photos.js";
import { sha256Hex } from "./sha256.js";
import { alter, drop, keep, onlyInMemory, rowOf, rowsOf, waitingOfOthers } from "./shelf.js";
import { follow, uuid4 } from "./store.js";
import { keepThumb, thumbnail, thumbOf } from "./thumbs.js";

export { bytesOf, finishAll, thumbOf, waitingOfOthers };
export const followCaptures = follow;

/** @param {Shot} shot @param {string} uuid @returns {Row} */
function rowOfShot(shot, uuid) {
  const now = Date.now();
  return {
    uuid, type: "photo", owner: shot.owner,
    task: shot.task, inspection: shot.inspection, visit: shot.visit, parcel: shot.parcel,
    shape_no: shot.shape_no, form: shot.form ?? null,
    kind: shot.kind, way: shot.way, note: shot.note ?? "",
    state: "raw", problem: "", receipt: null, record_receipt: null, tried: false, rev: 0,
    made_at: now, added_at: now, offset_ms: clockState().offset_ms, sha256: null, raw_sha256: null, segment: null,
    size: shot.file.size, media_type: mediaType(shot.file, shot.name), name: shot.name,
    opened_at: shot.opened_at, moment: shot.moment, chosen_at: shot.chosen_at ?? now,
    file_modified_at: shot.way === "live" ? null : /** @type {File} */ (shot.file).lastModified || null,
    look: shot.look, position: shot.position, track: shot.track, camera: shot.camera ?? null,
    settle_by: shot.settle_by ?? 0,
  };
}

/** @param {Blob} file @param {string} name */
function mediaType(file, name) {
  if (file.type) return file.type;
  const ending = name.split(".").pop()?.toLowerCase();
  return ending === "heic" || ending === "heif" ? `image/${ending}` : ending === "jpg" || ending === "jpeg" ? "image/jpeg" : "application/octet-stream";
}

/**
 * Keeps a shot. Rejects where the file cannot be read (a picked file may have been moved).
 * @param {Shot} shot
 * @returns {Promise<{uuid: string, how: "stored" | "in-memory" | "there-already"}>} `in-memory`:
 *   the phone cannot store it, and it is lost with this page unless it is delivered before
 */
export async function takeShot(shot) {
  const bytes = await shot.file.arrayBuffer();
  const uuid = uuid4();
  const row = rowOfShot(shot, uuid);
  const how = await keep(row, bytes, shot.way === "live");
  if (shot.way !== "live" && (await isRepeated(row, bytes))) return { uuid, how: "there-already" };
  (async () => {
    const thumb = await thumbnail(new Blob([bytes], { type: row.media_type }));
    if (thumb) await keepThumb(uuid, thumb);
  })();
  finishWhenSettled(row);
  return { uuid, how };
}

/**
 * A file that already waits for the same visit is not kept twice.
 * @param {Row} row
 * @param {ArrayBuffer} bytes
 */
async function isRepeated(row, bytes) {
  const sha256 = await sha256Hex(bytes);
  const twins = (await rowsOf(row.owner, { visit: row.visit })).filter(
    (r) => r.uuid !== row.uuid && r.type === "photo" && r.state !== "delivered" && r.size === row.size,
  );
  for (const twin of twins) {
    const theirs = twin.sha256 ?? (await sha256Hex((await bytesOf(twin.uuid)) ?? new ArrayBuffer(0)));
    if (theirs === sha256) return drop(row.uuid, "the same file again");
  }
  return false;
}

/** @param {Pick<Row, "uuid" | "settle_by">} row */
function finishWhenSettled({ uuid, settle_by }) {
  const wait = settlesIn({ settle_by });
  if (!wait) finish(uuid).catch((error) => console.warn("finished at the next load", error));
  else setTimeout(() => finishWhenSettled({ uuid, settle_by: 0 }), wait);
}

/**
 * A better position came while the shot was still raw; `settle_by: 0` ends the waiting.
 * @param {string} uuid
 * @param {Partial<Pick<Row, "position" | "track" | "look" | "settle_by">>} facts
 */
export async function amendShot(uuid, facts) {
  const now = await alter(uuid, (row) => (row.state === "raw" && !row.sha256 ? { ...row, ...facts } : undefined));
  if (now && !now.settle_by) finishWhenSettled(now);
}

/**
 * What a person has taken, oldest first; hand-ins of answers are not among them.
 * @param {string} owner
 * @param {{visit?: string, task?: number | null, inspection?: number | null}} [of] any of these is
 *   enough; everything where nothing is named
 * @returns {Promise<Capture[]>}
 */
export async function capturesOf(owner, of) {
  const rows = (await rowsOf(owner, of ?? { since: 0 })).filter((r) => r.type === "photo");
  return Promise.all(rows.map(async (row) => ({ ...row, thumb: await thumbOf(row.uuid), in_memory: onlyInMemory(row.uuid) })));
}

/**
 * The photos of a person that have no receipt, oldest first.
 * @param {string} owner
 * @returns {Promise<Row[]>}
 */
export async function unsentOf(owner) {
  return (await rowsOf(owner, { states: ["raw", "waiting", "refused"] })).filter((r) => r.type === "photo");
}

/**
 * Another kind for a shot of which nothing has been sent: it is signed again.
 * @param {string} uuid
 * @param {string} kind
 * @returns {Promise<"set" | "sent">} sent: the server may know it already, so it stays
 */
export async function setKind(uuid, kind) {
  const now = await alter(uuid, (row) => (row.tried || row.receipt ? undefined : { ...row, kind, state: "raw", problem: "" }), { record: null });
  if (!now) return "sent";
  finishWhenSettled(now);
  return "set";
}

/**
 * Throws a shot away that has no receipt; a line of it stays in the log. The screen asks twice.
 * @param {string} uuid
 */
export function discard(uuid) {
  return drop(uuid, "discarded");
}

/**
 * What the person sees of one capture again later.
 * @param {string} uuid
 */
export const captureOf = rowOf;

/**
 * Photos that an older version of this page has kept for this person come over to here.
 * @param {string} owner login name
 * @param {number} personId under which they were kept
 */
export async function adopt(owner, personId) {
  await takeOver(owner, personId);
  await finishAll(owner);
}
