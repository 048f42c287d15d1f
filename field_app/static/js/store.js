/**
 * Everything the phone keeps, in one IndexedDB: what was taken and has no receipt yet, what was
 * answered, what work without signal needs. One transaction at a time, durable before it is told
 * (`durability: "strict"`): a dead battery after that loses nothing.
 *
 * | store | key | holds |
 * | --- | --- | --- |
 * | captures | uuid | facts of a shot or of a hand-in; never its bytes |
 * | bytes | uuid | the photo (ArrayBuffer), until its receipt |
 * | records | uuid | the signed text, as it was first sent |
 * | visits | visit uuid | answers of a visit |
 * | packages | owner; "@last" | the offline package; who used this phone last |
 * | thumbs | capture uuid; "photo/" + id | small pictures as data URLs |
 * | keys | owner | the device key |
 * | codes | code | one-time codes not yet used |
 * | log | – | what was thrown away, and by whom |
 *
 * @typedef {"captures" | "bytes" | "records" | "visits" | "packages" | "thumbs" | "keys" | "codes" | "log"} Name
 * @typedef {Record<Name, IDBObjectStore>} Stores only those of the transaction are there
 */

const NAME = "field-work";

/** @type {Promise<IDBDatabase> | null} */
let opening = null;
/** @type {Set<() => void>} */
const listeners = new Set();
const otherTabs = "BroadcastChannel" in globalThis ? new BroadcastChannel(NAME) : null;
otherTabs?.addEventListener("message", () => tell(false));

/**
 * Tells every listener, in any tab, that something changed.
 * @param {boolean} [everywhere]
 */
export function tell(everywhere = true) {
  for (const listener of [...listeners]) listener();
  if (everywhere) otherTabs?.postMessage("changed");
}

/**
 * @param {() => void} listener called when anything that is kept changed, in any tab
 * @returns {() => void} leave
 */
export function follow(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** @param {IDBDatabase} db */
function make(db) {
  for (const [name, keyPath] of [["captures", "uuid"], ["visits", "visit"], ["codes", "code"]]) {
    const store = db.createObjectStore(name, { keyPath });
    store.createIndex("owner", "owner");
    if (name !== "captures") continue;
    // A phone keeps the receipts of years: nobody may have to read all of them.
    for (const by of ["state", "made_at", "visit", "task", "inspection"]) store.createIndex(by, ["owner", by]);
  }
  for (const name of ["bytes", "records", "packages", "thumbs"]) db.createObjectStore(name);
  db.createObjectStore("keys", { keyPath: "owner" });
  db.createObjectStore("log", { autoIncrement: true });
}

/** @returns {Promise<IDBDatabase>} rejects where the browser keeps nothing (a private window) */
export function openStore() {
  opening ??= new Promise((done, failed) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => make(request.result);
    request.onsuccess = () => {
      const db = request.result;
      db.onversionchange = () => { db.close(); opening = null; };
      db.onclose = () => { opening = null; };
      done(db);
    };
    request.onerror = () => { opening = null; failed(request.error); };
  });
  return opening;
}

/**
 * One transaction.
 * @template T
 * @param {Name[]} names
 * @param {IDBTransactionMode} mode
 * @param {(stores: Stores) => IDBRequest<T> | (() => T) | void} work gives the request whose
 *   result is wanted, or a function that is asked when all is written; may not wait in between
 * @returns {Promise<T>} when it is on the disk; rejects with what stopped it, and then nothing
 *   of it is written
 */
export async function transaction(names, mode, work) {
  const tx = await begin(names, mode);
  return new Promise((done, failed) => {
    const stores = /** @type {Stores} */ (Object.fromEntries(names.map((n) => [n, tx.objectStore(n)])));
    /** @type {IDBRequest<T> | (() => T) | void} */
    let told;
    tx.oncomplete = () => done(/** @type {T} */ (typeof told === "function" ? told() : told?.result));
    tx.onabort = () => failed(tx.error ?? new DOMException("aborted", "AbortError"));
    try {
      told = work(stores);
    } catch (error) {
      failed(error);
      tx.abort();
    }
  });
}

/**
 * @param {Name[]} names
 * @param {IDBTransactionMode} mode
 */
async function begin(names, mode) {
  const how = /** @type {IDBTransactionOptions} */ (mode === "readwrite" ? { durability: "strict" } : {});
  try {
    return (await openStore()).transaction(names, mode, how);
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "InvalidStateError")) throw error;
    opening = null; // the browser closed the database behind us, as phones do with hidden pages
    return (await openStore()).transaction(names, mode, how);
  }
}

/**
 * One value of one store.
 * @param {Name} name
 * @param {IDBValidKey} key
 * @returns {Promise<any>} undefined where there is none
 */
export function get(name, key) {
  return transaction([name], "readonly", (s) => s[name].get(key));
}

/**
 * @param {Name} name
 * @param {any} value
 * @param {IDBValidKey} [key] for stores whose values do not hold their key
 */
export async function put(name, value, key) {
  await transaction([name], "readwrite", (s) => { s[name].put(value, key); });
}

/**
 * Reads one value and writes what `change` makes of it, with nothing in between.
 * @template T
 * @param {Name} name
 * @param {IDBValidKey} key
 * @param {(value: any) => T | undefined} change undefined leaves it as it is
 * @returns {Promise<T | undefined>} what was written
 */
export function change(name, key, change) {
  return transaction([name], "readwrite", (s) => {
    /** @type {T | undefined} */
    let written;
    const request = s[name].get(key);
    request.onsuccess = () => {
      if (request.result === undefined) return;
      written = change(request.result);
      if (written !== undefined) s[name].put(written, s[name].keyPath === null ? key : undefined);
    };
    return () => written;
  });
}

/**
 * Everything of one person in a store that has the index "owner".
 * @param {"captures" | "visits" | "codes"} name
 * @param {string} owner
 * @returns {Promise<any[]>}
 */
export function allOf(name, owner) {
  return transaction([name], "readonly", (s) => s[name].index("owner").getAll(owner));
}

/** Bytes as base64url without padding. @param {ArrayBuffer | Uint8Array} bytes */
export function base64Url(bytes) {
  let text = "";
  for (const b of new Uint8Array(bytes)) text += String.fromCharCode(b);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** A random UUID; also on plain http, where the browser has no function for it. */
export function uuid4() {
  const b = crypto.getRandomValues(new Uint8Array(16));
  return asUuid(b, 0x40);
}

/**
 * @param {Uint8Array} bytes of which the first 16 are used
 * @param {number} version its digit, in the upper half of a byte
 */
export function asUuid(bytes, version) {
  const b = bytes.slice(0, 16);
  b[6] = (b[6] & 0x0f) | version;
  b[8] = (b[8] & 0x3f) | 0x80;
  const hex = Array.from(b, (x) => x.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
