/**
 * The answers of visits on this phone, with or without signal. What was answered lies in the
 * visit; what is handed in is a capture like a photo: signed, kept, sent until it has a receipt.
 *
 * @typedef {Record<string, any>} Answers
 * @typedef {object} Local
 * @property {string} visit uuid
 * @property {string} owner login name
 * @property {number} task
 * @property {number | null} inspection number on the server, once it has one
 * @property {string} parcel its number
 * @property {number} shape_no
 * @property {string | null} form sha256
 * @property {Answers} answers
 * @property {Answers} seen what the server had when they were last brought together
 * @property {Record<string, {confirmed: boolean, by?: string, words?: string}>} marks of what was
 *   confirmed here, and of what was filled here from the last visit (`by` 上次, `words` its parcel)
 * @property {number | null} edition_seen
 * @property {"draft" | "handed-in" | "submitted" | "held"} state
 * @property {string} why it is held
 * @property {string | null} hand_in uuid of the last one
 * @property {any} receipt
 * @property {number} changed_at ms of the phone's clock
 */

import { clockState } from "./clock.js";
import { formOf, packageOf } from "./package.js";
import { merged } from "./rules.js";
import { finish } from "./finishing.js";
import { drop, keep, rowOf, rowsOf } from "./shelf.js";
import { allOf, change, tell, transaction, uuid4 } from "./store.js";
import { visitOfInspection } from "./visit_names.js";

/**
 * Visits that the phone had no room for, by person and task: a full disk keeps nobody from shooting,
 * and what is shot belongs to one visit. @type {Map<string, string>}
 */
const unwritten = new Map();
const OPEN_ON_SERVER = ["草稿", "退回补拍"];
/** The server's word for it, in marks. */
const LAST = "上次";

/** @param {any} a @param {any} b */
const same = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/**
 * The answers after the server's have changed: what was not touched here follows the server; what
 * was, stays, and so does what it was compared with, for the server to see.
 * @param {Local} local
 * @param {any} server the package's `visit`
 * @returns {Local | null} null where nothing changed
 */
export function broughtTogether(local, server) {
  const answers = { ...local.answers }, seen = { ...local.seen };
  for (const name of new Set([...Object.keys(server.answers), ...Object.keys(local.seen)])) {
    if (!same(local.answers[name], local.seen[name])) continue;
    for (const kept of [answers, seen]) {
      if (name in server.answers) kept[name] = server.answers[name];
      else delete kept[name];
    }
  }
  const next = { ...local, answers, seen, inspection: server.inspection, edition_seen: server.edition };
  return same(next, local) ? null : next;
}

/**
 * @param {Local[]} known of this task, the oldest first
 * @param {string} owner
 * @param {any} task of the package
 * @param {any} pack
 * @param {string} fresh the uuid of a new one
 * @returns {{local: Local, write: boolean}}
 */
function decide(known, owner, task, pack, fresh) {
  const server = task.visit;
  const last = known[known.length - 1];
  if (last && last.state !== "submitted") {
    const next = server && last.state === "draft" ? broughtTogether(last, server) : null;
    return { local: next ?? last, write: next !== null };
  }
  const askedSince = last && Date.parse(pack?.made_at) > Date.parse(last.receipt?.received_at ?? "");
  const openAgain = !last || (askedSince && (!server || OPEN_ON_SERVER.includes(server.state)));
  if (!openAgain) return { local: last, write: false };
  /** @type {Local} */
  const local = {
    visit: fresh, owner, task: task.id, inspection: server?.inspection ?? null,
    parcel: task.parcel.number, shape_no: task.parcel.shape_no, form: server?.form || pack?.form?.sha256 || null,
    answers: { ...server?.answers }, seen: { ...server?.answers }, marks: {},
    edition_seen: server?.edition ?? null, state: "draft", why: "", hand_in: null, receipt: null,
    changed_at: Date.now(),
  };
  return { local, write: true };
}

/**
 * The open visit of a task on this phone, made where there is none; the submitted one where the
 * task has not been opened again.
 * @param {string} owner
 * @param {any} task of the package
 * @returns {Promise<Local>}
 */
export async function localVisit(owner, task) {
  const pack = await packageOf(owner);
  const inspection = task.visit?.inspection;
  const key = `${owner} ${task.id}`;
  const named = unwritten.get(key) ?? (inspection ? await visitOfInspection(inspection) : "");
  let changed = false;
  let found = /** @type {Local | null} */ (null);
  try {
    await transaction(["visits"], "readwrite", (s) => {
      const request = s.visits.index("owner").getAll(owner);
      request.onsuccess = () => {
        /** @type {Local[]} */
        const known = request.result.filter((v) => v.task === task.id).sort((a, b) => a.changed_at - b.changed_at);
        const fresh = named && !known.some((v) => v.visit === named) ? named : uuid4();
        const { local, write } = decide(known, owner, task, pack, fresh);
        found = local;
        changed = write;
        if (write) s.visits.put(local);
      };
    });
  } catch (error) {
    console.warn("the visit is not written: the disk is full", error);
    found ??= decide([], owner, task, pack, named || uuid4()).local;
    unwritten.set(key, found.visit);
    return found;
  }
  if (changed) tell();
  return /** @type {Local} */ (found);
}

