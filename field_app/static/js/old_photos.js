/**
 * Photos that an earlier version of the page kept in its own database ("field-photos"). They come
 * over one by one, under a name that follows from their old one, so that a page killed on the way
 * makes no second photo of any; the old copy goes only when the new one is on the disk.
 *
 * @typedef {import("./record.js").Row} Row
 */

import { keep, rowOf } from "./shelf.js";
import { uuidOf, visitFor } from "./visit_names.js";

const OLD = "field-photos";

/** @returns {Promise<IDBDatabase | null>} null where there is none */
function openOld() {
  return new Promise((done) => {
    const request = indexedDB.open(OLD);
    request.onupgradeneeded = () => request.transaction?.abort(); // it would be made just now
    request.onsuccess = () => done(request.result);
    request.onerror = () => done(null);
  });
}

/**
 * @template T
 * @param {IDBDatabase} db
 * @param {IDBTransactionMode} mode
 * @param {(facts: IDBObjectStore, bytes: IDBObjectStore) => IDBRequest<T> | void} work
 * @returns {Promise<T>}
 */
function within(db, mode, work) {
  return new Promise((done, failed) => {
    const tx = db.transaction(["facts", "bytes"], mode);
    const request = work(tx.objectStore("facts"), tx.objectStore("bytes"));
    tx.oncomplete = () => done(/** @type {T} */ (request?.result));
    tx.onabort = () => failed(tx.error);
  });
}

/** @param {string | undefined} iso @returns {number | undefined} */
const ms = (iso) => (iso ? Date.parse(iso) : undefined);

/**
 * @param {any} old
 * @param {string} owner
 * @returns {Promise<Row>}
 */
async function rowOfOld(old, owner) {
  const c = old.capture;
  const placed = typeof c.lon === "number" && typeof c.lat === "number" && c.fixed_at;
  return {
    uuid: await uuidOf(`${OLD}/${old.id}`), type: "photo", owner,
    task: null, inspection: old.inspection, visit: await visitFor(owner, old.inspection),
    parcel: "", shape_no: null, form: null,
    kind: old.kind, way: c.live ? "live" : c.source === "camera" ? "camera" : "file", note: "",
    state: "raw", problem: "", receipt: null, record_receipt: null, tried: false, rev: 0,
    made_at: old.added_at, added_at: old.added_at, sha256: null, raw_sha256: null, segment: null,
    size: old.size, media_type: old.type, name: old.name,
    opened_at: ms(c.opened_at), moment: ms(c.shot_at) ?? old.moment, chosen_at: ms(c.chosen_at),
    file_modified_at: ms(c.file_modified_at) ?? null,
    position: placed
      ? {
        lon: c.lon, lat: c.lat, accuracy_m: c.accuracy_m ?? 0, altitude_m: null,
        altitude_accuracy_m: null, speed_m_s: null, heading_deg: null, fixed_at: c.fixed_at,
      }
      : null,
    look: typeof c.heading_deg === "number"
      ? { heading_deg: c.heading_deg, heading_ref: "M", pitch_deg: c.pitch_deg ?? 0, at: c.heading_at, accuracy_deg: null }
      : null,
    track: [], camera: null, settle_by: 0,
  };
}

/** @param {string} owner @param {number} personId */
async function move(owner, personId) {
  const db = await openOld();
  if (!db) return;
  try {
    const all = await within(db, "readonly", (facts) => facts.getAll());
    for (const old of all.filter((one) => one.owner === String(personId))) {
      const row = await rowOfOld(old, owner);
      const bytes = await within(db, "readonly", (_facts, store) => store.get(old.id));
      // One that the phone has no room for twice is delivered out of memory, and stays in the old place.
      const safe = (await rowOf(row.uuid)) || (bytes && (await keep(row, bytes, false)) === "stored");
      if (safe || !bytes) await within(db, "readwrite", (facts, store) => { facts.delete(old.id); store.delete(old.id); });
    }
  } finally {
    db.close();
  }
}

/**
 * @param {string} owner login name
 * @param {number} personId under which they were kept
 */
export async function takeOver(owner, personId) {
  try {
    // The earlier version sends under this lock: what is under way there is left alone.
    if (navigator.locks) await navigator.locks.request(OLD, () => move(owner, personId));
    else await move(owner, personId);
  } catch (error) {
    console.warn("old photos could not be read", error);
  }
}
