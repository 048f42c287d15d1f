/**
 * Where the phone is. One watch for the whole page, however many widgets ask.
 *
 * @typedef {{lon: number, lat: number, accuracy_m: number, at: number}} Fix
 *   `at` is milliseconds since 1970, as the fix itself says
 * @typedef {"waiting" | "fixed" | "insecure" | "unsupported" | "denied" | "unavailable" | "timeout"} State
 */

/**
 * A fix is at most 5 s old when it comes (`maximumAge`). One that says otherwise was stamped by
 * another clock, the satellites', and the phone's own is wrong: then its arrival counts.
 */
const CLOCKS_AGREE_MS = 60_000;
const KEEP_MS = 15 * 60 * 1000;
const WALKING_M_PER_S = 1.5;

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
