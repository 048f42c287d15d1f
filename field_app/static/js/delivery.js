/**
 * Sends what has no receipt, one request at a time, until the server says that it holds it.
 *
 * One queue for all tabs. A lost line makes the whole queue wait (about 1, 2, 4 … 60 s, never two
 * phones in step; at once when the phone says it is online or the page is looked at again). What
 * the server refuses stays, with its reason, and lets the others pass.
 *
 * @typedef {import("./record.js").Row} Row
 * @typedef {{capture: Row, receipt: any}} Delivered
 * @typedef {"idle" | "sending" | "no-line" | "busy" | "sign-in" | "other-person"} Line
 */

import { finishAll } from "./finishing.js";
import { alter, rowOf, rowsOf } from "./shelf.js";
import { askAgain, greet, nextOf, step } from "./sending.js";
import { allOf, follow } from "./store.js";

export const LOCK = "field-work/deliver";
const LONGEST_S = 60;
const SIGN_IN_MS = 60_000;
const OTHER_TAB_MS = 5000;
const ASK_AGAIN_MS = 20_000;

/** @type {string} */
let owner = "";
let running = false;
/** Something changed, or somebody pressed, while the queue was running. */
let again = false;
let pressed = false;
let failures = 0;
/** @type {Line} */
let line = "idle";
/** @type {{uuid: string, share: number} | null} */
let sending = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** @type {Set<(event: Delivered | null) => void>} */
const listeners = new Set();
/**
 * What the server could not take just now; the others go first. Counted by `performance.now()`: a
 * clock that is set right in between changes no wait.
 * @type {Map<string, number>}
 */
const notBefore = new Map();
/** When a hand-in was asked after. @type {Map<string, number>} */
const askedAt = new Map();

/** @param {Delivered | null} event */
function announce(event) {
  for (const listener of [...listeners]) listener(event);
}

/** @returns {{line: Line, sending: {uuid: string, share: number} | null}} */
export function delivery() {
  return { line, sending };
}

/**
 * Starts delivering for a person, and follows what happens.
 * @param {string} person login name
 * @param {(event: Delivered | null) => void} listener gets each delivery, and null at other changes
 * @returns {() => void} leave
 */
export function deliverFor(person, listener) {
  listeners.add(listener);
  if (!owner) {
    window.addEventListener("online", hurry);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) hurry(); });
    navigator.serviceWorker?.addEventListener("message", (event) => { if (event.data?.type === "deliver") hurry(); });
    follow(() => { if (line === "idle" || line === "busy" || line === "sending") run(); });
  }
  owner = person;
  hurry();
  return () => listeners.delete(listener);
}

/** Tries again now: the line is back, or somebody tapped. */
export function hurry() {
  failures = 0;
  notBefore.clear();
  askedAt.clear();
  pressed = true;
  run();
}

/**
 * A refused capture, once more.
 * @param {string} uuid
 */
export async function tryAgain(uuid) {
  await alter(uuid, (row) => (row.state === "refused" ? { ...row, state: row.sha256 || row.type === "visit" ? "waiting" : "raw", problem: "" } : undefined));
  hurry();
}

/** @param {number} ms */
function later(ms) {
  clearTimeout(timer);
  timer = setTimeout(run, ms);
}

/** Half of the wait is chance: a village whose mast is back must not come all at once. */
function backOff() {
  const longest = Math.min(LONGEST_S, 2 ** failures) * 1000;
  failures++;
  return longest * (0.5 + Math.random() / 2);
}

async function run() {
  if (!owner) return;
  if (running) {
    again = true;
    return;
  }
  running = true;
  clearTimeout(timer);
  try {
    do {
      again = pressed = false;
      if (navigator.locks) {
        await navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
          if (lock) await drain();
          else later(OTHER_TAB_MS);
        });
      } else {
        await drain();
      }
    } while (pressed || (again && (line === "idle" || line === "busy")));
  } catch (error) {
    console.error(error);
    later(backOff());
  } finally {
    running = false;
    sending = null;
    announce(null);
  }
}

/** @param {Line} now @param {number} ms */
function stop(now, ms) {
  line = now;
  later(ms);
}

