/**
 * One step of one capture on its way to the server: its record, or its bytes. Knows no page, so
 * that the service worker can take it as well.
 *
 * @typedef {import("./record.js").Row} Row
 * @typedef {import("./api.js").Answer} Answer
 * @typedef {{kind: "step"} | {kind: "delivered", receipt: any} | {kind: "gone"}
 *          | {kind: "sign-in"} | {kind: "other-person"} | {kind: "refused", why: string}
 *          | {kind: "later", why: string}} Outcome
 * @typedef {(share: number) => void} Progress from 0 to 1
 */

import { ask, judge, ownerHeader, signedInName } from "./api.js";
import { bytesOf } from "./finishing.js";
import { deviceKey, ensureRegistered } from "./keys.js";
import { learn } from "./learning.js";
import { sha256Hex } from "./sha256.js";
import { alter, bytesOnlyInMemory, recordOf, rowOf } from "./shelf.js";

const STALL_MS = 60_000;
const EXAMINATION_MS = 180_000;

/**
 * Who is there, before anything is sent: the owner must be signed in, and the key known, for a
 * signature by a key that the server has never seen proves nothing.
 * @param {string | null} owner whose work is to be sent; null: of whoever is signed in
 * @returns {Promise<{name: string} | "sign-in" | "other-person" | "no-line">}
 */
export async function greet(owner) {
  const name = await signedInName();
  if (name === undefined) return "no-line";
  if (name === null) return "sign-in";
  if (owner !== null && name !== owner) return "other-person";
  const known = (await deviceKey(name))?.state !== "new" || (await ensureRegistered(name)) !== "offline";
  return known ? { name } : "no-line";
}

/**
 * The next one to send: what would be lost with the page before all others, then records before
 * photos, the oldest first.
 * @param {Row[]} rows
 * @param {(row: Row) => boolean} ready
 * @returns {Row | undefined}
 */
export function nextOf(rows, ready) {
  const waiting = rows.filter((row) => row.state === "waiting" && ready(row));
  return waiting.find((row) => bytesOnlyInMemory(row.uuid)) ?? waiting.find((row) => !row.record_receipt) ?? waiting[0];
}

/**
 * Whether an answer is a receipt of this capture.
 * @param {any} body
 * @param {Row} row
 */
function isReceipt(body, row) {
  return body?.uuid === row.uuid && typeof body.received_at === "string";
}

/**
 * Whether a receipt says that all of it is held: for a photo, the bytes under our own digest.
 * @param {any} body
 * @param {Row} row
 */
export function isComplete(body, row) {
  return isReceipt(body, row) && (row.type === "visit" || (body.photo_held === true && body.sha256 === row.sha256));
}

/**
 * Does the next step of a capture.
 * @param {Row} row waiting
 * @param {Progress} progress
 * @returns {Promise<Outcome>}
 */
export async function step(row, progress) {
  return row.record_receipt ? sendBytes(row, progress) : sendRecord(row);
}

/** @param {Row} row @returns {Promise<Outcome>} */
async function sendRecord(row) {
  // From here on it may be known to the server: a new kind would need a new record.
  await alter(row.uuid, (now) => (now.tried || now.state !== "waiting" ? undefined : { ...now, tried: true }));
  const record = (await rowOf(row.uuid))?.state === "waiting" ? await recordOf(row.uuid) : undefined;
  if (!record) return signAgain(row);
  const body = { record: record.text, signature: record.signature, key_id: record.key_id, sent_at: new Date().toISOString() };
  const answer = await ask("PUT", `/api/v1/captures/${row.uuid}`, row.owner, { body });
  if (answer.kind === "ok") return received(row, answer.body);
  if (answer.kind === "refused" && answer.status === 409) {
    // An earlier record of ours is there, of a phone that died before it had kept it.
    const held = await ask("GET", `/api/v1/captures/${row.uuid}`, row.owner);
    if (held.kind === "ok" && held.body?.sha256 === row.sha256) return received(row, held.body);
  }
  return answer;
}

/**
 * The record is missing: it was taken back a moment ago, or the browser has lost it.
 * @param {Row} row
 * @returns {Promise<Outcome>}
 */
async function signAgain(row) {
  await alter(row.uuid, (now) => (now.state === "waiting" && !now.record_receipt ? { ...now, state: "raw" } : undefined));
  return { kind: "gone" };
}

/**
 * @param {Row} row
 * @param {any} body
 * @returns {Promise<Outcome>}
 */
async function received(row, body) {
  if (!isReceipt(body, row)) return { kind: "later", why: "服务器的回答不是这条记录的回执，稍后自动重试" };
  if (isComplete(body, row)) return settle(row, body);
  await alter(row.uuid, (now) => ({ ...now, record_receipt: body, problem: "" }));
  await learn(row, body);
  return { kind: "step" };
}

/**
 * All of it is held: the bytes may go; thumbnail and receipt stay.
 * @param {Row} row
 * @param {any} receipt
 * @param {string | null} [sent] the sha256 of the bytes as they went
 * @returns {Promise<Outcome>}
 */
