/**
 * Photos that have no receipt yet. They live in IndexedDB, so that a reload, a dead battery or a
 * system that kills the page behind the camera loses nothing; the bytes are deleted only after
 * the server has said that it holds them. Bytes and facts are apart: a list of twenty photos
 * must not pull 100 MB into memory.
 *
 * @typedef {object} Capture what the phone says about the shot; the X-Capture header
 * @property {"camera" | "file"} source camera: shot just now by a tap on our button
 * @property {string} opened_at when the button was tapped (UTC)
 * @property {boolean} live the camera inside the page took it
 * @property {string} shot_at the shutter, as well as the page can know (UTC)
 * @property {string} chosen_at when the page got the file (UTC)
 * @property {number} zone_offset_min minutes east of UTC
 * @property {string | null} file_modified_at as the file says (UTC)
 * @property {string} file_name the end of it
 * @property {number} [lon] of the phone at the shot, or, for a chosen file, at the choosing
 * @property {number} [lat]
 * @property {number} [accuracy_m]
 * @property {string} [fixed_at] the time of the position itself (UTC)
 * @property {number} [heading_deg]
 * @property {"M"} [heading_ref] magnetic
 * @property {number} [pitch_deg]
 * @property {string} [heading_at] (UTC)
 *
 * @typedef {object} Unsent
 * @property {string} id
 * @property {string} owner the person who took it; another one's sign-in does not send it
 * @property {number} inspection
 * @property {string} kind
 * @property {string} sha256
 * @property {string} name of the file
 * @property {string} type media type
 * @property {number} size bytes
 * @property {string} thumb a tiny picture as data URL, or ""
 * @property {Capture} capture
 * @property {number} moment when it was shot, as well as the page knows (ms)
 * @property {number} settle_by until when a better position is waited for (ms); 0 when settled
 * @property {"waiting" | "refused"} state
 * @property {string} problem what the server said when it did not take it
 * @property {number} added_at (ms)
 */

const NAME = "field-photos";
/** Where the browser cannot store (private window, disk full): kept while the page lives. */
const inMemory = { /** @type {Map<string, Unsent>} */ facts: new Map(), /** @type {Map<string, ArrayBuffer>} */ bytes: new Map() };
/** @type {Promise<IDBDatabase> | null} */
let opening = null;
/** @type {Set<() => void>} */
const listeners = new Set();
const otherTabs = "BroadcastChannel" in globalThis ? new BroadcastChannel(NAME) : null;
otherTabs?.addEventListener("message", () => tell(false));

/** @param {boolean} [everywhere] */
function tell(everywhere = true) {
  for (const listener of [...listeners]) listener();
  if (everywhere) otherTabs?.postMessage("changed");
}

/**
 * @param {() => void} listener called when a photo came, went or changed, in any tab
 * @returns {() => void} leave
 */
export function followUnsent(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  opening ??= new Promise((done, failed) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("facts", { keyPath: "id" }).createIndex("owner", "owner");
      request.result.createObjectStore("bytes");
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => { request.result.close(); opening = null; };
      request.result.onclose = () => { opening = null; };
      done(request.result);
    };
    request.onerror = () => { opening = null; failed(request.error); };
  });
  return opening;
}

/**
 * One transaction over both stores.
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(facts: IDBObjectStore, bytes: IDBObjectStore) => IDBRequest<T> | void} work
 * @returns {Promise<T>}
 */
async function transaction(mode, work) {
  const db = await open();
  return new Promise((done, failed) => {
    const tx = db.transaction(["facts", "bytes"], mode, mode === "readwrite" ? { durability: "strict" } : {});
    const request = work(tx.objectStore("facts"), tx.objectStore("bytes"));
    tx.oncomplete = () => done(/** @type {T} */ (request ? request.result : undefined));
    tx.onabort = tx.onerror = () => failed(tx.error);
  });
}

/**
 * Keeps a photo. One that is already kept for the same inspection is not kept twice.
 * @param {Unsent} photo
 * @param {ArrayBuffer} bytes
 * @returns {Promise<"stored" | "in-memory" | "there-already">}
 */
export async function keep(photo, bytes) {
  try {
    const there = await transaction("readonly", (facts) => facts.get(photo.id));
    if (there) return "there-already";
    await transaction("readwrite", (facts, store) => { store.put(bytes, photo.id); facts.put(photo); });
  } catch (error) {
    console.warn("photo kept in memory only", error);
    if (inMemory.facts.has(photo.id)) return "there-already";
    inMemory.facts.set(photo.id, photo);
    inMemory.bytes.set(photo.id, bytes);
    tell();
    return "in-memory";
  }
  // Without this the browser may clear the store when the disk runs full.
  navigator.storage?.persist?.().catch(() => false);
  tell();
  return "stored";
}

/**
 * Everything of one person that has no receipt, oldest first.
 * @param {string} owner
 * @returns {Promise<Unsent[]>}
 */
export async function unsentOf(owner) {
  /** @type {Unsent[]} */
  let stored = [];
  try {
    stored = await transaction("readonly", (facts) => facts.index("owner").getAll(owner));
  } catch (error) {
    console.warn("no IndexedDB", error);
  }
  const here = [...inMemory.facts.values()].filter((p) => p.owner === owner);
  return [...stored, ...here].sort((a, b) => a.added_at - b.added_at);
}

/**
 * How many photos on this phone wait for somebody else to sign in.
 * @param {string} owner
 */
export async function ofOthers(owner) {
  try {
    const keys = await transaction("readonly", (facts) => facts.index("owner").count());
    return keys - (await transaction("readonly", (facts) => facts.index("owner").count(owner)));
  } catch {
    return 0; // no IndexedDB: there can be no others'
  }
}

/**
 * @param {string} id
 * @returns {Promise<ArrayBuffer | undefined>}
 */
export async function bytesOf(id) {
  return inMemory.bytes.get(id) ?? transaction("readonly", (_facts, bytes) => bytes.get(id));
}

/**
 * Changes facts of a photo that is still there; of one that has gone, nothing comes back.
 * @param {string} id
 * @param {Partial<Unsent>} change
 */
export async function amend(id, change) {
  const here = inMemory.facts.get(id);
  if (here) {
    inMemory.facts.set(id, { ...here, ...change });
  } else {
    await transaction("readwrite", (facts) => {
      const request = facts.get(id);
      request.onsuccess = () => { if (request.result) facts.put({ ...request.result, ...change }); };
    });
  }
  tell();
}

/**
 * After the receipt, or because the person deleted it.
 * @param {string} id
 */
export async function forget(id) {
  if (!inMemory.facts.delete(id)) {
    await transaction("readwrite", (facts, bytes) => { facts.delete(id); bytes.delete(id); });
  }
  inMemory.bytes.delete(id);
  tell();
}
