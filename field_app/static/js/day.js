/**
 * 今日收工: is everything that was taken held? The server is asked for each capture by name, and
 * looks whether record and bytes are there; our own receipts alone are no proof.
 *
 * @typedef {{uuid: string, why: string}} Missing
 */

import { ask } from "./api.js";
import { alter, rowsOf } from "./shelf.js";

const AT_ONCE = 500;

/** Midnight of the phone's day (ms). */
export function today() {
  return new Date().setHours(0, 0, 0, 0);
}

/** @type {Record<string, string>} */
const SAYS = {
  "no-photo": "服务器有记录，还没有照片，请保持联网等它送达",
  unknown: "服务器上没有，请保持联网等它送达",
  differs: "服务器上的内容与本机不同，请告诉管理员",
};
const ALTERED = "照片内容在手机里变了，与采集记录不符；服务器已照现在的内容收下并降级，请告诉管理员";

/** @param {import("./record.js").Row} row */
function notSent(row) {
  if (row.state === "raw") return "还在保存，请稍等";
  if (row.state === "refused") return `服务器没有接收：${row.problem}`;
  return SAYS.unknown;
}

/**
 * Asks the server for everything since `since`, and for all that still waits from before.
 * @param {string} owner
 * @param {number} [since] ms
 * @returns {Promise<{ok: boolean, asked: boolean, taken: number, held: number, missing: Missing[]}>}
 *   `asked` is false where the server could not be asked: then nothing is proven
 */
export async function closeDay(owner, since = today()) {
  const rows = await rowsOf(owner, { since, states: ["raw", "waiting", "refused"] });
  /** @type {Map<string, string>} */
  const held = new Map();
  let asked = true;
  for (let n = 0; n < rows.length; n += AT_ONCE) {
    const some = rows.slice(n, n + AT_ONCE);
    const captures = some.map(({ uuid, sha256 }) => ({ uuid, sha256 }));
    const answer = await ask("POST", "/api/v1/captures/held", owner, { body: { captures } });
    if (answer.kind !== "ok" || typeof answer.body?.held !== "object") asked = false;
    else for (const [uuid, state] of Object.entries(answer.body.held)) held.set(uuid, String(state));
  }
  /** @type {Missing[]} */
  const missing = [];
  for (const row of rows) {
    const state = held.get(row.uuid);
    if (state === "complete" && row.state === "delivered") continue;
    if (state === "complete" && row.state === "waiting") missing.push({ uuid: row.uuid, why: "服务器已有，回执还没到" });
    else if (row.state === "delivered" && row.bytes_sha256) missing.push({ uuid: row.uuid, why: ALTERED });
    else if (row.state === "delivered") missing.push({ uuid: row.uuid, why: state ? SAYS[state] ?? state : "没有网络，还没有核对" });
    else missing.push({ uuid: row.uuid, why: notSent(row) });
  }
  if (asked) await markChecked(rows.filter((r) => held.get(r.uuid) === "complete"));
  return { ok: asked && missing.length === 0, asked, taken: rows.length, held: rows.length - missing.length, missing };
}

/** @param {import("./record.js").Row[]} rows that the server has by its own word */
async function markChecked(rows) {
  const at = Date.now();
  for (const row of rows) {
    if (row.receipt && !row.receipt.checked_at) await alter(row.uuid, (now) => ({ ...now, receipt: { ...now.receipt, checked_at: at } }));
  }
}
