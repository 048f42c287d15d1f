/**
 * How far the phone's clock is from the server's. The offset is put into every record and stops
 * nobody: a phone that is a day off takes photos like another, and the server knows by how much.
 */

const KEPT = "field-work clock";
const WRONG_MS = 2 * 60_000;
const SLOWEST_MS = 15_000;
/** A phone's clock drifts some seconds a day; and somebody may have set it since. */
const OLD_MS = 3 * 24 * 3_600_000;

/** @typedef {{offset_ms: number, measured_at: number}} Offset server minus phone; phone's clock (ms) */

/** @type {Offset | null} */
let known = remembered();

/** @returns {Offset | null} */
function remembered() {
  try {
    const kept = JSON.parse(globalThis.localStorage?.getItem(KEPT) ?? "null");
    return typeof kept?.offset_ms === "number" && typeof kept?.measured_at === "number" ? kept : null;
  } catch {
    return null; // no storage, or not ours: it is measured again
  }
}

/**
 * Asks the server what time it is; half of the round trip is taken off.
 * @returns {Promise<Offset | null>} null where there is no line
 */
export async function measureClock() {
  const asked = Date.now(), since = performance.now();
  try {
    const answer = await fetch("/api/v1/time", { cache: "no-store", signal: AbortSignal.timeout(SLOWEST_MS) });
    const took = performance.now() - since;
    const now = Date.parse((await answer.json()).now);
    if (!answer.ok || !Number.isFinite(now)) return null;
    known = { offset_ms: Math.round(now - (asked + took / 2)), measured_at: Date.now() };
  } catch {
    return null; // no line, or a portal's page: what was known stays
  }
  try {
    globalThis.localStorage?.setItem(KEPT, JSON.stringify(known));
  } catch {
    return known; // a full disk forgets it at the next load
  }
  return known;
}

/**
 * What is known: `wrong` is more than two minutes off, `unknown` was never measured or days ago.
 * @returns {{offset_ms: number | null, measured_at: number | null, state: "good" | "wrong" | "unknown"}}
 */
export function clockState() {
  if (!known) return { offset_ms: null, measured_at: null, state: "unknown" };
  const old = Math.abs(Date.now() - known.measured_at) > OLD_MS;
  return { ...known, state: old ? "unknown" : Math.abs(known.offset_ms) > WRONG_MS ? "wrong" : "good" };
}

/** The server's time, as well as the phone can tell (ms). */
export function serverNow() {
  return Date.now() + (known?.offset_ms ?? 0);
}

/** The day in China at the server's time, `YYYY-MM-DD`: what `today()` of a form means. */
export function todayInChina() {
  return new Date(serverNow() + 8 * 3_600_000).toISOString().slice(0, 10);
}
