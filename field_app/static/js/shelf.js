/**
 * Where captures lie: in IndexedDB, or, where the disk is full or the window is private, in memory
 * as long as the page lives. Whoever reads or changes a capture need not know which.
 *
 * @typedef {import("./record.js").Row} Row
 * @typedef {{text: string, signature: string, key_id: string}} Signed
 */

import { takeCodeWithin } from "./codes.js";
import { serverNow } from "./clock.js";
import { get, tell, transaction } from "./store.js";

const memory = {
  captures: /** @type {Map<string, Row>} */ (new Map()),
  bytes: /** @type {Map<string, ArrayBuffer>} */ (new Map()),
  records: /** @type {Map<string, Signed>} */ (new Map()),
};

/** Whether this page holds the only copy of something. */
export function holdsAnOnlyCopy() {
  return [...memory.captures.values()].some((row) => row.state !== "delivered");
}

globalThis.addEventListener?.("beforeunload", (event) => {
  // The browser asks once more before it closes such a page.
  if (holdsAnOnlyCopy()) event.preventDefault();
});

/** Whether a capture would be lost with this page. @param {string} uuid */
export function onlyInMemory(uuid) {
  return memory.captures.has(uuid);
}

/** Whether the photo itself would be lost with this page. @param {string} uuid */
export function bytesOnlyInMemory(uuid) {
  return memory.bytes.has(uuid);
}

/**
 * Keeps a shot: its bytes, its facts and the code that it uses, all or nothing.
 * @param {Row} row
 * @param {ArrayBuffer | null} bytes
 * @param {boolean} wantsCode
 * @param {(stores: import("./store.js").Stores) => void} [also] what belongs to it in "visits"
 * @returns {Promise<"stored" | "in-memory">}
 */
export async function keep(row, bytes, wantsCode, also) {
  try {
    await transaction(["captures", "bytes", "codes", "visits"], "readwrite", (s) => {
      also?.(s);
      if (bytes) s.bytes.put(bytes, row.uuid);
      if (!wantsCode) s.captures.put(row);
      else {
        takeCodeWithin(s.codes, row.owner, serverNow(), (code) => {
          s.captures.put(code ? { ...row, code: code.code, code_offline: code.offline } : row);
        });
      }
    });
  } catch (error) {
    console.warn("kept in memory only", error);
    memory.captures.set(row.uuid, row);
    if (bytes) memory.bytes.set(row.uuid, bytes);
    tell();
    return "in-memory";
  }
  // Without this the browser may clear the store when the disk runs full.
  globalThis.navigator?.storage?.persist?.().catch(() => false);
  tell();
  return "stored";
}

/**
 * Of a capture that this page changed in memory, because the disk was full, and that another tab has
 * perhaps brought on since: what has a receipt, else what was changed last.
 * @param {Row | undefined} here in memory
 * @param {Row | undefined} there on the disk
 */
function newer(here, there) {
  if (!here || !there) return here ?? there;
  if (Boolean(here.receipt) !== Boolean(there.receipt)) return here.receipt ? here : there;
  return there.rev > here.rev ? there : here;
}

/** @param {string} uuid @returns {Promise<Row | undefined>} */
export async function rowOf(uuid) {
  const here = memory.captures.get(uuid);
  return here ? newer(here, await get("captures", uuid).catch(() => undefined)) : get("captures", uuid);
}

/**
 * @typedef {{states?: Row["state"][], since?: number, visit?: string, task?: number | null,
 *            inspection?: number | null}} Which
 */

/**
 * Whether a capture is among those that are asked for: any of what is named is enough.
 * @param {Row} row
 * @param {Which} which
 */
export function isAmong(row, which) {
  return Boolean(which.states?.includes(row.state))
    || (which.since !== undefined && row.made_at >= which.since)
    || (which.visit !== undefined && row.visit === which.visit)
    || (Boolean(which.task) && row.task === which.task)
    || (Boolean(which.inspection) && row.inspection === which.inspection);
}

/**
 * @param {string} owner
 * @param {Which} which
 * @returns {[string, IDBKeyRange][]} indexes and what to take of them
 */
function ranges(owner, { states = [], since, visit, task, inspection }) {
  const only = (/** @type {any} */ value) => IDBKeyRange.only([owner, value]);
  /** @type {[string, IDBKeyRange][]} */
  const found = states.map((state) => ["state", only(state)]);
  if (since !== undefined) found.push(["made_at", IDBKeyRange.bound([owner, since], [owner, Infinity])]);
  if (visit !== undefined) found.push(["visit", only(visit)]);
  if (task) found.push(["task", only(task)]);
  if (inspection) found.push(["inspection", only(inspection)]);
  return found;
}

/**
 * Captures of a person, oldest first.
 * @param {string} owner
 * @param {Which} which any of what is named is enough
 * @returns {Promise<Row[]>}
 */
