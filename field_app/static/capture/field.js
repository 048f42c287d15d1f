/**
 * Who is in the field, and with what: the person, the offline package, the line. One place that
 * all screens read.
 *
 * @typedef {"asking" | "yes" | "no" | "unknown"} SignedIn `unknown`: nobody answers
 */

import { deliverFor, finishAll, lastOwner, packageOf } from "./core.js";

/** @type {{owner: string, display: string, role: string, pack: any, signedIn: SignedIn, before: string}} */
export const field = {
  owner: "", display: "", role: "", pack: null, signedIn: "asking",
  /** Somebody else's display name, whose package lay on this phone until now. */
  before: "",
};

/** @type {Set<() => void>} */
const listeners = new Set();
let delivering = "";

/**
 * @param {() => void} listener called when anything here, or the delivery, has changed
 * @returns {() => void} leave
 */
export function followField(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function changed() {
  for (const listener of [...listeners]) listener();
}

/** Reads what lies on the phone. Asks nobody: it works on a mountain. */
export async function begin() {
  const last = await lastOwner();
  if (last) await become(last);
}

/**
 * @param {string} owner
 * @param {{display: string, role: string}} [person] as the server knows them
 */
async function become(owner, person) {
  const pack = await packageOf(owner);
  // All at once: whoever draws meanwhile must not meet one person's name with another's package.
  if (field.owner && field.owner !== owner) field.before = field.display;
  field.owner = owner;
  field.pack = pack;
  field.display = person?.display ?? pack?.person.display ?? owner;
  field.role = person?.role ?? pack?.person.role ?? "";
  if (delivering !== owner) {
    delivering = owner;
    deliverFor(owner, changed);
    finishAll(owner).catch((error) => console.warn("finished at the next load", error));
  }
}

/** Asks the server who is signed in. Somebody else than before takes over with what is his. */
export async function askWho() {
  try {
    const answer = await fetch("/api/v1/me", { cache: "no-store", signal: AbortSignal.timeout(10_000) });
    const body = answer.headers.get("content-type")?.includes("json") ? await answer.json() : null;
    if (answer.status === 401) field.signedIn = "no";
    else if (answer.ok && typeof body?.name === "string") await came(body);
    else field.signedIn = "unknown"; // a Wi-Fi portal, a proxy without its server
  } catch {
    field.signedIn = "unknown";
  }
  changed();
}

/** @param {{name: string, display: string, role: string}} person */
async function came(person) {
  field.signedIn = "yes";
  if (field.owner !== person.name) await become(person.name, person);
  field.display = person.display;
  field.role = person.role;
}

/** Takes up the package that was just fetched. */
export async function takePackage() {
  field.pack = await packageOf(field.owner);
  field.role ||= field.pack?.person.role ?? "";
  changed();
}

/** @param {number} id @returns {any} the task of the package, or undefined */
export function taskOf(id) {
  return field.pack?.tasks.find((/** @type {any} */ t) => t.id === id);
}

/** Whether it is somebody of a unit: what was found is put right by them, not looked for. */
export const isUnit = () => field.role === "责任单位";

export const signInHref = () => `/login?next=${encodeURIComponent("/capture/")}`;
