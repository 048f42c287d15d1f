/**
 * From what was kept at the shutter to what can be sent: EXIF, SHA-256, record, signature. A page
 * that dies on the way leaves the capture "raw", and the next load goes on; once the record is
 * kept it is never written anew, so every repeat is the same to the byte.
 *
 * @typedef {import("./record.js").Row} Row
 */

import { clockState } from "./clock.js";
import { exifSegment, isJpeg, spliced } from "./exif.js";
import { signer } from "./keys.js";
import { recordText } from "./record.js";
import { sha256Hex } from "./sha256.js";
import { alter, rawBytesOf, rowOf, rowsOf } from "./shelf.js";

/** Which version of our files runs here. */
const APP = /\/assets\/~([0-9a-f]+)\//.exec(import.meta.url)?.[1] ?? "";

/** One after the other: two photos at once would be twice the memory. @type {Promise<unknown>} */
let queue = Promise.resolve();

/**
 * Finishes a capture when those before it are done.
 * @param {string} uuid
 * @returns {Promise<boolean>} whether it can be sent now
 */
export function finish(uuid) {
  const mine = queue.then(() => finishOne(uuid));
  queue = mine.catch((error) => console.error("a capture could not be finished", error));
  return mine;
}

/** Nobody waits longer: a clock that was set back in between must not hold a shot for a day. */
const LONGEST_MS = 30_000;

/**
 * How long a better position is still waited for (ms).
 * @param {Pick<Row, "settle_by">} row
 */
export function settlesIn(row) {
  const left = (row.settle_by ?? 0) - Date.now();
  return left > LONGEST_MS ? 0 : Math.max(0, left);
}

/**
 * Finishes all that is raw and waits for no better position.
 * @param {string} owner
 * @returns {Promise<number>} ms until the next one has settled; 0 where nothing waits
 */
export async function finishAll(owner) {
  let wait = 0;
  const raw = await rowsOf(owner, { states: ["raw"] });
  // Hand-ins last: they name the photos.
  for (const row of [...raw.filter((r) => r.type === "photo"), ...raw.filter((r) => r.type === "visit")]) {
    const left = settlesIn(row);
    const done = left <= 0 && (await finish(row.uuid).catch(() => false));
    if (!done) wait = Math.min(wait || Infinity, Math.max(left, 1000));
  }
  return wait;
}

/** @param {string} uuid */
async function finishOne(uuid) {
  for (;;) {
    const row = await rowOf(uuid);
    if (!row || row.state !== "raw") return Boolean(row);
    const ready = row.type === "photo" ? await finishedPhoto(row) : await finishedVisit(row);
    if (!ready) return false;
    const { facts, photos } = ready;
    const { key_id, sign } = await signer(row.owner);
    const text = recordText({ ...row, ...facts }, { key_id, app: APP, offset: clockState(), photos });
    const record = { text, signature: await sign(text), key_id };
    // Changed meanwhile, or finished by another tab: then this record was never there.
    const same = (/** @type {Row} */ now) => now.state === "raw" && now.rev === row.rev;
    const done = await alter(uuid, (now) => (same(now) ? { ...now, ...facts, state: "waiting" } : undefined), { record });
    if (done) return true;
  }
}

/**
 * @param {Row} row
 * @returns {Promise<{facts: Partial<Row>, photos: undefined} | null>}
 */
async function finishedPhoto(row) {
  if (row.sha256) return { facts: {}, photos: undefined }; // signed before, and taken back for a new kind
  const raw = await rawBytesOf(row.uuid);
  if (!raw) return lost(row);
  const moment = /** @type {number} */ (row.moment);
  const segment = row.way === "live" && isJpeg(raw)
    ? exifSegment({
      uuid: row.uuid, shot_at: moment, zone_offset_min: -new Date(moment).getTimezoneOffset(),
      position: row.position ?? null, look: row.look ?? null,
    })
    : null;
  const whole = spliced(raw, segment);
  const facts = {
    segment, sha256: await sha256Hex(whole), size: whole.byteLength,
    raw_sha256: row.way === "live" ? await sha256Hex(raw) : null,
  };
  return { facts, photos: undefined };
}

/**
 * The browser has lost the bytes, though it wrote them together with the facts.
 * @param {Row} row
 */
async function lost(row) {
  await alter(row.uuid, (now) => ({ ...now, state: "refused", problem: "手机里已没有这张照片的内容，请删除后重拍" }));
  return null;
}

/**
 * @param {Row} row
 * @returns {Promise<{facts: Partial<Row>, photos: string[]} | null>} null while a photo is not named yet
 */
async function finishedVisit(row) {
  /** @type {string[]} */
  const photos = [];
  for (const uuid of row.photos ?? []) {
    const photo = await rowOf(uuid);
    if (photo?.state === "raw") return null;
    if (photo?.sha256 && !photos.includes(photo.sha256)) photos.push(photo.sha256);
  }
  return { facts: {}, photos };
}

/**
 * The photo as it is sent.
 * @param {string} uuid
 * @returns {Promise<ArrayBuffer | undefined>}
 */
export async function bytesOf(uuid) {
  const [row, raw] = await Promise.all([rowOf(uuid), rawBytesOf(uuid)]);
  return row && raw ? spliced(raw, row.segment) : undefined;
}
