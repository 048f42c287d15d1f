/** Which visit a photo belongs to, by the name that every page of this phone gives it. */

import { sha256Hex } from "./sha256.js";
import { allOf, asUuid } from "./store.js";

/**
 * A name that follows from a text: the same on every phone and at every try.
 * @param {string} text
 * @returns {Promise<string>} a UUID (version 8)
 */
export async function uuidOf(text) {
  const hex = await sha256Hex(/** @type {ArrayBuffer} */ (new TextEncoder().encode(text).buffer));
  return asUuid(Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16)), 0x80);
}

/**
 * The visit uuid of a visit that the server has made, whichever page works on it.
 * @param {number} inspection
 */
export function visitOfInspection(inspection) {
  return uuidOf(`inspection ${inspection}`);
}

/**
 * The visit uuid under which this phone knows a visit of the server: the one that was opened
 * without signal, where there is one.
 * @param {string} owner
 * @param {number} inspection
 * @returns {Promise<string>}
 */
export async function visitFor(owner, inspection) {
  /** @type {import("./visits.js").Local[]} */
  const known = await allOf("visits", owner).catch(() => []);
  const here = known.filter((v) => v.inspection === inspection).sort((a, b) => b.changed_at - a.changed_at);
  return here[0]?.visit ?? visitOfInspection(inspection);
}