async function settle(row, receipt, sent = row.sha256) {
  const other = sent === row.sha256 ? {} : { bytes_sha256: sent };
  await alter(
    row.uuid,
    (now) => ({ ...now, ...other, state: "delivered", receipt, record_receipt: null, problem: "", track: [], segment: null }),
    { record: null, dropBytes: true },
  );
  await learn(row, receipt);
  return { kind: "delivered", receipt };
}

/**
 * @param {Row} row
 * @param {Progress} progress
 * @returns {Promise<Outcome>}
 */
async function sendBytes(row, progress) {
  // Bytes that have been on the way may have arrived, and only the answer been lost.
  if (row.record_receipt.bytes_tried) {
    const held = await ask("GET", `/api/v1/captures/${row.uuid}`, row.owner);
    if (held.kind === "ok" && isComplete(held.body, row)) return settle(row, held.body);
    if (held.kind !== "ok" && held.kind !== "refused") return held;
  }
  const bytes = await bytesOf(row.uuid);
  if (!bytes) return { kind: "refused", why: "手机里已没有这张照片的内容，请删除后重拍" };
  await alter(row.uuid, (now) => ({ ...now, record_receipt: { ...now.record_receipt, bytes_tried: true } }));
  const answer = await putUnderItsName(row, bytes, progress);
  if (answer.kind !== "ok") {
    // A server that refuses before it has read everything closes the line, and the browser shows
    // no answer: a small question tells a lost line from an ended sign-in.
    if (answer.kind === "later" && !answer.why && (await signedInName()) === null) return { kind: "sign-in" };
    return answer;
  }
  const sent = { ...row, sha256: answer.name };
  return isComplete(answer.body, sent) ? settle(row, answer.body, answer.name) : { kind: "later", why: "服务器还没有确认收到这张照片，稍后自动重试" };
}

/**
 * Bytes that are no longer those of the record (a failing memory, a hand in the files) go under the
 * name that they have now: the server keeps them and grades them down; a second time would bring
 * nothing else.
 * @param {Row} row
 * @param {ArrayBuffer} bytes
 * @param {Progress} progress
 * @returns {Promise<any>} an Answer, and under which `name` it was given
 */
async function putUnderItsName(row, bytes, progress) {
  const name = row.record_receipt.bytes_sha256 ?? row.sha256;
  const answer = await put(row, bytes, name, progress);
  if (answer.kind !== "later" || answer.id !== "hash-mismatch") return { ...answer, name };
  const real = await sha256Hex(bytes);
  if (real === name) return answer; // spoilt on the way
  await alter(row.uuid, (now) => ({ ...now, record_receipt: { ...now.record_receipt, bytes_sha256: real } }));
  return { ...(await put(row, bytes, real, progress)), name: real };
}

/**
 * @param {Row} row
 * @param {ArrayBuffer} bytes
 * @param {string} name their sha256
 * @param {Progress} progress
 * @returns {Promise<Answer>}
 */
function put(row, bytes, name, progress) {
  const path = `/api/v1/photos/${name}`;
  const address = `${path}?${new URLSearchParams({ capture: row.uuid })}`;
  const headers = { "Content-Type": row.media_type || "application/octet-stream", ...ownerHeader(row.owner) };
  if (typeof XMLHttpRequest === "undefined") return putQuietly(address, path, headers, bytes);
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    /** @type {ReturnType<typeof setTimeout>} */
    let stalled;
    // No limit on the whole: 5 MB on a bad line may take minutes. Only silence ends it.
    const patience = (/** @type {number} */ ms) => {
      clearTimeout(stalled);
      stalled = setTimeout(() => request.abort(), ms);
    };
    const end = () => {
      clearTimeout(stalled);
      const type = request.getResponseHeader("content-type") ?? "";
      done(judge(request.status, type, request.responseText, request.responseURL.includes(path)));
    };
    request.upload.onprogress = (event) => {
      patience(STALL_MS);
      if (event.lengthComputable) progress(event.loaded / event.total);
    };
    request.upload.onload = () => {
      patience(EXAMINATION_MS);
      progress(1);
    };
    request.onload = request.onerror = request.onabort = end;
    request.open("PUT", address);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    patience(STALL_MS);
    request.send(bytes);
  });
}

/**
 * In a worker, which has no XMLHttpRequest.
 * @param {string} address
 * @param {string} path
 * @param {Record<string, string>} headers
 * @param {ArrayBuffer} bytes
 * @returns {Promise<Answer>}
 */
async function putQuietly(address, path, headers, bytes) {
  try {
    const answer = await fetch(address, { method: "PUT", headers, body: bytes, signal: AbortSignal.timeout(EXAMINATION_MS) });
    return judge(answer.status, answer.headers.get("content-type") ?? "", await answer.text(), answer.url.includes(path));
  } catch {
    return { kind: "later", why: "" };
  }
}

/**
 * What a kept hand-in has come to since: its photos have arrived, or a supervisor let it through.
 * @param {Row} row
 * @returns {Promise<any>} the receipt where it is another one than before
 */
export async function askAgain(row) {
  const answer = await ask("GET", `/api/v1/captures/${row.uuid}`, row.owner);
  if (answer.kind !== "ok" || !isReceipt(answer.body, row) || answer.body.state === row.receipt?.state) return null;
  await alter(row.uuid, (now) => ({ ...now, receipt: answer.body }));
  await learn(row, answer.body);
  return answer.body;
}