export async function rowsOf(owner, which) {
  /** @type {Map<string, Row>} */
  const found = new Map(), there = new Map();
  try {
    await transaction(["captures"], "readonly", (s) => {
      for (const uuid of memory.captures.keys()) {
        const request = s.captures.get(uuid);
        request.onsuccess = () => there.set(uuid, request.result);
      }
      for (const [index, range] of ranges(owner, which)) {
        const request = s.captures.index(index).getAll(range);
        request.onsuccess = () => { for (const row of request.result) found.set(row.uuid, row); };
      }
    });
  } catch (error) {
    console.warn("no IndexedDB", error);
  }
  for (const here of memory.captures.values()) {
    const row = /** @type {Row} */ (newer(here, there.get(here.uuid)));
    found.delete(row.uuid);
    if (row.owner === owner && isAmong(row, which)) found.set(row.uuid, row);
  }
  return [...found.values()].sort((a, b) => a.added_at - b.added_at || (a.uuid < b.uuid ? -1 : 1));
}

/**
 * How many captures of other people wait on this phone.
 * @param {string} owner
 */
export async function waitingOfOthers(owner) {
  try {
    return await transaction(["captures"], "readonly", (s) => {
      let waiting = 0;
      const request = s.captures.index("state").openKeyCursor();
      request.onsuccess = () => {
        const cursor = request.result;
        if (!cursor) return;
        const [theirs, state] = /** @type {[string, string]} */ (cursor.key);
        if (theirs !== owner && state !== "delivered") waiting++;
        // Over the delivered ones of a person in one leap.
        if (state === "delivered") cursor.continue([theirs, "delivered\uffff"]);
        else cursor.continue();
      };
      return () => waiting;
    });
  } catch {
    return 0; // no IndexedDB: there can be no others'
  }
}

/** The bytes as the camera or the file gave them. @param {string} uuid @returns {Promise<ArrayBuffer | undefined>} */
export async function rawBytesOf(uuid) {
  return memory.bytes.get(uuid) ?? get("bytes", uuid);
}

/** @param {string} uuid @returns {Promise<Signed | undefined>} */
export async function recordOf(uuid) {
  return memory.records.get(uuid) ?? get("records", uuid);
}

/**
 * Changes a capture, with nothing in between reading and writing.
 * @param {string} uuid
 * @param {(row: Row) => Row | undefined} change undefined leaves everything as it is
 * @param {{record?: Signed | null, dropBytes?: boolean}} [more] written in the same transaction
 *   where something was changed; a `record` of null deletes it
 * @returns {Promise<Row | undefined>} as it is now, where it was changed
 */
export async function alter(uuid, change, more = {}) {
  const here = memory.captures.get(uuid);
  let written = /** @type {Row | undefined} */ (undefined), overtaken = false;
  try {
    await transaction(["captures", "bytes", "records"], "readwrite", (s) => {
      const request = s.captures.get(uuid);
      request.onsuccess = () => {
        const row = newer(here, request.result);
        overtaken = Boolean(here) && row !== here;
        const next = row && change(row);
        if (!next) return;
        written = { ...next, rev: row.rev + 1 };
        s.captures.put(written);
        // What was only in memory goes along: perhaps there is room again.
        const record = more.record === undefined ? memory.records.get(uuid) : more.record;
        if (record) s.records.put(record, uuid);
        else if (record === null) s.records.delete(uuid);
        const bytes = memory.bytes.get(uuid);
        if (more.dropBytes) s.bytes.delete(uuid);
        else if (bytes) s.bytes.put(bytes, uuid);
      };
    });
    if (written || overtaken) forgetInMemory(uuid);
  } catch (error) {
    console.warn("changed in memory only", error);
    /** @type {Row | undefined} */
    const row = newer(here, await get("captures", uuid).catch(() => undefined));
    const next = row && change(row);
    if (!row || !next) return undefined;
    written = { ...next, rev: row.rev + 1 };
    memory.captures.set(uuid, written);
    if (more.record) memory.records.set(uuid, more.record);
    if (more.record === null) memory.records.delete(uuid);
    if (more.dropBytes) memory.bytes.delete(uuid);
  }
  if (written) tell();
  return written;
}

/** @param {string} uuid */
function forgetInMemory(uuid) {
  memory.captures.delete(uuid);
  memory.bytes.delete(uuid);
  memory.records.delete(uuid);
}

/**
 * Throws a capture away that has no receipt; a line of it stays in the log.
 * @param {string} uuid
 * @param {string} why
 * @returns {Promise<boolean>} false where it has a receipt, or is not there
 */
export async function drop(uuid, why) {
  const here = memory.captures.get(uuid);
  let dropped = false;
  const line = (/** @type {Row} */ row) => ({
    at: Date.now(), owner: row.owner, what: why, uuid, sha256: row.sha256, kind: row.kind, visit: row.visit, tried: row.tried,
  });
  try {
    await transaction(["captures", "bytes", "records", "thumbs", "log"], "readwrite", (s) => {
      const request = s.captures.get(uuid);
      request.onsuccess = () => {
        const row = newer(here, request.result);
        if (!row || row.receipt) return;
        dropped = true;
        for (const store of [s.captures, s.bytes, s.records, s.thumbs]) store.delete(uuid);
        s.log.add(line(row));
      };
    });
  } catch (error) {
    if (!here || here.receipt) throw error;
    dropped = true;
  }
  if (dropped) {
    forgetInMemory(uuid);
    tell();
  }
  return dropped;
}