/** @returns {Promise<{row: Row | undefined, wait: number}>} the next one, or how long to wait (0: nothing waits) */
async function next() {
  const settling = await finishAll(owner);
  const rows = await rowsOf(owner, { states: ["waiting"] }), now = performance.now();
  const row = nextOf(rows, (r) => (notBefore.get(r.uuid) ?? 0) <= now);
  if (row) return { row, wait: 0 };
  const held = rows.map((r) => (notBefore.get(r.uuid) ?? now) - now);
  return { row, wait: Math.min(...[settling || Infinity, ...held]) };
}

async function drain() {
  let greeted = false;
  for (;;) {
    const { row, wait } = await next();
    if (!row) {
      line = Number.isFinite(wait) ? "busy" : "idle";
      if (Number.isFinite(wait)) later(Math.max(wait, 200) + 50);
      else await askAfterHandIns();
      return;
    }
    await askForTheWorker();
    if (!greeted) {
      const there = await greet(owner);
      if (there === "no-line") return stop(there, backOff());
      if (typeof there === "string") return stop(there, SIGN_IN_MS);
      greeted = true;
    }
    line = "sending";
    sending = { uuid: row.uuid, share: 0 };
    announce(null);
    const outcome = await step(row, (share) => {
      sending = { uuid: row.uuid, share };
      announce(null);
    });
    sending = null;
    if (outcome.kind === "sign-in" || outcome.kind === "other-person") return stop(outcome.kind, SIGN_IN_MS);
    if (outcome.kind === "later" && !outcome.why) return stop("no-line", backOff());
    if (outcome.kind === "later") {
      notBefore.set(row.uuid, performance.now() + backOff());
      await alter(row.uuid, (now) => (now.problem === outcome.why ? undefined : { ...now, problem: outcome.why }));
    } else if (outcome.kind === "refused") {
      await alter(row.uuid, (now) => ({ ...now, state: "refused", problem: outcome.why }));
    } else {
      failures = 0;
      if (outcome.kind === "delivered") {
        askedAt.clear(); // it may have been the last photo that a hand-in waited for
        announce({ capture: row, receipt: outcome.receipt });
      }
    }
  }
}

/** Hand-ins whose photos were still under way, and those that a supervisor holds. */
async function askAfterHandIns() {
  for (const { hand_in, state } of await allOf("visits", owner).catch(() => [])) {
    if (!hand_in || (state !== "handed-in" && state !== "held")) continue;
    if (performance.now() - (askedAt.get(hand_in) ?? -Infinity) < ASK_AGAIN_MS) continue;
    const row = await rowOf(hand_in);
    if (row?.state !== "delivered") continue;
    askedAt.set(hand_in, performance.now());
    const receipt = await askAgain(row);
    if (receipt) announce({ capture: row, receipt });
    if ((receipt ?? row.receipt)?.state === "waiting-photos") later(ASK_AGAIN_MS + 500);
  }
}

/** Where the browser can: goes on when the page has been closed. */
async function askForTheWorker() {
  try {
    const registration = /** @type {any} */ (await navigator.serviceWorker?.getRegistration("/capture/"));
    await registration?.sync?.register("deliver");
  } catch {
    return; // the browser allows none: the open page delivers
  }
}

/**
 * What there is of a person's captures on this phone.
 * @param {string} person
 * @param {number} [since] ms; what waits from before is counted all the same
 * @returns {Promise<{taken: number, held: number, waiting: number, refused: number, raw: number,
 *   hand_ins: {made: number, held: number, waiting: number}}>} of photos; hand-ins apart
 */
export async function tallies(person, since = 0) {
  const rows = await rowsOf(person, { since, states: ["raw", "waiting", "refused"] });
  const count = (/** @type {Row["type"]} */ type, /** @type {string} */ state) => rows.filter((r) => r.type === type && r.state === state).length;
  const all = (/** @type {Row["type"]} */ type) => rows.filter((r) => r.type === type).length;
  return {
    taken: all("photo"), held: count("photo", "delivered"), waiting: count("photo", "waiting"),
    refused: count("photo", "refused"), raw: count("photo", "raw"),
    hand_ins: { made: all("visit"), held: count("visit", "delivered"), waiting: all("visit") - count("visit", "delivered") },
  };
}
