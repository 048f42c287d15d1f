/**
 * One-time codes of the server. A shot that carries one was taken after the code was given out.
 * Those asked for a moment ago ("online") say when to some minutes; those of the package
 * ("offline") to three days.
 *
 * @typedef {{code: string, owner: string, offline: boolean, issued_at: string, expires_at: string}} Code
 */

import { ask } from "./api.js";
import { measureClock, serverNow } from "./clock.js";
import { deviceKey, ensureRegistered } from "./keys.js";
import { allOf, tell, transaction } from "./store.js";

const OFFLINE_WANTED = 120;
const OFFLINE_FEW = 60;
const ONLINE_WANTED = 3;
/** A code that ends while the shutter falls helps nobody. */
const MARGIN_MS = 15_000;

/**
 * The best code of those that live: a fresh one before one of the package, and of a kind the one
 * that ends first.
 * @param {Code[]} codes
 * @param {number} now by the server's clock (ms)
 * @returns {Code | null}
 */
export function bestCode(codes, now) {
  const living = codes.filter((c) => Date.parse(c.expires_at) > now + MARGIN_MS);
  living.sort((a, b) => Number(a.offline) - Number(b.offline) || Date.parse(a.expires_at) - Date.parse(b.expires_at));
  return living[0] ?? null;
}

/**
 * Takes a code out of the store inside a transaction that keeps the shot, so that neither is
 * written without the other.
 * @param {IDBObjectStore} store "codes"
 * @param {string} owner
 * @param {number} now by the server's clock (ms)
 * @param {(code: Code | null) => void} then called while the transaction lives
 */
export function takeCodeWithin(store, owner, now, then) {
  const request = store.index("owner").getAll(owner);
  request.onsuccess = () => {
    const best = bestCode(request.result, now);
    if (best) store.delete(best.code);
    then(best);
  };
}

/**
 * @param {string} owner
 * @param {number} [now] by the server's clock (ms)
 * @returns {Promise<{code: string, offline: boolean} | null>} null where none lives
 */
export function takeCode(owner, now = serverNow()) {
  return transaction(["codes"], "readwrite", (s) => {
    /** @type {{code: string, offline: boolean} | null} */
    let taken = null;
    takeCodeWithin(s.codes, owner, now, (best) => { if (best) taken = { code: best.code, offline: best.offline }; });
    return () => taken;
  });
}

/**
 * How many codes live.
 * @param {string} owner
 */
export async function stock(owner) {
  const now = serverNow();
  const living = (await allOf("codes", owner)).filter((c) => Date.parse(c.expires_at) > now + MARGIN_MS);
  const offline = living.filter((c) => c.offline).length;
  return { online: living.length - offline, offline };
}

/**
 * Fetches codes where there are few, and throws away what has ended. The key must be registered.
 * @param {string} owner
 * @returns {Promise<"enough" | "filled" | "offline" | "refused">}
 */
export async function refill(owner) {
  const key = await deviceKey(owner);
  if (!key) return "refused";
  const have = await stock(owner);
  const online = Math.max(0, ONLINE_WANTED - have.online);
  const offline = have.offline < OFFLINE_FEW ? OFFLINE_WANTED - have.offline : 0;
  if (!online && !offline) return "enough";
  const answer = await ask("POST", "/api/v1/codes", owner, { body: { key_id: key.key_id, offline, online } });
  if (answer.kind !== "ok") return answer.kind === "refused" ? "refused" : "offline";
  /** @type {Code[]} */
  const given = answer.body?.codes ?? [];
  const now = serverNow();
  const ended = (await allOf("codes", owner)).filter((c) => Date.parse(c.expires_at) < now);
  await transaction(["codes"], "readwrite", (s) => {
    for (const one of ended) s.codes.delete(one.code);
    for (const { code, offline: far, issued_at, expires_at } of given) s.codes.put({ code, owner, offline: far, issued_at, expires_at });
  });
  tell();
  return "filled";
}

/**
 * Clock, key and codes: what a shot needs so that its record is worth most. Harmless to repeat.
 * @param {string} owner
 * @returns {Promise<{clock: boolean, key: string, codes: string}>}
 */
export async function readyToSign(owner) {
  const clock = (await measureClock()) !== null;
  const key = await ensureRegistered(owner);
  return { clock, key, codes: key === "registered" ? await refill(owner) : key };
}
