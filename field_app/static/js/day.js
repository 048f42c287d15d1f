/**
 * 今日收工: is everything that was taken held? The server is asked for each capture by name, and
 * looks whether record and bytes are there; our own receipts alone are no proof. And it says for which
 * photos of this person it waits that this phone knows nothing of: they died with a page's memory, or
 * lie on another phone.
 *
 * The day is China's, by the server's clock as well as the phone knows it: a phone that is a day off,
 * or was set right at noon, closes the same shots as any other.
 *
 * @typedef {import("./record.js").Row} Row
 * @typedef {{uuid: string, why: string}} Missing
 * @typedef {{uuid: string, kind: string, parcel: string, made_at: string | null, received_at: string}} Astray
 *   `made_at` by the clock of the phone that took it
 */

import { ask } from "./api.js";
import { clockState, measureClock, serverNow } from "./clock.js";
import { alter, rowsOf } from "./shelf.js";

const AT_ONCE = 500;
const DAY_MS = 24 * 3_600_000;
const CHINA_MS = 8 * 3_600_000;

/** Midnight of the day in China (ms of the server's clock). */
export function today() {
  return Math.floor((serverNow() + CHINA_MS) / DAY_MS) * DAY_MS - CHINA_MS;
}

/**
 * Whether a capture belongs to the time since `since`: it was made, or arrived, then; or it waits still.
 * @param {Row} row
 * @param {number} since ms of the server's clock
 */
function countsSince(row, since) {
  const made = row.made_at + (row.offset_ms ?? clockState().offset_ms ?? 0);
  return row.state !== "delivered" || made >= since || Date.parse(row.receipt?.received_at) >= since;
}

/**
 * What was taken or arrived since `since`, and all that still waits from before, oldest first.
 * @param {string} owner
 * @param {number} [since] ms of the server's clock
 * @returns {Promise<Row[]>}
 */
export async function takenSince(owner, since = today()) {
  // All of them: by the phone's clock a shot may stand anywhere.
  const rows = await rowsOf(owner, { states: ["raw", "waiting", "refused", "delivered"] });
  return rows.filter((row) => countsSince(row, since));
}

/** @type {Record<string, string>} */
const SAYS = {
  "no-photo": "这张照片的记录到了，照片没到，请保持联网等它送达",
  unknown: "服务器上没有，请保持联网等它送达",
  differs: "服务器上的内容与本机不同，请告诉管理员",
};
const ALTERED = "照片内容在手机里变了，与采集记录不符；服务器已照现在的内容收下并降级，请告诉管理员";

/** @param {Row} row @param {string | undefined} state what the server said of it */
function notSent(row, state) {
  if (row.state === "raw") return "还在保存，请稍等";
  if (row.state === "refused") return `服务器没有接收：${row.problem}`;
  return SAYS[state ?? "unknown"] ?? SAYS.unknown;
}

/**
 * Asks the server for everything since `since`, and for all that still waits from before.
 * @param {string} owner
 * @param {number} [since] ms of the server's clock; midnight in China where it is not given
 * @returns {Promise<{ok: boolean, asked: boolean, taken: number, held: number, missing: Missing[],
 *   astray: Astray[]}>} `asked` is false where the server could not be asked: then nothing is proven;
 *   `astray` are photos that the server has a record of, and this phone has not
 */
export async function closeDay(owner, since) {
  await measureClock();
  const rows = await takenSince(owner, since);
  /** @type {Map<string, string>} */
  const held = new Map();
  /** @type {Map<string, Astray>} */
  const waiting = new Map();
  let asked = true;
  for (let n = 0; n === 0 || n < rows.length; n += AT_ONCE) {
    const some = rows.slice(n, n + AT_ONCE);
    const captures = some.map(({ uuid, sha256 }) => ({ uuid, sha256 }));
    const answer = await ask("POST", "/api/v1/captures/held", owner, { body: { captures } });
    if (answer.kind !== "ok" || typeof answer.body?.held !== "object") {
      asked = false;
      continue;
    }
    for (const [uuid, state] of Object.entries(answer.body.held)) held.set(uuid, String(state));
    for (const photo of answer.body.waiting ?? []) waiting.set(photo.uuid, photo);
  }
  for (const row of rows) waiting.delete(row.uuid);
  /** @type {Missing[]} */
  const missing = [];
  for (const row of rows) {
    const state = held.get(row.uuid);
    if (state === "complete" && row.state === "delivered") continue;
    if (state === "complete" && row.state === "waiting") missing.push({ uuid: row.uuid, why: "服务器已有，回执还没到" });
    else if (row.state === "delivered" && row.bytes_sha256) missing.push({ uuid: row.uuid, why: ALTERED });
    else if (row.state === "delivered") missing.push({ uuid: row.uuid, why: state ? SAYS[state] ?? state : "没有网络，还没有核对" });
    else missing.push({ uuid: row.uuid, why: notSent(row, state) });
  }
  if (asked) await markChecked(rows.filter((r) => held.get(r.uuid) === "complete"));
  const ok = asked && missing.length === 0 && waiting.size === 0;
  return { ok, asked, taken: rows.length, held: rows.length - missing.length, missing, astray: [...waiting.values()] };
}

/** @param {Row[]} rows that the server has by its own word */
async function markChecked(rows) {
  const at = Date.now();
  for (const row of rows) {
    if (row.receipt && !row.receipt.checked_at) await alter(row.uuid, (now) => ({ ...now, receipt: { ...now.receipt, checked_at: at } }));
  }
}
