/**
 * Where the phone is. One watch for the whole page, however many widgets ask.
 *
 * @typedef {object} Fix
 * @property {number} lon
 * @property {number} lat
 * @property {number} accuracy_m
 * @property {number} at milliseconds since 1970, as the fix itself says
 * @property {number} [received_at] when the page got it (ms)
 * @property {number | null} [altitude_m] above the ellipsoid
 * @property {number | null} [altitude_accuracy_m]
 * @property {number | null} [speed_m_s]
 * @property {number | null} [heading_deg] of the movement, true
 *
 * @typedef {"waiting" | "fixed" | "insecure" | "unsupported" | "denied" | "unavailable" | "timeout"} State
 */

/**
 * A fix is at most 5 s old when it comes (`maximumAge`). One that says otherwise was stamped by
 * another clock, the satellites', and the phone's own is wrong: then its arrival counts.
 */
const CLOCKS_AGREE_MS = 60_000;
const KEEP_MS = 15 * 60 * 1000;
const WALKING_M_PER_S = 1.5;
const TRACK_MS = 120_000;
const TRACK_FIXES = 30;

/** @type {Record<State, string>} */
export const SAYS = {
  waiting: "正在定位…请到开阔处稍等",
  fixed: "",
  insecure: "当前地址不是 https，浏览器不允许定位。请用管理员给的 https 网址打开",
  unsupported: "这个浏览器不支持定位，请换用系统自带浏览器或 Chrome",
  denied: "定位被拒绝。请在浏览器的网站设置里把“位置”改为允许，再刷新本页",
  unavailable: "手机没有给出位置。请打开系统的定位服务（GPS），到开阔处重试",
  timeout: "很久没有收到卫星信号。请离开楼房和树林，到开阔处再等一会儿",
};

/** @type {Fix[]} */
let fixes = [];
/** @type {State} */
let state = "waiting";
/** @type {number | null} */
let watching = null;
/** @type {Set<() => void>} */
const listeners = new Set();

/** @param {number | null} value NaN is how a standing phone says that it has no direction */
const finite = (value) => (value === null || !Number.isFinite(value) ? null : value);

function tell() {
  for (const listener of [...listeners]) listener();
}

/** @param {State} next */
function become(next) {
  state = next;
  tell();
}

function watch() {
  if (!("geolocation" in navigator)) return become("unsupported");
  if (!window.isSecureContext) return become("insecure");
  watching = navigator.geolocation.watchPosition(
    (p) => {
      const fix = {
        lon: p.coords.longitude, lat: p.coords.latitude, accuracy_m: p.coords.accuracy,
        // Some phones stamp fixes with the time since boot; such a stamp says nothing.
        at: Math.abs(p.timestamp - Date.now()) < CLOCKS_AGREE_MS ? p.timestamp : Date.now(),
        received_at: Date.now(),
        altitude_m: p.coords.altitude, altitude_accuracy_m: p.coords.altitudeAccuracy,
        speed_m_s: finite(p.coords.speed), heading_deg: finite(p.coords.heading),
      };
      fixes = fixes.filter((f) => f.at > fix.at - KEEP_MS).slice(-300);
      fixes.push(fix);
      become("fixed");
    },
    (error) => {
      if (error.code === error.PERMISSION_DENIED) {
        // The watch is dead now; the next one who asks starts a new one.
        if (watching !== null) navigator.geolocation.clearWatch(watching);
        watching = null;
        become("denied");
      } else if (!latest(60_000)) {
        become(error.code === error.TIMEOUT ? "timeout" : "unavailable");
      }
    },
    { enableHighAccuracy: true, maximumAge: 5000, timeout: 30_000 },
  );
}

/**
 * Starts (or joins) the watch; `listener` is called at every change.
 * @param {() => void} listener
 * @returns {() => void} leave
 */
export function follow(listener) {
  listeners.add(listener);
  if (watching === null) {
    state = fixes.length ? state : "waiting";
    watch();
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && watching !== null) {
      navigator.geolocation.clearWatch(watching);
      watching = null;
    }
  };
}

/** Asks again after a refusal, from a tap of the person. */
export function retry() {
  if (watching !== null) navigator.geolocation.clearWatch(watching);
  watching = null;
  become("waiting");
  watch();
}

/** @returns {State} */
export function currentState() {
  return state;
}

/**
 * The newest fix that is at most `age_ms` old.
 * @param {number} age_ms
 * @returns {Fix | null}
 */
export function latest(age_ms) {
  const fix = fixes[fixes.length - 1];
  return fix && Date.now() - fix.at <= age_ms ? fix : null;
}

/**
 * How far off the phone may have been at `moment`: the fix's own radius and what a person walks
 * in between.
 * @param {Fix} fix
 * @param {number} moment
 * @returns {number} metres
 */
export function uncertaintyM(fix, moment) {
  return fix.accuracy_m + (WALKING_M_PER_S * Math.abs(fix.at - moment)) / 1000;
}

/**
 * The fix that says best where the phone was at `moment`; none where all are over 2 minutes off.
 * @param {number} moment
 * @param {Fix[]} [among]
 * @returns {Fix | null}
 */
export function fixAt(moment, among = fixes) {
  /** @type {Fix | null} */
  let best = null;
  for (const fix of among) {
    if (Math.abs(fix.at - moment) > 120_000) continue;
    if (!best || uncertaintyM(fix, moment) < uncertaintyM(best, moment)) best = fix;
  }
  return best;
}

/**
 * The fixes before a moment: at most 30 of the last 120 s, oldest first.
 * @param {number} moment
 * @returns {Fix[]}
 */
export function trackBefore(moment) {
  return thinned(fixes.filter((f) => f.at <= moment && f.at > moment - TRACK_MS), TRACK_FIXES);
}

/**
 * So many of a list, evenly over all of it, with its first and its last: of a fix a second the
 * newest thirty alone would tell of half a minute.
 * @template T
 * @param {T[]} all
 * @param {number} most at least 2
 * @returns {T[]}
 */
export function thinned(all, most) {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, n) => all[Math.round((n * (all.length - 1)) / (most - 1))]);
}

/**
 * A fix as a record keeps it: degrees to 1 cm, moments as ISO 8601 in UTC. The accuracy of a
 * surveying receiver is a centimetre, and must not be rounded to none.
 * @param {Fix} fix
 */
export function asRecord(fix) {
  const to = (/** @type {number | null | undefined} */ value, /** @type {number} */ digits) => (value === null || value === undefined ? null : Number(value.toFixed(digits)));
  return {
    lon: to(fix.lon, 7), lat: to(fix.lat, 7), accuracy_m: to(fix.accuracy_m, 3),
    altitude_m: to(fix.altitude_m, 1), altitude_accuracy_m: to(fix.altitude_accuracy_m, 1),
    speed_m_s: to(fix.speed_m_s, 2), heading_deg: to(fix.heading_deg, 1),
    fixed_at: new Date(fix.at).toISOString(), received_at: new Date(fix.received_at ?? fix.at).toISOString(),
  };
}
