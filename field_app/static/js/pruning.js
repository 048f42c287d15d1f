/**
 * What the phone need not keep any longer: after thirty days receipts and small pictures of captures
 * that the server has confirmed by name at 今日收工. How many there were on a day stays. Whatever has
 * no receipt, was never asked after, or still waits for somebody stays as it is.
 *
 * @typedef {import("./record.js").Row} Row
 * @typedef {{day: string, photos: number, hand_ins: number}} Day `YYYY-MM-DD` in China
 */

import { clockState, serverNow } from "./clock.js";
import { onlyInMemory, rowsOf } from "./shelf.js";
import { tell, transaction } from "./store.js";

const KEPT_MS = 30 * 24 * 3_600_000;
const CHINA_MS = 8 * 3_600_000;
const WHAT = "pruned";
const LOCK = "field-work/prune";
const ENDED = ["complete", "submitted"];

/**
 * Whether a capture may leave the phone. Pure.
 * @param {Row} row
 * @param {number} now ms of the server's clock
 */
export function isOver(row, now) {
  const { receipt } = row;
  return row.state === "delivered" && Boolean(receipt?.checked_at) && !row.bytes_sha256
    && ENDED.includes(receipt.state) && now - Date.parse(receipt.received_at) > KEPT_MS;
}

/** The day in China on which the server received it. @param {Row} row */
const dayOf = (row) => new Date(Date.parse(row.receipt.received_at) + CHINA_MS).toISOString().slice(0, 10);

/**
 * Lets go of what is over; nothing where the phone does not know the time.
 * @param {string} owner
 * @returns {Promise<number>} how many captures
 */
export async function prune(owner) {
  if (clockState().offset_ms === null) return 0;
  // Two tabs must not count the same day twice.
  return navigator.locks ? navigator.locks.request(LOCK, () => letGo(owner)) : letGo(owner);
}

/** @param {string} owner */
async function letGo(owner) {
  const now = serverNow();
  const over = (await rowsOf(owner, { states: ["delivered"] })).filter((row) => isOver(row, now) && !onlyInMemory(row.uuid));
  /** @type {Map<string, Day>} */
  const days = new Map();
  for (const row of over) {
    const day = dayOf(row), count = days.get(day) ?? { day, photos: 0, hand_ins: 0 };
    count[row.type === "photo" ? "photos" : "hand_ins"]++;
    days.set(day, count);
  }
  if (!over.length) return 0;
  await transaction(["captures", "bytes", "records", "thumbs", "log"], "readwrite", (s) => {
    for (const { uuid } of over) for (const store of [s.captures, s.bytes, s.records, s.thumbs]) store.delete(uuid);
    for (const count of days.values()) s.log.add({ at: Date.now(), owner, what: WHAT, ...count });
  });
  tell();
  return over.length;
}

/**
 * The days of which only the count is left, newest first.
 * @param {string} owner
 * @returns {Promise<Day[]>}
 */
export async function formerDays(owner) {
  /** @type {any[]} */
  const lines = await transaction(["log"], "readonly", (s) => s.log.getAll()).catch(() => []);
  /** @type {Map<string, Day>} */
  const days = new Map();
  for (const line of lines) {
    if (line.what !== WHAT || line.owner !== owner) continue;
    const count = days.get(line.day) ?? { day: line.day, photos: 0, hand_ins: 0 };
    days.set(line.day, { day: line.day, photos: count.photos + line.photos, hand_ins: count.hand_ins + line.hand_ins });
  }
  return [...days.values()].sort((a, b) => (a.day < b.day ? 1 : -1));
}