/** Every visit of a person on this phone. @param {string} owner @returns {Promise<Local[]>} */
export function visitsOf(owner) {
  return allOf("visits", owner).catch(() => []);
}

/**
 * Changes a visit that is not submitted.
 * @param {string} visit
 * @param {(local: Local) => Local} edit
 * @returns {Promise<Local>}
 */
async function edited(visit, edit) {
  /** @type {string | null} */
  let takenBack = null;
  /** @type {Local | undefined} */
  const written = await change("visits", visit, (/** @type {Local} */ local) => {
    if (local.state === "submitted") return undefined;
    takenBack = local.state === "handed-in" ? local.hand_in : null;
    return { ...edit(local), state: local.state === "handed-in" ? "draft" : local.state, changed_at: Date.now() };
  });
  if (!written) throw new Error("这次核查已提交，不能再改");
  // What was handed in and has not left the phone is taken back; what may have left it stays.
  if (takenBack && (await rowOf(takenBack))?.tried === false) await drop(takenBack, "answers changed before they were sent");
  tell();
  return written;
}

/**
 * Keeps answers as they are typed. Throws where a name is unknown or a value of the wrong type.
 * @param {string} visit
 * @param {Answers} changes by question; an empty value forgets the answer
 * @returns {Promise<Local>}
 */
export async function saveAnswers(visit, changes) {
  const local = await localOf(visit);
  const pack = await packageOf(local.owner);
  const form = pack && formOf(pack, local.form);
  return edited(visit, (now) => {
    const marks = { ...now.marks };
    for (const name of Object.keys(changes)) delete marks[name];
    return { ...now, marks, answers: form ? merged(form, now.answers, changes) : { ...now.answers, ...changes } };
  });
}

/**
 * The person has looked at these answers and found them right.
 * @param {string} visit
 * @param {string[]} names
 */
export function confirmAnswers(visit, names) {
  return edited(visit, (now) => ({ ...now, marks: { ...now.marks, ...Object.fromEntries(names.map((n) => [n, { ...now.marks[n], confirmed: true }])) } }));
}

/**
 * Fills what the last visit said, as `likeLast` of the screens offers it; each waits for the person's word.
 * @param {string} visit
 * @param {Answers} values by question
 * @param {string} from number of the parcel of that visit; "" where it is what the county presets
 * @returns {Promise<Local>}
 */
export async function fillLikeLast(visit, values, from) {
  const local = await localOf(visit);
  const pack = await packageOf(local.owner);
  const form = pack && formOf(pack, local.form);
  const filled = Object.fromEntries(Object.keys(values).map((n) => [n, { by: LAST, words: from, confirmed: false }]));
  return edited(visit, (now) => ({
    ...now, marks: { ...now.marks, ...filled },
    answers: form ? merged(form, now.answers, values) : { ...now.answers, ...values },
  }));
}

/** @param {string} visit @returns {Promise<Local>} */
async function localOf(visit) {
  const local = await transaction(["visits"], "readonly", (s) => s.visits.get(visit));
  if (!local) throw new Error("手机里没有这次核查");
  return local;
}

/**
 * Hands the answers in, naming every photo of the visit on this phone: the server submits when it
 * has them all. May be repeated while the visit is not submitted.
 * @param {string} visit
 * @param {{submit: boolean}} how
 * @returns {Promise<string>} uuid of the capture
 */
export async function handIn(visit, { submit }) {
  const local = await localOf(visit);
  if (local.state === "submitted") throw new Error("这次核查已提交");
  const shots = (await rowsOf(local.owner, { visit, inspection: local.inspection })).filter((r) => r.type === "photo");
  const uuid = uuid4(), now = Date.now();
  /** @type {import("./record.js").Row} */
  const row = {
    uuid, type: "visit", owner: local.owner, task: local.task, inspection: local.inspection, visit,
    parcel: local.parcel, shape_no: local.shape_no, form: local.form, kind: "",
    state: "raw", problem: "", receipt: null, record_receipt: null, tried: false, rev: 0,
    made_at: now, added_at: now, offset_ms: clockState().offset_ms, sha256: null,
    answers: local.answers, seen: local.seen, marks: local.marks, submit,
    photos: shots.map((r) => r.uuid), edition_seen: local.edition_seen,
  };
  const how = await keep(row, null, false, (s) => {
    const request = s.visits.get(visit);
    request.onsuccess = () => {
      s.visits.put({ ...request.result, state: submit ? "handed-in" : local.state, why: "", hand_in: uuid, changed_at: now });
    };
  });
  if (how === "in-memory") console.warn("the hand-in lives only as long as this page");
  finish(uuid).catch((error) => console.warn("signed at the next load", error));
  tell();
  return uuid;
}
