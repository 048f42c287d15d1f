/**
 * The device key: ECDSA P-256, made by the browser, never to be taken out of it. One for each
 * person on this phone: the key of one never signs for another.
 *
 * @typedef {{owner: string, key_id: string, publicKey: string, pair: CryptoKeyPair,
 *            state: "new" | "registered" | "revoked" | "refused"}} Kept `publicKey` is base64url SPKI
 */

import { ask } from "./api.js";
import { sha256Hex } from "./sha256.js";
import { base64Url, change, get, transaction } from "./store.js";

const KIND = { name: "ECDSA", namedCurve: "P-256" };
/** Where the browser keeps nothing: a key for as long as the page lives. @type {Map<string, Kept>} */
const inMemory = new Map();

/** Whether this browser can sign at all; on plain http it cannot. */
export function canSign() {
  return Boolean(globalThis.crypto?.subtle);
}

/** @param {string} owner @returns {Promise<Kept>} */
async function made(owner) {
  const pair = await crypto.subtle.generateKey(KIND, false, ["sign", "verify"]);
  const spki = await crypto.subtle.exportKey("spki", pair.publicKey);
  return { owner, key_id: await sha256Hex(spki), publicKey: base64Url(spki), pair, state: "new" };
}

/** @param {string} owner @returns {Promise<Kept>} */
async function keyOf(owner) {
  const here = inMemory.get(owner);
  if (here) return here;
  try {
    const kept = await get("keys", owner);
    if (kept) return kept;
    const fresh = await made(owner);
    // Another tab may have made one meanwhile: the first one stays.
    return await transaction(["keys"], "readwrite", (s) => {
      let ours = fresh;
      const request = s.keys.get(owner);
      request.onsuccess = () => {
        if (request.result) ours = request.result;
        else s.keys.put(fresh);
      };
      return () => ours;
    });
  } catch (error) {
    console.warn("the device key lives only as long as this page", error);
    const fresh = await made(owner);
    if (!inMemory.has(owner)) inMemory.set(owner, fresh);
    return /** @type {Kept} */ (inMemory.get(owner));
  }
}

/**
 * The person's key on this phone; made at the first call.
 * @param {string} owner
 * @returns {Promise<{key_id: string, publicKey: string, state: Kept["state"]} | null>} null where
 *   the browser cannot sign
 */
export async function deviceKey(owner) {
  if (!canSign()) return null;
  const { key_id, publicKey, state } = await keyOf(owner);
  return { key_id, publicKey, state };
}

/**
 * The one who signs for a person: the key's name and its hand, so that a text cannot name one key
 * and be signed by another. A signature is base64url of r‖s (64 bytes) over the text's UTF-8 by
 * ECDSA with SHA-256; where the browser cannot sign, both are "".
 * @param {string} owner
 * @returns {Promise<{key_id: string, sign: (text: string) => Promise<string>}>}
 */
export async function signer(owner) {
  if (!canSign()) return { key_id: "", sign: async () => "" };
  const { key_id, pair } = await keyOf(owner);
  const how = { name: "ECDSA", hash: "SHA-256" };
  return {
    key_id,
    sign: async (text) => base64Url(await crypto.subtle.sign(how, pair.privateKey, new TextEncoder().encode(text))),
  };
}

/**
 * Signs a text for its owner.
 * @param {string} owner
 * @param {string} text
 */
export async function sign(owner, text) {
  return (await signer(owner)).sign(text);
}

/** What the phone calls itself: "Android · Chrome". */
export function deviceName() {
  const agent = navigator.userAgent;
  const system = /Android|iPhone|iPad|HarmonyOS|Windows|Mac OS|Linux/.exec(agent)?.[0] ?? "其他系统";
  const browser = /MicroMessenger|HuaweiBrowser|MiuiBrowser|UCBrowser|MQQBrowser|EdgA?|Firefox|FxiOS|Chrome|CriOS|Safari/.exec(agent)?.[0] ?? "浏览器";
  return `${system} · ${browser}`;
}

/**
 * Makes the key known to the server. Harmless to repeat.
 * @param {string} owner
 * @returns {Promise<"registered" | "offline" | "revoked" | "refused">} offline: it could not be
 *   asked (no line, no sign-in); what was signed meanwhile is good once it is registered
 */
export async function ensureRegistered(owner) {
  if (!canSign()) return "refused";
  const kept = await keyOf(owner);
  const answer = await ask("POST", "/api/v1/devices", owner, { body: { public_key: kept.publicKey, name: deviceName() } });
  if (answer.kind === "ok" && answer.body?.key_id === kept.key_id) {
    return become(owner, answer.body.revoked_at ? "revoked" : "registered");
  }
  if (answer.kind !== "refused") return "offline";
  return become(owner, answer.id.includes("revoked") ? "revoked" : "refused");
}

/**
 * @template {"registered" | "revoked" | "refused"} S
 * @param {string} owner
 * @param {S} state
 * @returns {Promise<S>}
 */
async function become(owner, state) {
  const here = inMemory.get(owner);
  if (here) here.state = state;
  else await change("keys", owner, (kept) => (kept.state === state ? undefined : { ...kept, state }));
  return state;
}

/**
 * A new key in place of a revoked one; what the old one signed stays signed.
 * @param {string} owner
 */
export async function replaceKey(owner) {
  const fresh = await made(owner);
  if (inMemory.has(owner)) inMemory.set(owner, fresh);
  else {
    await transaction(["keys", "codes", "log"], "readwrite", (s) => {
      s.keys.put(fresh);
      // The server gave its codes to the old one: under the new one they would count for less.
      const request = s.codes.index("owner").getAllKeys(owner);
      request.onsuccess = () => { for (const code of request.result) s.codes.delete(code); };
      s.log.add({ at: Date.now(), owner, what: "new device key", key_id: fresh.key_id });
    });
  }
  return ensureRegistered(owner);
}
